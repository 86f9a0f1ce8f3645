"""Plans as they were last loaded: resident, read from their rows when somebody asks for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import structlog
from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan

log = structlog.get_logger(__name__)
_decode = msgspec.json.Decoder(Plan).decode


class Broken(Struct, frozen=True):
    """A stored plan that cannot be read (another version wrote it, or a hand)."""

    error: str


def read_ahead(work: Work, ids: Iterable[int]) -> None:
    """Plans that are not known yet, many with a statement."""
    new = [i for i in dict.fromkeys(ids) if i not in work.cached("promos.plan")]
    for at in range(0, len(new), store.SOME):
        part = new[at : at + store.SOME]
        asked = {f"p{n}": part[min(n, len(part) - 1)] for n in range(store.SOME)}
        for row in work.sql.all(store.SOME_PLANS, **asked):
            work.put("promos.plan", row.id, _read(row.id, row))


def plan_now(work: Work, plan_id: int) -> Plan | Broken | None:
    """A live plan by its id, as last loaded."""
    cache = work.cached("promos.plan")
    if plan_id not in cache:
        work.put("promos.plan", plan_id, _read(plan_id, work.sql.first(store.PLAN, the_id=plan_id)))
    return cache[plan_id]  # type: ignore[no-any-return]


def live(work: Work, plan_id: int) -> Plan | None:
    """A live plan that can be read."""
    found = plan_now(work, plan_id)
    return found if isinstance(found, Plan) else None


def _read(plan_id: int, row: Any) -> Plan | Broken | None:
    if row is None or row.state != "live":
        return None
    try:
        return _decode(row.spec)
    except (msgspec.DecodeError, ValueError) as e:
        log.error("plan.unreadable", plan=plan_id, error=str(e))
        return Broken(str(e))
