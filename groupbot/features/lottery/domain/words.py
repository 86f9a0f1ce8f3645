"""Limits, settings and buttons of draws."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.features.members.domain import Setting

PRIZE = 60  # letters
MOST_SEATS = 50
MOST_TICKETS = 5
MOST_REDRAWS = 3  # of one seat; then the prize goes back
SHORTEST, LONGEST = timedelta(seconds=10), timedelta(days=30)
DEFAULT = timedelta(hours=24)
NUMBER = 8  # hex digits of an entry that members see

TENURE = Setting(
    "lottery.tenure", 24, "Hours a newcomer waits before entering a draw", least=0, most=8760, unit="hours"
)
CLAIM = Setting(
    "lottery.claim",
    72,
    "Hours a winner has to claim; closed days do not count",
    least=1,
    most=720,
    unit="hours",
)
BEACON = Setting(
    "lottery.beacon", True, "Draws wait for a public random number (drand)", choices=(True, False)
)


class Enter(Struct, frozen=True, tag="lt.enter"):
    """The button under an open draw."""

    lottery: int


class Claim(Struct, frozen=True, tag="lt.claim"):
    """The button under the winners."""

    lottery: int


class Cancel(Struct, frozen=True, tag="lt.cancel"):
    """[Cancel] of the confirmation."""

    chat: int
    lottery: int


class Freed(Struct, frozen=True):
    """Told to who keeps coupons: these seats' are won by nobody."""

    chat: int
    refs: tuple[str, ...]


class Draft(Struct, frozen=True, tag="lt.draft"):
    """A button of the set-up in private, for the draw of `chat` (our id)."""

    chat: int
    act: str
