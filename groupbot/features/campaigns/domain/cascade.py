"""How deep and how branched a campaign spread: a tree from the campaign to people to people. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

ROOT = 0  # the campaign itself


class Cascade(NamedTuple):
    """`size` people, `depth` steps from the campaign to the furthest, `virality` the mean distance of any two
    of all (Goel et al., 2015: 2 in a pure broadcast, more where people pass it on), `largest` the share of
    the people whom one sharer brought; the last two None under two people."""

    size: int
    depth: int
    virality: float | None
    largest: float | None


def cascade(visited: Iterable[int], brought: Iterable[tuple[int, int]]) -> Cascade:
    """Of who came by the campaign's own links, and (by whom, who) of those that others brought, in order of
    time. Everybody counts once, by the first way; a sharer nobody brought hangs at the campaign."""
    above: dict[int, int] = {}
    for by, who in brought:
        if who not in above and by != who and not _over(above, by, who):
            above.setdefault(by, ROOT)
            above[who] = by
    for who in visited:
        above.setdefault(who, ROOT)
    far: dict[int, int] = {ROOT: 0}
    for who in above:
        way = [who]
        while above.get(way[-1], ROOT) not in far:
            way.append(above[way[-1]])
        for each in reversed(way):
            far[each] = far[above[each]] + 1
    n = len(far)
    if n < 3:
        return Cascade(n - 1, max(far.values()), None, None)
    below = dict.fromkeys(far, 1)
    children: dict[int, int] = {}
    for who in sorted(above, key=lambda w: -far[w]):
        below[above[who]] += below[who]
        if above[who] != ROOT:
            children[above[who]] = children.get(above[who], 0) + 1
    pairs = sum(below[w] * (n - below[w]) for w in above)  # each edge lies between so many pairs
    return Cascade(
        n - 1, max(far.values()), 2 * pairs / (n * (n - 1)), max(children.values(), default=0) / (n - 1)
    )


def _over(above: dict[int, int], person: int, who: int) -> bool:
    """Does `person` hang somewhere below `who`?"""
    at = person
    while at in above and at != ROOT:
        at = above[at]
        if at == who:
            return True
    return False
