"""Spans of time as people type them: `90s`, `30m`, `12h`, `3d`, `2w`, `3天`, combined `2d 3h` or `1d12h`.

The one place that reads and writes them.
"""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86400,
    "w": 604800,
    "秒": 1,
    "分": 60,
    "分钟": 60,
    "小时": 3600,
    "天": 86400,
    "周": 604800,
}
_ONE = r"(\d{1,9})\s*(分钟|小时|[smhdw秒分天周])"
_PART = re.compile(_ONE, re.I | re.A)
_WHOLE = re.compile(rf"(?:\s*{_ONE})+\s*", re.I | re.A)
SHORTEST = timedelta(seconds=30)  # core.telegram.org/bots/api#banchatmember
LONGEST = timedelta(days=366)  # below and beyond them Telegram reads "for ever"
MOST = 10**11  # seconds, three thousand years: what is longer is as long as this


def seconds(text: str) -> int | None:
    """A text that is a span and nothing else, in seconds, however long; None where it is none."""
    if len(text) > 100 or not _WHOLE.fullmatch(text):
        return None
    return min(MOST, sum(int(n) * _UNITS[unit.lower()] for n, unit in _PART.findall(text)))


def span(text: str) -> timedelta | None:
    """The same as a span; None too for one longer than 366 days, and for `0s`."""
    found = seconds(text)
    return timedelta(seconds=found) if found and found <= LONGEST.total_seconds() else None


def leading(text: str) -> tuple[timedelta | None, str]:
    """The span a text begins with (`30m`, `2d 3h`, `1d12h`, `3天`) and the rest; None without one."""
    total, rest, found = 0, text.strip(), False
    while rest:
        word, _, after = rest.partition(" ")
        one = seconds(word)
        if one is None:
            break
        total, rest, found = total + one, after.strip(), True
    return (timedelta(seconds=min(total, MOST)) if found else None), rest


def for_ever(value: timedelta) -> bool:
    """Telegram takes spans under 30 seconds or over 366 days as for ever."""
    return not SHORTEST <= value <= LONGEST


def spelled(value: timedelta) -> str:
    """A span in the spelling that is read here: `1d 6h`; weeks only where they are whole; `0s` for none."""
    left = int(value.total_seconds())
    if left and left % 604800 == 0:
        return f"{left // 604800}w"
    parts = []
    for unit in ("d", "h", "m", "s"):
        n, left = divmod(left, _UNITS[unit])
        if n:
            parts.append(f"{n}{unit}")
    return " ".join(parts) or "0s"
