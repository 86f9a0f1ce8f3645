"""What followed a packet: stretches of time before and after it, compared. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

SPANS = ("24h", "7d")
SILENCE = timedelta(days=28)  # who said nothing for so long and speaks again came back
LEAST = 10  # people in the stretch before; of fewer no percentage is said
SETTLES = timedelta(hours=1)  # so long after a stretch what belongs to it is in


class Stretches(Struct, frozen=True):
    """What is compared: from `before` until `before_end`, and from `after` until `after_end`."""

    before: datetime
    before_end: datetime
    after: datetime
    after_end: datetime


def stretches(span: str, opened: datetime) -> Stretches:
    """The two stretches of a packet opened at `opened`, on the chat's wall clock.

    `24h`: the 24 hours from the packet on, and the 24 hours until it. `7d`: the seven whole days after the
    packet's day, and the seven before it; its own day is in neither, and both hold each weekday once.
    """
    if span == "24h":
        day = timedelta(hours=24)
        at = opened.astimezone(UTC)
        return Stretches(at - day, at, at, at + day)
    first = opened.replace(hour=0, minute=0, second=0, microsecond=0)
    week, one = timedelta(days=7), timedelta(days=1)
    edges = (first - week, first, first + one, first + one + week)
    return Stretches(*(e.astimezone(UTC) for e in edges))


def organic(acts: Mapping[int, int], taken: Mapping[int, int]) -> dict[int, int]:
    """Acts by person without what took a packet by its passphrase: `taken` of each person's `acts`."""
    left = {person: n - taken.get(person, 0) for person, n in acts.items()}
    return {person: n for person, n in left.items() if n > 0}


def change(before: int, after: int, people: int, known: int) -> int | None:
    """(after - before) / before in whole percent, halves away from zero; None where nothing was before,
    fewer than ten people took part before, or not all of the stretch before is known (`known` in percent).

    One group before and after, without a control: it tells what happened, not why. Source: Campbell and
    Stanley, Experimental and Quasi-Experimental Designs for Research, 1963, design 2.
    """
    if before <= 0 or people < LEAST or known < 100:
        return None
    percent, up = 100 * abs(after - before), after >= before
    whole = (2 * percent + before) // (2 * before)
    return whole if up else -whole
