"""Spans of time as admins type them: `90s`, `30m`, `12h`, `3d`, `2w`, combined `2d 3h`."""

from __future__ import annotations

import re
from datetime import timedelta

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_WHOLE = re.compile(r"(?:\s*\d{1,6}\s*[smhdw])+\s*", re.IGNORECASE)
_PART = re.compile(r"(\d{1,6})\s*([smhdw])", re.IGNORECASE)
LONGEST = timedelta(days=366)  # beyond it Telegram reads "for ever"


def span(text: str) -> timedelta | None:
    """The span, or None where the text is none or longer than 366 days. `0s` is none either."""
    if not _WHOLE.fullmatch(text):
        return None
    made = timedelta(seconds=sum(int(n) * _UNITS[u.lower()] for n, u in _PART.findall(text)))
    return made if timedelta() < made <= LONGEST else None


def spelled(value: timedelta) -> str:
    """A span in the spelling `span` reads: `1d 6h`; `0s` for none."""
    left = int(value.total_seconds())
    parts = []
    for unit in ("w", "d", "h", "m", "s"):
        n, left = divmod(left, _UNITS[unit])
        if n:
            parts.append(f"{n}{unit}")
    return " ".join(parts) or "0s"
