"""Closed hours: when a group sleeps. Pure."""

from __future__ import annotations

import re
from datetime import datetime, time
from zoneinfo import ZoneInfo

from msgspec import Struct

_HOURS = re.compile(r"([01]?\d|2[0-4])[::]([0-5]\d)\s*[-–—~至到]\s*([01]?\d|2[0-4])[::]([0-5]\d)")


class Hours(Struct, frozen=True):
    """From `start` to before `end` on the chat's own clock; over midnight when `end` is earlier."""

    start: time
    end: time

    def closed(self, now: datetime, zone: ZoneInfo) -> bool:
        """Is it night there? On the night the clocks change the wall clock counts."""
        at = now.astimezone(zone).time().replace(second=0, microsecond=0)
        if self.start < self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end

    @property
    def said(self) -> str:
        """23:00-07:00"""
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


def hours_of(text: str) -> Hours | None:
    """`23:00-07:00` as hours; None where it is none, or both ends are the same."""
    m = _HOURS.fullmatch(text.strip())
    if m is None:
        return None
    made = []
    for h, minute in ((int(m[1]), int(m[2])), (int(m[3]), int(m[4]))):
        if h == 24 and minute:
            return None
        made.append(time(h % 24, minute))
    return Hours(*made) if made[0] != made[1] else None
