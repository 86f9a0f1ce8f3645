"""How far a round of notices went from tier to tier: the groups in which somebody acknowledged it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.engagement.domain.relay import Place, relay, told
from groupbot.features.engagement.reports.asking import came, moment
from groupbot.features.members.domain import TIERS

RECENT = timedelta(days=90)
ROUND = (
    "SELECT n.chat_id, c.tier, c.parent_id, (SELECT COUNT(DISTINCT a.person_id) FROM v_ack a"
    " WHERE a.notice_id = n.notice_id AND a.version = n.version) AS people FROM v_notice n"
    " JOIN v_chat c ON c.chat_id = n.chat_id WHERE n.round_id = {number} ORDER BY n.chat_id"
)


def went(work: Work, sql: str) -> dict[str, Any]:
    """The relay of rows (group, tier, what it stands below, people reached), with its SQL; {} where it was
    meant for one tier alone."""
    rows = work.sql.plain(sql)
    places = [Place(int(c), tier or "", None if up is None else int(up), int(n)) for c, tier, up, n in rows]
    found = told(relay(places, TIERS))
    return found | {"sql": sql} if found else {}


def of_round(work: Work, number: int) -> dict[str, Any]:
    """The relay of a round of notices."""
    return went(work, ROUND.format(number=int(number)))


def rounds(work: Work) -> list[dict[str, Any]]:
    """Every round of the last 90 days that was meant for two tiers or more, the newest first."""
    since = moment(work.now - RECENT, lite=work.sql.dialect == "sqlite")
    numbers = work.sql.plain(
        f"SELECT round_id, MIN(at) FROM v_notice WHERE round_id IS NOT NULL AND at >= {since}"
        " GROUP BY round_id ORDER BY round_id DESC"
    )
    made = [{"round": int(n), "at": str(came(at)), **of_round(work, n)} for n, at in numbers]
    return [one for one in made if "hops" in one]
