"""Which reasons to buy moved people: campaigns that were launched beside each other, over the same span."""

from __future__ import annotations

from statistics import median
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.chain import asked
from groupbot.features.campaigns.service.files import known
from groupbot.features.campaigns.service.spread import LONG

LIST = 12  # campaigns of one answer


def reasons(work: Work) -> dict[str, Any]:
    """Every campaign that was launched, the one first that brought most for its members."""
    every = known(work)
    rows = [
        row for r in work.sql.all(store.ALL) if r.name in every for row in [moved(work, every[r.name], r)]
    ]
    rows.sort(key=lambda r: (r["came_of_100"] is None, -(r["came_of_100"] or 0), -r["orders"], r["name"]))
    return {"rows": rows[:LIST], "more": max(0, len(rows) - LIST)}


def moved(work: Work, campaign: Campaign, row: Any) -> dict[str, Any]:
    """Of one: people who came by its links within fourteen days of its launch, who of them ordered (as far as
    it is known which customer they are), and how many came of each hundred members it began with. `young`:
    its fourteen days are not over."""
    steps = asked(work, campaign, row.at, ("sell",)).get("sell", {})
    n = {step: int(work.sql.plain(sql)[0][0] or 0) for step, sql in steps.items()}
    came = n.get("clicks", 0)
    return {
        "name": campaign.name,
        "reason": campaign.reason,
        "state": row.state,
        "members": row.members,
        "came": came,
        "came_of_100": round(100 * came / row.members, 1) if row.members else None,
        "orders": n.get("orders", 0),
        "young": work.now < row.at + LONG,
    }


def beside(work: Work, campaign: Campaign, row: Any) -> dict[str, Any] | None:
    """How one stands beside the others whose fourteen days are over; None where there are none, or it was
    launched for nobody."""
    every = known(work)
    others = [
        each["came_of_100"]
        for r in work.sql.all(store.ALL)
        if r.name in every and r.name != campaign.name and work.now >= r.at + LONG
        for each in [moved(work, every[r.name], r)]
        if each["came_of_100"] is not None
    ]
    own = moved(work, campaign, row)
    if not others or own["came_of_100"] is None:
        return None
    return {
        "came_of_100": own["came_of_100"],
        "usual": round(median(others), 1),
        "others": len(others),
        "young": own["young"],
    }
