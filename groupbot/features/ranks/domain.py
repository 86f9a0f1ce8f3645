"""Which rank so many points are, and whose tag changes. Pure.

Telegram shows a tag beside a regular member's name: at most 16 characters, no emoji (Bot API 9.5,
setChatMemberTag). Administrators have titles instead.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from groupbot.features.members.domain import Setting

LONGEST = 16  # characters of a tag
AT_ONCE = 40  # tags said for one chat at one look
TAGS = frozenset({"tags"})  # the right it takes


class Rank(NamedTuple):
    """A name, and the points from which on a member has it."""

    points: int
    name: str


def spelling(text: str) -> str:
    """A rank as it is written: `POINTS NAME`.

    Raises:
        ValueError: no whole number from 1, no name, or one that is too long or has an emoji in it.
    """
    points, _, name = str(text).strip().partition(" ")
    name = " ".join(name.split())
    if not (points.isascii() and points.isdigit()) or not 0 < int(points) <= 999_999_999:
        raise ValueError(text)
    if not name or len(name) > LONGEST or any(map(_pictured, name)):
        raise ValueError(text)
    return f"{int(points)} {name}"


def _pictured(letter: str) -> bool:
    """Would Telegram take this for an emoji, or for nothing at all?"""
    return unicodedata.category(letter) in ("So", "Sk", "Cc", "Cf", "Cs", "Mn", "Me")


BY = Setting(
    "ranks.by",
    "off",
    "Member tags show ranks by points: of this month (season), or of all time (ever)",
    choices=("off", "season", "ever"),
)
NAMES = Setting(
    "ranks.names",
    [],
    "The ranks; none: those of the template ranks/names",
    most=10,
    reads=spelling,
    form="points and a name of at most 16 characters without emoji",
    example="50 Regular, 200 Old friend",
)
DAILY = Setting("ranks.daily", 60, "Member tags given a day, at most", unit="tags", least=0, most=1000)
SETTINGS = (BY, NAMES, DAILY)


def ranks_of(lines: Sequence[str]) -> tuple[Rank, ...]:
    """The ranks written in these lines, the lowest first; a line that is none is passed over."""
    found = {}
    for line in lines:
        try:
            points, _, name = spelling(line).partition(" ")
        except ValueError:
            continue
        found[int(points)] = name
    return tuple(Rank(p, found[p]) for p in sorted(found))


def rank(points: int, ranks: Sequence[Rank]) -> str:
    """The name for so many points; "" below the first."""
    return next((r.name for r in reversed(ranks) if points >= r.points), "")


def changes(
    points: Mapping[int, int], ranks: Sequence[Rank], given: Mapping[int, str], left: int
) -> list[tuple[int, str]]:
    """(person, tag) to say now. What is taken away comes first and is never held back by the day's limit; of
    the others `left` at most, who has most points first."""
    wanted = {p: rank(n, ranks) for p, n in points.items()}
    taken = sorted(p for p in given if not wanted.get(p))
    moved = sorted(
        (p for p, tag in wanted.items() if tag and tag != given.get(p)), key=lambda p: (-points[p], p)
    )
    made = [(p, "") for p in taken] + [(p, wanted[p]) for p in moved[: max(0, left)]]
    return made[:AT_ONCE]
