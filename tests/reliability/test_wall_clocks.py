"""The calendar around every change of every zone's clock, 2024-2037, in twelve shapes of rule.

The oracle walks real time in quarters of an hour and writes down when the wall clock first reads at
least a rule's time: nothing missed, nothing doubled, and a time that does not exist comes at the first
instant after it.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from groupbot.features.promos.domain import Audience, Plan, come, walls

SHAPES = (
    ("FREQ=DAILY", (0, 0)),
    ("FREQ=DAILY", (0, 30)),
    ("FREQ=DAILY", (1, 30)),
    ("FREQ=DAILY", (2, 0)),
    ("FREQ=DAILY", (2, 30)),
    ("FREQ=DAILY", (3, 0)),
    ("FREQ=DAILY", (23, 30)),
    ("FREQ=DAILY;BYHOUR=0,2,3;BYMINUTE=0,30", (0, 0)),
    ("FREQ=WEEKLY;BYDAY=SU", (2, 30)),
    ("FREQ=MONTHLY;BYDAY=-1SU", (1, 15)),
    ("FREQ=DAILY;INTERVAL=2", (2, 15)),
    ("FREQ=YEARLY;BYMONTH=3,10;BYDAY=SU", (2, 45)),
)
FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)
AROUND, STEP = timedelta(days=3), timedelta(minutes=15)


def changes(zone: ZoneInfo) -> Iterator[datetime]:
    """The instants at which the zone's offset changes, to the minute."""
    at = FIRST
    while at < LAST:
        following = at + timedelta(days=4)
        if at.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            low, high = at, following
            while high - low > timedelta(minutes=1):
                mid = low + (high - low) / 2
                same = mid.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset()
                low, high = (mid, high) if same else (low, mid)
            yield high.replace(second=0, microsecond=0)
        at = following


def oracle(
    plan: Plan, clock: list[tuple[datetime, datetime]], low: datetime, high: datetime
) -> list[datetime]:
    """The plan's instants in (low, high], from the clock's readings."""
    found: list[datetime] = []
    for wall in walls(plan, clock[0][1]):
        at = next((instant for instant, reads in clock if reads >= wall), None)
        if at is None or at > high:
            break
        if at > low and at not in found:
            found.append(at)
    return found


def test_no_change_of_any_clock_misses_or_doubles_a_slot() -> None:
    plans = [Plan("p", Audience("a"), ("t",), datetime(2023, 12, 1, *at), rrule=rule) for rule, at in SHAPES]
    known: set[tuple[object, ...]] = set()
    wrong, transitions, checked = [], 0, 0
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        found = list(changes(zone))
        transitions += len(found)
        same = tuple((at, at.astimezone(zone).utcoffset()) for at in found)
        if same in known:  # many names share one clock
            continue
        known.add(same)
        for change in found:
            low, high = change - AROUND, change + AROUND
            times = [low - AROUND / 2 + STEP * n for n in range(int(AROUND * 3 / STEP))]
            clock = [(t, t.astimezone(zone).replace(tzinfo=None)) for t in times]
            for plan in plans:
                checked += 1
                if come(plan, zone, low, high)[0] != oracle(plan, clock, low, high):
                    wrong.append((name, change, plan.rrule, plan.start))
    assert wrong == []
    assert transitions > 5_000
    assert checked > 10_000
