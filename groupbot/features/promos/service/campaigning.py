"""What a campaign asks of its plans: which they are, and where they were said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.members.domain import Profile
from groupbot.features.promos import store
from groupbot.features.promos.domain import Plan, explain
from groupbot.features.promos.service.known import live
from groupbot.features.promos.service.month import ahead, limits


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


class Ahead:
    """The four weeks from tomorrow on in chats, by the live plans of no campaign. Chats with the same limits
    and plans are reckoned once."""

    def __init__(self, work: Work) -> None:
        rows = [live(work, r.id) for r in work.sql.all(store.PLANS) if r.state == "live"]
        self._work = work
        self._plans = [p for p in rows if p is not None and not p.campaign]
        self._known: dict[Any, tuple[list[int], int]] = {}

    def of(self, profile: Profile) -> tuple[list[int], int]:
        """Posts in each week, and how many different pieces they are."""
        mine = [p for p in self._plans if explain(p.whom, profile)[0]]
        here = replace(limits(self._work, profile), title="", profile=None)
        tomorrow = self._work.now.astimezone(zone_of(here.zone)).date() + timedelta(days=1)
        key = (here, tomorrow, tuple(p.name for p in mine))
        if key not in self._known:
            self._known[key] = ahead(mine, here, tomorrow)
        return self._known[key]
