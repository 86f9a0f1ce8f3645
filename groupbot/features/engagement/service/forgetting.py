"""What is forgotten after 180 days. On PostgreSQL whole days, with the partitions they lie in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from groupbot.engine.storage import delete_some
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.service.guarding import HIRED
from groupbot.features.engagement.service.mentioning import forget
from groupbot.features.engagement.store import partitions

KEEP = timedelta(days=180)

_c = store.event.c
_FORGET_ROWS = delete_some(store.event, _c.at < sa.bindparam("before"), by=_c.id)


def sweep(work: Work, most: int = 2000) -> bool:
    """Forget events and mentions of 180 days ago, at most `most` of each of what goes row by row, and which
    joins looked bought of stays that are forgotten; True when there may be more. The sums stay."""
    before = work.now - KEEP
    if work.sql.run(store.FORGET_HIRED, before=before):
        work.clear(HIRED)
    more = forget(work, before, most)
    return _events(work, before, most) or more


def _events(work: Work, before: datetime, most: int) -> bool:
    if work.sql.dialect == "postgresql":
        more = _days(work, before)
        return partitions.sweep_default(work, before, most) >= most or more
    return work.sql.run(_FORGET_ROWS, before=before, most=most) >= most


def _days(work: Work, before: datetime) -> bool:
    """Partitions for the days to come, none for days that began before `before`, and one for a past day that
    has rows without one; True when there are more such days."""
    have, today = partitions.known(work), work.now.astimezone(UTC).date()
    gone = sorted(day for day in have if _begins(day) < before)
    lack = sorted({today + timedelta(days=n) for n in range(partitions.AHEAD + 1)} - have)
    strays = [
        (day, n)
        for day, n in partitions.strays(work, before, _begins(today + timedelta(days=1)))
        if day not in have and _begins(day) >= before
    ]
    heavy = {day for day, n in strays if n > partitions.LARGEST}
    past = [day for day, _ in strays if day not in lack and day not in heavy]
    if not (gone or lack or past) or not partitions.free(work):
        return False
    for day in gone:
        partitions.drop(work, day)
    for day in [d for d in lack if d not in heavy] + past[:1]:
        partitions.make(work, day)
    return len(past) > 1


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
