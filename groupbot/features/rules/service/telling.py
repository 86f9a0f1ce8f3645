"""Who is told what, privately where that can be."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.rules.domain.cases import Appeal, Case
from groupbot.features.rules.service.policy import policy_of


def helper(work: Work, chat: int) -> dict[str, Any]:
    """The person to turn to, an administrator here; id 0 when none is known."""
    person = next(iter(members.responsible(work, chat)), 0)
    return {"id": person, "name": members.name(work, person) if person else ""}


def tell_member(work: Work, case: Case, name: str, topic: int | None = None, **data: Any) -> None:
    """The notice of a case of the rules, down the ladder."""
    values = {"rule": case.rule, "number": case.number, "at": case.at, "notice": case.notice, **data}
    down_the_ladder(work, case, f"rules/{name}", f"rules/{name}_public", topic, values)


def down_the_ladder(
    work: Work, case: Case, alone: str, for_all: str, topic: int | None, values: dict[str, Any]
) -> None:
    """Shown to the member alone where the server can and the operator allows it; else in private if they
    started the bot (the template `alone`); else one public line without a name (`for_all`), gone after a
    minute, at most one a minute and chat."""
    button = ((Button("appeal", Appeal(case.id)),),)
    often = members.noticed(work, case.chat, shadow=case.shadow)
    full = Send(template=alone, data=values, buttons=button, why=case.why)
    public = Send(
        chat=case.chat,
        template=for_all,
        data=values,
        buttons=button,
        lifetime=60,
        topic=topic,
        why=case.why,
    )
    otherwise = None if often else public  # should the bot be blocked by now
    private = (
        structs.replace(full, user=case.actor, fallback=otherwise)
        if case.person and members.reachable(work, case.actor)
        else None
    )
    if private is None:
        if not often:
            members.notice(work, case.chat, shadow=case.shadow)
        private = otherwise
    if case.person and work.me.whispers:
        whisper = structs.replace(full, chat=case.chat, only_for=case.actor, topic=topic, fallback=private)
        work.say(whisper, shadow=case.shadow)
    elif private is not None:
        work.say(private, shadow=case.shadow)


def tell_staff(
    work: Work, case: Case, kind: str, buttons: tuple[Button, ...], *, shadow: bool = False, **data: Any
) -> int:
    """A private message to those who decide; how many got it."""
    people = members.people_to_ask(work, case.chat)
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
