"""What taking part is worth: less the more one writes, up to a ceiling a day. Pure.

The nth counted message of a day brings the total to ⌊2·√n⌋ points, so four messages are worth 4 and a
hundred are worth 20: writing much pays little. Each other way of taking part on the same day (answering
somebody; showing a picture, a film, a voice or a file with a few words) is worth one point more. Rules as in
C3: cooldown, daily ceiling, diminishing value (square root), variety bonus, nothing for one word, for the
same words again, or for answering oneself.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import isqrt

from msgspec import Struct

from groupbot.features.members.domain import Setting

ON = Setting("earning.on", False, "Taking part earns points", choices=(True, False))
CEILING = Setting(
    "earning.ceiling",
    10,
    "Points one member earns a day by taking part, at most",
    unit="points",
    least=0,
    most=1000,
)
COOLDOWN = Setting(
    "earning.cooldown", 60, "Seconds between two messages that count", unit="seconds", least=0, most=86400
)
TENURE = Setting(
    "earning.tenure", 24, "Hours a newcomer writes before it counts", unit="hours", least=0, most=8760
)
BACK = Setting(
    "earning.back", 7, "Days of earning that are taken back from who leaves", unit="days", least=0, most=365
)
SETTINGS = (ON, CEILING, COOLDOWN, TENURE, BACK)
LEAST = 4  # letters; shorter words count for nothing


WORDS, ANSWER, SHOWN = 1, 2, 4  # ways of taking part, as bits
SHOWS = frozenset(("photo", "video", "animation", "voice", "audio", "document"))


class Day(Struct, frozen=True):
    """One member's day so far: counted messages, points, when and what (a hash) was counted last, and the
    ways (bits) that counted."""

    count: int = 0
    points: int = 0
    last: datetime | None = None
    words: int = 0
    ways: int = 0


class Act(Struct, frozen=True):
    """One message: when, how many letters, a hash of its words, whether it answers its own author, and the
    way it takes part."""

    at: datetime
    letters: int
    words: int
    to_self: bool = False
    way: int = WORDS


def way_of(kind: str, answers: bool) -> int:
    """How a message of this kind takes part."""
    return SHOWN if kind in SHOWS else ANSWER if answers else WORDS


def total(count: int, ceiling: int, ways: int = WORDS) -> int:
    """Points of a day with so many counted messages in these ways (bits)."""
    return min(ceiling, isqrt(4 * count) + max(0, ways.bit_count() - 1))


def counted(day: Day, act: Act, cooldown: int, ceiling: int) -> Day | None:
    """The day with this message in it; None when it counts for nothing."""
    if act.letters < LEAST or act.to_self or act.words == day.words:
        return None
    if day.last is not None and act.at - day.last < timedelta(seconds=cooldown):
        return None
    count = day.count + 1
    ways = day.ways | act.way
    return Day(count, max(day.points, total(count, ceiling, ways)), act.at, act.words, ways)
