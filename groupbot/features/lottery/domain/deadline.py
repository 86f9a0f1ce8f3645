"""Until when a winner may claim: time on closed days does not count. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

from groupbot.features.members.domain import Setting

HOLIDAYS = Setting(
    "lottery.holidays", "", "Closed days on which claim time stands still: 2027-02-05/2027-02-13 2027-04-05"
)
# First days of the lunar year, 2026-2035 (Purple Mountain Observatory's published calendars).
_NEW_YEARS = (
    date(2026, 2, 17), date(2027, 2, 6), date(2028, 1, 26), date(2029, 2, 13), date(2030, 2, 3),
    date(2031, 1, 23), date(2032, 2, 11), date(2033, 1, 31), date(2034, 2, 19), date(2035, 2, 8),
)  # fmt: skip
_DAY = timedelta(days=1)


def closed_on(day: date, extra: str = "") -> bool:
    """Spring Festival from its eve to the seventh day, the first week of October, and what the chat adds.

    Words of `extra` that are no dates are passed over.
    """
    if day.month == 10 and day.day <= 7:
        return True
    if any(-1 <= (day - first).days <= 6 for first in _NEW_YEARS):
        return True
    return any(first <= day <= last for first, last in _ranges(extra.split()))


def _ranges(words: Iterable[str]) -> Iterable[tuple[date, date]]:
    for word in words:
        first, _, last = word.partition("/")
        try:
            yield date.fromisoformat(first), date.fromisoformat(last or first)
        except ValueError:
            continue


def claim_until(start: datetime, hours: int, zone: tzinfo, extra: str = "") -> datetime:
    """`hours` after `start` (aware), not counting closed days on the chat's wall clock."""
    left, at = timedelta(hours=hours), start
    for _ in range(400):  # days
        local = at.astimezone(zone)
        tomorrow = datetime.combine(local.date() + _DAY, datetime.min.time(), zone).astimezone(at.tzinfo)
        if not closed_on(local.date(), extra):
            if at + left <= tomorrow:
                return at + left
            left -= tomorrow - at
        at = tomorrow
    return start + timedelta(hours=hours)
