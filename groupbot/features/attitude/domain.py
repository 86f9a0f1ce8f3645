"""When the month's question comes, and what its answers say: a funnel with intervals. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from msgspec import Struct

from groupbot.core.setting import Setting

ATTITUDE = Setting(
    "attitude",
    False,
    "One anonymous question a month: who knows, agrees, buys or takes part",
    choices=(True, False),
)
ABOUT = Setting(
    "attitude_about",
    "",
    "What the month's question is about; empty: the group's theme, else its name",
    most=80,
    example="Hawthorn tea",
)
DAY = Setting("attitude_day", 10, "Day of the month from which the question may come", least=1, most=28)
SETTINGS = (ATTITUDE, ABOUT, DAY)

FROM = time(10)  # on the chat's wall clock
OPEN = timedelta(days=7)
PATIENCE = timedelta(hours=3)  # a question that could not leave by then never does
ANSWERS = 4  # the answers, from "not yet" up; each holds those before it
STEPS = ("know", "agree", "subscribe")
LEAST = 5  # answers below which no share is told
WEAK = 30  # answers below which a share is marked as weak
Z = 1.96  # of 95 %


class Asked(Struct, frozen=True):
    """A month's question and its answers: how many gave each, from "not yet" up. `members` is how many
    could have answered, None while it is open or where nobody knew."""

    month: int
    about: str
    state: str
    votes: tuple[int, int, int, int]
    members: int | None = None

    @property
    def n(self) -> int:
        return sum(self.votes)


class Step(Struct, frozen=True):
    """How many are at least so far, as a share of who answered, with its interval. `change` is that of the
    share since the question before; `apart`: the intervals of the two do not overlap."""

    key: str
    n: int
    share: float
    low: float
    high: float
    change: float | None = None
    apart: bool = False


def month_of(local: datetime) -> int:
    """202702 of a moment on the chat's wall clock."""
    return local.year * 100 + local.month


def is_due(local: datetime, day: int) -> bool:
    """May the question of this month come now? From its day on, in the morning, until the month ends."""
    return (local.day, local.time()) >= (day, FROM)


def wilson(k: int, n: int, z: float = Z) -> tuple[float, float]:
    """The score interval of a share of `k` in `n` (n > 0), 95 % by default.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of
    the American Statistical Association 22 (1927), 209-212.
    """
    z2 = z * z
    root = z * math.sqrt(z2 + 4 * k * (n - k) / n)
    return max(0.0, (2 * k + z2 - root) / (2 * (n + z2))), min(1.0, (2 * k + z2 + root) / (2 * (n + z2)))


def funnel(now: Asked, before: Asked | None = None) -> tuple[Step, ...]:
    """The steps of a question beside those of the one before; none where too few answered. A `before` with
    too few is left out, and so is one that asked about something else."""
    if now.n < LEAST:
        return ()
    steps = tuple(_step(now, i) for i in range(1, ANSWERS))
    if before is None or before.n < LEAST or before.about != now.about:
        return steps
    return tuple(_beside(s, _step(before, i)) for i, s in enumerate(steps, 1))


def _step(asked: Asked, at: int) -> Step:
    k, n = sum(asked.votes[at:]), asked.n
    return Step(STEPS[at - 1], k, k / n, *wilson(k, n))


def _beside(now: Step, before: Step) -> Step:
    apart = now.low > before.high or before.low > now.high
    return Step(now.key, now.n, now.share, now.low, now.high, now.share - before.share, apart)


def last_two(asked: Sequence[Asked]) -> tuple[Asked | None, Asked | None]:
    """Of questions, the newest first: the last that is closed, and the one of the month before it."""
    closed = [a for a in asked if a.state == "closed"]
    if not closed:
        return None, None
    now = closed[0]
    before = now.month - 1 if now.month % 100 > 1 else now.month - 89
    return now, next((a for a in closed[1:] if a.month == before), None)
