"""From state to state: how many of a group's members went on, how soon, by how they came (`v_journey`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from math import inf
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import RATE, Ask
from groupbot.features.engagement.reports.habits import day_of

DAYS = 180  # in which the first of two states was reached
STEPS = (
    ("visitor", "joined"), ("joined", "activated"), ("activated", "regular"), ("regular", "advocate"),
    ("activated", "lapsed"),
)  # fmt: skip
GRADES = ("exact", "request", "adder", "token", "link", "none")  # of the evidence of a join, best first
LINKS = 5  # of one grade that are told
EARLIER = "advocate"  # may be reached before the other state: in no time, then
SQL = (
    "SELECT person_id, nth, state, day, grade, source FROM v_journey WHERE {chat} AND day <= '{last}'"
    " AND grade <> 'before' ORDER BY person_id, nth"
)
HOW = (
    "for each person the first day in one state, within the window, and the first day in the other after it;"
    " days by Kaplan–Meier at 0.5, who is not there yet censored at the last day"
)


class Passage(Struct, frozen=True):
    """Of `n` who reached the state `before` how many went on to `after`, and days until half had; `grade` '':
    all; `source`: the link they came by, '' for every one of the grade. `waiting`: not there yet, censored.
    None: fewer than ten people, or the others would tell of such."""

    before: str
    after: str
    grade: str
    n: int | None
    done: int | None = None
    waiting: int | None = None
    share: float | None = None
    days: float | None = None
    source: str = ""


class Ways(Struct, frozen=True):
    """Passages of a group; `through` is the last day of which steps are known, None: of none yet."""

    first: date
    last: date
    through: date | None
    passages: tuple[Passage, ...]
    sql: str


def ways(ask: Ask) -> Ways:
    """Every passage of the 180 days that end with the span, or with the last day that is known."""
    known = ask.rows(ask.sql("SELECT day FROM v_journey_made WHERE {chat}"))
    through = day_of(known[0][0]) if known else None
    last = ask.last if through is None else min(ask.last, through)
    first = last - timedelta(days=DAYS - 1)
    sql = ask.sql(SQL, last=str(last))
    people: dict[int, list[tuple[str, date, str, str]]] = {}
    for person, _, state, day, grade, source in ask.rows(sql) if through else ():
        people.setdefault(int(person), []).append((str(state), day_of(day), str(grade), str(source or "")))
    made = [p for before, after in STEPS for p in _passages(before, after, people.values(), first, last)]
    return Ways(first, last, through, tuple(made), sql)


def _passages(before: str, after: str, people: Any, first: date, last: date) -> list[Passage]:
    """Of all, by grade, and of each grade by the links that brought most; visitors have none before they
    join."""
    seen: dict[str, list[tuple[float, bool]]] = {"": []}
    links: dict[str, dict[str, list[tuple[float, bool]]]] = {}
    for steps in people:
        at = next((n for n, s in enumerate(steps) if s[0] == before), None)
        if at is None or steps[at][1] < first:
            continue
        _, begun, grade, source = steps[at]
        later = steps if after == EARLIER else steps[at + 1 :]
        reached = next((s[1] for s in later if s[0] == after), None)
        one = (float(max(0, ((reached or last) - begun).days)), reached is not None)
        seen[""].append(one)
        if before != "visitor":
            seen.setdefault(grade, []).append(one)
            links.setdefault(grade, {}).setdefault(source, []).append(one)
    hidden = _hidden({g: len(some) for g, some in seen.items() if g})
    made = []
    for grade in ("", *GRADES):
        if grade in seen:
            made.append(_passage(before, after, grade, seen[grade], grade in hidden))
            if grade not in hidden:
                made += _by_link(before, after, grade, links.get(grade, {}))
    return made


def _by_link(
    before: str, after: str, grade: str, links: dict[str, list[tuple[float, bool]]]
) -> list[Passage]:
    """The links of one grade that can be told, those that brought most first."""
    hidden = _hidden({name: len(some) for name, some in links.items()})
    most = sorted(links.keys() - hidden - {""}, key=lambda name: (-len(links[name]), name))[:LINKS]
    return [replace(_passage(before, after, grade, links[n], False), source=n) for n in most]


def _hidden(sizes: dict[str, int]) -> set[str]:
    """Grades, or links, of fewer than ten people, and the next smallest until those hidden together are ten
    or more: all less what is shown would tell of fewer."""
    hidden: set[str] = set()
    for grade in sorted(sizes, key=lambda g: (sizes[g], g)):
        if sizes[grade] < RATE or (hidden and sum(sizes[g] for g in hidden) < RATE):
            hidden.add(grade)
    return hidden


def _passage(
    before: str, after: str, grade: str, seen: Sequence[tuple[float, bool]], hidden: bool
) -> Passage:
    n = len(seen)
    told = Passage(before, after, grade, None)
    if hidden or n < RATE:
        return told
    done = sum(happened for _, happened in seen)
    waits = [days if happened else None for days, happened in seen]
    half = measures.middle_wait(waits, inf, watched=[days for days, _ in seen])
    return replace(told, n=n, done=done, waiting=n - done, share=done / n, days=half)
