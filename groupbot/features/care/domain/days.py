"""Days that mean something to a person: month and day, without a year, so that no age is kept."""

from __future__ import annotations

import re
from calendar import isleap
from datetime import date

_DAY = re.compile(r"(?:\d{4}[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?")


def birthday_of(text: str) -> str | None:
    """`01-30`, `1月30日` or a whole date as `01-30`; the year is dropped. None where it is no day."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return f"{date(2024, int(found[1]), int(found[2])):%m-%d}"  # a leap year: 29 February is a day
    except ValueError:
        return None


def falls_on(day: str, today: date) -> bool:
    """Is `day` (01-30) today? 29 February is kept on the 28th where the year has none."""
    if day == "02-29" and not isleap(today.year):
        day = "02-28"
    return day == f"{today:%m-%d}"
