"""The gate before the start: what a campaign lacks, group by group."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns import store
from groupbot.features.campaigns.domain import Campaign, clashes
from groupbot.features.campaigns.service.files import known
from groupbot.features.engagement.domain.purpose import GOODS, PURPOSE
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import CONTACT, PRIVACY_NOTICE, explain
from groupbot.features.rules.domain.policy import TEXT

ADMINS = 2  # people who can act when one is away
PIECES = 4  # different posts of four weeks: one a week
CODES = ("owner", "backup", "rules", "zone", "purpose", "contact", "privacy", "weeks", "pieces")


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
    content; another flagship; and of its groups how many have which of the gaps of `lacks`."""
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
    weeks = promos.Ahead(work)
    lacking: dict[str, list[tuple[int, int]]] = {}
    for chat in chats:
        for g in lacks(work, chat, weeks):
            lacking.setdefault(g["code"], []).append((chat, g["n"]))
    for code in (c for c in CODES if c in lacking and c != "contact"):  # the campaign names its own
        found.append(
            {"code": code, "where": members.title(work, lacking[code][0][0]), "n": len(lacking[code])}
        )
    return found


def lacks(work: Work, chat: int, weeks: promos.Ahead | None = None) -> list[dict[str, Any]]:
    """What a group lacks to go live, as {code, n} in the order of CODES: somebody who answers for it and can
    be reached, a second admin, rules, a confirmed time zone, an aim with its goods, who sees to orders, a
    word of the house on privacy, posts in each of four weeks (n: weeks without), as many different pieces
    (n: there are)."""
    profile = members.profile(work, chat)
    posts, pieces = ((0,), 0) if profile is None else (weeks or promos.Ahead(work)).of(profile)
    empty = sum(not n for n in posts)
    missing = {
        "owner": not any(members.reachable(work, p) for p in members.responsible(work, chat)),
        "backup": sum(not s.is_bot for s in members.staff_of(work, chat)) < ADMINS,
        "rules": not members.get(work, chat, TEXT),
        "zone": not members.get(work, chat, ZONE),
        "purpose": not (members.get(work, chat, PURPOSE) and members.get(work, chat, GOODS)),
        "contact": not members.get(work, chat, CONTACT),
        "privacy": not members.get(work, chat, PRIVACY_NOTICE),
        "weeks": empty > 0,
        "pieces": not empty and pieces < PIECES,
    }
    n = {"weeks": empty, "pieces": pieces}
    return [{"code": code, "n": n.get(code, 0)} for code in CODES if missing[code]]


def _others(work: Work, campaign: Campaign) -> list[Campaign]:
    """This one, and those that run or are to run."""
    over = {r.name for r in work.sql.all(store.ALL) if r.state != "live"}
    return [campaign, *(c for c in known(work).values() if c.name != campaign.name and c.name not in over)]


def _audiences(work: Work, campaign: Campaign) -> dict[str, frozenset[int]]:
    return {c.whom.name: frozenset(chats_of(work, c)) for c in _others(work, campaign)}
