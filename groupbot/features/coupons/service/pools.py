"""A pool from its order to its end: codes sealed, the card in the group, the report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from groupbot.core.effects import Button, Rows
from groupbot.engine import vault
from groupbot.engine.addresses import every_id
from groupbot.engine.cards import Card, Shown
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.coupons import domain, store
from groupbot.features.coupons.domain import Order, Take
from groupbot.features.members import service as members

SHOWN = 10  # pools of a report


def draft(work: Work, order: Order, *, by: int, topic: int | None = None) -> int:
    """A pool without codes, seen by nobody; its number."""
    pool = {"chat_id": work.chat, "topic": topic, "title": order.title, "by_id": by, "state": "draft"}
    return int(work.sql.returning(store.NEW, **pool, **_terms(order))[0].id)


def imported(work: Work, order: Order) -> tuple[int, int]:
    """The pool an import fills, and how many codes are in it: one of this title that was interrupted goes on,
    on these terms; else a new draft."""
    found = work.sql.returning(store.UNFINISHED, chat=work.chat, named=order.title, **_terms(order))
    if not found:
        return draft(work, order, by=0), 0
    number = min(int(r.id) for r in found)
    return number, int(work.sql.first(store.COUNTS, the_id=number).codes)


def _terms(order: Order) -> dict[str, int]:
    claim, use = int(order.claim.total_seconds()), int(order.use.total_seconds())
    return {"each": order.each, "price": order.price, "claim_seconds": claim, "use_seconds": use}


def of_maker(work: Work, number: int, person: int) -> Any:
    """The pool, for the administrator who began it and is one still.

    Raises:
        Refusal: anybody else, or over.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.by_id != person or not members.heads(work, row.chat_id, person):
        raise Refusal("coupons/no_pool", number=number)
    if row.state == "closed":
        raise Refusal("coupons/over", title=row.title)
    return row


def add(work: Work, number: int, codes: Sequence[str]) -> tuple[int, int]:
    """Seal these codes in a pool: (added, known here before). A code is one in its group, for ever.

    Raises:
        Refusal: `coupons/too_many`, more than a pool holds.
    """
    row = work.sql.first(store.ONE, the_id=number)
    all_of = work.sql.first(store.ALL_COUNTS, the_id=number, now=work.now)
    have, key = int(all_of.codes), vault.key_of(work)
    before = every_id(work, row.chat_id)
    marked = {domain.mark(key, row.chat_id, code): code for code in codes}
    new = {
        mark: code
        for mark, code in marked.items()
        if not any(_known(work, row.chat_id, domain.mark(key, chat, code)) for chat in before)
    }
    if have + len(new) > domain.MOST:
        raise Refusal("coupons/too_many", most=domain.MOST, have=have)
    for mark, code in new.items():
        sealed = vault.seal(key, code, about=f"coupon:{mark}", nonce=work.rng.randbytes(16))
        work.sql.run(store.ADD, pool_id=number, chat_id=row.chat_id, mark=mark, sealed=sealed)
    if new and row.state == "open":
        CARD.changed(work, number)
    return len(new), len(codes) - len(new)


def _known(work: Work, chat: int, mark: str) -> bool:
    return work.sql.first(store.KNOWN, chat=chat, the_mark=mark) is not None


def generate(work: Work, number: int, n: int) -> tuple[int, int]:
    """Codes of our own. As `add`."""
    return add(work, number, domain.make(work.rng, n))


def publish(work: Work, number: int) -> None:
    """The card with the button, in the group.

    Raises:
        Refusal: no such draft here, or no codes in it.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat or row.state != "draft":
        raise Refusal("common/old_button")
    if not int(work.sql.first(store.COUNTS, the_id=number).codes):
        raise Refusal("coupons/no_codes", number=number)
    closes = work.now + timedelta(seconds=row.claim_seconds)
    ends = work.now + timedelta(seconds=row.use_seconds)
    work.sql.run(store.OPEN, the_id=number, now=work.now, closes=closes, ends=ends)
    CARD.say(work, number, row.topic)


def close(work: Work, number: int) -> str:
    """No more of it is given out; what was taken may be redeemed until its day. The title.

    Raises:
        Refusal: no such pool here, or over before.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat:
        raise Refusal("coupons/no_pool", number=number)
    if not work.sql.run(store.CLOSE, the_id=number):
        raise Refusal("coupons/over", title=row.title)
    work.sql.run(store.WIPE, the_id=number)
    if row.state == "open":
        CARD.at_end(work, number)
    return str(row.title)


def open_here(work: Work) -> list[int]:
    """The pools of this chat whose codes are given out."""
    rows = work.sql.all(store.POOLS, chat=work.chat, most=domain.MOST)
    return [r.id for r in rows if r.state == "open"]


def close_due(work: Work) -> None:
    """Pools whose time is over, and cards that lag."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.sql.run(store.CLOSE, the_id=row.id)
        work.sql.run(store.WIPE, the_id=row.id)
        CARD.at_end(work, int(row.id))
    CARD.catch_up(work)


def card(work: Work, number: int) -> tuple[dict[str, Any], Rows]:
    """What the card says and its button."""
    row, n = work.sql.first(store.ONE, the_id=number), work.sql.first(store.COUNTS, the_id=number)
    left = int(n.codes) - int(n.taken)
    data = {
        "number": row.id,
        "title": row.title,
        "each": row.each,
        "price": row.price,
        "codes": int(n.codes),
        "taken": int(n.taken),
        "open": row.state == "open",
        "closes": row.closes_at,
        "until": row.until,
    }
    return data, ((Button("take", Take(row.id)),),) if row.state == "open" and left > 0 else ()


def offered(work: Work, chat: int, title: str = "") -> dict[str, Any] | None:
    """The newest open pool of a chat (of that title, where one is given) that has a code left, in plain
    values; None where there is none."""
    for row in work.sql.all(store.POOLS, chat=chat, most=SHOWN):
        if row.state != "open" or (title and row.title.casefold() != title.casefold()):
            continue
        n = work.sql.first(store.COUNTS, the_id=row.id)
        left = int(n.codes) - int(n.taken)
        if left > 0:
            own = {"number": row.id, "title": row.title, "each": row.each, "price": row.price}
            return {**own, "left": left, "closes": row.closes_at, "until": row.until}
    return None


def report(work: Work) -> list[dict[str, Any]]:
    """Pools of this chat, the newest first: codes (and how many of them are prizes), taken, redeemed,
    expired in members' hands."""
    found = []
    for row in work.sql.all(store.POOLS, chat=work.chat, most=SHOWN):
        n = work.sql.first(store.ALL_COUNTS, the_id=row.id, now=work.now)
        found.append(
            {
                "number": row.id,
                "title": row.title,
                "state": row.state,
                "codes": int(n.codes),
                "taken": int(n.taken),
                "redeemed": int(n.redeemed),
                "expired": int(n.expired),
                "prizes": int(n.prizes),
            }
        )
    return found


def used(work: Work, chats: Sequence[int], since: datetime) -> dict[str, int]:
    """Of the pools that were opened in these chats after `since`: pools, codes, taken and redeemed."""
    row = work.sql.first(store.used_in(chats, since))
    return {name: int(getattr(row, name) or 0) for name in ("pools", "codes", "taken", "redeemed")}


def sealed(work: Work) -> list[tuple[str, bytes]]:
    """All codes that can still be had, as they lie: what each is about, and itself."""
    return [(f"coupon:{r.mark}", bytes(r.sealed)) for r in work.sql.all(store.SEALED)]


def _shown(work: Work, number: int) -> Shown | None:
    row = work.sql.first(store.ONE, the_id=number)
    return None if row is None or row.opened_at is None else (row.chat_id, *card(work, number))


CARD = Card("coupons", timedelta(seconds=6), _shown, store.DRAWN, store.STALE)
