"""How far a campaign spread one hour, a day, a week and two after its launch: level, spill, depth."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.campaigns.domain import Campaign
from groupbot.features.campaigns.domain.cascade import cascade
from groupbot.features.campaigns.service.readiness import chats_of
from groupbot.features.engagement.domain.measures import Levels, ignition
from groupbot.features.engagement.reports.asking import PEOPLE, grade_of, moment
from groupbot.features.promos import service as promos

MARKS = {
    "1h": timedelta(hours=1), "24h": timedelta(hours=24), "7d": timedelta(days=7), "14d": timedelta(days=14),
}  # fmt: skip
LONG = timedelta(days=14)  # unsolicited inflow is told of no shorter time
BEFORE = timedelta(days=28)  # which it is compared with


def spread_of(work: Work, campaign: Campaign, row: Any) -> dict[str, Any]:
    """Every mark whose time has come, of its row."""
    due = [m for m, span in MARKS.items() if work.now >= row.at + span]
    return {"name": campaign.name, "marks": [mark(work, campaign, row.at, m) for m in due]}


def mark(work: Work, campaign: Campaign, launched: datetime, at: str) -> dict[str, Any]:
    """One mark: the level with what it rests on, and the cascade."""
    asked = questions(work, campaign, launched, at)
    if not asked:
        return {"mark": at, "level": "L0", "audience": 0, "few": True, "least": PEOPLE, "grade": "?"}
    n = {k: int(work.sql.plain(asked[k])[0][0] or 0) for k in _COUNTS}
    came = [int(r[0]) for r in work.sql.plain(asked["outside"])]
    made = cascade(came, [(int(a), int(b)) for a, b in work.sql.plain(asked["brought"])])
    usual = n["usual"] * (MARKS[at] / BEFORE)
    inflow = n["unasked"] / max(1.0, usual) if MARKS[at] >= LONG else 1.0
    level = ignition(
        n["audience"], n["engaged"], len(came), n["converted"], sharers=n["sharers"], inflow=inflow,
        communities=n["communities"], levels=campaign.levels,
    )  # fmt: skip
    known, counted = (int(n or 0) for n in work.sql.plain(asked["coverage"])[0])
    shape = made.size >= PEOPLE and made.virality is not None and made.largest is not None
    return {
        "mark": at, "level": level, "few": n["audience"] < PEOPLE, "outside": len(came),
        **{k: n[k] for k in ("audience", "engaged", "converted", "sharers", "communities")},
        "spill": None if n["engaged"] < PEOPLE else round(len(came) / n["engaged"], 2),
        "size": made.size, "depth": made.depth,
        "virality": round(made.virality or 0.0, 2) if shape else None,
        "largest": round(100 * (made.largest or 0.0)) if shape else None,
        "least": PEOPLE, "grade": grade_of(known / counted if counted else None), "known": known,
        "counted": counted or None, "how": f"{level}. {thresholds(campaign.levels)}", "sql": asked,
    }  # fmt: skip


_COUNTS = ("audience", "engaged", "converted", "sharers", "communities", "unasked", "usual")


def questions(work: Work, campaign: Campaign, launched: datetime, at: str) -> dict[str, str]:
    """The SQL of each part; {} where nobody is in the audience. `outside`: who came by a link of the campaign
    and was in no group of its audience then, each once however often and by however many links."""
    chats = chats_of(work, campaign)
    if not chats:
        return {}
    lite = work.sql.dialect == "sqlite"
    start, end, back = (moment(t, lite=lite) for t in (launched, launched + MARKS[at], launched - BEFORE))
    within = f"chat_id IN ({', '.join(map(str, chats))})"
    span = f"at >= {start} AND at < {end}"
    outside = outside_of(campaign, within, f"v.{span.replace(' at', ' v.at')}")
    unasked = (
        f"SELECT COUNT(*) FROM v_join WHERE {within} AND NOT hired"
        " AND (grade IN ('none', 'link') OR grade = 'request' AND source IS NULL)"
    )
    return {
        "audience": f"SELECT COUNT(DISTINCT m.person_id) {audience_in(within)}",
        "engaged": f"SELECT COUNT(DISTINCT a.person_id) {engaged_in(work, campaign, within, start, end)}",
        "outside": outside + " ORDER BY at, person_id",
        "converted": f"SELECT COUNT(*) FROM ({outside}) o WHERE {converted_by(within, end)}",
        "sharers": f"SELECT COUNT(DISTINCT by_id) FROM v_referral WHERE {within} AND {span} AND state <> 'hired'",
        "brought": f"SELECT by_id, person_id FROM v_referral WHERE {within} AND {span} AND state <> 'hired'"
        " ORDER BY at, person_id",
        "communities": f"SELECT COUNT(DISTINCT m.chat_id) FROM v_member m WHERE NOT m.{within} AND m.person_id IN"
        f" (SELECT person_id FROM ({outside}) o) AND (m.joined_at IS NULL OR m.joined_at < {end})"
        f" AND (m.left_at IS NULL OR m.left_at >= {end})",
        "unasked": f"{unasked} AND {span}",
        "usual": f"{unasked} AND at >= {back} AND at < {start}",
        "coverage": "SELECT COALESCE(SUM(k.n), 0), SUM(c.members) FROM v_chat c LEFT JOIN (SELECT chat_id, COUNT(*) AS n"
        f" FROM v_member WHERE {within} AND left_at IS NULL GROUP BY chat_id) k ON k.chat_id = c.chat_id"
        f" WHERE c.{within} AND c.members IS NOT NULL",
    }


def audience_in(within: str) -> str:
    """FROM who is there, neither staff nor hired, as m."""
    return (
        f"FROM v_member m WHERE m.{within} AND m.left_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM v_staff s WHERE s.chat_id = m.chat_id AND s.person_id = m.person_id)"
        " AND NOT EXISTS (SELECT 1 FROM v_hired h WHERE h.chat_id = m.chat_id AND h.person_id = m.person_id)"
    )


def engaged_in(work: Work, campaign: Campaign, within: str, start: str, end: str) -> str:
    """FROM what people did on the campaign's posts, as a."""
    return (
        "FROM v_act a JOIN v_post p ON p.chat_id = a.chat_id AND p.message_id = COALESCE(a.reply_to, a.message_id)"
        f" WHERE a.{within} AND a.kind <> 'message' AND a.at >= {start} AND a.at < {end} AND ({posts_of(work, campaign)})"
    )


def converted_by(within: str, end: str) -> str:
    """The condition on who came from outside, as o, that they joined or bought after it."""
    return (
        f"EXISTS (SELECT 1 FROM v_join j WHERE j.{within} AND j.person_id = o.person_id AND NOT j.hired"
        f" AND j.at >= o.at AND j.at < {end})"
        f" OR EXISTS (SELECT 1 FROM v_order b WHERE b.person_id = o.person_id AND b.at >= o.at AND b.at < {end})"
    )


def outside_of(campaign: Campaign, within: str, span: str, *, by_group: bool = False) -> str:
    """The SELECT of who came by a counted link of the campaign and was in no group of its audience then; of each
    group whose link it was, where that is asked for."""
    named = campaign.name.replace("'", "''") + "/"
    key = "v.chat_id, v.person_id" if by_group else "v.person_id"
    return (
        f"SELECT {key}, MIN(v.at) AS at FROM v_visit v WHERE substr(v.name, 1, {len(campaign.name) + 1}) = '{named}'"
        f" AND {span} AND NOT EXISTS (SELECT 1 FROM v_member m WHERE m.person_id = v.person_id"
        f" AND m.{within} AND (m.joined_at IS NULL OR m.joined_at < v.at) AND (m.left_at IS NULL OR m.left_at > v.at))"
        f" GROUP BY {key}"
    )


def posts_of(work: Work, campaign: Campaign) -> str:
    """The condition on `v_post p` that says it is one of the campaign's."""
    found = promos.of_campaign(work, campaign.name)
    return " OR ".join(f"p.ref LIKE 'promo:{n}:%'" for n, _ in found) or "1 = 0"


def thresholds(levels: Levels) -> str:
    """How a level is read of the numbers, in words."""
    return (
        f"L4: L3, unasked joins {levels.inflow:g} times the usual of 28 days before and from {levels.communities}"
        f" communities; L3: outside {levels.many} and {levels.converted:.0%} of them converted; L2: outside"
        f" {levels.outside:.0%} of the audience; L0: engaged under {levels.inside:.0%} of the audience; L1: outside"
        f" and sharers under {levels.leaking:.0%} of the engaged; else warming; the highest passed wins"
    )
