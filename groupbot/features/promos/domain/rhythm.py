"""Does a group hear from us in an even rhythm? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import sqrt

from groupbot.features.members.domain import Setting

RHYTHM = Setting(
    "rhythm_days", 0, "A post at least every so many days; 0: no alarm", unit="days", least=0, most=90
)
DIGEST = Setting(
    "digest_at", "", "When posts that a limit held come together in one; empty: they are skipped",
    pattern=r"|([01]\d|2[0-3]):[0-5]\d", example="19:30",
)  # fmt: skip
LOOK = timedelta(days=56)
BUNCHED = 0.4  # burstiness from which posts come in heaps
_FEWEST = 6  # posts below which nothing is said of their rhythm


def burstiness(times: Sequence[datetime]) -> float:
    """(σ - μ) / (σ + μ) of the intervals: -1 like a clock, 0 by chance, 1 in heaps.

    Goh and Barabási, "Burstiness and memory in complex systems", EPL 81 (2008) 48002.
    """
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    if len(gaps) < 2:
        return -1.0
    mean = sum(gaps) / len(gaps)
    spread = sqrt(sum((g - mean) ** 2 for g in gaps) / len(gaps))
    return (spread - mean) / (spread + mean) if spread + mean else -1.0


def alarm(times: Sequence[datetime], now: datetime, days: int, last: datetime | None = None) -> str:
    """`silent` after twice the wanted span without a post, `bunched` when posts come in heaps, else ''.
    `last`: the last post, or since when one is waited for, where `times` does not reach so far back."""
    last = times[-1] if times else last
    if not days or last is None:
        return ""
    if now - last > timedelta(days=2 * days):
        return "silent"
    return "bunched" if len(times) >= _FEWEST and burstiness(times) > BUNCHED else ""
