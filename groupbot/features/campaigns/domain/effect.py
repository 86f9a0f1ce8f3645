"""What a campaign did to its groups, by the difference of differences; and which of them begin later, by lot.

Each group's change is set against the change of groups without it: what moved all of them is not the
campaign's doing (Card and Krueger 1994). Only where the lot decided who began later is nothing else a reason.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from statistics import fmean

from msgspec import Struct

from groupbot.features.campaigns.domain.trial import LEAST, outcome

LEAST_LOT = 6  # groups, of which half may begin later
LEAST_SIDE = 2  # groups on each side, below which nothing is compared


class Effect(Struct, frozen=True):
    """`how`: lot, siblings (groups of the tier that are not in it) or uncontrolled. `change` of its groups
    and `theirs` of the others: organic actives a day of a hundred members, after less before. `low`, `high`:
    95 % interval of the difference; None under four groups a side."""

    how: str
    groups: int
    others: int
    change: float
    theirs: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def effect(self) -> float | None:
        """The difference of both."""
        return None if self.theirs is None else self.change - self.theirs


def later(name: str, launched: str, chats: Iterable[int]) -> frozenset[int]:
    """The half of a campaign's groups that begins later; by hash of its launch, so that nobody chooses. None
    under six groups."""
    drawn = sorted(chats, key=lambda c: hashlib.sha256(f"{name}|{launched}|{c}".encode()).digest())
    return frozenset(drawn[(len(drawn) + 1) // 2 :]) if len(drawn) >= LEAST_LOT else frozenset()


def effect(treated: Sequence[float], others: Sequence[float], how: str) -> Effect | None:
    """From each group's change; None where no group of the campaign can be judged."""
    if not treated:
        return None
    if min(len(treated), len(others)) < LEAST_SIDE:
        return Effect("uncontrolled", len(treated), 0, fmean(treated))
    both = (len(treated), len(others), fmean(treated), fmean(others))
    if min(both[:2]) < LEAST:
        return Effect(how, *both)
    found = outcome(others, treated)
    return Effect(how, *both, found.low, found.high)
