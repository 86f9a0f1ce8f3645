"""Staff take a code at the counter: once, from members only, in its time."""

from __future__ import annotations

from typing import Any

from groupbot.engine import vault
from groupbot.engine.addresses import every_id
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.coupons import domain, store
from groupbot.features.members import service as members


def redeem(work: Work, code: str, *, by: int) -> dict[str, Any]:
    """The code is used up; what for, and whose it was.

    Raises:
        Refusal: unknown here, not handed out, used before, too late, or its owner is no member any more.
    """
    key = vault.key_of(work)
    marks = (domain.mark(key, chat, code) for chat in every_id(work, work.chat))
    rows = (work.sql.first(store.BY_MARK, chat=work.chat, the_mark=mark) for mark in marks)
    row = next((r for r in rows if r is not None), None)
    if row is None or row.person_id is None:
        raise Refusal("coupons/unknown")
    who = members.name(work, row.person_id)
    if row.redeemed_at is not None:
        raise Refusal("coupons/used", title=row.title, who=who, at=row.redeemed_at)
    if row.until <= work.now:
        raise Refusal("coupons/late", title=row.title, until=row.until)
    if not members.is_here(work, work.chat, row.person_id):
        raise Refusal("coupons/not_here", holder=True)
    if not work.sql.run(store.REDEEM, the_id=row.id, now=work.now, by=by):
        raise Refusal("coupons/used", title=row.title, who=who, at=work.now)
    return {"title": row.title, "who": who, "person": int(row.person_id)}
