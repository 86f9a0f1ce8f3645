"""What a group did in a span of time, against the same hours of the weeks before."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import hour_of

WEEKS = 4
_ACTS = ("message", "reply", "reaction", "tap", "vote", "asked", "command")


def acts(work: Work, chat: int, start: datetime, end: datetime) -> int:
    """Acts of members who are no staff, from `start` until `end`."""
    e = store.event.c
    query = sa.select(sa.func.count()).where(
        e.chat_id == chat, e.at >= start, e.at < end, e.staff.is_(False), e.kind.in_(_ACTS)
    )
    return int(work.sql.value(query) or 0)


def usual(work: Work, chat: int, start: datetime, end: datetime) -> float | None:
    """The mean of the same hours of up to four weeks before; None where nothing is known of any."""
    first = work.sql.value(sa.select(sa.func.min(store.event.c.at)).where(store.event.c.chat_id == chat))
    if first is None:
        return None
    found = []
    for n in range(1, WEEKS + 1):
        back = timedelta(weeks=n)
        if start - back >= first:
            found.append(acts(work, chat, start - back, end - back))
    return sum(found) / len(found) if found else None


def gone_within(work: Work, chat: int, since: datetime, until: datetime) -> int:
    """How many left a chat from `since` to `until`: whole hours, and of the others event by event."""
    first, last = hour_of(since) + timedelta(hours=1), hour_of(until)
    parts = [(since, first), (last, until)] if first <= last else [(since, until)]
    some = int(work.sql.value(store.GONE_IN_HOURS, chat=chat, since=first, until=last) or 0)
    ask = {"chat": chat, "the_kind": "leave"}
    return some + sum(int(work.sql.value(store.DOORS_WITHIN, **ask, since=a, until=z)) for a, z in parts)
