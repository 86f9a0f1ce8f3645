"""Open draws as the writer holds them: the draw under its number, how many are in under (number, "in"),
each entry under (number, person)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Edit, Rows
from groupbot.engine.work import Work
from groupbot.features.lottery import domain, store
from groupbot.features.lottery.domain import Enter
from groupbot.features.members import service as members

OPEN, DRAWN = "lottery.open", "lottery.drawn"
REDRAW = timedelta(seconds=6)


class Lottery(Struct, frozen=True):
    """A draw as published, with its state now."""

    id: int
    chat: int
    by: int
    prize: str
    seats: int
    rules: str
    rules_hash: str
    commitment: str
    salt: str
    state: str
    tenure_hours: int
    claim_hours: int
    closes: datetime

    @property
    def ref(self) -> str:
        return f"lottery:{self.id}"


def load(work: Work, number: int) -> Lottery | None:
    """The draw, made resident with its entries; None when there is none of this number."""
    cache = work.cached(OPEN)
    if number in cache:
        return cache[number]  # type: ignore[no-any-return]
    r = work.sql.first(store.LOTTERY, the_id=number)
    if r is None:
        return None
    entries = work.sql.all(store.ENTRIES_OF, the_id=number)
    for e in entries:
        work.put(OPEN, (number, e.person_id), e.entry)
    work.put(OPEN, (number, "in"), len(entries))
    made = Lottery(
        id=r.id,
        chat=r.chat_id,
        by=r.by_id,
        prize=r.prize,
        seats=r.seats,
        rules=r.rules,
        rules_hash=r.rules_hash,
        commitment=r.commitment,
        salt=r.salt,
        state=r.state,
        tenure_hours=r.tenure_hours,
        claim_hours=r.claim_hours,
        closes=r.closes_at,
    )
    work.put(OPEN, number, made)
    return made


def ineligible(work: Work, lottery: Lottery, person: int) -> str:
    """Why somebody may not take part now: left | staff | new, or ''."""
    if not members.is_here(work, lottery.chat, person):
        return "left"
    if members.is_staff(work, lottery.chat, person):
        return "staff"
    joined = members.joined_at(work, lottery.chat, person)
    if joined is not None and work.now < joined + timedelta(hours=lottery.tenure_hours):
        return "new"
    return ""


def card(work: Work, lottery: Lottery) -> tuple[dict[str, Any], Rows]:
    """Data and buttons of the open card."""
    data = {
        "id": lottery.id,
        "prize": lottery.prize,
        "seats": lottery.seats,
        "closes": lottery.closes,
        "entered": int(work.cached(OPEN)[lottery.id, "in"]),
        "commitment": lottery.commitment,
        "rules": lottery.rules,
        "rules_hash": lottery.rules_hash,
        "version": domain.VERSION,
    }
    return data, ((Button("enter", Enter(lottery.id)),),)


def redraw(work: Work, number: int) -> None:
    """Edit the card of an open draw to how many are in."""
    lottery = load(work, number)
    if lottery is None or lottery.state != "open":
        return
    data, buttons = card(work, lottery)
    work.say(
        Edit(
            chat=lottery.chat,
            ref=lottery.ref,
            template="lottery/card",
            data=data,
            buttons=buttons,
            cause="lottery",
        )
    )
    work.sql.run(store.DRAWN, the_id=number, entries=data["entered"])
    work.put(DRAWN, number, work.now)


def may_redraw(work: Work, number: int) -> bool:
    """At most ten edits a minute."""
    last = work.cached(DRAWN).get(number)
    return last is None or work.now - last >= REDRAW
