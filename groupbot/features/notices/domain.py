"""When a notice is reminded of and how its share is counted. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from msgspec import Struct

USUAL = timedelta(hours=72)  # to read it, where nothing is said
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=30)
TEXT_LIMIT = 3000  # characters
_LAST_CALL = timedelta(hours=24)
_AWAKE = (time(8), time(22, 30))


class Ack(Struct, frozen=True, tag="nt.ack"):
    """I have read this version."""

    notice: int
    version: int


class Agree(Struct, frozen=True, tag="nt.go"):
    """An operator lets this version of a round go."""

    round: int
    version: int


class CallOff(Struct, frozen=True, tag="nt.no"):
    """An operator does not let it go."""

    round: int
    version: int


def reminder_at(said: datetime, due: datetime) -> datetime:
    """A day before its end, or half-way where that is later."""
    return due - min(_LAST_CALL, (due - said) / 2)


def is_awake(at: time) -> bool:
    """May a group be reminded at this time of its wall clock?"""
    return _AWAKE[0] <= at < _AWAKE[1]


def share(part: int, whole: int) -> int:
    """Whole percent, rounded down: 100 only when all did."""
    return part * 100 // whole if whole else 0
