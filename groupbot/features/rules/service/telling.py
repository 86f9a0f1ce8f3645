"""Who is told what, privately where that can be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.rules.domain.cases import Appeal, Case
from groupbot.features.rules.service.policy import policy_of

NOTICE_EVERY = timedelta(minutes=1)
_NOTICED = "rules.noticed"


def helper(work: Work, chat: int) -> dict[str, Any]:
    """The person to turn to: the chat's responsible one, else its creator; id 0 when none is known."""
    p = members.profile(work, chat)
    person = p.owner if p is not None else None
    if person is None:
        staff = members.staff_of(work, chat)
        person = staff[0].person_id if staff else members.adder(work, chat)
    return {"id": person or 0, "name": members.name(work, person) if person else ""}


def people_to_ask(work: Work, chat: int) -> list[int]:
    """Who decides here and can be written to: the responsible person, else who added the bot, else up to
    three administrators."""
    p = members.profile(work, chat)
    for person in (p.owner if p is not None else None, members.adder(work, chat)):
        if person is not None and members.reachable(work, person):
            return [person]
    staff = [s.person_id for s in members.staff_of(work, chat)]
    return [s for s in staff if members.reachable(work, s)][:3]


def tell_member(work: Work, case: Case, name: str, topic: int | None = None, **data: Any) -> None:
    """Private if the member started the bot; else one public line without a name, gone after a minute,
    at most one a minute and chat."""
    values = {"rule": case.rule, "number": case.number, "at": case.at, **data}
    button = ((Button("appeal", Appeal(case.id)),),)
    if case.person and members.reachable(work, case.actor):
        work.say(
            Send(user=case.actor, template=f"rules/{name}", data=values, buttons=button, why=case.why),
            shadow=case.shadow,
        )
        return
    last = work.cached(_NOTICED).get((case.chat, case.shadow))
    if last is not None and work.now - last < NOTICE_EVERY:
        return
    work.put(_NOTICED, (case.chat, case.shadow), work.now)
    work.say(
        Send(
            chat=case.chat,
            template=f"rules/{name}_public",
            data=values,
            buttons=button,
            lifetime=60,
            topic=topic,
            why=case.why,
        ),
        shadow=case.shadow,
    )


def tell_staff(
    work: Work, case: Case, kind: str, buttons: tuple[Button, ...], *, shadow: bool = False, **data: Any
) -> int:
    """A private message to those who decide; how many got it."""
    people = people_to_ask(work, case.chat)
    p = members.profile(work, case.chat)
    for person in people:
        work.say(
            Send(
                user=person,
                template="rules/staff",
                data={
                    "kind": kind,
                    "title": p.title if p is not None else "",
                    "rule": case.rule,
                    "article": policy_of(work, case.chat).articles.get(case.rule, 0),
                    "matched": case.matched,
                    "number": case.number,
                    "at": case.at,
                    "name": members.name(work, case.actor) if case.person else "",
                    **data,
                },
                buttons=(buttons,) if buttons else (),
                ref=f"rules:{case.id}:{kind}:{person}",
                why=case.why,
            ),
            shadow=shadow,
        )
    return len(people)
