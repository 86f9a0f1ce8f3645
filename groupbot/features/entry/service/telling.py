"""Who of the newcomers is waited for in private, and how they are spoken to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import structs

from groupbot.core.effects import Admit, Send
from groupbot.engine.outbox_table import posted_as
from groupbot.engine.work import Work
from groupbot.features.entry import store
from groupbot.features.entry.domain import Sanction
from groupbot.features.members import service as members

Other = Callable[[Work, int, int], Sanction | None]  # another reason why somebody may not write here
RulesOf = Callable[[Work, int], str]  # the rules of a chat in words
_ASKED = "entry.asked"


def expected(work: Work, person: int) -> bool:
    """Is a written answer of this person awaited?"""
    known = work.cached(_ASKED)
    if "loaded" not in known:
        for row in work.sql.all(store.ASKED):
            work.put(_ASKED, row.person_id, True)
        work.put(_ASKED, "loaded", True)
    return person in known


def expect(work: Work, person: int) -> None:
    """A written answer of this person is awaited from now on."""
    if not expected(work, person):
        work.put(_ASKED, person, True)


def forget(work: Work, person: int) -> None:
    """No answer is awaited any more (but perhaps for another group)."""
    if work.sql.first(store.OPEN_QUESTIONS, who=person) is None:
        work.drop(_ASKED, person)


def question_ref(id_: int, round_: int) -> str:
    """The name of a question's message."""
    return f"captcha-ask:{id_}:{round_}"


def asked(work: Work, row: Any) -> bool:
    """Did the question asked last arrive?"""
    return bool(posted_as(work, question_ref(row.id, row.round), -row.person_id))


def tell(work: Work, row: Any, template: str, data: dict[str, Any], **more: Any) -> None:
    """Say something to a newcomer in private, to who asked for quiet too: it belongs to their coming in.
    Nothing where the bot may not write to them."""
    if members.started(work, row.person_id):
        work.say(Send(user=row.person_id, template=template, data=data, **more))
    elif row.request and row.private:
        work.say(Send(user=row.person_id, to=row.private, template=template, data=data, **more))


def decide(work: Work, row: Any, template: str, data: dict[str, Any], *, accept: bool, why: str) -> None:
    """Decide a request and say so. To who never started the bot Telegram lets it write only until then: those
    words go ahead of the decision."""
    words = Send(user=row.person_id, template=template, data=data)
    started = members.started(work, row.person_id)
    ahead = structs.replace(words, to=row.private) if row.private and not started else None
    work.say(Admit(chat=row.chat_id, member=row.person_id, accept=accept, why=why, words=ahead))
    if started:
        work.say(words)
