"""Shifts of helpers on a chat's wall clock. Pure."""

from __future__ import annotations

import re
from datetime import datetime

from msgspec import Struct

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ZH = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_HOURS = re.compile(r"([0-2]?[0-9])(?::([0-5][0-9]))?\s*-\s*([0-2]?[0-9])(?::([0-5][0-9]))?")
WEEK, MIDNIGHT = 0b1111111, 24 * 60
NOTE = 500  # characters of a note on somebody
MOST_HELPERS, MOST_NOTES = 50, 20


class Shift(Struct, frozen=True):
    """Weekdays as bits (Monday is 1), from minute to minute of the day. `end` not after `start`: over
    midnight into the next day."""

    days: int = WEEK
    start: int = 0
    end: int = MIDNIGHT

    @property
    def text(self) -> str:
        """As an administrator types it: `mon-fri 9:00-18:00`."""
        names = _runs(self.days)
        if (self.start, self.end) == (0, MIDNIGHT):
            return names
        return f"{names} {_clock(self.start)}-{_clock(self.end)}"


class Rota(Struct, frozen=True):
    """A helper was put on the rota, or taken off (`gone`)."""

    chat: int
    person: int
    by: int
    shift: str = ""
    gone: bool = False


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def _runs(days: int) -> str:
    if days == WEEK:
        return "daily"
    parts: list[str] = []
    day = 0
    while day < 7:
        if days >> day & 1:
            last = day
            while last < 6 and days >> (last + 1) & 1:
                last += 1
            parts.append(DAYS[day] if day == last else f"{DAYS[day]}-{DAYS[last]}")
            day = last
        day += 1
    return ",".join(parts)


def _day(word: str) -> int | None:
    word = word.removeprefix("周").removeprefix("星期")
    if word in _ZH:
        return _ZH[word]
    return DAYS.index(word[:3]) if word[:3] in DAYS and len(word) <= 9 else None


def days_of(text: str) -> int | None:
    """`mon-fri`, `sat,sun`, `fri-mon`, `周一-周五`, `daily` as bits; None when it is none of them."""
    text = text.lower()
    if text in ("daily", "always", "每天"):
        return WEEK
    bits = 0
    for part in re.split(r"[,，、]", text):
        first, dash, last = part.partition("-")
        a, z = _day(first), _day(last) if dash else _day(first)
        if a is None or z is None:
            return None
        for n in range((z - a) % 7 + 1):
            bits |= 1 << (a + n) % 7
    return bits


def shift_of(text: str) -> Shift | None:
    """`mon-fri 9:00-18:00`, `sat,sun`, `22-6`, or nothing: always. None when it cannot be read."""
    text = text.strip()
    hours = _HOURS.search(text)
    days = WEEK
    rest = text[: hours.start()].strip() if hours is not None else text
    if hours is not None and text[hours.end() :].strip():
        return None
    if rest:
        found = days_of(rest)
        if found is None:
            return None
        days = found
    if hours is None:
        return Shift(days)
    start = int(hours[1]) * 60 + int(hours[2] or 0)
    end = int(hours[3]) * 60 + int(hours[4] or 0)
    if start >= MIDNIGHT or end > MIDNIGHT or start == end:
        return None
    return Shift(days, start, end)


def on_shift(shift: Shift, local: datetime) -> bool:
    """Is `local` (the chat's wall clock) in this shift? A shift over midnight belongs to its first day."""
    minute, day = local.hour * 60 + local.minute, local.weekday()
    if shift.start < shift.end:
        return bool(shift.days >> day & 1) and shift.start <= minute < shift.end
    if minute >= shift.start:
        return bool(shift.days >> day & 1)
    return minute < shift.end and bool(shift.days >> (day - 1) % 7 & 1)
