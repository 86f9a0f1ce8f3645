"""How far something went down the matrix of groups: from dealers over stores to consumers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from groupbot.features.engagement.domain import measures


class Place(Struct, frozen=True):
    """A group that something was meant for: its tier, what it stands below, and how many people there it
    reached."""

    chat: int
    tier: str
    parent: int | None
    people: int


class Hop(Struct, frozen=True):
    """One tier of a relay: of its `groups` how many were `reached`, `people` there; `paths` that are whole
    down to here, and the share of those that were whole one tier above which broke here."""

    tier: str
    groups: int
    reached: int
    people: int
    paths: int
    loss: float


class Relay(Struct, frozen=True):
    """`paths`: groups of the lowest tier, each with what it stands below as far as it was meant too.
    `broken`: the tier that loses far more than usual, if one does; "": none."""

    paths: int
    hops: tuple[Hop, ...]
    broken: str


def relay(places: Iterable[Place], tiers: Sequence[str]) -> Relay | None:
    """The decay from tier to tier, `tiers` from the top; None where it was meant for one tier alone.

    A path is whole as far as every group on it was reached; a tier that has no group on a path passes it on.
    """
    known = {p.chat: p for p in places if p.tier in tiers}
    there = [t for t in tiers if any(p.tier == t for p in known.values())]
    if len(there) < 2:
        return None
    lost = []  # of each path the tier at which it breaks
    for leaf in (p for p in known.values() if p.tier == there[-1]):
        broke, at, seen = "", leaf, set[int]()
        while at.chat not in seen:
            seen.add(at.chat)
            broke = at.tier if not at.people else broke  # the highest counts
            at = known.get(at.parent or 0, at)
        lost.append(broke)
    counts = [len(lost)]
    for tier in there:
        counts.append(counts[-1] - lost.count(tier))
    losses, worst = measures.hops(counts)
    hops = []
    for n, tier in enumerate(there):
        own = [p for p in known.values() if p.tier == tier]
        reached, people = sum(p.people > 0 for p in own), sum(p.people for p in own)
        hops.append(Hop(tier, len(own), reached, people, counts[n + 1], losses[n]))
    return Relay(counts[0], tuple(hops), "" if worst is None else there[worst - 1])


def told(found: Relay | None) -> dict[str, object]:
    """As templates and JSON take it: {} where there is none."""
    if found is None:
        return {}
    return {
        "paths": found.paths,
        "broken": found.broken,
        "hops": [
            {"tier": h.tier, "groups": h.groups, "reached": h.reached, "people": h.people, "paths": h.paths,
             "loss": round(100 * h.loss)}
            for h in found.hops
        ],
    }  # fmt: skip
