"""What staff see: who is in, who paid outside, and how gatherings went."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, store
from groupbot.features.gathering.service.cards import of_chat
from groupbot.features.gathering.service.onsite import figures
from groupbot.features.gathering.service.signing import ON_SITE
from groupbot.features.members import service as members

SINCE = timedelta(days=90)
AFTER = timedelta(days=7)
SHOWN = 8  # of each kind
Orders = Callable[[Work, int, Collection[int], datetime, datetime], int]


def roster(work: Work, number: int) -> dict[str, Any]:
    """Everybody in it by place, with who came and who paid; of an event the code as long as it counts.

    Raises:
        Refusal: not of this chat.
    """
    row = of_chat(work, number)
    rows = work.sql.all(store.PEOPLE, the_id=number)
    counts = row.kind == "event" and row.state != "dropped" and row.closes_at > work.now - ON_SITE
    return {
        "number": number,
        "kind": row.kind,
        "title": row.title,
        "over": row.state != "open",
        "places": row.places,
        "code": row.code if counts else "",
        "people": [
            {
                "place": i,
                "name": members.name(work, r.person_id),
                "came": r.came_at is not None,
                "paid": r.paid_at is not None,
                "waits": bool(row.places) and i > row.places,
            }
            for i, r in enumerate(rows, 1)
        ],
    }


def paid(work: Work, number: int, text: str) -> dict[str, Any]:
    """Write down who paid outside: places of the list (`1 3 5-8`, `all`), `off` before them takes it back.
    Doing it again changes nothing.

    Raises:
        Refusal: not of this chat, not over (places still move), not come about, or no such places.
    """
    row = of_chat(work, number)
    if row.kind == "event" or row.state != "made":
        raise Refusal("gathering/not_payable", title=row.title)
    word, _, rest = text.partition(" ")
    off = word.lower() in ("off", "取消")
    rows = work.sql.all(store.PEOPLE, the_id=number)
    places = domain.places_of(rest if off else text, len(rows))
    if not places:
        raise Refusal("gathering/no_places", most=len(rows))
    for place in places:
        seat = rows[place - 1]
        if off or seat.paid_at is None:
            work.sql.run(store.PAID, the_id=seat.id, at=None if off else work.now)
    after = work.sql.all(store.PEOPLE, the_id=number)
    return {"title": row.title, "paid": sum(r.paid_at is not None for r in after), "joined": len(after)}


def report(work: Work, orders: Orders) -> dict[str, Any]:
    """Of the last ninety days: events with who came of who signed up, photos, and what those who came ordered
    within a week (`orders` of the shop, and seats in group buys); group buys and pre-orders with how many
    came about and how long it took until there were enough."""
    rows = work.sql.all(store.OVER, chat=work.chat, since=work.now - SINCE)
    events = [r for r in rows if r.kind == "event" and r.state == "made"]
    rounds = [r for r in rows if r.kind != "event" and r.state in ("made", "failed")]
    made = [r for r in rounds if r.state == "made"]
    quick = domain.middle([r.filled_at - r.opened_at for r in made if r.filled_at is not None])
    seats = {r.id: work.sql.all(store.PEOPLE, the_id=r.id) for r in rounds}
    return {
        "days": SINCE.days,
        "events": [{**figures(work, r), "orders": _orders(work, r, orders)} for r in events[:SHOWN]],
        "rounds": len(rounds),
        "made": len(made),
        "rate": domain.rate(len(made), len(rounds)),
        "quick": quick,
        "each": [
            {
                "number": r.id,
                "kind": r.kind,
                "title": r.title,
                "joined": len(seats[r.id]),
                "least": r.least,
                "made": r.state == "made",
                "paid": sum(s.paid_at is not None for s in seats[r.id]),
            }
            for r in rounds[:SHOWN]
        ],
    }


def _orders(work: Work, row: Any, orders: Orders) -> int:
    """Within a week of an event, by who came to it."""
    there = {r.person_id for r in work.sql.all(store.PEOPLE, the_id=row.id) if r.came_at is not None}
    if not there:
        return 0
    since, until = row.closes_at, row.closes_at + AFTER
    taken = work.sql.all(store.JOINED_BY, chat=row.chat_id, since=since, until=until)
    return orders(work, row.chat_id, there, since, until) + sum(t.person_id in there for t in taken)
