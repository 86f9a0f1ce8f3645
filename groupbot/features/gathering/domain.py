"""Who is in, who waits, and whether it came about. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from msgspec import Struct

from groupbot.features.members.domain import Setting

KINDS = ("event", "groupbuy", "preorder")
LONGEST = timedelta(days=60)
MOST = 1000  # places
TITLE = 60  # letters
STEPS = 6  # of a ladder
PRICE = 20  # letters of one
_STEP = re.compile(r"\s*([0-9]{1,4})\s*(?:人|people)?\s*[=\uff1d]\s*(\S.*?)\s*", re.IGNORECASE)

CAME = Setting(
    "gathering.came",
    5,
    "Points for coming to an event and saying its code there",
    unit="points",
    least=0,
    most=1000,
)
REMIND = Setting(
    "gathering.remind",
    3,
    "Hours before an event at which who asked for it is reminded in private; 0: never",
    unit="hours",
    least=0,
    most=72,
)
LINE = Setting(
    "gathering.line",
    False,
    "One silent line in the group reminds of an event, within the posts of a day",
    choices=(True, False),
)
SETTINGS = (CAME, REMIND, LINE)


class Join(Struct, frozen=True, tag="ga.in"):
    """[我参加]"""

    number: int


class Leave(Struct, frozen=True, tag="ga.out"):
    """[不去了]"""

    number: int


class Remind(Struct, frozen=True, tag="ga.remind"):
    """[提醒我]"""

    number: int


class Step(NamedTuple):
    """From so many people on it costs this, in the operator's words; of a pre-order, what more there is."""

    people: int
    price: str


class Plan(Struct, frozen=True):
    """`least` people make it come about (0: it takes place anyway), at most `places` are in (0: no limit),
    it closes at `closes` on the group's wall clock. `ladder` is what it costs by size."""

    least: int
    places: int
    closes: datetime
    title: str
    ladder: tuple[Step, ...] = ()


def parse(kind: str, args: str, now: datetime) -> Plan | None:
    """`NUMBER TIME TITLE` where NUMBER is the places of an event or the people a group buy or pre-order
    needs, and TIME is `20:00`, `2027-02-05T20:00` or a span (`3h`, `2d`). After the title of a group buy or
    pre-order may stand a ladder, `| 10=59 | 20=55`. None when it is not that."""
    words = args.split(None, 2)
    if len(words) < 3 or not (words[0].isascii() and words[0].isdigit()) or len(words[0]) > 4:
        return None
    number, closes = int(words[0]), _when(words[1], now)
    if number > MOST or closes is None or closes > now + LONGEST:
        return None
    if closes.timestamp() <= now.timestamp():  # an hour of the wall clock may come twice
        return None
    if kind != "event" and number < 2:
        return None
    least, places = (0, number) if kind == "event" else (number, 0)
    title, *rungs = words[2].replace("\uff5c", "|").split("|") if kind != "event" else [words[2]]
    ladder = ladder_of(rungs)
    if ladder is None or not title.strip():
        return None
    return Plan(least, places, closes, title.strip()[:TITLE], ladder)


def ladder_of(rungs: Sequence[str]) -> tuple[Step, ...] | None:
    """`10=59`, `20人=55元`, … the smallest first; None when one of them is none, or stands twice."""
    found: dict[int, str] = {}
    for rung in rungs:
        made = _STEP.fullmatch(rung)
        if made is None or not 2 <= int(made[1]) <= MOST or int(made[1]) in found:
            return None
        found[int(made[1])] = made[2][:PRICE]
    return tuple(Step(n, found[n]) for n in sorted(found)) if len(found) <= STEPS else None


def step_now(ladder: Sequence[Step], people: int) -> tuple[Step | None, Step | None]:
    """(what holds for so many people, what comes next)."""
    now = next((s for s in reversed(ladder) if people >= s.people), None)
    return now, next((s for s in ladder if people < s.people), None)


NIGHT, MORNING, EVENING = time(22, 30), time(8), time(20)


def remind_at(closes: datetime, hours: int) -> datetime:
    """When to remind of what begins at `closes`, on the group's wall clock: so many hours before, and the
    evening before where that is in the night."""
    at = closes - timedelta(hours=hours)
    if at.time() >= NIGHT:
        return at.replace(hour=EVENING.hour, minute=0)
    if at.time() < MORNING:
        return (at - timedelta(days=1)).replace(hour=EVENING.hour, minute=0)
    return at


def places_of(text: str, many: int) -> list[int] | None:
    """Places in a list of `many`, from `1 3 5-8` or `all`; None when it is not that."""
    if text.strip().lower() in ("all", "全部"):
        return list(range(1, many + 1))
    found: list[int] = []
    for word in re.split(r"[\s,\uff0c、]+", text.strip()):
        made = re.fullmatch(r"([0-9]{1,4})(?:-([0-9]{1,4}))?", word)
        if made is None:
            return None
        first, last = int(made[1]), int(made[2] or made[1])
        if not 1 <= first <= last <= many:
            return None
        found += range(first, last + 1)
    return sorted(set(found))


def turns(photos: Sequence[tuple[int, str]], most: int) -> list[str]:
    """At most so many of (person, photo), everybody's first before anybody's second."""
    seen: dict[int, int] = {}
    order = []
    for i, (person, photo) in enumerate(photos):
        seen[person] = seen.get(person, 0) + 1
        order.append((seen[person], i, photo))
    return [photo for _, _, photo in sorted(order)[:most]]


def rate(part: int, whole: int) -> int | None:
    """In whole percent, rounded down; None of nothing."""
    return None if whole <= 0 else 100 * part // whole


def middle(spans: Sequence[timedelta]) -> timedelta | None:
    """The median, the smaller of two; None of nothing."""
    return sorted(spans)[(len(spans) - 1) // 2] if spans else None


def _when(word: str, now: datetime) -> datetime | None:
    try:
        if word[-1:].lower() in ("h", "d") and word[:-1].isascii() and word[:-1].isdigit():
            n = min(int(word[:-1]), 10_000)
            if word[-1].lower() == "d":
                return now + timedelta(days=n)
            return (now.astimezone(UTC) + timedelta(hours=n)).astimezone(now.tzinfo)
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
