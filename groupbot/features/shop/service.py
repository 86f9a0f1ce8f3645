"""Buying with points: the points, the stock and the order in one transaction; staff hand it over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member, sink
from groupbot.features.members import service as members
from groupbot.features.shop import domain, store

KEPT = store.KEPT


def put_up(work: Work, item: domain.Item) -> int:
    """Put an item on the shelf; its number.

    Raises:
        Refusal: the shelf is full of things that can be had: one more would be seen by nobody.
    """
    here = shelf(work)
    if len(here) >= domain.SHOWN and all(r.stock > 0 for r in here):
        raise Refusal("shop/full", most=domain.SHOWN)
    row = {"chat_id": work.chat, "name": item.name, "price": item.price, "stock": item.stock}
    return int(work.sql.returning(store.NEW_ITEM, **row)[0].id)


def take_down(work: Work, number: int) -> None:
    """No longer on the shelf; orders for it stand.

    Raises:
        Refusal: no such item here.
    """
    if not work.sql.run(store.HIDE, the_id=number, chat=work.chat):
        raise Refusal("shop/no_item", number=number)


def shelf(work: Work) -> list[Any]:
    """What stands on the shelf here: all that can be had, the cheapest first, then what is sold out."""
    rows = work.sql.all(store.SHELF, chat=work.chat, most=domain.MOST)
    return rows[: max(domain.SHOWN, sum(r.stock > 0 for r in rows))]


def look(work: Work, number: int, person: int) -> Any:
    """The item, if this person could have it now.

    Raises:
        Refusal: not here, gone, had already, or not enough points.
    """
    row = work.sql.first(store.ITEM, the_id=number, chat=work.chat)
    if row is None or not row.shown:
        raise Refusal("common/old_button")
    mine = [o for o in orders(work, person) if o["name"] == row.name]
    if int(work.sql.value(store.HAS, the_item=number, person=person)) >= row.each:
        raise Refusal("shop/had", name=row.name, code=mine[0]["code"] if mine else "")
    if row.stock <= 0:
        raise Refusal("shop/gone", name=row.name)
    have = ledger.points_of(work, work.chat, person)
    if have < row.price:
        raise Refusal("ledger/short", balance=have, needed=row.price)
    return row


def buy(work: Work, number: int, person: int) -> dict[str, Any]:
    """One of the item for its points: name, pick-up code and balance.

    Raises:
        Refusal: as `look`.
    """
    row = look(work, number, person)
    if not work.sql.run(store.TAKE, the_id=number):
        raise Refusal("shop/gone", name=row.name)
    code = domain.code(work.rng)
    while work.sql.first(store.BY_CODE, chat=work.chat, the_code=code) is not None:
        code = domain.code(work.rng)
    made = work.sql.returning(
        store.NEW_ORDER,
        chat_id=work.chat,
        item_id=number,
        person_id=person,
        price=row.price,
        code=code,
        state="open",
        at=work.now,
    )
    ledger.transfer(
        work,
        f"shop:{made[0].id}",
        "shop",
        (member(work.chat, person), -row.price),
        (sink(work.chat), row.price),
        ref=f"shop:{number}",
        actor=person,
    )
    return {"name": row.name, "code": code, "balance": ledger.points_of(work, work.chat, person)}


def settle(work: Work, code: str, *, by: int, back: bool) -> dict[str, Any]:
    """Staff have handed the thing over, or give the points `back`; once.

    Raises:
        Refusal: no such code here, or settled before.
    """
    row = work.sql.first(store.BY_CODE, chat=work.chat, the_code=code.strip().upper())
    if row is None:
        raise Refusal("shop/no_code", code=code[:12])
    becomes = "returned" if back else "handed"
    if not work.sql.run(store.DONE, the_id=row.id, becomes=becomes, now=work.now, by=by):
        raise Refusal("shop/settled", name=row.name, handed=row.state == "handed")
    if back:
        ledger.reverse(work, f"shop:{row.id}", actor=by)
        work.sql.run(store.PUT_BACK, the_id=row.item_id)
    return {
        "name": row.name,
        "person": row.person_id,
        "who": members.name(work, row.person_id),
        "back": back,
        "price": row.price,
    }


def orders(work: Work, person: int) -> list[dict[str, str]]:
    """What waits for this person, with its codes."""
    return [
        {"name": o.name, "code": o.code} for o in work.sql.all(store.OPEN_OF, chat=work.chat, person=person)
    ]


def handed_since(work: Work, chat: int, since: datetime) -> list[tuple[int, int, datetime]]:
    """(order, person, when) of what was handed over here after `since`."""
    return [(r.id, r.person_id, r.done_at) for r in work.sql.all(store.HANDED, chat=chat, since=since)]


def ordered(work: Work, chat: int, people: Collection[int], since: datetime, until: datetime) -> int:
    """Orders of these people in a stretch, without those taken back."""
    rows = work.sql.all(store.ORDERED, chat=chat, since=since, until=until)
    return sum(r.person_id in people for r in rows)


def open_orders(work: Work) -> int:
    """Orders that wait to be handed over here."""
    return int(work.sql.value(store.OPEN_IN, chat=work.chat))
