"""Who is in, who waits, and whether it came about. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from msgspec import Struct

KINDS = ("event", "groupbuy", "preorder")
LONGEST = timedelta(days=60)
MOST = 1000  # places
TITLE = 60  # letters


class Join(Struct, frozen=True, tag="ga.in"):
    """[我参加]"""

    number: int


class Leave(Struct, frozen=True, tag="ga.out"):
    """[不去了]"""

    number: int


@dataclass(frozen=True, slots=True)
class Plan:
    """`least` people make it come about (0: it takes place anyway), at most `places` are in (0: no limit),
    it closes at `closes` on the group's wall clock."""

    least: int
    places: int
    closes: datetime
    title: str


def parse(kind: str, args: str, now: datetime) -> Plan | None:
    """`NUMBER TIME TITLE` where NUMBER is the places of an event or the people a group buy or pre-order
    needs, and TIME is `20:00`, `2027-02-05T20:00` or a span (`3h`, `2d`). None when it is not that."""
    words = args.split(None, 2)
    if len(words) < 3 or not (words[0].isascii() and words[0].isdigit()) or len(words[0]) > 4:
        return None
    number, closes = int(words[0]), _when(words[1], now)
    if number > MOST or closes is None or not now < closes <= now + LONGEST:
        return None
    if kind != "event" and number < 2:
        return None
    least, places = (0, number) if kind == "event" else (number, 0)
    return Plan(least, places, closes, words[2].strip()[:TITLE])


def _when(word: str, now: datetime) -> datetime | None:
    try:
        if word[-1:].lower() in ("h", "d") and word[:-1].isascii() and word[:-1].isdigit():
            n = min(int(word[:-1]), 10_000)
            return now + (timedelta(hours=n) if word[-1].lower() == "h" else timedelta(days=n))
        if "T" in word.upper():
            return datetime.fromisoformat(word).replace(tzinfo=now.tzinfo)
        hour, _, minute = word.partition(":")
        at = now.replace(hour=int(hour), minute=int(minute), second=0, microsecond=0)
    except ValueError:
        return None
    return at if at > now else at + timedelta(days=1)


def seated(people: Sequence[int], places: int) -> tuple[Sequence[int], Sequence[int]]:
    """(in, waiting) of those who joined, in the order they did."""
    return (people, ()) if not places else (people[:places], people[places:])


def came_about(people: int, least: int) -> bool:
    """At the close: were there enough?"""
    return people >= max(1, least)
