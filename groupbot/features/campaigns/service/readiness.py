"""The gate before the start: what a campaign lacks, group by group."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign, clashes
from groupbot.features.campaigns.service.files import known
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import explain
from groupbot.features.rules.domain.policy import TEXT

ADMINS = 2  # people who can act when one is away


def chats_of(work: Work, campaign: Campaign) -> list[int]:
    """The groups of a campaign's audience now."""
    return [p.chat for p in members.profiles(work) if explain(campaign.whom, p)[0]]


def size(work: Work, chats: list[int]) -> int:
    """Members known to be in these groups now."""
    return sum(members.count_here(work, chat) for chat in chats)


def shares(work: Work, campaign: Campaign, chats: list[int]) -> list[float]:
    """For each phase the share of the groups (0…1) where something of it was said."""
    seen: dict[str, set[int]] = {}
    for number, plan in promos.of_campaign(work, campaign.name):
        seen.setdefault(plan.campaign, set()).update(promos.reached(work, number))
    here = set(chats)
    return [
        len(seen.get(f"{campaign.name}/{p.name}", set()) & here) / max(1, len(here)) for p in campaign.phases
    ]


def gaps(work: Work, campaign: Campaign) -> list[dict[str, Any]]:
    """What is missing, as {code, where, n}: nobody in the audience; a phase without posts; too little
    content; another flagship; groups without somebody who answers for them, a second admin, rules, a
    confirmed time zone or any plan beside the campaign."""
    chats = chats_of(work, campaign)
    if not chats:
        return [{"code": "nobody", "where": campaign.whom.name, "n": 0}]
    found: list[dict[str, Any]] = []
    plans = [p for _, p in promos.of_campaign(work, campaign.name)]
    for phase in campaign.phases:
        if not any(p.campaign == f"{campaign.name}/{phase.name}" for p in plans):
            found.append({"code": "posts", "where": phase.name, "n": 0})
    stock = len({t for p in plans for t in (*p.pool, str(sorted(p.data.items())))})
    if plans and stock <= len(campaign.phases):
        found.append({"code": "stock", "where": "", "n": stock})
    for one, other, n in clashes(_others(work, campaign), _audiences(work, campaign)):
        if campaign.name in (one, other):
            found.append({"code": "flagship", "where": other if one == campaign.name else one, "n": n})
    planned = promos.planned_in(work)
    tests: dict[str, Callable[[int], bool]] = {
        "owner": lambda c: not any(members.reachable(work, p) for p in members.responsible(work, c)),
        "backup": lambda c: sum(not s.is_bot for s in members.staff_of(work, c)) < ADMINS,
        "rules": lambda c: not members.get(work, c, TEXT),
        "zone": lambda c: not members.get(work, c, ZONE),
        "weeks": lambda c: c not in planned,
    }
    for code, lacks in tests.items():
        missing = [c for c in chats if lacks(c)]
        if missing:
            place = members.place(work, missing[0])
            found.append({"code": code, "where": place.title if place else "", "n": len(missing)})
    return found


def _others(work: Work, campaign: Campaign) -> list[Campaign]:
    """This one, and those that run or are to run."""
    over = {r.name for r in work.sql.all(store.ALL) if r.state != "live"}
    return [campaign, *(c for c in known(work).values() if c.name != campaign.name and c.name not in over)]


def _audiences(work: Work, campaign: Campaign) -> dict[str, frozenset[int]]:
    return {c.whom.name: frozenset(chats_of(work, c)) for c in _others(work, campaign)}
