"""Two texts against each other: what can be seen before it begins, and what was seen at its end.

Whole groups get one text or the other, so members of a group are alike: n members in clusters of m count as
n / (1 + (m - 1)·ICC) independent ones (Kish 1965, the design effect). The smallest difference that is found
with 80 % power at the 5 % level, two-sided, is that of two proportions (Fleiss, Levin and Paik 2003, 4.2):
p2 - p1 = (1.96 + 0.84)·√((p1·q1 + p2·q2) / n). The rule when to stop is fixed beforehand: the day it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from statistics import NormalDist, fmean, variance

from msgspec import Struct

ICC = 0.013  # how alike members of one group are; as assumed until own groups were measured
_ALPHA, _POWER = 0.05, 0.8
LEAST = 4  # groups on each side, below which nothing is said


class Trial(Struct, frozen=True):
    """A test as written: the rate expected without it (`base`, 0…1) and so many `days`, then it is read
    once."""

    name: str
    base: float
    days: int


def detectable(groups: int, members: int, base: float, icc: float = ICC) -> float | None:
    """The smallest rate above `base` that would be found with `groups` groups of `members`, half of them on
    each side; None when even 100 % would not be."""
    if groups < 2 * LEAST or members < 1:
        return None
    z = NormalDist().inv_cdf(1 - _ALPHA / 2) + NormalDist().inv_cdf(_POWER)
    n = groups / 2 * members / (1 + (members - 1) * icc)
    low, high = base, 1.0
    if z * sqrt(base * (1 - base) / n) > 1 - base:
        return None
    for _ in range(60):
        p = (low + high) / 2
        if p - base < z * sqrt((base * (1 - base) + p * (1 - p)) / n):
            low = p
        else:
            high = p
    return high


class Outcome(Struct, frozen=True):
    """What a test showed: the mean rate of the groups of each side, the difference with its 95 % interval.
    `winner` is '' where the interval holds 0 or there were too few groups."""

    rates: tuple[float, float]
    groups: tuple[int, int]
    low: float
    high: float
    winner: str

    @property
    def difference(self) -> float:
        return self.rates[1] - self.rates[0]


def outcome(one: Sequence[float], two: Sequence[float]) -> Outcome:
    """Compare the groups' rates, a group being one value (Welch 1947 over groups; Student's t by Hill's
    expansion, Cornish and Fisher 1938)."""
    rates = (fmean(one) if one else 0.0, fmean(two) if two else 0.0)
    counts = (len(one), len(two))
    if min(counts) < LEAST:
        return Outcome(rates, counts, -1.0, 1.0, "")
    a, b = variance(one) / len(one), variance(two) / len(two)
    spread = sqrt(a + b)
    if spread == 0:
        low = high = rates[1] - rates[0]
    else:
        freedom = (a + b) ** 2 / (a * a / (len(one) - 1) + b * b / (len(two) - 1))
        reach = _t(1 - _ALPHA / 2, freedom) * spread
        low, high = rates[1] - rates[0] - reach, rates[1] - rates[0] + reach
    return Outcome(rates, counts, low, high, "b" if low > 0 else "a" if high < 0 else "")


def _t(p: float, freedom: float) -> float:
    """A quantile of Student's distribution, to 0.3 % from three degrees of freedom on."""
    z = NormalDist().inv_cdf(p)
    g1 = (z**3 + z) / 4
    g2 = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    g3 = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + g1 / freedom + g2 / freedom**2 + g3 / freedom**3
