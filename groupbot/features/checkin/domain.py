"""Days, streaks and what they are worth. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta, tzinfo

from msgspec import Struct

from groupbot.features.members.domain import Setting

POINTS = Setting(
    "checkin.points", 2, "Points for a check-in; 0 switches check-ins off", unit="points", least=0, most=1000
)
WEEK = Setting(
    "checkin.week", 5, "Points more for every seventh day of a streak", unit="points", least=0, most=1000
)
TENURE = Setting(
    "checkin.tenure",
    24,
    "Hours a newcomer signs in before it is worth points",
    unit="hours",
    least=0,
    most=8760,
)
SETTINGS = (POINTS, WEEK, TENURE)

DOWN = timedelta(hours=6)  # a day without the bot for so long counts against nobody
GRACE = timedelta(days=30)  # one missed day is forgiven this often


class CheckIn(Struct, frozen=True, tag="ci.in"):
    """[我也签到]"""


def excused(day: date, zone: tzinfo, gaps: Iterable[Sequence[datetime]]) -> bool:
    """Was the bot away for six hours or more of this local day? `gaps` are (from, until) in UTC."""
    first = datetime.combine(day, time(), zone)
    last = datetime.combine(day + timedelta(days=1), time(), zone)
    away = sum((max(timedelta(), min(last, g[1]) - max(first, g[0])) for g in gaps), timedelta())
    return away >= DOWN


def missed(last: date, today: date, zone: tzinfo, gaps: Sequence[Sequence[datetime]]) -> int:
    """Days strictly between that count as missed; at most 2 are counted, for more changes nothing."""
    n, day = 0, last + timedelta(days=1)
    if (today - last).days > 400:
        return 2
    while day < today and n < 2:
        n += not excused(day, zone, gaps)
        day += timedelta(days=1)
    return n


def streak(before: int, gone: int, forgiven: date | None, today: date) -> tuple[int, bool]:
    """(the streak with today, was a missed day forgiven): nothing missed goes on, one missed day is
    forgiven once in thirty days, else it starts again at 1. What was reached before is kept as the best."""
    if gone == 0:
        return before + 1, False
    if gone == 1 and (forgiven is None or today - forgiven >= GRACE):
        return before + 1, True
    return 1, False


def replay(
    days: Iterable[date], zone: tzinfo, gaps: Sequence[Sequence[datetime]]
) -> tuple[dict[date, int], int, date | None]:
    """(the streak at each of these days, the best, when a missed day was forgiven last)."""
    found: dict[date, int] = {}
    last, used, best = None, None, 0
    for day in sorted(days):
        before, gone = (found[last], missed(last, day, zone, gaps)) if last is not None else (0, 0)
        found[day], forgave = streak(before, gone, used, day)
        last, used, best = day, day if forgave else used, max(best, found[day])
    return found, best, used


def day_of(text: str) -> date | None:
    """An ISO date somebody wrote; None for anything else."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None


def worth(days: int, points: int, week: int) -> int:
    """Points of the `days`th day in a row."""
    return points + (week if days % 7 == 0 else 0)
