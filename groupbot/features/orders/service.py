"""Take orders in, each once; know products; bind a customer of the shop to the member who says to be them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.codes import make
from groupbot.core.effects import Send
from groupbot.engine.vault import key_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.orders import store
from groupbot.features.orders.domain import CODE_LIFE, STEPS, Line, mark

KEPT = store.KEPT
NEWS, FRESH = timedelta(days=7), timedelta(days=60)  # how old an order may be that a buyer hears of


def bring(work: Work, orders: Iterable[Sequence[Line]]) -> dict[str, int]:
    """Orders by their lines: how many were new, changed (status, time, lines) and known already."""
    counts = {"new": 0, "changed": 0, "known": 0}
    key = key_of(work)
    for lines in orders:
        counts[_bring(work, lines, key)] += 1
    return counts


def hear(work: Work, orders: Collection[Sequence[Line]], *, sent: datetime) -> dict[str, Any]:
    """Orders as the shop signed them at a moment, like `bring`, but for those of which something signed
    later is known (`stale`): what was sent before comes again without taking anything back. And which of
    their products wait to be told of."""
    counts: dict[str, Any] = {"new": 0, "changed": 0, "known": 0, "stale": 0}
    key = key_of(work)
    for lines in orders:
        counts[_bring(work, lines, key, sent)] += 1
    named = {x.product for lines in orders for x in lines}
    return counts | {"parked": [code for code, _ in parked(work) if code in named]}


def _bring(work: Work, lines: Sequence[Line], key: bytes, sent: datetime | None = None) -> str:
    first = lines[0]
    of: dict[str, Any] = {
        "customer": mark(key, "customer", first.customer),
        "at": min(x.at for x in lines),
        "status": lines[-1].status,
        "store": first.store,
    }
    this, fresh = {"the_channel": first.channel, "the_number": first.number}, False
    row = work.sql.first(store.FIND, **this)
    if row is None:  # beside a file being imported, another process may have been quicker
        new = of | {"channel": first.channel, "number": first.number, "heard": sent}
        fresh = bool(work.sql.run(store.NEW, **new))
        row = work.sql.first(store.FIND, **this)
    was: dict[str, tuple[int, int | None]] = {}
    word = "new"
    if not fresh:
        if sent is not None and row.heard is not None:
            back = STEPS.index(of["status"]) < STEPS.index(row.status)
            if sent < row.heard or (sent == row.heard and back):
                return "stale"
        heard = sent or row.heard
        was = {r.product: (r.units, r.amount) for r in work.sql.all(store.LINES, the_id=row.id)}
        word = "known"
        if any(getattr(row, k) != v for k, v in of.items()):
            word = "changed"
        if word == "changed" or row.heard != heard:
            new = of | {"heard": heard}
            work.sql.run(store.CHANGE, the_id=row.id, **{f"the_{k}": v for k, v in new.items()})
    if _keep(work, row.id, lines, was, whole=sent is not None) and not fresh:
        word = "changed"
    if (fresh and work.now - of["at"] <= NEWS) or row.status != of["status"]:
        _tell(work, first, of)
    return word


def _keep(
    work: Work,
    number: int,
    lines: Sequence[Line],
    was: Mapping[str, tuple[int, int | None]],
    *,
    whole: bool,
) -> bool:
    """The lines of an order beside those known; True when that changed any. Told without products it keeps
    the ones known. A product no longer told of goes where the order was told `whole`: of a file some lines
    may not have been read."""
    told = {x.product for x in lines}
    if told == {""} and was.keys() - told:
        return False
    gone = was.keys() - told if whole or was.keys() == {""} else set()
    for product in gone:
        work.sql.run(store.DROP_LINE, the_id=number, the_product=product)
    new = [x for x in lines if was.get(x.product) != (x.units, x.amount)]
    for x in new:
        work.sql.run(store.KEEP_LINE, order_id=number, product=x.product, units=x.units, amount=x.amount)
    return bool(gone or new)


def _tell(work: Work, line: Line, of: Mapping[str, Any]) -> None:
    """How an order stands goes to who said to be its customer, in private, while it is fresh; who asked for
    quiet hears nothing."""
    buyer = work.sql.value(store.WHO, the_customer=of["customer"])
    if buyer is None or work.now - of["at"] > FRESH:
        return
    if members.reachable(work, buyer) and not members.left_alone(work, buyer):
        data = {"number": line.number, "status": of["status"], "store": of["store"]}
        work.say(Send(user=buyer, template="orders/status", data=data))


def know(work: Work, products: Iterable[tuple[str, str, bool]]) -> int:
    """Products as (code, title, off the shelf); what waited for one of them counts from now on."""
    n = 0
    for code, title, off in products:
        work.sql.run(store.KEEP_PRODUCT, code=code, title=title, off_shelf=off)
        n += 1
    return n


def parked(work: Work) -> list[tuple[str, int]]:
    """Product codes nobody told of, with how many orders wait for each."""
    return [(r.product, int(r.orders)) for r in work.sql.all(store.PARKED)]


def codes(work: Work, customers: Sequence[str]) -> list[tuple[str, str]]:
    """A one-time code for each customer of the shop, to be given to them: (customer, code). They stand for
    30 days."""
    key = key_of(work)
    made = list(zip(customers, make(work.rng, len(customers)), strict=True))
    for customer, code in made:
        work.sql.run(
            store.NEW_CODE,
            mark=mark(key, "code", code),
            customer=mark(key, "customer", customer),
            until=work.now + CODE_LIFE,
        )
    return made


def bind(work: Work, person: int, code: str) -> None:
    """A member says which customer of the shop they are, by the shop's code for them. It works once.

    Raises:
        Refusal: no such code, or an old one.
    """
    the_mark = mark(key_of(work), "code", code)
    row = work.sql.first(store.CODE, the_mark=the_mark)
    if row is None or row.until < work.now:
        raise Refusal("orders/no_code")
    work.sql.run(store.USED, the_mark=the_mark)
    work.sql.run(store.BIND, customer=row.customer, person_id=person, at=work.now)


def bound(work: Work, person: int) -> int:
    """As how many customers of the shop a member is known."""
    return len(work.sql.all(store.BOUND, who=person))


def ordered(work: Work, people: Collection[int], since: datetime, until: datetime) -> int:
    """Orders that count of these people in a stretch: of who said which customer of the shop they are."""
    rows = work.sql.all(store.ORDERED, since=since, until=until)
    return sum(r.person_id in people for r in rows)


def unbind(work: Work, person: int) -> bool:
    """Their orders are nobody's again; False when they were already."""
    return bool(work.sql.run(store.UNBIND, who=person))


def sweep(work: Work) -> None:
    """Forget codes nobody used."""
    work.sql.run(store.OLD_CODES, now=work.now)
