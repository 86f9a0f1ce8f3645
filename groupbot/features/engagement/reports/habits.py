"""When a group talks, who keeps coming. Read from the sums: a matter of milliseconds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from msgspec import Struct

from groupbot.features.engagement.reports.asking import Ask


class Kept(Struct, frozen=True):
    """Who was first active in the week from `week` on, and how many of them in that week and each after."""

    week: date
    active: tuple[int, ...]


def day_of(value: Any) -> date:
    """A day as it came from the driver."""
    return value if isinstance(value, date) else date.fromisoformat(value)


def said_days_sql(ask: Ask) -> str:
    """The SQL of the messages of each local day that had any."""
    return ask.sql("SELECT day, messages FROM v_day WHERE {days} AND messages <> 0 ORDER BY day")


def media_sql(ask: Ask) -> str:
    """The SQL of members' messages that were more than text, by what they were."""
    return ask.sql(
        "SELECT medium, COUNT(*) FROM v_act WHERE {times} AND kind IN ('message', 'reply')"
        " AND medium IS NOT NULL GROUP BY medium ORDER BY 2 DESC, 1"
    )


def active_days_sql(ask: Ask) -> str:
    """The SQL of the members active on each local day that had any."""
    if not _hired(ask):
        return ask.sql("SELECT day, active FROM v_day WHERE {days} AND active > 0 ORDER BY day")
    return ask.sql(
        "SELECT d.day, d.active - COALESCE(b.n, 0) FROM v_day d LEFT JOIN (SELECT day, COUNT(*) AS n"
        f" FROM v_member_day WHERE {{days}} AND NOT staff AND taps > 0 AND person_id IN {_HIRED}"
        " GROUP BY day) b"
        " ON b.day = d.day WHERE d.chat_id = {id} AND d.day BETWEEN '{first}' AND '{last}'"
        " AND d.active > COALESCE(b.n, 0) ORDER BY d.day",
        first=str(ask.first),
        last=str(ask.last),
    )


_HIRED = "(SELECT person_id FROM v_hired WHERE {chat})"


def _hired(ask: Ask) -> bool:
    """Are there any: the plain question is much quicker."""
    return bool(ask.number(ask.sql("SELECT COUNT(*) FROM v_hired WHERE {chat}")))


def active_days(ask: Ask) -> dict[date, int]:
    """Members active on each local day that had any."""
    return {day_of(d): int(n) for d, n in ask.rows(active_days_sql(ask))}


def bars_sql(ask: Ask, step: int) -> str:
    """The SQL of the bars of a picture, `step` days each: first day, messages, members active."""
    parts = [
        Ask(ask.work, ask.chat, day, day + timedelta(days=step - 1))
        for n in range(0, (ask.last - ask.first).days + 1, step)
        if (day := ask.first + timedelta(days=n))
    ]
    return " UNION ALL ".join(
        part.sql(
            "SELECT '{first}', COALESCE(SUM(messages), 0), COUNT(DISTINCT CASE WHEN messages + reactions"
            " + taps > 0 AND person_id NOT IN (SELECT person_id FROM v_hired WHERE {chat})"
            " THEN person_id END) FROM v_member_day WHERE {days} AND NOT staff",
            first=str(part.first),
        )
        for part in parts
    )


def bars(ask: Ask, step: int) -> list[tuple[str, int, int]]:
    """(first day, messages, members active) of every `step` days."""
    return [(str(day), int(said), int(active)) for day, said, active in ask.rows(bars_sql(ask, step))]


def hours_sql(ask: Ask) -> str:
    """The SQL of the messages of each UTC hour."""
    return ask.sql("SELECT hour, messages FROM v_hour WHERE {chat} AND hour >= {start} AND hour < {end}")


def hours(ask: Ask) -> tuple[tuple[int, ...], ...]:
    """What was said by weekday (Monday first) and hour, on the group's own clock; staff included."""
    cells = [[0] * 24 for _ in range(7)]
    for hour, n in ask.rows(hours_sql(ask)):
        local = ask.clock(ask.at(hour))
        cells[local.weekday()][local.hour] += n
    return tuple(tuple(day) for day in cells)


def kept(ask: Ask) -> list[Kept]:
    """Weeks (Monday to Sunday) of the first act within the span × members active in each week from then on;
    who was here before it began counts in its first week.

    Each member's weeks are the bits of one number. Whole weeks are read from the members' weeks, those that
    the span cuts from their days.
    """
    weeks = _weeks(ask)
    made = [[0] * (len(weeks) - n) for n in range(len(weeks))]
    for first, later, n in ask.rows(kept_sql(ask)):
        made[first][later - first] = int(n)
    return [Kept(w, tuple(row)) for w, row in zip(weeks, made, strict=True) if row[0]]


def kept_sql(ask: Ask) -> str:
    """Its SQL: the number of the first week (the span's first is 0), of a later one, and how many."""
    weeks = _weeks(ask)
    if len(weeks) > 62:
        raise ValueError("at most 62 weeks at once")
    own = ask.sql(f" AND person_id NOT IN {_HIRED}") if _hired(ask) else ""
    own = f" {own}" if own else ""
    return ask.sql(_KEPT, own=own, **_calendar(weeks, ask, own))


def _weeks(ask: Ask) -> list[date]:
    monday = ask.first - timedelta(days=ask.first.weekday())
    return [monday + timedelta(days=7 * n) for n in range((ask.last - monday).days // 7 + 1)]


# k: each week, with its Monday where all of it is in the span
_KEPT = (
    "WITH k(w, monday) AS (VALUES {weeks}), m AS ("
    "SELECT MIN(w) AS first, SUM(CAST(1 AS BIGINT) << w) AS bits FROM ("
    "SELECT person_id, w FROM k CROSS JOIN v_member_week WHERE {chat} AND week = monday AND active > 0{own}"
    "{cut}) x GROUP BY person_id)"
    " SELECT first, w, SUM((CAST(bits AS BIGINT) >> w) & 1) FROM m CROSS JOIN k WHERE w >= first"
    " GROUP BY first, w ORDER BY first, w"
)
_CUT = (
    " UNION ALL SELECT DISTINCT person_id, {w} FROM v_member_day WHERE {chat}"
    " AND day BETWEEN '{a}' AND '{z}' AND NOT staff AND messages + reactions + taps > 0{own}"
)


def _calendar(weeks: Sequence[date], ask: Ask, own: str) -> dict[str, str]:
    """The span's weeks, and of those it cuts the members' days."""
    rows, cut = [], ""
    for n, monday in enumerate(weeks):
        a, z = max(monday, ask.first), min(monday + timedelta(days=6), ask.last)
        whole = (z - a).days == 6
        day = f"'{monday}'" if ask.lite else f"DATE '{monday}'"
        rows.append(f"({n}, {day if whole else 'CAST(NULL AS DATE)'})")
        if not whole:
            cut += " " + ask.sql(_CUT, w=str(n), a=str(a), z=str(z), own=own)
    return {"weeks": ", ".join(rows), "cut": cut}
