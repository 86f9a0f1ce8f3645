"""[I have a question] below a planned post: who answers for the group is told, and it is counted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.core.events import Tap
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos.store import questions

ASK = "ask"  # the label of the button, in a template's front matter
_KEEP = timedelta(days=180)


class AskCard(Struct, frozen=True, tag="pl.ask"):
    """The button below the slot of a plan that was due then (seconds since 1970)."""

    plan: int
    due: int


def question(work: Work, tap: Tap, data: AskCard) -> str:
    """Somebody has a question to a post: it goes once to who answers for the group; their name, '' where
    nobody can be told.

    Raises:
        Refusal: the post is none of this group.
    """
    assert tap.sender is not None
    due, person = datetime.fromtimestamp(data.due, UTC), tap.sender.id
    name = work.sql.value(questions.SAID_AS, plan=data.plan, chat=work.chat, the_due=due)
    if name is None:
        raise Refusal("common/old_button")
    to = next(iter(members.people_to_ask(work, work.chat)), None)
    new = work.sql.run(
        questions.ASK, plan_id=data.plan, chat_id=work.chat, person_id=person, due=due, at=work.now
    )
    if to is None:
        return ""
    if new and to != person:
        about = {
            "id": person,
            "name": members.name(work, person),
            "title": members.title(work, work.chat),
            "plan": name,
            "link": members.link_to(work, work.chat, tap.message_id) if tap.message_id else "",
        }
        work.say(Send(user=to, template="promos/question", data=about))
    return members.name(work, to)


def asked(work: Work, plan_id: int) -> int:
    """How many had a question to a plan's posts."""
    return int(work.sql.value(questions.ASKED, plan=plan_id) or 0)


def sweep_questions(work: Work) -> None:
    """Forget who asked after 180 days."""
    work.sql.run(questions.OLD_QUESTIONS, before=work.now - _KEEP)
