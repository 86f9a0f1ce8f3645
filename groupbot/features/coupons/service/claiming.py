"""Taking a code: by members who are here, so many each, never one twice; shown once, in private."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.engine import vault
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.coupons import domain, store
from groupbot.features.coupons.service.pools import CARD
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member, sink
from groupbot.features.members import service as members

LISTED = 12


def take(work: Work, number: int, person: int) -> dict[str, Any]:
    """The next free code for this person, sent to them in private; what the toast tells. It asks for the
    private chat first, then for points: nobody pays for a code that cannot be shown.

    Raises:
        Refusal: over, all gone, had already, no member, too new, no private chat yet, or too few points.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat or row.state == "draft":
        raise Refusal("common/old_button")
    had = work.sql.all(store.MINE, the_id=number, person=person)
    if len(had) >= row.each:
        raise Refusal("coupons/had", title=row.title, n=len(had), at=had[-1].claimed_at)
    if row.state != "open" or row.closes_at <= work.now:
        raise Refusal("coupons/over", title=row.title)
    free = work.sql.first(store.FREE, the_id=number)
    if free is None:
        raise Refusal("coupons/gone", title=row.title)
    _a_member(work, person)
    members.alone(work, person)
    have = ledger.points_of(work, work.chat, person) if row.price else 0
    if have < row.price:
        raise Refusal("ledger/short", balance=have, needed=row.price)
    words = _open(work, free)
    if not work.sql.run(store.CLAIM, the_id=free.id, person=person, place=len(had) + 1, now=work.now):
        raise Refusal("coupons/gone", title=row.title)
    if row.price:
        ledger.transfer(
            work,
            f"coupon:{free.id}",
            "coupon",
            (member(work.chat, person), -row.price),
            (sink(work.chat), row.price),
            ref=f"coupons:{number}",
            actor=person,
        )
    CARD.changed(work, number)
    data = {"title": row.title, "code": words, "until": row.until}
    work.say(Send(user=person, template="coupons/code", data=data))
    return {"title": row.title, "price": row.price, "balance": have - row.price}


def _open(work: Work, free: Any) -> str:
    try:
        return vault.unseal(vault.key_of(work), bytes(free.sealed), about=f"coupon:{free.mark}")
    except ValueError:
        raise Refusal("coupons/lost") from None


def _a_member(work: Work, person: int) -> None:
    if not members.is_here(work, work.chat, person):
        raise Refusal("coupons/not_here", holder=False)
    tenure = timedelta(hours=members.get(work, work.chat, domain.TENURE))
    joined = members.joined_at(work, work.chat, person)
    if joined is not None and work.now < joined + tenure:
        raise Refusal("coupons/new", wait=joined + tenure - work.now)


def mine(work: Work, person: int) -> list[dict[str, Any]]:
    """What this person took here, the newest first; never the codes, which were shown."""
    return [
        {"title": r.title, "until": r.until, "state": domain.state(r.redeemed_at, r.until, work.now)}
        for r in work.sql.all(store.OF_PERSON, chat=work.chat, person=person, most=LISTED)
    ]
