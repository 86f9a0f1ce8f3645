"""Joins that look bought: many in the same minute by the same way in, and nothing said after. Pure.

No single member is judged by it: one act of their own, and they count. What is bought pays nothing here and
makes no number larger; nobody is removed for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

CROWD = 5  # joins of one minute by one way in
MUTE = 0.8  # of them, who said nothing
WAIT = timedelta(hours=48)  # for a word, after joining


class Came(NamedTuple):
    """A join: by which link or whose hand (`via`), and whether they took part by themselves since."""

    person: int
    at: datetime
    via: str
    acted: bool


def hired(joins: Iterable[Came], now: datetime) -> dict[int, int]:
    """Who looks hired, with the size of their crowd. A join without a way in that is known belongs to no
    crowd, and one of the last 48 hours is not judged."""
    crowds: dict[tuple[str, datetime], list[Came]] = {}
    for j in joins:
        if j.via and now - j.at >= WAIT:
            crowds.setdefault((j.via, j.at.replace(second=0, microsecond=0)), []).append(j)
    found: dict[int, int] = {}
    for crowd in crowds.values():
        silent = [j.person for j in crowd if not j.acted]
        if len(crowd) >= CROWD and len(silent) >= MUTE * len(crowd):
            found |= dict.fromkeys(silent, len(crowd))
    return found
