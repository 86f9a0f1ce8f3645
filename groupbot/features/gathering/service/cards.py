"""The card of a gathering, and the row behind it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Rows
from groupbot.engine.cards import Card, Shown
from groupbot.engine.naming import SHOWN
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, store
from groupbot.features.gathering.domain import Join, Leave, Remind, Step
from groupbot.features.members import service as members

LISTED = 15


def card(work: Work, row: Any) -> tuple[dict[str, Any], Rows]:
    """What the card shows, and its buttons."""
    rows = work.sql.all(store.PEOPLE, the_id=row.id)
    inside, waiting = domain.seated([r.person_id for r in rows], row.places)
    now, then = domain.step_now(ladder(row), len(inside))
    data = {
        "kind": row.kind,
        "number": row.id,
        "title": row.title,
        "state": row.state,
        "least": row.least,
        "places": row.places,
        "joined": len(inside),
        "waiting": len(waiting),
        "came": sum(r.came_at is not None for r in rows),
        "closes": row.closes_at,
        "names": [members.name(work, p) for p in inside[:LISTED]],
        "more": max(0, len(inside) - LISTED),
        "leader": members.name(work, inside[0]) if inside and row.kind == "groupbuy" else "",
        "price": now.price if now is not None else "",
        "next_price": then.price if then is not None else "",
        "next_people": then.people if then is not None else 0,
    }
    if row.state != "open":
        return data, ()
    buttons = (Button("join", Join(row.id)), Button("leave", Leave(row.id)))
    if row.remind_at is None:
        return data, (buttons,)
    return data, (buttons, (Button("remind", Remind(row.id)),))


def ladder(row: Any) -> tuple[Step, ...]:
    """What it costs by size."""
    return tuple(Step(int(n), str(price)) for n, price in row.ladder)


def of_chat(work: Work, number: int) -> Any:
    """A gathering of this chat.

    Raises:
        Refusal: not of this chat.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat:
        raise Refusal("common/old_button")
    return row


def still_open(work: Work, number: int) -> Any:
    """One of this chat that can be joined and left.

    Raises:
        Refusal: over, or not of this chat.
    """
    row = of_chat(work, number)
    if row.state != "open" or row.closes_at <= work.now:
        raise Refusal("gathering/over", title=row.title)
    return row


def people(work: Work, number: int) -> list[int]:
    """Who is in or waits, in the order they joined."""
    return [r.person_id for r in work.sql.all(store.PEOPLE, the_id=number)]


def redraw(work: Work, who: int) -> None:
    """Cards on which `who` stands show the name they have now."""
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id
        CARD.draw(work, row.id)


def _shown(work: Work, number: int) -> Shown | None:
    row = work.sql.first(store.ONE, the_id=number)
    return None if row is None else (row.chat_id, *card(work, row))


CARD = Card("gathering", timedelta(seconds=5), _shown, store.DRAWN, store.STALE)
