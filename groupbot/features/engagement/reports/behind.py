"""The SQL behind the boss's page: what it says of each group, and of all together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from groupbot.engine.work import Work
from groupbot.features.engagement.reports.asking import Ask, coverage_sql, owner_of
from groupbot.features.engagement.reports.crowding import topics_sql
from groupbot.features.engagement.reports.digest import active_sql
from groupbot.features.engagement.reports.figures import figures
from groupbot.features.engagement.reports.health import posts_sql
from groupbot.features.engagement.reports.look import glow_sql, spoke_sql
from groupbot.features.engagement.reports.nudge import unanswered_sql

_TOLD = (
    "messages", "joined", "left", "active", "active_organic", "commerce", "speakers_in_20_min",
    "points_paid", "staff_minutes",
)  # fmt: skip
_BESIDE = ("active", "active_organic")  # the week before


def behind_page(work: Work, chat: int, last: date) -> dict[str, str]:
    """By what it gives; a sum of the page is the sum of its groups'."""
    ask = Ask(work, chat, last - timedelta(days=6), last)
    now = {f.key: f for f in figures(ask)}
    before = {f.key: f for f in figures(ask.before())}
    owner = owner_of(ask)
    return {
        "coverage": coverage_sql(chat),
        **{key: now[key].sql for key in _TOLD},
        **{f"{key}_before": before[key].sql for key in _BESIDE},
        "commerce_of": now["commerce"].base,
        "topics": topics_sql(ask),
        **({"owner_spoke": spoke_sql(ask, owner)} if owner else {}),
        **glow_sql(ask),
        **{"posts" if k == "posts" else f"posts_{k}": q for k, q in posts_sql(ask).items() if k != "said"},
        "unanswered": unanswered_sql(ask),
    }


def behind_digest(work: Work, groups: Sequence[tuple[int, date]]) -> str:
    """Of who was active in any of them, each once; the week is that of the latest."""
    last = max(day for _, day in groups)
    return active_sql([chat for chat, _ in groups], last - timedelta(days=6), last)
