"""Who did not answer the captcha, told to those who decide: one message for all of a batch."""

from __future__ import annotations

from functools import partial

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.features.entry.domain import Out
from groupbot.features.members import service as members

_WAITING = "entry.unanswered"
NAMED = 5  # people with a button each


def tell_later(work: Work, chat: int, person: int) -> None:
    """At the end of the batch those responsible read of this person, with all others of it."""
    work.put(_WAITING, chat, (*work.cached(_WAITING).get(chat, ()), person))
    work.finally_((_WAITING, chat), partial(_tell, chat=chat))


def _tell(work: Work, *, chat: int) -> None:
    people: tuple[int, ...] = work.cached(_WAITING).get(chat, ())
    work.drop(_WAITING, chat)
    shown = [{"id": p, "name": members.name(work, p)} for p in people[:NAMED]]
    buttons = tuple((Button(str(p["name"]), Out(chat, int(str(p["id"])))),) for p in shown)
    asked = [p for p in members.responsible(work, chat) if members.reachable(work, p)][:3]
    for one in asked:
        work.say(
            Send(
                user=one,
                template="entry/unanswered",
                data={
                    "title": members.title(work, chat),
                    "people": shown,
                    "more": len(people) - len(shown),
                },
                buttons=buttons,
                why=f"captcha: {len(people)} did not answer",
            )
        )
