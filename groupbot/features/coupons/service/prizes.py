"""Codes set aside for something that is won: nobody takes them meanwhile, and the winner gets one, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from groupbot.core.effects import Send
from groupbot.engine import vault
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.coupons import store
from groupbot.features.coupons.service.pools import CARD


def hold(work: Work, number: int, refs: Sequence[str]) -> None:
    """Set one free code of this chat's pool aside under each of `refs`, all or none.

    Raises:
        Refusal: no such pool here, over, or fewer free codes than that.
    """
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat or row.state == "closed":
        raise Refusal("coupons/no_pool", number=number)
    for have, ref in enumerate(refs):
        free = work.sql.first(store.FREE, the_id=number)
        if free is None or not work.sql.run(store.HOLD, the_id=free.id, ref=ref):
            raise Refusal("coupons/short", title=row.title, have=have, needed=len(refs))
    if row.state == "open":
        CARD.changed(work, number)


def release(work: Work, refs: Sequence[str]) -> None:
    """What nobody won goes back to its pool, or is forgotten with it."""
    for ref in refs:
        held = work.sql.first(store.HELD, chat=work.chat, ref=ref)
        if held is None or held.person_id is not None:
            continue
        work.sql.run(store.RELEASE, the_id=held.id, sealed=None if held.state == "closed" else held.sealed)
        if held.state == "open":
            CARD.changed(work, int(held.pool_id))


def hand(work: Work, ref: str, person: int) -> None:
    """The code under `ref` to its winner, in private; good for as long as the pool gives from today on, and
    though the pool is over.

    Raises:
        Refusal: it cannot be opened.
    """
    held = work.sql.first(store.HELD, chat=work.chat, ref=ref)
    try:
        words = vault.unseal(vault.key_of(work), bytes(held.sealed), about=f"coupon:{held.mark}")
    except (AttributeError, TypeError, ValueError):
        raise Refusal("coupons/lost") from None
    until = work.now + timedelta(seconds=held.use_seconds)
    until = max(until, held.until or until)
    work.sql.run(store.HAND, the_id=held.id, person=person, now=work.now, ends=until)
    data = {"title": held.title, "code": words, "until": until}
    work.say(Send(user=person, template="coupons/code", data=data))
