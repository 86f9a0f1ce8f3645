"""What a campaign did to the activity of its groups, beside others."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from groupbot.engine.addresses import ops_chat
from groupbot.engine.work import Work
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.domain.effect import effect
from groupbot.features.campaigns.service.lots import drawn_for, key_of
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.campaigns.service.speed import clock
from groupbot.features.engagement.reports.asking import PEOPLE
from groupbot.features.members import service as members

SPAN = 14  # days before, and after where no lot says how many


def effect_of(work: Work, campaign: Campaign, row: Any) -> dict[str, Any] | None:
    """Its effect with the SQL; None before its days are over, or where nobody can be judged."""
    drawn = drawn_for(work, campaign.name).get(key_of(row.at))
    days, late = drawn if drawn else (SPAN, frozenset())
    if work.now < row.at + timedelta(days=days):
        return None
    chats = [c for c in chats_of(work, campaign) if c not in late]
    others = sorted(late) if drawn else siblings(work, chats_of(work, campaign))
    begun = clock(work, chats, row.at).date()
    asked = question([*chats, *others], begun, days)
    if not asked:
        return None
    change = {int(c): float(x) for c, x in work.sql.plain(asked)}
    found = effect(
        [change[c] for c in chats if c in change],
        [change[c] for c in others if c in change],
        "lot" if drawn else "siblings",
    )
    if found is None:
        return None
    rounded = {
        k: None if v is None else round(v, 2)
        for k, v in (("change", found.change), ("theirs", found.theirs), ("effect", found.effect),
                     ("low", found.low), ("high", found.high))
    }  # fmt: skip
    return {"how": found.how, "groups": found.groups, "others": found.others, "days": days, **rounded,
            "sql": asked, "own": sorted(chats)}  # fmt: skip


def siblings(work: Work, chats: Iterable[int]) -> list[int]:
    """Groups of the same tiers that are not in it, without the operators' own."""
    own, ops = set(chats), ops_chat(work)
    every = [p for p in members.profiles(work) if p.set_up and p.there and p.chat != ops]
    tiers = {p.tier for p in every if p.chat in own}
    return [p.chat for p in every if p.chat not in own and p.tier in tiers]


def question(chats: list[int], begun: date, days: int) -> str:
    """The SQL of each group's change: organic actives a day of a hundred members, in the `days` from the launch
    on less in the fourteen before. Groups of fewer than seven, or silent before, are left out."""
    if not chats:
        return ""
    within = f"chat_id IN ({', '.join(map(str, sorted(chats)))})"
    known = f"SELECT chat_id, COUNT(DISTINCT person_id) AS n FROM v_member WHERE {within} AND left_at IS NULL GROUP BY chat_id"
    return (
        f"SELECT d.chat_id, (SUM(CASE WHEN day >= '{begun}' THEN organic ELSE 0 END) * 1.0 / {days}"
        f" - SUM(CASE WHEN day < '{begun}' THEN organic ELSE 0 END) * 1.0 / {SPAN}) * 100.0 / k.n"
        f" FROM v_day d JOIN ({known}) k ON k.chat_id = d.chat_id WHERE k.n >= {PEOPLE}"
        f" AND day BETWEEN '{begun - timedelta(days=SPAN)}' AND '{begun + timedelta(days=days - 1)}'"
        f" GROUP BY d.chat_id, k.n HAVING SUM(CASE WHEN day < '{begun}' THEN organic ELSE 0 END) > 0 ORDER BY d.chat_id"
    )
