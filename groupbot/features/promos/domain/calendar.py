"""When: RFC 5545 recurrence on a chat's wall clock.

A rule yields wall-clock times; each becomes one instant. A time that does not exist (the clock jumped
over it) is the first instant after the jump; one that exists twice is the first of the two. Times that
fall together are one slot.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrule, rruleset, rrulestr

from groupbot.features.promos.domain.audience import Wrong
from groupbot.features.promos.domain.festivals import Day, come_on, is_holiday, is_workday
from groupbot.features.promos.domain.plan import Plan

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_MARGIN = timedelta(hours=27)  # more than any two offsets of a zone differ (Samoa skipped a day)
_LAST = 20_000  # occurrences a rule may have: fifty years of days


class _Walls:
    """The occurrences of one rule, computed once, as far as anybody asked."""

    __slots__ = ("_more", "seen")

    def __init__(self, more: Iterator[datetime]) -> None:
        self._more = more
        self.seen: list[datetime] = []

    def after(self, wall: datetime) -> Iterator[datetime]:
        """Occurrences strictly after `wall`, in order."""
        while not self.seen or self.seen[-1] <= wall:
            if not self._grow():
                break
        at = bisect_right(self.seen, wall)
        while at < len(self.seen) or self._grow():
            yield self.seen[at]
            at += 1

    def _grow(self) -> bool:
        more = list(islice(self._more, 1))
        self.seen += more
        return bool(more)


def rule_of(text: str, start: datetime) -> rrule:
    """The RFC 5545 rule `text` from the wall-clock time `start` on.

    Raises:
        Wrong: not a rule, or one that repeats more often than daily (say BYHOUR for that).
    """
    wanted = text.strip().removeprefix("RRULE:")
    try:
        parts = dict(p.split("=", 1) for p in wanted.upper().split(";") if p)
        made = rrulestr(wanted, dtstart=start)
    except (ValueError, TypeError, KeyError, AttributeError) as e:
        raise Wrong("rrule", f"not a rule of RFC 5545: {e}", "e.g. FREQ=WEEKLY;BYDAY=MO,TH") from None
    if parts.get("FREQ") not in _FREQUENCIES:
        raise Wrong(
            "rrule", f"FREQ={parts.get('FREQ')} is too often", "use FREQ=DAILY;BYHOUR=10,15 and the like"
        )
    if isinstance(made, rruleset):
        raise Wrong("rrule", "one rule only", "list the days to leave out under `except`")
    return made


Only = tuple[str, str] | None
_Rule = tuple[datetime, str, datetime | None, int | None, tuple[date, ...], tuple[Day, ...], int, Only]


def _every(start: datetime, text: str, on: tuple[Day, ...], before: int) -> Iterator[datetime]:
    """All times of a rule, before anything is left out."""
    if on:
        for day in come_on(on, before, start.date()):
            yield datetime.combine(day, start.time())
    elif text:
        yield from rule_of(text, start)
    else:
        yield start


def fits(only: Only, day: date) -> bool:
    """Is it a day of this sort in this country?"""
    if only is None:
        return True
    kind, country = only
    return (
        is_workday(country, day) if kind == "workdays" else is_holiday(country, day) == (kind == "holidays")
    )


def _occurrences(rule: _Rule) -> Iterator[datetime]:
    start, text, end, count, but, on, before, only = rule
    for wall in islice(_every(start, text, on, before), min(count or _LAST, _LAST)):
        if end is not None and wall > end:
            return
        if wall.date() not in but and fits(only, wall.date()):
            yield wall


@lru_cache(16_384)
def _walls(rule: _Rule) -> _Walls:
    return _Walls(_occurrences(rule))


def rule(plan: Plan) -> _Rule:
    """What a plan's times follow from: plans of one rule come together."""
    return (plan.start, plan.rrule, plan.end, plan.count, plan.but, plan.on, plan.before, plan.only)


def walls(plan: Plan, after: datetime) -> Iterator[datetime]:
    """The plan's wall-clock times strictly after the wall-clock time `after`."""
    return _walls(rule(plan)).after(after)


def instant(wall: datetime, zone: tzinfo) -> datetime:
    """The UTC instant of a wall-clock time: gap → first valid instant after it, fold → the first, whatever
    `wall.fold` says: a row keeps none, and two times that differ in it alone are equal."""
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    low = int(wall.replace(tzinfo=zone, fold=1).timestamp())
    high = int(at.timestamp())
    before = datetime.fromtimestamp(low, zone).utcoffset()
    while high - low > 1:
        mid = (low + high) // 2
        if datetime.fromtimestamp(mid, zone).utcoffset() == before:
            low = mid
        else:
            high = mid
    return datetime.fromtimestamp(high, UTC)


def slots(plan: Plan, zone: tzinfo, after: datetime) -> Iterator[datetime]:
    """The plan's slots strictly after the instant `after`, as UTC, strictly growing."""
    last = after
    for wall in walls(plan, after.astimezone(zone).replace(tzinfo=None) - _MARGIN):
        at = instant(wall, zone)
        if at > last:
            yield at
            last = at


def next_time(plan: Plan, zone: tzinfo, after: datetime) -> datetime | None:
    """The plan's first slot strictly after `after` (UTC) in a chat of this zone; None: it has ended."""
    return next(slots(plan, zone, after), None)


def come(
    plan: Plan, zone: tzinfo, after: datetime, now: datetime, most: int = 100
) -> tuple[list[datetime], datetime | None]:
    """The slots in (after, now], the newest `most` of them, and the first one later than `now`."""
    found: list[datetime] = []
    for at in slots(plan, zone, after):
        if at > now:
            return found[-most:], at
        found.append(at)
    return found[-most:], None
