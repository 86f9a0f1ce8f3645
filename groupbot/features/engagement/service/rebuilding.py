"""The sums written anew from the events they were made of, a day at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.engine.sql import write_bulk
from groupbot.engine.storage import Hot
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import hour_of, local_day
from groupbot.features.engagement.service.forgetting import KEEP
from groupbot.features.engagement.service.recording import (
    GONE,
    JOINED,
    REPLIED,
    SPOKE,
    TAPPED,
    Counts,
)
from groupbot.features.members import service as people

b = sa.bindparam
_e, _h, _d, _c = store.event.c, store.chat_hour.c, store.member_day.c, store.chat_day.c
_w = store.member_week.c
_BOUNDS = Hot(lambda: sa.select(sa.func.min(_e.at), sa.func.max(_e.at)).where(_e.chat_id == b("chat")))
_EVENTS = Hot(
    lambda: (
        sa.select(_e.at, _e.person_id, _e.kind, _e.units, _e.staff)
        .where(_e.chat_id == b("chat"), _e.at >= b("since"), _e.at < b("until"))
        .order_by(_e.id)
    )
)
_in_hours = (_h.chat_id == b("chat"), _h.hour >= b("since"), _h.hour < b("until"))
_in_day = (_d.chat_id == b("chat"), _d.day == b("day"))
_that_day = (_c.chat_id == b("chat"), _c.day == b("day"))
_HOURS = Hot(lambda: sa.select(store.chat_hour).where(*_in_hours).order_by(_h.hour))
_DAYS = Hot(lambda: sa.select(store.member_day).where(*_in_day).order_by(_d.person_id))
_NO_HOURS = Hot(lambda: sa.delete(store.chat_hour).where(*_in_hours))
_CHAT_DAY = Hot(lambda: sa.select(store.chat_day).where(*_that_day))
_that_week = (_w.chat_id == b("chat"), _w.week == b("week"))
_WEEK = Hot(lambda: sa.select(store.member_week).where(*_that_week).order_by(_w.person_id))
_NO_WEEK = Hot(lambda: sa.delete(store.member_week).where(*_that_week))
_WEEK_AGAIN = Hot(
    lambda: sa.insert(store.member_week).from_select(
        list(store.member_week.c.keys()),
        sa.select(
            _d.chat_id,
            b("week", type_=sa.Date),
            _d.person_id,
            *(
                sa.func.sum(sa.case((sa.and_(~_d.staff, sa.literal_column(did)), 1), else_=0))
                for did in store.DID.values()
            ),
        )
        .where(_d.chat_id == b("chat"), _d.day.between(b("week"), b("sunday")))
        .group_by(_d.chat_id, _d.person_id),
    )
)
_NO_CHAT_DAY = Hot(lambda: sa.delete(store.chat_day).where(*_that_day))
_NO_DAYS = Hot(lambda: sa.delete(store.member_day).where(*_in_day))


def counts(kind: str, units: int) -> Counts | None:
    """What one event counts, as it was counted when it was written."""
    if kind == "reaction":
        return (0, 0, max(1, units), 0, 0, 0)
    if kind == "removed":
        return (-1, -units, 0, 0, 0, 0)
    return {
        "message": SPOKE,
        "reply": REPLIED,
        "tap": TAPPED,
        "vote": TAPPED,
        "asked": TAPPED,
        "join": JOINED,
        "leave": GONE,
    }.get(kind)


def days_kept(work: Work, chat: int) -> list[date]:
    """The local days of which every event is still kept; sums of earlier days cannot be made anew."""
    clock = zone(people.voice(work, chat, None)[1])
    first, last = work.sql.first(_BOUNDS, chat=chat)
    if first is None:
        return []
    # events go by whole UTC days where they are partitioned: the local day after may lack its first hours
    start = max(local_day(first, clock), local_day(work.now - KEEP, clock) + timedelta(days=2))
    end = local_day(last, clock)
    return [start + timedelta(days=n) for n in range((end - start).days + 1)]


def rebuild(work: Work, chat: int, day: date) -> bool:
    """One local day's sums from the events; True when the sums were otherwise before."""
    clock = zone(people.voice(work, chat, None)[1])
    low, high = (datetime.combine(d, time(), clock).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    week = day - timedelta(days=day.weekday())
    hours = {"chat": chat, "since": hour_of(low), "until": hour_of(high)}
    # where midnight is no full hour, the hour before belongs to this day's rows too
    events = work.sql.all(_EVENTS, chat=chat, since=hour_of(low), until=high)

    def sums() -> list[Any]:
        days = [work.sql.all(s, chat=chat, day=day) for s in (_DAYS, _CHAT_DAY)]
        return [work.sql.all(_HOURS, **hours), *days, work.sql.all(_WEEK, chat=chat, week=week)]

    before = sums()
    work.clear(store.member_day.name)  # what is noted of days that go
    work.sql.run(_NO_HOURS, **hours)
    work.sql.run(_NO_DAYS, chat=chat, day=day)
    work.sql.run(_NO_CHAT_DAY, chat=chat, day=day)
    rows = [
        (chat, r.at, r.person_id, r.kind, 0, None, None, r.staff, None, None, hour_of(r.at),
         day if r.at >= low and r.kind not in ("join", "leave") else None, counts(r.kind, r.units))
        for r in events
    ]  # fmt: skip
    for bulk, made in store.sums(rows):
        kept = [s for s in made if bulk is not store.HOURS or s[1] < hours["until"]]
        write_bulk(work.sql, bulk, bulk.merged(kept))
    work.sql.run(_NO_WEEK, chat=chat, week=week)
    work.sql.run(_WEEK_AGAIN, chat=chat, week=week, sunday=week + timedelta(days=6))
    return before != sums()
