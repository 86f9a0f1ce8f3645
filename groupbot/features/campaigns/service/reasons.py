"""Which reasons to buy moved people: campaigns that were launched beside each other, over the same span."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.chain import asked
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.spread import LONG
from groupbot.features.engagement.reports.asking import PEOPLE

LIST = 12  # campaigns of one answer


def reasons(work: Work) -> dict[str, Any]:
    """Every campaign that was launched, the one first that brought most for its members."""
    every = known(work)
    rows = compared(work, [(every[r.name], r) for r in work.sql.all(store.ALL) if r.name in every])
    return {
        "rows": [{k: v for k, v in row.items() if k != "sql"} for row in rows[:LIST]],
        "more": max(0, len(rows) - LIST),
    }


def compared(work: Work, launched: Iterable[tuple[Campaign, Any]]) -> list[dict[str, Any]]:
    """What each of these campaigns' reasons brought, that which brought most for its members first; with its
    `place`, and the median `usual` of the `others` whose fourteen days are over."""
    rows = [moved(work, campaign, row) for campaign, row in launched]
    rows.sort(key=lambda r: (r["came_of_100"] is None, -(r["came_of_100"] or 0), -r["orders"], r["name"]))
    for place, row in enumerate(rows, 1):
        others = [
            r["came_of_100"] for r in rows if r is not row and not r["young"] and r["came_of_100"] is not None
        ]
        usual = round(median(others), 1) if others else None
        row |= {"place": place, "usual": usual, "others": len(others)}
    return rows


def moved(work: Work, campaign: Campaign, row: Any) -> dict[str, Any]:
    """Of one: people who came by its links within fourteen days of its launch, who of them ordered (as far as
    it is known which customer they are), and how many came of each hundred members it began with. `young`:
    its fourteen days are not over."""
    steps = asked(work, campaign, row.at, ("sell",)).get("sell", {})
    n = {step: int(work.sql.plain(sql)[0][0] or 0) for step, sql in steps.items()}
    came, quoted = n.get("clicks", 0), campaign.name.replace("'", "''")
    return {
        "name": campaign.name,
        "reason": campaign.reason,
        "state": row.state,
        "members": row.members,
        "came": came,
        "came_of_100": round(100 * came / row.members, 1) if row.members >= PEOPLE else None,
        "orders": n.get("orders", 0),
        "young": work.now < row.at + LONG,
        "sql": {"members": f"SELECT members FROM campaign WHERE name = '{quoted}'", **steps},
    }


def beside(work: Work, campaign: Campaign) -> dict[str, Any] | None:
    """How one stands beside the others whose fourteen days are over; None where there are none, or it was
    launched for nobody."""
    every = known(work)
    rows = compared(work, [(every[r.name], r) for r in work.sql.all(store.ALL) if r.name in every])
    own = next((r for r in rows if r["name"] == campaign.name), None)
    if own is None or not own["others"] or own["came_of_100"] is None:
        return None
    return {k: own[k] for k in ("came_of_100", "usual", "others", "young")}
