"""The calendar around every change of every zone's clock, 2024-2037, in twelve shapes of rule.

    python -m tests.benchmarks.walls

The oracle walks real time in quarters of an hour and writes down when the wall clock first reads at
least a rule's time: nothing missed, nothing doubled, and a time that does not exist comes at the first
instant after it. Names of one clock are all gone through; the suite takes samples.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from groupbot.features.promos.domain import Audience, Plan, come, walls
from tests.benchmarks.figures import record

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
NAMES = sorted(available_timezones())


@dataclass(slots=True)
class Found:
    """What a run compared, and what differs from the oracle: (zone, change, rule, instant)."""

    zones: int = 0
    transitions: int = 0
    checked: int = 0
    slots: int = 0
    missed: list[tuple[object, ...]] = field(default_factory=list)
    doubled: list[tuple[object, ...]] = field(default_factory=list)


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


def run(names: Sequence[str], every: int = 1) -> Found:
    """All changes of these zones' clocks, or of each zone every so many of them, in all shapes."""
    plans = [Plan("p", Audience("a"), ("t",), datetime(2023, 12, 1, *at), rrule=rule) for rule, at in SHAPES]
    found = Found()
    for number, name in enumerate(names):
        zone = ZoneInfo(name)
        here = list(changes(zone))
        found.zones += 1
        found.transitions += len(here)
        for change in here[number % every :: every]:
            low, high = change - AROUND, change + AROUND
            times = [low - AROUND / 2 + STEP * n for n in range(int(AROUND * 3 / STEP))]
            clock = [(t, t.astimezone(zone).replace(tzinfo=None)) for t in times]
            for plan in plans:
                wanted, got = oracle(plan, clock, low, high), come(plan, zone, low, high)[0]
                found.checked += 1
                found.slots += len(wanted)
                if got != wanted:
                    about = (name, change, plan.rrule, plan.start)
                    found.missed += [(*about, at) for at in wanted if at not in got or got != sorted(got)]
                    more = [at for n, at in enumerate(got) if at not in wanted or at in got[:n]]
                    found.doubled += [(*about, at) for at in more]
    return found


def main() -> None:
    """Print what was compared and what differs."""
    start = time.perf_counter()
    found = run(NAMES)
    print(
        f"{found.zones} zones, {found.transitions:,} changes of the clock, {len(SHAPES)} shapes of rule:"
        f" {found.checked:,} comparisons of {found.slots:,} slots, {len(found.missed)} missed,"
        f" {len(found.doubled)} doubled, {time.perf_counter() - start:.0f} s"
    )
    for each in (found.missed + found.doubled)[:20]:
        print("  ", *each)
    wrong = len(found.missed) + len(found.doubled)
    record("G15", f"{wrong} of {found.checked:,} wrong, {found.zones} zones", met=not wrong)
    sys.exit(bool(found.missed or found.doubled))


if __name__ == "__main__":
    main()
