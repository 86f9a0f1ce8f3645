"""Posts on what people talk of today: a human looks at each, and none is said after its day."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.features.promos.domain.audience import Wrong

TREND = "trend"
DAYS = 7  # between its start and its end at most


def expires(name: str, kind: str, start: datetime, end: datetime | None) -> datetime | None:
    """The end of a plan; a trend must have one within a week of its start.

    Raises:
        Wrong: it has none, or a later one.
    """
    if kind == TREND and (end is None or end - start > timedelta(days=DAYS)):
        said = "no end" if end is None else f"end {end:%Y-%m-%d %H:%M}"
        what = f"{name}: {said}, but a trend is over within {DAYS} days of its start"
        raise Wrong("end", what, f"add end: {start + timedelta(days=1):%Y-%m-%d %H:%M}")
    return end


def expired(kind: str, end: datetime | None, wall: datetime) -> bool:
    """Is it a trend that is over by this wall clock of a chat?"""
    return kind == TREND and end is not None and wall.replace(tzinfo=None) > end
