"""How a group is governed, apart from what is said in it: size, administrators, who sits in it. Pure.

After S3 to S5 of the systems page. Which company somebody works for is known to nobody here, so the two rules
of S4 are read as: the creator is known, and there are two administrators who are people.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from msgspec import Struct

GOOD, LARGE = 200, 500  # members of a group of the trade: up to here it works, from there on it does not
TRADE = ("dealer", "store")
ADMINS = 2  # people, so that one can be away
LEVELS = 3  # whose people should sit in it: the group's own and the two above
LEAST = 3  # weeks of a part before the one judged


class Governed(Struct, frozen=True):
    """Each 0 to 1; None: not known, or nothing to ask of this group."""

    size: float | None
    admins: float | None
    present: float | None


PARTS = ("size", "admins", "present")


def governed(
    tier: str | None, members: int | None, statuses: Sequence[str], seated: Sequence[bool]
) -> Governed:
    """Of Telegram's count of `members`, the `statuses` of its human administrators, and whether each of those
    who answer for it and for the groups above is `seated` in it."""
    size = None
    if tier in TRADE and members:
        size = min(1.0, max(0.0, (LARGE - members) / (LARGE - GOOD)))
    known = ("creator" in statuses, len(statuses) >= ADMINS)
    return Governed(size, fmean(known) if statuses else None, fmean(seated) if seated else None)


def governance(weeks: Sequence[dict[str, float | None]]) -> list[float | None]:
    """Of each week the mean of its parts, oldest first. Only parts known in the last week and in three before
    count, the same in every week: a part that is known since lately moves nothing. Where none is known so
    long, those of the last week."""
    if not weeks:
        return []
    last = [k for k, v in weeks[-1].items() if v is not None]
    used = [k for k in last if sum(w.get(k) is not None for w in weeks[:-1]) >= LEAST] or last
    made: list[float | None] = []
    for week in weeks:
        values = [week.get(k) for k in used]
        known = [v for v in values if v is not None]
        made.append(fmean(known) if known and len(known) == len(used) else None)
    return made
