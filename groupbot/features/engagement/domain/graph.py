"""Who holds a group together: shortest ways through its graph of answers. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

LEAST = 30  # people, under which nothing is said of anybody's place


def betweenness(edges: Iterable[tuple[int, int]]) -> dict[int, float]:
    """For each person the share of all shortest ways between two others that lead through them, by Brandes
    (2001); edges without direction, each once. {} under 30 people."""
    near: dict[int, set[int]] = {}
    for a, b in edges:
        if a != b:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    n = len(near)
    if n < LEAST:
        return {}
    found = dict.fromkeys(sorted(near), 0.0)
    for source in found:
        order: list[int] = []
        before: dict[int, list[int]] = {source: []}
        ways, far = {source: 1}, {source: 0}
        waiting = deque([source])
        while waiting:
            v = waiting.popleft()
            order.append(v)
            for w in sorted(near[v]):
                if w not in far:
                    far[w] = far[v] + 1
                    ways[w], before[w] = 0, []
                    waiting.append(w)
                if far[w] == far[v] + 1:
                    ways[w] += ways[v]
                    before[w].append(v)
        leans = dict.fromkeys(order, 0.0)
        for w in reversed(order):
            for v in before[w]:
                leans[v] += ways[v] / ways[w] * (1 + leans[w])
            if w != source:
                found[w] += leans[w]
    whole = (n - 1) * (n - 2)
    return {v: x / whole for v, x in found.items()}
