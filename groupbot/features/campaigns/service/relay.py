"""How far a campaign went from tier to tier: the groups in which somebody acted on a post or link of it."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.launching import launched
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.campaigns.service.spread import LONG, spread_of
from groupbot.features.engagement.reports.asking import moment
from groupbot.features.engagement.reports.relays import went
from groupbot.features.promos import service as promos


def spread(work: Work, name: str) -> dict[str, Any]:
    """How far a campaign spread: every mark whose time has come, and from tier to tier.

    Raises:
        Refusal: there is no such campaign, or it was never launched.
    """
    campaign, row = launched(work, name)
    return spread_of(work, campaign, row) | {"relay": tiers(work, campaign, row)}


def tiers(work: Work, campaign: Campaign, row: Any) -> dict[str, Any]:
    """Its relay from the launch to fourteen days after; {} where it is for one tier alone."""
    chats = chats_of(work, campaign)
    return went(work, question(work, campaign, row.at, chats)) if chats else {}


def question(work: Work, campaign: Campaign, launched: Any, chats: list[int]) -> str:
    """The SQL: each group of the audience, its tier, what it stands below, and the people there who pressed,
    answered or reacted on one of its posts or came by one of its counted links."""
    lite = work.sql.dialect == "sqlite"
    start, end = (moment(t, lite=lite) for t in (launched, launched + LONG))
    within = f"chat_id IN ({', '.join(map(str, chats))})"
    named = campaign.name.replace("'", "''") + "/"
    posts = " OR ".join(f"p.ref LIKE 'promo:{n}:%'" for n, _ in promos.of_campaign(work, campaign.name))
    return (
        "SELECT c.chat_id, c.tier, c.parent_id, COALESCE(r.people, 0) FROM v_chat c LEFT JOIN (SELECT chat_id,"
        " COUNT(DISTINCT person_id) AS people FROM (SELECT a.chat_id, a.person_id FROM v_act a JOIN v_post p"
        f" ON p.chat_id = a.chat_id AND p.message_id = COALESCE(a.reply_to, a.message_id) WHERE a.{within}"
        f" AND a.kind <> 'message' AND a.at >= {start} AND a.at < {end} AND ({posts or '1 = 0'})"
        f" UNION ALL SELECT v.chat_id, v.person_id FROM v_visit v WHERE v.{within} AND v.at >= {start} AND v.at < {end}"
        f" AND substr(v.name, 1, {len(campaign.name) + 1}) = '{named}') q GROUP BY chat_id) r"
        f" ON r.chat_id = c.chat_id WHERE c.{within} ORDER BY c.chat_id"
    )
