"""What a campaign's level rests on: how much of its audience is known, its thresholds in words, each group's own."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import datetime
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.campaigns.service.spread import (
    MARKS,
    audience_in,
    converted_by,
    engaged_in,
    outside_of,
)
from groupbot.features.engagement.domain.measures import ignition
from groupbot.features.engagement.reports.asking import PEOPLE, grade_of, moment


def groups_of(
    work: Work, campaign: Campaign, launched: datetime, at: str
) -> tuple[list[dict[str, Any]], str]:
    """Each group's level at a mark with what it rests on, the furthest first, and the SQL of these numbers. A
    person from outside is of the group whose link they followed. L4 is told of whole campaigns alone: what
    came unasked has no group it came from."""
    sql = groups_sql(work, campaign, launched, at)
    found = []
    for chat, title, *numbers in work.sql.plain(sql) if sql else ():
        audience, engaged, outside, converted, sharers, known, counted = (int(n or 0) for n in numbers)
        level = ignition(audience, engaged, outside, converted, sharers=sharers, levels=campaign.levels)
        found.append({
            "chat_id": int(chat), "title": title, "level": level, "few": audience < PEOPLE, "audience": audience,
            "engaged": engaged, "outside": outside, "converted": converted, "sharers": sharers,
            "grade": grade_of(known / counted if counted else None),
        })  # fmt: skip
    return sorted(found, key=lambda g: (g["few"], -g["outside"], -g["engaged"], g["chat_id"])), sql


def groups_sql(work: Work, campaign: Campaign, launched: datetime, at: str) -> str:
    """A row a group: its id and title, audience, engaged, outside, converted, sharers, known, counted by Telegram;
    '' where nobody is in the audience."""
    chats = chats_of(work, campaign)
    if not chats:
        return ""
    lite = work.sql.dialect == "sqlite"
    start, end = (moment(t, lite=lite) for t in (launched, launched + MARKS[at]))
    within = f"chat_id IN ({', '.join(map(str, chats))})"
    outside = outside_of(campaign, within, f"v.at >= {start} AND v.at < {end}", by_group=True)
    return (
        "SELECT c.chat_id, c.title, COALESCE(a.n, 0), COALESCE(e.n, 0), COALESCE(o.n, 0), COALESCE(o.won, 0),"
        " COALESCE(s.n, 0), COALESCE(k.n, 0), c.members FROM v_chat c"
        f" LEFT JOIN (SELECT m.chat_id, COUNT(DISTINCT m.person_id) AS n {audience_in(within)} GROUP BY m.chat_id) a"
        " ON a.chat_id = c.chat_id"
        " LEFT JOIN (SELECT a.chat_id, COUNT(DISTINCT a.person_id) AS n"
        f" {engaged_in(work, campaign, within, start, end)} GROUP BY a.chat_id) e ON e.chat_id = c.chat_id"
        " LEFT JOIN (SELECT o.chat_id, COUNT(*) AS n,"
        f" SUM(CASE WHEN {converted_by(within, end)} THEN 1 ELSE 0 END) AS won"
        f" FROM ({outside}) o GROUP BY o.chat_id) o ON o.chat_id = c.chat_id"
        f" LEFT JOIN (SELECT chat_id, COUNT(DISTINCT by_id) AS n FROM v_referral WHERE {within}"
        f" AND at >= {start} AND at < {end} AND state <> 'hired' GROUP BY chat_id) s ON s.chat_id = c.chat_id"
        f" LEFT JOIN (SELECT chat_id, COUNT(*) AS n FROM v_member WHERE {within} AND left_at IS NULL"
        f" GROUP BY chat_id) k ON k.chat_id = c.chat_id WHERE c.{within} ORDER BY c.chat_id"
    )
