"""Joins that look bought: many within sixty seconds by the same way in, and nothing said after. Pure.

No single member is judged by it: one act of their own, and they count. What is bought pays nothing here and
makes no number larger; nobody is removed for it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

CROWD = 5  # joins of sixty seconds by one way in
MUTE = 0.8  # of them, who said nothing
SPELL = timedelta(seconds=60)
WAIT = timedelta(hours=48)  # for a word, after joining


class Came(NamedTuple):
    """A join: by which link or whose hand (`via`), and whether they took part by themselves since."""

    person: int
    at: datetime
    via: str
    acted: bool


def hired(joins: Iterable[Came], now: datetime) -> dict[int, int]:
    """Who looks hired, with the size of their crowd: the largest of any sixty seconds they stand in. A join
    without a way in that is known belongs to no crowd, and one of the last 48 hours is not judged."""
    ways: dict[str, list[Came]] = {}
    for j in joins:
        if j.via and now - j.at >= WAIT:
            ways.setdefault(j.via, []).append(j)
    found: dict[int, int] = {}
    for came in ways.values():
        came.sort(key=lambda j: j.at)
        silent = [0, *accumulate(not j.acted for j in came)]
        mute = [
            (first, end)
            for first, end in spells([j.at for j in came])
            if silent[end] - silent[first] >= MUTE * (end - first)
        ]
        for n, size in _largest(mute, len(came)):
            if not came[n].acted:
                found[came[n].person] = max(size, found.get(came[n].person, 0))
    return found


def spells(times: Sequence[datetime]) -> list[tuple[int, int]]:
    """(first, after the last) of what any sixty seconds hold, wherever they begin; those of a crowd's size.
    `times` in order."""
    found: list[tuple[int, int]] = []
    first = end = 0
    for moment in sorted({t - SPELL for t in times} | set(times)):  # where a window gains one or loses one
        while end < len(times) and times[end] - SPELL <= moment:
            end += 1
        while first < end and times[first] <= moment:
            first += 1
        if end - first >= CROWD:
            found.append((first, end))
    return found


def _largest(windows: Sequence[tuple[int, int]], n: int) -> Iterable[tuple[int, int]]:
    """(place, size) of the largest window over each place that has one; both ends of `windows` only grow."""
    over: deque[tuple[int, int]] = deque()  # (end, size), the largest first
    waiting = deque(windows)
    for place in range(n):
        while waiting and waiting[0][0] <= place:
            first, end = waiting.popleft()
            while over and over[-1][1] <= end - first:
                over.pop()
            over.append((end, end - first))
        while over and over[0][0] <= place:
            over.popleft()
        if over:
            yield place, over[0][1]
