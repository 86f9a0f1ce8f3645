"""Days and times as an operator writes them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import MINYEAR, date, datetime, time
from typing import Any

from groupbot.features.promos.domain.audience import Wrong

_WRITTEN = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[ T]+(\d\d):(\d\d))?", re.ASCII)


def wall(field: str, value: Any, *, last: bool = False) -> datetime:
    """A wall-clock time; a date alone is its first (with `last` its last) second.

    Raises:
        Wrong: no time, one with a zone, or one that does not exist.
    """
    if isinstance(value, str):
        there_is(field, value)
        try:
            value = date.fromisoformat(value) if len(value) <= 10 else datetime.fromisoformat(value)
        except ValueError:
            value = None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59) if last else time())
    if not isinstance(value, datetime) or value.tzinfo is not None:
        raise Wrong(
            field, f"{field} is not a wall-clock time", f"write {field}: 2027-01-30 10:00, without a zone"
        )
    return value.replace(microsecond=0)


def there_is(field: str, text: str) -> None:
    """Nothing to say of a text of another form.

    Raises:
        Wrong: written like a day, or a day and a time, that is not in the calendar.
    """
    found = _WRITTEN.match(text)
    if found is None:
        return
    year, month, day, hour, minute = (int(n or 0) for n in found.groups())
    if year < MINYEAR or not 1 <= month <= 12 or not day:
        said, step = f"day {found[0][:10]}", "months go from 01 to 12, days from 01"
    elif day > (end := monthrange(year, month)[1]):
        said, step = f"day {found[0][:10]}", f"the last day of that month is {date(year, month, end)}"
    elif hour > 23 or minute > 59:
        said, step = f"time {found[4]}:{found[5]}", "hours go from 00:00 to 23:59"
    else:
        return
    raise Wrong(field, f"{field}: there is no {said}", step)
