"""What counts as an act, and how acts become a week's numbers. Pure.

A qualifying act is one of a human who is not staff: message, reply, reaction, button press, vote, word that
an activation asked for. Definitions after C4 of the systems page: active = at least one qualifying act in the
local day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from groupbot.core.setting import Setting

ACTS = ("message", "reply", "reaction", "tap", "vote", "asked")
DIGEST = Setting(
    "digest", True, "where operators sit: the week of all groups, on Monday morning", choices=(True, False)
)
NUDGE = Setting(
    "boss_silent",
    7,
    "Days after which who answers for the group is reminded to speak, once; 0: never",
    least=0,
    most=90,
    unit="days",
)
LEAST = 10  # messages, below which no share of them is shown
FEW = 7  # below this many active people no rate is shown: too few to say anything


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The day on the chat's wall clock."""
    return at.astimezone(zone).date()


def hour_of(at: datetime) -> datetime:
    """The UTC hour an event lies in."""
    return at.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of one chat."""

    day: date
    messages: int = 0
    replies: int = 0
    reactions: int = 0
    taps: int = 0
    active: int = 0
    joined: int = 0
    left: int = 0

    @property
    def acts(self) -> int:
        """All qualifying acts (replies are messages that answer one)."""
        return self.messages + self.reactions + self.taps


@dataclass(frozen=True, slots=True)
class Week:
    """Seven local days of one chat, oldest first."""

    chat: int
    title: str
    days: tuple[Day, ...]
    active: int
    known: int
    bot_posts: int
    top: tuple[tuple[str, int], ...] = ()
    hours: tuple[int, ...] = field(default=(0,) * 24)
    grade: str = "?"  # of the coverage

    @property
    def messages(self) -> int:
        return sum(d.messages for d in self.days)

    @property
    def joined(self) -> int:
        return sum(d.joined for d in self.days)

    @property
    def left(self) -> int:
        return sum(d.left for d in self.days)

    @property
    def bot_share(self) -> float | None:
        """The bot's posts that stand ÷ all messages, 0…1; None with too few people or messages."""
        whole = self.messages + self.bot_posts
        return None if self.few or whole < LEAST else self.bot_posts / whole

    @property
    def few(self) -> bool:
        """Too few people for rates."""
        return self.active < FEW

    @property
    def top_three_share(self) -> float | None:
        """The share of the three who talked most, 0…1; None with too few people."""
        if self.few or not self.messages:
            return None
        return sum(n for _, n in self.top[:3]) / self.messages

    @property
    def trend(self) -> float | None:
        """Messages of the last three days over the three before, as a ratio; None where these were 0."""
        before = sum(d.messages for d in self.days[1:4])
        return None if before == 0 else sum(d.messages for d in self.days[4:]) / before


def week(days: Iterable[date], rows: Mapping[date, Day]) -> tuple[Day, ...]:
    """Every day of the span, days without a row as zeros."""
    return tuple(rows.get(d, Day(d)) for d in days)


def last_seven(today: date) -> list[date]:
    """The seven days that end with `today`."""
    return [today - timedelta(days=n) for n in range(6, -1, -1)]
