"""What a campaign asks of its plans: which they are, and where they were said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan
from groupbot.features.promos.service.publish import live


def of_campaign(work: Work, name: str) -> list[tuple[int, Plan]]:
    """The live plans of a campaign."""
    rows = [(r.id, live(work, r.id)) for r in work.sql.all(store.PLANS) if r.state == "live"]
    return [(number, p) for number, p in rows if p is not None and p.campaign.partition("/")[0] == name]


def reached(work: Work, plan_id: int) -> dict[int, str]:
    """The chats a plan was said in, with the template each got."""
    return {r.chat_id: str(r.template or "") for r in work.sql.all(store.REACHED, plan=plan_id)}


def first_said(work: Work, plans: Collection[int], since: datetime) -> dict[int, datetime]:
    """When the first post of these plans was said in each chat, from `since` on."""
    c = store.plan_slot.c
    query = (
        sa.select(c.chat_id, sa.func.min(c.at).label("at"))
        .where(c.plan_id.in_(plans), c.at >= since, c.state == "said")
        .group_by(c.chat_id)
    )
    return {r.chat_id: r.at for r in work.sql.all(query)}


def done(work: Work, plan_id: int, since: datetime) -> dict[str, Any]:
    """What became of a plan's slots due after `since`: how many were planned, said, left out, and of those
    how many for which reason, the commonest first."""
    c = store.plan_slot.c
    query = (
        sa.select(c.state, c.reason, sa.func.count().label("n"))
        .where(c.plan_id == plan_id, c.due >= since, c.state != "waiting")
        .group_by(c.state, c.reason)
    )
    rows = work.sql.all(query)
    left = {str(r.reason or r.state): int(r.n) for r in rows if r.state != "said"}
    said = sum(int(r.n) for r in rows if r.state == "said")
    return {
        "planned": said + sum(left.values()),
        "said": said,
        "left": sum(left.values()),
        "why": sorted(left.items(), key=lambda e: (-e[1], e[0]))[:3],
    }


def planned_in(work: Work) -> frozenset[int]:
    """The chats in which a plan of no campaign has a slot ahead within four weeks."""
    later = work.now + timedelta(weeks=4)
    found = set()
    for row in work.sql.all(store.WAITING):
        plan = live(work, row.plan_id) if row.due <= later else None
        if plan is not None and not plan.campaign:
            found.add(row.chat_id)
    return frozenset(found)
