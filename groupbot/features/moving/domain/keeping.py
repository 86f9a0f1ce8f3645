"""Texts kept so that a rule can be tried on them, and what would have been a flood. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from groupbot.core.setting import Setting

KEEP_TEXT = Setting(
    "keep_text", False, "Message texts are kept for some days, to try rules on", choices=(True, False)
)
KEEP_DAYS = Setting(
    "keep_text_days", 7, "Days that texts are kept, if they are", least=1, most=7, unit="days"
)
SETTINGS = (KEEP_TEXT, KEEP_DAYS)
LONGEST = timedelta(days=7)


def floods(
    said: Iterable[tuple[int, datetime]], burst: int, window: timedelta
) -> list[tuple[int, datetime, int]]:
    """Floods in messages of (person, time), each person's together and in order: (person, when it was
    noticed, how many messages it had). A flood is `burst` messages within `window`; it ends with a pause
    as long."""
    found: list[tuple[int, datetime, int]] = []
    who, recent, last = 0, deque[datetime](), None
    for person, at in said:
        if person != who:
            who, last = person, None
            recent.clear()
        recent.append(at)
        while at - recent[0] > window:
            recent.popleft()
        if last is not None and at - last <= window:
            found[-1] = (found[-1][0], found[-1][1], found[-1][2] + 1)
            last = at
        elif len(recent) >= burst:
            found.append((person, at, len(recent)))
            last = at
        else:
            last = None
    return found
