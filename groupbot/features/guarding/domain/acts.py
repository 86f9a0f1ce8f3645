"""What guarding did, for the record: others write the case and the line in the log. Pure."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

RAID, CHANNELS = "antiraid", "channels"  # rules
VERSION = 1


class Began(Struct, frozen=True):
    """Antiraid went on. `by` None: by itself."""

    chat: int
    raid: int
    number: int
    by: int | None
    until: datetime


class Over(Struct, frozen=True):
    """Antiraid went off; `n` people were kept out, `requests` declined."""

    chat: int
    case: int
    n: int
    requests: int


class TakenBack(Struct, frozen=True):
    """All of a raid was taken back: `n` people may come in again."""

    chat: int
    case: int
    n: int
    by: int


class Turned(Struct, frozen=True):
    """The group was closed or opened: `act` is night, lockdown or opened, `by` 0 when the clock did it,
    `hours` the closed hours of a night."""

    chat: int
    act: str
    by: int
    hours: str = ""


def carrier(number: int) -> str:
    """How a case names its raid."""
    return f"{RAID} {number}"


def raid_of(carrier: str) -> int:
    """The raid a case is about; 0 for none."""
    name, _, number = carrier.partition(" ")
    return int(number) if name == RAID and number.isdecimal() else 0
