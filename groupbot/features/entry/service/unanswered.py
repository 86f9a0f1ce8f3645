"""Who did not answer the captcha, or was never asked, told to those who decide: one message for a batch."""

from __future__ import annotations

from functools import partial

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.entry import store
from groupbot.features.entry.domain import KICKED, Out
from groupbot.features.members import service as members

_WAITING = "entry.unanswered"
_SENT = "entry.sent_away"
NAMED = 5  # people with a button each
SENT_LIMIT = 100


def tell_later(work: Work, chat: int, person: int, *, late: bool = False) -> None:
    """At the end of the batch those responsible read of this person, with all others of it. `late`: they
    came while the bot was away, and were not asked."""
    key = (chat, late)
    work.put(_WAITING, key, (*work.cached(_WAITING).get(key, ()), person))
    work.finally_((_WAITING, key), partial(_tell, chat=chat, late=late))


def _tell(work: Work, *, chat: int, late: bool) -> None:
    found: tuple[int, ...] = work.cached(_WAITING).get((chat, late), ())
    work.drop(_WAITING, (chat, late))
    people = [p for p in dict.fromkeys(found) if members.is_here(work, chat, p)]  # some have left again
    if not people:
        return
    shown = [{"id": p, "name": members.name(work, p)} for p in people[:NAMED]]
    at = int(work.now.timestamp())
    buttons = tuple((Button(str(p["name"]), Out(chat, int(str(p["id"])), at)),) for p in shown)
    for one in members.people_to_ask(work, chat):
        work.say(
            Send(
                user=one,
                template="entry/unanswered",
                data={
                    "title": members.title(work, chat),
                    "people": shown,
                    "more": len(people) - len(shown),
                    "late": late,
                },
                buttons=buttons,
                why=f"captcha: {len(people)} {'were not asked' if late else 'did not answer'}",
            )
        )


def send_away(work: Work, data: Out) -> None:
    """A person sends them away: once, and not for what is over.

    Raises:
        Refusal: they passed since they were told of, or were sent away a moment ago.
    """
    row = work.sql.first(store.OF, chat=data.chat, who=data.person)
    sent = work.cached(_SENT).get((data.chat, data.person))
    passed = row is not None and row.state == "passed" and row.ended_at.timestamp() >= data.at
    if passed or (sent is not None and work.now - sent < KICKED):
        raise Refusal("common/old_button")
    if len(work.cached(_SENT)) >= SENT_LIMIT:
        work.clear(_SENT)
    work.put(_SENT, (data.chat, data.person), work.now)
