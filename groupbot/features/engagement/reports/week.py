"""Questions about what happened: a week of one group, the matrix at a glance. Reads rollups only."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.engine.outbox_table import posted
from groupbot.engine.storage import Hot
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import Day, Week, last_seven, local_day, week
from groupbot.features.engagement.reports.asking import came, grade, next_hour
from groupbot.features.members import service as members

_POSTS = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(posted)
        .where(
            posted.c.chat_id == sa.bindparam("chat"),
            posted.c.private.is_(False),
            posted.c.at >= sa.bindparam("since"),
            posted.c.at < sa.bindparam("until"),
        )
    )
)


def week_of(work: Work, chat: int, *, until: date | None = None) -> Week:
    """The seven local days that end with `until` (default: today)."""
    zone_name = members.voice(work, chat, None)[1]
    clock = zone(zone_name)
    days = last_seven(until or local_day(work.now, clock))
    first, last = days[0], days[-1]
    since = datetime.combine(first, time(), clock).astimezone(UTC)
    end = datetime.combine(last + timedelta(days=1), time(), clock).astimezone(UTC)
    rows: dict[date, Day] = {}
    for r in work.sql.all(store.BY_DAY, chat=chat, first=first, last=last):
        day = r.day if isinstance(r.day, date) else date.fromisoformat(r.day)
        rows[day] = Day(day, int(r.messages), int(r.replies), int(r.reactions), int(r.taps), int(r.active))
    hours = [0] * 24
    for r in work.sql.all(store.BY_HOUR, chat=chat, since=since, until=end):
        local = r.hour.astimezone(clock)
        hours[local.hour] += r.messages
        day = local.date()
        rows[day] = _with_doors(rows.get(day, Day(day)), r.joined, r.gone)
    for day in [*days, last + timedelta(days=1)]:
        midnight = datetime.combine(day, time(), clock).astimezone(UTC)
        if midnight.minute:  # its hour was counted to the day before
            came_in, went = _doors(work, chat, midnight)
            for which, n in ((day, 1), (day - timedelta(days=1), -1)):
                rows[which] = _with_doors(rows.get(which, Day(which)), n * came_in, n * went)
    for joined, gone in _bought(work, chat):
        for at, plus, minus in ((joined, -1, 0), (gone, 0, -1)):
            if at is not None and since <= at < end:
                day = local_day(at, clock)
                rows[day] = _with_doors(rows.get(day, Day(day)), plus, minus)
    profile = members.profile(work, chat)
    return Week(
        chat=chat,
        title=profile.title if profile else "",
        days=week(days, rows),
        active=int(work.sql.value(store.ACTIVE, chat=chat, first=first, last=last) or 0),
        known=known_members(work, chat),
        bot_posts=int(work.sql.value(_POSTS, chat=chat, since=since, until=end) or 0),
        top=tuple((members.name(work, r.person_id), int(r.n)) for r in _top(work, chat, first, last)),
        hours=tuple(hours),
        grade=grade(work, chat),
    )


def _doors(work: Work, chat: int, since: datetime) -> tuple[int, int]:
    """Who came and who went from a moment to the next full UTC hour."""
    ask = {"chat": chat, "since": since, "until": next_hour(since)}
    came, went = (int(work.sql.value(store.DOORS_WITHIN, **ask, the_kind=k)) for k in ("join", "leave"))
    return came, went


def _bought(work: Work, chat: int) -> list[tuple[datetime, datetime | None]]:
    """When those came and went whose joins look bought."""
    rows = work.sql.plain(f"SELECT at, left_at FROM v_join WHERE chat_id = {chat} AND hired")
    return [(came(at), None if left is None else came(left)) for at, left in rows]


def _with_doors(day: Day, joined: int, left: int) -> Day:
    return Day(
        day.day,
        day.messages,
        day.replies,
        day.reactions,
        day.taps,
        day.active,
        day.joined + joined,
        day.left + left,
    )


def _top(work: Work, chat: int, first: date, last: date) -> list[Any]:
    rows = work.sql.all(store.TOP, chat=chat, first=first, last=last, most=50)
    return [r for r in rows if r.person_id > 0 and not members.opted_out(work, r.person_id)][:5]


def known_members(work: Work, chat: int) -> int:
    """Members seen so far; Telegram gives bots no list."""
    return members.count_here(work, chat)
