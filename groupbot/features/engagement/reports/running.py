"""How far a group runs by itself: who opens talk, who answers, and what becomes of it while staff are silent."""

# ruff: noqa: E501 - a line of SQL

from __future__ import annotations

from datetime import date
from statistics import fmean

from groupbot.features.engagement.reports.asking import RATE, Ask, Figure

WEEK = 7  # days on which staff said nothing: fewer are no test
HAND_OVER = 70.0  # from this index on the review suggests to hand something over
_OPENED = "FROM v_event WHERE {times} AND kind = 'message'"
_DAYS = (
    "SELECT day, SUM(CASE WHEN staff THEN messages ELSE 0 END),"
    " SUM(CASE WHEN staff THEN 0 ELSE messages + reactions END)"
    " FROM v_member_day WHERE {days} GROUP BY day ORDER BY day"
)


def running(month: Ask, answers: Figure) -> list[Figure]:
    """The shares of 28 days that members do themselves, and their mean as an index; `answers`: the share of
    answers that members gave."""
    opened = month.figure(
        "member_openings", f"SELECT AVG(CASE WHEN staff THEN 0.0 ELSE 1.0 END) {_OPENED}",
        unit="share", per="messages that open a talk", n=f"SELECT COUNT(*) {_OPENED}", least=RATE,
    )  # fmt: skip
    sql = month.sql(_DAYS)
    alone, n = absence([(_day(d), int(s), int(own)) for d, s, own in month.rows(sql)], month.last)
    without = month.made(
        "without_staff", alone, sql, "a day without staff ÷ a day with them, of what members did",
        unit="share", per="days without staff", n=n, least=WEEK,
    )  # fmt: skip
    parts = [min(1.0, f.value) for f in (opened, answers, without) if f.value is not None]
    index = 100 * fmean(parts) if len(parts) > 1 else None
    how = "mean of member_openings, member_answers, without_staff (1 at most), of those there are"
    return [
        opened,
        without,
        month.made("self_running", index, opened.sql, how, unit="count", per="parts", n=len(parts), least=2),
    ]


def absence(days: list[tuple[date, int, int]], last: date) -> tuple[float | None, int]:
    """From (day, what staff wrote, what members did) of the days on which anybody did anything: members' acts
    a day without staff ÷ those of a day with them, and how many days without there were. Days between the
    first of them and `last` that are missing were silent. None where staff never wrote."""
    if not days:
        return None, 0
    whole = (last - days[0][0]).days + 1
    present = [own for _, staff, own in days if staff]
    n = whole - len(present)
    if not present or not sum(present) or not n:
        return None, n
    return (sum(own for _, staff, own in days if not staff) / n) / fmean(present), n


def _day(value: object) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))
