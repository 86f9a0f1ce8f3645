"""The stage of each group, once a week from its own Monday on: judged on eight whole weeks and kept with
its figures, so that what is shown is dated and a change is told once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.engine.addresses import ops_chat
from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import measures
from groupbot.features.engagement.reports.asking import Ask
from groupbot.features.engagement.reports.habits import day_of
from groupbot.features.engagement.reports.nudge import WEEK, local
from groupbot.features.members import service as members

LATE = timedelta(weeks=3)  # a change nobody could be told of so long is told to nobody
ORGANIC = (
    "SELECT COUNT(DISTINCT person_id) FROM v_member_day WHERE {days} AND NOT staff"
    " AND messages + reactions > 0"
)


class Judged(Struct, frozen=True):
    """A group's week, as it will be kept. `week` is its Monday, `active` the organic actives of eight
    weeks, oldest first."""

    chat: int
    week: date
    active: tuple[int, ...]
    known: int
    stage: str
    was: str


class Stage(Struct, frozen=True):
    """What a group is, since the Monday of which week, and the figures behind it."""

    chat: int
    week: date
    stage: str
    was: str
    since: date
    active: tuple[int, ...]
    known: int


def stage_steps(work: Work) -> Iterator[Judged]:
    """The groups whose last whole week nobody judged yet, read beside the writer."""
    ops = ops_chat(work)
    lately = (work.now - 2 * WEEK).date()
    done = {r.chat_id: day_of(r.week) for r in work.sql.all(store.STAGES_SINCE, since=lately)}
    for p in members.profiles(work):
        if p.there and p.chat != ops:
            week = _whole_week(work, p.chat)
            if done.get(p.chat, date.min) < week:
                yield _judge(work, p.chat, week)


def keep_stage(judged: Judged, work: Work) -> bool:
    """Keep what was judged, once; True: there may be more."""
    before = stage_of(work, judged.chat, judged.week)
    if before is None or before.week < judged.week:
        same = before is not None and before.stage == judged.stage
        work.sql.run(
            store.STAGE_NEW,
            chat_id=judged.chat,
            week=judged.week,
            stage=judged.stage,
            was=judged.was,
            since=before.since if same and before is not None else judged.week,
            active=list(judged.active),
            known=judged.known,
            at=work.now,
        )
    return True


def stage_of(work: Work, chat: int, week: date) -> Stage | None:
    """The stage in the week that begins with this Monday, or the last known before; None: never judged."""
    row = work.sql.first(store.STAGE_AT, chat=chat, until=week)
    return None if row is None else _stage(row)


def untold(work: Work) -> list[Stage]:
    """Changes of the last weeks that nobody was told of, the oldest first."""
    return [_stage(r) for r in work.sql.all(store.UNTOLD, since=(work.now - LATE).date())]


def told(work: Work, chat: int, week: date) -> bool:
    """Somebody is told now; False: that was done before."""
    return bool(work.sql.run(store.STAGE_TOLD, chat=chat, the_week=week, now=work.now))


def changed_since(work: Work, since: datetime) -> list[Stage]:
    """Every change judged since, told or not."""
    return [_stage(r) for r in work.sql.all(store.CHANGED_SINCE, since=since)]


def _stage(r: Any) -> Stage:
    return Stage(r.chat_id, day_of(r.week), r.stage, r.was, day_of(r.since), tuple(r.active), r.known)


def _whole_week(work: Work, chat: int) -> date:
    """The Monday of the last week that is over there."""
    today = local(work, chat).date()
    return today - timedelta(days=today.weekday() + 7)


def _judge(work: Work, chat: int, week: date) -> Judged:
    before = work.sql.first(store.STAGE_AT, chat=chat, until=week - WEEK)
    was = "" if before is None else before.stage
    mondays = [week - n * WEEK for n in range(measures.STAGE_WEEKS, -1, -1)]  # nine: see measures.stage
    asks = [Ask(work, chat, m, m + timedelta(days=6)) for m in mondays]
    active = [int(a.number(a.sql(ORGANIC)) or 0) for a in asks]
    lived = active if was not in ("", "forming") else active[_begun(active) :]
    known = members.count_here(work, chat)
    return Judged(chat, week, tuple(active[1:]), known, measures.stage(lived, known, was), was)


def _begun(active: list[int]) -> int:
    return next((i for i, n in enumerate(active) if n), len(active))
