"""The arithmetic of the measures: from counts to numbers. docs/metrics.md tells each with its source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import log, sqrt
from statistics import median

from msgspec import Struct

HORIZON = timedelta(hours=24)  # how long an answer is waited for


def middle_wait(
    waits: Sequence[float | None],
    horizon: float,
    share: float = 0.5,
    *,
    watched: Sequence[float] | None = None,
) -> float | None:
    """The time within which `share` were answered, by Kaplan and Meier (1958): an unanswered wait (None) is
    censored at `horizon`, or where it was `watched` for less, there. None: not reached. Any unit of time."""
    seen = [horizon] * len(waits) if watched is None else [min(horizon, w) for w in watched]
    ends = sorted(
        (end, 1) if wait is None or wait > end else (wait, 0) for wait, end in zip(waits, seen, strict=True)
    )
    left = 1.0
    for at_risk, (when, censored) in zip(range(len(ends), 0, -1), ends, strict=True):
        left *= 1 if censored else 1 - 1 / at_risk
        if left <= 1 - share + 1e-12:
            return when
    return None


HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)
LEAST_DAYS = 3  # without a post at that hour, to say what is usual there


def usual_leaves(
    at: datetime, leaves: Sequence[datetime], posts: Sequence[datetime], start: datetime, end: datetime
) -> float:
    """How many leave in the hour from `at` on without a post: the mean of the same hour on other days of the
    span whose hours hold no post; where fewer than three days are so, the mean of all time no post's hour
    covers. `leaves` and `posts` in order of time."""
    days, gone = 0, 0
    other = at - ONE_DAY * ((at - start) // ONE_DAY)
    while other + HOUR <= end:
        if other != at and _between(posts, other - HOUR, other + HOUR) == 0:
            days += 1
            gone += _between(leaves, other, other + HOUR)
        other += ONE_DAY
    if days >= LEAST_DAYS:
        return gone / days
    after = [max(b - a, timedelta()) for a, b in pairwise([*posts, end]) if a >= start]
    free = (end - start) - sum((min(gap, HOUR) for gap in after), timedelta())
    alone = sum(_between(posts, g - HOUR, g + timedelta(microseconds=1)) == 0 for g in leaves)
    return alone / (free / HOUR) if free >= HOUR else 0.0


def _between(times: Sequence[datetime], first: datetime, until: datetime) -> int:
    """How many lie from `first` to before `until`."""
    return bisect_left(times, until) - bisect_left(times, first)


def rhythm(times: Sequence[datetime]) -> float | None:
    """Kim and Jo's finite-size burstiness of the gaps: −1 regular, 0 random, 1 in bursts (arXiv 1604.01125).
    None under 4 gaps or where all happened at once."""
    gaps = [(b - a).total_seconds() for a, b in pairwise(times)]
    n = len(gaps)
    if n < 4 or sum(gaps) == 0:
        return None
    mean = sum(gaps) / n
    r = sqrt(sum((g - mean) ** 2 for g in gaps) / n) / mean
    return (sqrt(n + 1) * r - sqrt(n - 1)) / ((sqrt(n + 1) - 2) * r + sqrt(n - 1))


def half_life(responses: Sequence[float]) -> float | None:
    """When half of a post's responses of 14 days were there; None under ten of them. Any unit of time."""
    within = sorted(responses)
    return within[(len(within) - 1) // 2] if len(within) >= 10 else None


def love(acts: Sequence[tuple[float, float]]) -> float:
    """Orbit's arithmetic: acts as (weight, age in months), each keeping 9/10 of its worth a month after its
    first."""
    return float(sum(weight * 0.9**age for weight, age in acts))


def hops(counts: Sequence[int], *, usual: float = 0.30) -> tuple[tuple[float, ...], int | None]:
    """The loss at each step of a relay, and the step (from 1) that loses far more than usual, if one does:
    over twice the usual share."""
    losses = tuple(1 - b / a if a else 0.0 for a, b in pairwise(counts))
    worst = max(range(len(losses)), key=losses.__getitem__, default=None)
    return losses, worst + 1 if worst is not None and losses[worst] > 2 * usual else None


class Levels(Struct, frozen=True):
    """From where on a campaign passes a level; the shares are of 1."""

    inside: float = 0.01  # engaged of the audience, under it nothing caught: L0
    leaking: float = 0.1  # outside visitors to those engaged inside, under it it stayed inside: L1
    outside: float = 1.0  # outside visitors to the audience: L2
    many: int = 10_000  # outside visitors: L3
    converted: float = 0.05  # of them: L3
    inflow: float = 2.0  # unsolicited joins of 14 days to their baseline: L4
    communities: int = 3  # they came from: L4


def ignition(
    audience: int,
    engaged: int,
    outside: int,
    converted: int = 0,
    *,
    sharers: int = 0,
    inflow: float = 1.0,
    communities: int = 0,
    levels: Levels | None = None,
) -> str:
    """How far a campaign spread: L0 … L4, or "warming" between L1 and L2; the highest level passed wins.

    `engaged` of the `audience` inside, `outside` visitors, `converted` of them, unsolicited `inflow` over 14
    days as a multiple of its baseline, from so many `communities`.
    """
    at = levels or Levels()
    if outside >= at.many and converted >= at.converted * outside:
        return "L4" if inflow >= at.inflow and communities >= at.communities else "L3"
    if audience and outside >= at.outside * audience:
        return "L2"
    if engaged < at.inside * audience or not engaged:
        return "L0"
    return "L1" if outside < at.leaking * engaged and sharers < at.leaking * engaged else "warming"


STAGES = ("forming", "growing", "mature", "declining", "dormant")
STAGE_WEEKS = 8
DEFINITIONS = 4  # of docs/metrics.md, which tells what changed
GROUP = 20  # known members from which on a group has a stage of its own
STEEP, STILL_STEEP = 0.05, 0.03  # a week, of the logarithm: where growth begins, and under which it ends
ASLEEP, STILL_ASLEEP = 0.1, 0.2  # of the best week: the last two together


def stage(weeks: Sequence[int], known: int, before: str = "") -> str:
    """One of STAGES, from organic actives of up to eight weeks, or nine where the week before is to be read
    over its own eight; oldest first. `before`: what it was a week ago, "" where nobody looked.

    A change must be read in two weeks running before it is believed, and what holds is left later than it is
    entered: growth of 5 % a week makes a group growing, under 3 % it is so no more. A group that was past
    forming does not form again.
    """
    if before in ("", "forming") and (len(weeks) < 4 or known < GROUP):
        return "forming"
    now, last = _stage(weeks[-STAGE_WEEKS:], before), _stage(weeks[:-1], before)
    if before:
        return now if now == last else before
    return now if now == last or len(weeks) < 5 else _stage(weeks[:-2], before)


def _stage(weeks: Sequence[int], before: str) -> str:
    if sum(weeks[-2:]) <= (STILL_ASLEEP if before == "dormant" else ASLEEP) * max(weeks, default=0):
        return "dormant"
    ys = [log(w + 1) for w in weeks]
    n = len(ys)
    mean = (n - 1) / 2
    slope = sum((i - mean) * y for i, y in enumerate(ys)) / sum((i - mean) ** 2 for i in range(n))
    if slope > (STILL_STEEP if before == "growing" else STEEP):
        return "growing"
    return "declining" if slope < -(STILL_STEEP if before == "declining" else STEEP) else "mature"


WEIGHTS = {
    "activity": 20, "newcomers": 20, "reciprocity": 15, "retention": 20, "cleanliness": 15, "governance": 10,
}  # fmt: skip
HEALTH_VERSION = 3
FLOOR = 0.02  # of the spread, so that a steady group's small change is no alarm
MIDDLE = 50.0  # of a part that is as it was, and of a tier nothing is known of
RISE, FLAT = 5, 1.05  # points a score rose by while acts stayed under so many times those of the week before


def own_parts(weeks: Sequence[dict[str, float | None]]) -> dict[str, tuple[float, int]]:
    """Of each part that could be measured in the last week and in three before: 50 + 20 z, z by median and
    MAD of those before, from 0 to 100; and how many these were."""
    found = {}
    for name in WEIGHTS:
        now = weeks[-1].get(name)
        past = [v for w in weeks[:-1] if (v := w.get(name)) is not None]
        if now is None or len(past) < 3:
            continue
        mid = median(past)
        spread = max(FLOOR, 1.4826 * median(abs(v - mid) for v in past))
        found[name] = (min(100.0, max(0.0, MIDDLE + 20 * (now - mid) / spread)), len(past))
    return found


def health(
    weeks: Sequence[dict[str, float | None]],
    known: int,
    coverage: float | None,
    tier: Mapping[str, float] | None = None,
) -> tuple[int, tuple[str, str]] | None:
    """(score 0–100, its two largest drivers), from six shares a week, oldest first, the last one judged
    against those before; None ("insufficient") under 20 known members, 4 weeks or 60 % coverage.

    A part of n weeks is shrunk to the mean of the group's `tier` by n/(n+4); a share that could not be
    measured this week leaves its weight to the others.
    """
    if known < 20 or len(weeks) < 4 or (coverage is not None and coverage < 0.6):
        return None
    parts = {
        name: n / (n + 4) * own + 4 / (n + 4) * (tier or {}).get(name, MIDDLE)
        for name, (own, n) in own_parts(weeks).items()
    }
    if len(parts) < 3:
        return None
    whole = sum(WEIGHTS[n] for n in parts)
    score = sum(WEIGHTS[n] * v for n, v in parts.items()) / whole
    moved = sorted(parts, key=lambda n: (-WEIGHTS[n] * abs(parts[n] - MIDDLE), n))
    return round(score), (moved[0], moved[1])


def goodhart(score: int, before: int, acts: float, acts_before: float) -> bool:
    """Did the score rise while what people do by themselves did not?"""
    return score >= before + RISE and acts < FLAT * acts_before


SUGGESTED = {
    "activity": "ask the group one easy question this week, at its busiest hour",
    "newcomers": "answer each newcomer's first message by hand within a day",
    "reciprocity": "let members answer first: wait an hour before staff replies",
    "retention": "invite those who joined four weeks ago to something of their own",
    "cleanliness": "look through what the rules took away, and post fewer offers",
    "governance": "say what is planned, and see that who answers for the group is in it and speaks",
}
