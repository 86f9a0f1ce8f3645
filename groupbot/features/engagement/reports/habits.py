"""When a group talks, who keeps coming. Read from the sums: a matter of milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from groupbot.features.engagement.reports.asking import Ask


@dataclass(frozen=True, slots=True)
class Kept:
    """Who was first active in the week from `week` on, and how many of them in that week and each after."""

    week: date
    active: tuple[int, ...]


def day_of(value: Any) -> date:
    """A day as it came from the driver."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def active_days(ask: Ask) -> dict[date, int]:
    """Members active on each local day that had any."""
    sql = ask.sql("SELECT day, active FROM v_day WHERE {days} AND active > 0 ORDER BY day")
    return {day_of(d): int(n) for d, n in ask.rows(sql)}


def hours(ask: Ask) -> tuple[tuple[int, ...], ...]:
    """What was said by weekday (Monday first) and hour, on the group's own clock; staff included."""
    sql = ask.sql("SELECT hour, messages FROM v_hour WHERE {chat} AND hour >= {start} AND hour < {end}")
    cells = [[0] * 24 for _ in range(7)]
    for hour, n in ask.rows(sql):
        local = ask.clock(ask.at(hour))
        cells[local.weekday()][local.hour] += n
    return tuple(tuple(day) for day in cells)


def kept(ask: Ask) -> list[Kept]:
    """Weeks (Monday to Sunday) of the first act within the span × members active in each week from then on;
    who was here before it began counts in its first week.

    Each member's weeks are the bits of one number. SQLite, which cannot count days quickly, takes week after
    week: each is one stretch of the sums' own order.
    """
    monday = ask.first - timedelta(days=ask.first.weekday())
    weeks = [monday + timedelta(days=7 * n) for n in range((ask.last - monday).days // 7 + 1)]
    if len(weeks) > 62:
        raise ValueError("at most 62 weeks at once")
    of_each = ask.sql(_WEEKS if ask.lite else _WEEKS_AT_ONCE, monday=str(monday))
    found = ask.rows(ask.sql(_KEPT, weeks=_calendar(weeks, ask), of_each=of_each))
    made = [[0] * (len(weeks) - n) for n in range(len(weeks))]
    for first, later, n in found:
        made[first][later - first] = int(n)
    return [Kept(w, tuple(row)) for w, row in zip(weeks, made, strict=True) if row[0]]


_WEEKS = (
    "SELECT MIN(w) AS first, SUM(1 << w) AS bits FROM (SELECT DISTINCT person_id, w FROM k"
    " CROSS JOIN v_member_day WHERE {chat} AND day BETWEEN a AND z AND NOT staff"
    " AND messages + reactions + taps > 0) x GROUP BY person_id"
)
_WEEKS_AT_ONCE = (
    "SELECT (MIN(day) - DATE '{monday}') / 7 AS first,"
    " BIT_OR(CAST(1 AS BIGINT) << ((day - DATE '{monday}') / 7)) AS bits FROM v_member_day"
    " WHERE {days} AND NOT staff AND messages + reactions + taps > 0 GROUP BY person_id"
)
_KEPT = (
    "WITH k(w, a, z) AS (VALUES {weeks}), m AS ({of_each})"
    " SELECT first, w, SUM((CAST(bits AS BIGINT) >> w) & 1) FROM m CROSS JOIN k WHERE w >= first"
    " GROUP BY first, w"
)


def _calendar(weeks: Sequence[date], ask: Ask) -> str:
    rows = []
    for n, monday in enumerate(weeks):
        a, z = max(monday, ask.first), min(monday + timedelta(days=6), ask.last)
        rows.append(f"({n}, '{a}', '{z}')" if ask.lite else f"({n}, DATE '{a}', DATE '{z}')")
    return ", ".join(rows)
