"""How groups overlap, and the bridges to ask first. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import combinations
from typing import NamedTuple

from msgspec import Struct

MOST, DAYS = 5, 28  # bridges of a campaign; days in which somebody is active
FEW = 7  # under so many people who agreed in both groups no share is told


class AskThem(Struct, frozen=True, tag="br.ask"):
    """[Ask NAME]"""

    person: int
    campaign: str
    inside: int
    outside: int


class Agree(Struct, frozen=True, tag="br.yes"):
    """[Yes]"""

    ask: int


class Decline(Struct, frozen=True, tag="br.no"):
    """[No]"""

    ask: int


class Overlap(NamedTuple):
    """Two groups: who of those that agreed is active in both, and their share of the smaller one's (of those
    who agreed); None under seven."""

    one: int
    other: int
    both: int
    share: float | None


class Bridge(NamedTuple):
    """Somebody active in a group of the campaign (`inside`) and in another one, on so many days of 28."""

    person: int
    inside: int
    outside: int
    days_inside: int
    days_outside: int


Days = dict[int, dict[int, int]]  # person: group: days active


def days_of(rows: Iterable[tuple[int, int, int]]) -> Days:
    """(person, group, days) as Days."""
    found: Days = {}
    for person, chat, days in rows:
        found.setdefault(int(person), {})[int(chat)] = int(days)
    return found


def overlaps(days: Days) -> list[Overlap]:
    """Pairs of groups that share anybody, those that share most first; ties by id."""
    alone: dict[int, int] = {}
    both: dict[tuple[int, int], int] = {}
    for chats in days.values():
        for chat in chats:
            alone[chat] = alone.get(chat, 0) + 1
        for pair in combinations(sorted(chats), 2):
            both[pair] = both.get(pair, 0) + 1
    found = []
    for (a, b), n in both.items():
        least = min(alone[a], alone[b])
        found.append(Overlap(a, b, n, n / least if least >= FEW else None))
    return sorted(found, key=lambda o: (-o.both, o.one, o.other))


def proposed(days: Days, inside: Collection[int]) -> list[Bridge]:
    """At most five bridges out of a campaign's groups: by the geometric mean of the days in both over how
    many lead the same way (a way few know is worth more); each person and, while there are others, each way
    once. Ties by id."""
    ways = {(o.one, o.other): o.both for o in overlaps(days)}
    made = []
    for person, chats in days.items():
        for a in chats:
            for b in chats:
                if a != b and a in inside and (b not in inside or a < b):
                    known = ways[min(a, b), max(a, b)]
                    worth = (chats[a] * chats[b]) ** 0.5 / known
                    made.append((b in inside, -worth, person, a, b))
    made.sort()
    found: list[Bridge] = []
    people: set[int] = set()
    for again in (False, True):
        met = {(f.inside, f.outside) for f in found}
        for _, _, person, a, b in made:
            if len(found) < MOST and person not in people and (again or (a, b) not in met):
                found.append(Bridge(person, a, b, days[person][a], days[person][b]))
                people.add(person)
                met.add((a, b))
    return found
