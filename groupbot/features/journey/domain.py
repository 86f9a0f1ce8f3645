"""The states of a member and the days on which they were reached. Pure; days are the chat's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from msgspec import Struct

VISITOR, JOINED, ACTIVATED, REGULAR, ADVOCATE, LAPSED = STATES = (
    "visitor", "joined", "activated", "regular", "advocate", "lapsed",
)  # fmt: skip
OFTEN, WITHIN = 4, timedelta(days=27)  # a regular: so many days of 28, the first and the last counted
SILENT = timedelta(days=28)  # without an act of one's own: lapsed on the last of them


class Step(NamedTuple):
    """A state and the day it was reached."""

    state: str
    day: date


class Known(Struct, frozen=True):
    """What is known of one person in one chat. `stays`: (came, left) in order of time; came None: was here
    before the bot; left None: is here. `acted`: days with an act of their own, in order. `visited`: came by a
    counted link, before any stay. `brought`: the first friend of theirs came."""

    stays: Sequence[tuple[date | None, date | None]] = ()
    acted: Sequence[date] = ()
    visited: date | None = None
    brought: date | None = None


def way(known: Known, last: date) -> list[Step]:
    """Every step up to `last` (a day that is over), in order. Of a longer record the steps up to an earlier
    day are those that were told on that day."""
    made: list[Step] = []
    here = active = regular = brought = False
    run: list[date] = []

    def silent(until: date) -> None:
        nonlocal active, regular
        if active and until >= run[-1] + SILENT:
            made.append(Step(LAPSED, run[-1] + SILENT))
            active = regular = False
            run.clear()

    for day, _, what in _told(known):
        if day > last:
            break
        if active:
            silent(day - timedelta(days=1))
        if what == "visit":
            made.append(Step(VISITOR, day))
        elif what == "came":
            here = True
            if day > date.min:
                made.append(Step(JOINED, day))
        elif what == "act" and here:
            run.append(day)
            if not active:
                active = True
                made.append(Step(ACTIVATED, day))
            if not regular and len(run) >= OFTEN and run[-OFTEN] >= day - WITHIN:
                regular = True
                made.append(Step(REGULAR, day))
        elif what == "brought" and here and not brought:
            brought = True
            made.append(Step(ADVOCATE, day))
        elif what == "left":
            silent(day)
            if made and made[-1].state != LAPSED:
                made.append(Step(LAPSED, day))
            here = active = regular = False
            run.clear()
    silent(last)
    return made


def _told(known: Known) -> list[tuple[date, int, str]]:
    """What happened, in order; of one day coming before acting before leaving. Who leaves and comes again on
    one day did not leave."""
    stays: list[tuple[date, date | None]] = []
    for came, left in known.stays:
        if stays and stays[-1][1] is not None and came is not None and came <= stays[-1][1]:
            stays[-1] = (stays[-1][0], left)
        elif not stays or stays[-1][1] is not None:
            stays.append((came or date.min, left))
    told = [(came, 1, "came") for came, _ in stays]
    told += [(left, 4, "left") for _, left in stays if left is not None]
    told += [(day, 2, "act") for day in known.acted]
    told += [
        (day, n, what) for day, n, what in ((known.visited, 0, "visit"), (known.brought, 3, "brought")) if day
    ]
    return sorted(told)
