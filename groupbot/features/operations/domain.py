"""What is worth telling the operators, and how often. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

AMISS = "amiss"  # files that did not fit at the start: a word each time they changed
KINDS = ("unknown", "dead", "quarantine", "backlog", "refused", "conflict", "silent", "disk", "clock", AMISS)
NAMED = 5  # of them in one word
GAP = timedelta(minutes=10)  # between two words about one kind
HOURLY = 12  # words an hour about all kinds together
BACKLOG = timedelta(minutes=5)  # what is due and has waited so long is stuck
REFUSED = 0.05  # the share of calls Telegram may refuse with 429
REFUSED_CALLS = 40  # fewer say nothing
DISK = 500_000_000  # bytes
WRONG = 60.0  # seconds a machine's clock may differ from Telegram's; from 300 on nobody is answered


class Alarm(Struct, frozen=True):
    """Something an operator should know: of which kind, how many since the last word, what is at hand."""

    kind: str
    n: int
    data: dict[str, Any] = {}


class Restored(Struct, frozen=True):
    """A backup was put in the place of the database: the world outside is ahead of it."""


class Letter(Struct, frozen=True):
    """An effect that failed for good (`dead`), or may have arrived (`unknown`), and is not decided yet."""

    id: int
    state: str
    kind: str
    chat: str
    cause: str
    error: str
    said_at: datetime
    done_at: datetime
    text: str
    update: int


def allowed(said: Iterable[tuple[str, datetime]], kind: str, now: datetime) -> bool:
    """May a word about `kind` leave now, after those of the last hour?"""
    recent = [(k, at) for k, at in said if now - at < timedelta(hours=1)]
    return len(recent) < HOURLY and all(now - at >= GAP for k, at in recent if k == kind)


def refused_too_often(calls: int, refused: int) -> bool:
    """Is the share of refused calls beyond what a paced bot should see?"""
    return calls >= REFUSED_CALLS and refused > calls * REFUSED
