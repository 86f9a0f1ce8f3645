"""The parts of a report as JSON gives them: people, roles, stores, campaigns, bridges, promotions, scenes."""

from __future__ import annotations

from datetime import date
from typing import Any

from msgspec.structs import asdict

from groupbot.cli._numbers import figure_of
from groupbot.engine.shipped import content_folders
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.attitude import service as attitude
from groupbot.features.bridges import service as bridges
from groupbot.features.bridges.domain import proposed
from groupbot.features.campaigns import service as campaigns
from groupbot.features.engagement import reports
from groupbot.features.members import service as members
from groupbot.features.roles import service as roles
from groupbot.features.scenes import service as scenes
from groupbot.settings import Settings


def people_of(work: Work, chat: int, title: str, last: date) -> dict[str, Any]:
    """Who a group leans on."""
    ask = reports.Ask(work, chat, last, last)
    found = reports.key_people(ask)
    who = {k.person for k in found}
    love = reports.love(ask, who)
    return {
        "group": title,
        "chat_id": chat,
        "last": str(last),
        "people": [
            {"kind": k.kind, "person": k.person, "name": k.name, "score": k.score,
             "evidence": k.evidence, "why": k.why,
             "love": round(love[k.person][0], 1), "love_before": round(love[k.person][1], 1)}
            for k in found
        ],
        "sql": reports.questions(ask) | reports.love_sql(ask, who),
    }  # fmt: skip


def roles_of(work: Work, chat: int, title: str) -> dict[str, Any]:
    """Who opens talk in a group and who follows, and why."""
    return {"group": title, "chat_id": chat, "roles": roles.known(work, chat), "sql": roles.known_sql(chat)}


def stores_of(work: Work, name: str, chats: list[int], last: date) -> dict[str, Any]:
    """A store's ties."""
    ask = reports.Ask(work, chats[0], last, last)
    figures = [figure_of(f) for f in reports.ties(ask, name, chats)]
    return {"store": name, "groups": len(chats), "last": str(last), "figures": figures}


def spreads_of(work: Work, settings: Settings) -> list[dict[str, Any]]:
    """Every campaign that was launched: what its reason brought beside the others', its first hour (None: not
    over, or nobody was reached) and its marks; each has its `sql`. One whose file is gone or does not fit has
    none, and says why in `lost`."""
    shelf = campaigns.read(content_folders(settings.folder))
    launched = [(c, row) for c, _ in shelf.campaigns.values() if (row := campaigns.row_of(work, c.name))]
    reasons = {r["name"]: r for r in campaigns.compared(work, launched)}
    return [
        {
            "campaign": c.name,
            "launched": str(row.at),
            "reason": reasons[c.name],
            "first_hour": _hour_of(work, c, row),
            "marks": _marks_of(work, c, row),
            "chain": campaigns.chain(work, c, row),
            "relay": campaigns.tiers(work, c, row),
            "effect": campaigns.effect_of(work, c, row),
        }
        for c, row in launched
    ] + [
        {
            "campaign": name,
            "launched": str(row.at),
            "reason": None,
            "first_hour": None,
            "marks": [],
            "chain": [],
            "relay": {},
            "effect": None,
            "lost": why,
        }
        for name, row, why in campaigns.lost(work, shelf)
    ]


def _marks_of(work: Work, campaign: Any, row: Any) -> list[dict[str, Any]]:
    """The newest with the level of each group."""
    marks = [{**m, "groups": []} for m in campaigns.spread_of(work, campaign, row)["marks"]]
    if marks:
        found, sql = campaigns.groups_of(work, campaign, row.at, marks[-1]["mark"])
        marks[-1] |= {"groups": found, "groups_sql": sql}
    return marks


def _hour_of(work: Work, campaign: Any, row: Any) -> dict[str, Any] | None:
    hour = campaigns.first_hour(work, campaign, row, keep=False)
    return hour and {**hour, "sql": campaigns.hour_sql(work, campaign, row)}


def bridges_of(work: Work, settings: Settings, campaign: str) -> dict[str, Any]:
    """The map of groups and five bridges.

    Raises:
        Misfit: there is no such campaign.
    """
    inside = [p.chat for p in members.profiles(work)]
    if campaign:
        shelf = campaigns.read(content_folders(settings.folder))
        if campaign not in shelf.campaigns:
            raise Misfit(f"no campaign {campaign!r}", next="groupbot campaigns show")
        inside = campaigns.chats_of(work, shelf.campaigns[campaign][0])
    return {
        "overlaps": [
            {"one": members.title(work, o.one), "other": members.title(work, o.other), "both": o.both,
             "share": o.share}
            for o in bridges.overlap(work)
        ],
        "bridges": [
            {"person": b.person, "name": members.name(work, b.person),
             "inside": members.title(work, b.inside), "days_inside": b.days_inside,
             "outside": members.title(work, b.outside), "days_outside": b.days_outside}
            for b in proposed(bridges.days(work), inside)
        ],
        "sql": bridges.question(work),
    }  # fmt: skip


def cards_of(work: Work) -> dict[str, Any]:
    """What each plan of promotions came to."""
    return {"rows": [asdict(c) for c in reports.cards(work)], "sql": reports.cards_sql(work)}


def library_of(work: Work, *, items: bool) -> dict[str, Any]:
    """How people responded to the library's media and jobs, or to its items; hours to half of it."""
    rows = reports.library(work, by_item=items)
    return {"items": items, "rows": [asdict(r) for r in rows], "sql": reports.LIBRARY}


def scenes_of(work: Work, chat: int, title: str) -> dict[str, Any]:
    """A group's scene cards."""
    return {"group": title, "chat_id": chat, "scenes": scenes.counts(work, chat), "sql": scenes.QUESTION}


def attitude_of(work: Work, chat: int, title: str) -> dict[str, Any]:
    """What a group's monthly questions say, the newest first."""
    months = attitude.record(work, chat)
    return {"group": title, "chat_id": chat, "months": months, "sql": attitude.question(chat)}
