"""History written down: the acts of an export, with their sums, once each.

What was imported is kept as spans of message ids; a message inside one is passed over, so the same file
twice changes nothing and a broken run goes on where it stopped. Nothing is taken from the time of the
bot's own record, and nothing of who had themselves forgotten or asked not to be counted.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from groupbot.core.events import ANONYMOUS_ADMIN, Chat
from groupbot.engine import keeping
from groupbot.engine.addresses import chat_address, resolve
from groupbot.engine.sql import write_bulk
from groupbot.engine.storage import Hot, Upsert
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import hour_of, local_day
from groupbot.features.engagement.domain.history import Act, Door, Told, telegram_id
from groupbot.features.engagement.service.forgetting import KEEP
from groupbot.features.engagement.service.mentioning import among
from groupbot.features.engagement.service.naming import called
from groupbot.features.engagement.service.rebuilding import counts
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store

b = sa.bindparam
_person, _m, _hist = members_store.person, members_store.membership, store.history
_SPANS = Hot(lambda: sa.select(_hist).where(_hist.c.chat_id == b("chat")).order_by(_hist.c.first_id))
_SPAN = Hot(
    lambda: Upsert(
        _hist,
        ("chat_id", "first_id", "last_id", "messages", "before", "at"),
        ("chat_id", "first_id"),
        {"last_id": "new", "messages": "sum", "at": "new"},
    )
)
_FIRST_HOUR = Hot(
    lambda: sa.select(sa.func.min(store.chat_hour.c.hour)).where(store.chat_hour.c.chat_id == b("chat"))
)
_FIRST_EVENT = Hot(lambda: sa.select(sa.func.min(store.event.c.at)).where(store.event.c.chat_id == b("chat")))
_BOTS = Hot(lambda: sa.select(_person.c.id).where(_person.c.is_bot.is_(True)))
_PEOPLE = Hot(lambda: Upsert(_person, ("id", "first_name", "is_bot", "seen_at"), ("id",)))
_EVER = ~sa.exists().where(_m.c.chat_id == b("chat"), _m.c.person_id == b("who"))
_BEFORE = Hot(
    lambda: sa.insert(_m).from_select(
        ["chat_id", "person_id", "evidence", "removed"],
        sa.select(
            sa.cast(b("chat"), sa.BigInteger),
            sa.cast(b("who"), sa.BigInteger),
            sa.literal_column("'before'"),
            sa.false(),
        ).where(_EVER),
    )
)
_mine = (_m.c.chat_id == b("chat"), _m.c.person_id == b("who"))
_open = (*_mine, _m.c.left_at.is_(None))
_not_over = (*_mine, sa.or_(_m.c.left_at.is_(None), _m.c.left_at > b("at")))
_CAME = Hot(
    lambda: (
        sa.update(_m)
        .where(
            _m.c.id
            == sa.select(_m.c.id)
            .where(*_not_over, _m.c.joined_at.is_(None))
            .order_by(_m.c.left_at.is_(None), _m.c.left_at)
            .limit(1)
            .scalar_subquery()
        )
        .values(joined_at=b("at"), evidence=b("evidence"), added_by=b("adder", type_=sa.BigInteger))
    )
)
_WENT = Hot(
    lambda: (
        sa.update(_m)
        .where(*_open, sa.or_(_m.c.joined_at.is_(None), _m.c.joined_at <= b("at")))
        .values(left_at=b("at"), removed=b("was_removed", type_=sa.Boolean))
    )
)
_HERE = Hot(lambda: sa.select(_m.c.id).where(*_not_over).limit(1))
_SPOKE = Hot(
    lambda: (
        sa.select(_m.c.id)
        .where(*_open, _m.c.joined_at.is_(None))
        .where(
            sa.exists().where(
                store.member_day.c.chat_id == b("chat"),
                store.member_day.c.person_id == b("who"),
                store.member_day.c.day < b("day"),
            )
        )
    )
)


_OF_HISTORY = Hot(
    lambda: sa.select(chat_address.c.chat_id).where(
        chat_address.c.bot_id == b("bot"), chat_address.c.telegram_id == b("telegram")
    )
)


class Begun(NamedTuple):
    """What an import of one chat must know."""

    chat: int
    zone: str
    before: datetime
    spans: tuple[tuple[int, int], ...]
    bots: frozenset[int]
    staff: frozenset[int]


def of_history(work: Work, telegram: int) -> int | None:
    """Our id of the group that has, or had, this id of Telegram's; None: the bot never met it."""
    return work.sql.value(_OF_HISTORY, bot=work.bot_id, telegram=telegram)  # type: ignore[no-any-return]


def begin(work: Work, kind: str, number: int, title: str) -> Begun:
    """The chat an export is of, found or made.

    Raises:
        Misfit: no bot is known yet whose group it could be.
    """
    if not work.bot_id:
        raise Misfit("no bot yet whose group this is", next="set GROUPBOT_TOKEN, or run the bot once")
    seen = Chat(telegram_id(kind, number), "group" if kind == "private_group" else "supergroup", title)
    chat = resolve(work, seen).id
    members.expect(work, chat)
    spans = work.sql.all(_SPANS, chat=chat)
    return Begun(
        chat,
        members.voice(work, chat, None)[1],
        spans[0].before if spans else _record_begins(work, chat),
        tuple((r.first_id, r.last_id) for r in spans),
        frozenset([work.bot_id, *(r.id for r in work.sql.all(_BOTS))]),
        frozenset([ANONYMOUS_ADMIN, *(s.person_id for s in members.staff_of(work, chat))]),
    )


def _record_begins(work: Work, chat: int) -> datetime:
    hour = work.sql.value(_FIRST_HOUR, chat=chat)
    event = work.sql.value(_FIRST_EVENT, chat=chat)
    if hour is not None and (event is None or hour < hour_of(event)):
        return hour  # type: ignore[no-any-return]  # events of then are forgotten already
    return event or work.now


def bring(work: Work, begun: Begun, span: tuple[int, int], told: Sequence[Told], read: int) -> int:
    """Messages of one slice, `read` of them from id to id; the acts written. Runs in one transaction."""
    chat = begun.chat
    told = _welcome(work, told)
    acts = [a for t in told for a in t.acts if a.at < begun.before]
    clock = zone(begun.zone)
    young = work.now - KEEP
    rows = [_row(a, chat, clock, a.person in begun.staff) for a in acts]
    fresh = [r for r in rows if r[1] >= young]  # the others would be swept at once: their sums are enough
    if fresh:
        write_bulk(work.sql, store.EVENTS, fresh)
    for bulk, sums in store.sums(rows):
        write_bulk(work.sql, bulk, bulk.merged(sums))
    named = [r for t in told if t.named for r in _mentions(work, begun, t, clock, young)]
    if named:
        write_bulk(work.sql, store.MENTIONS, store.MENTIONS.merged(named))
    for t in told:
        if t.topic is not None:
            called(work, chat, *t.topic)
        at = t.acts[0].at if t.acts else begun.before
        for person, name in t.people:
            work.sql.run(_PEOPLE, id=person, first_name=name or "…", is_bot=False, seen_at=at)
            if not any(d.person == person for d in t.doors):
                work.sql.run(_BEFORE, chat=chat, who=person)
        for door in t.doors:
            if door.at < begun.before:
                _door(work, chat, door, clock)
    work.sql.run(
        _SPAN,
        chat_id=chat,
        first_id=span[0],
        last_id=span[1],
        messages=read,
        before=begun.before,
        at=work.now,
    )
    return len(acts)


def _welcome(work: Work, told: Sequence[Told]) -> Sequence[Told]:
    """Without what is of people who are not to be known again, or not to be counted."""
    met = {a.person for t in told for a in t.acts} | {p for t in told for p, _ in t.people}
    met |= {p for t in told for d in t.doors for p in (d.person, d.by) if p is not None}
    met |= {name for t in told for name in t.named if isinstance(name, int)}
    gone = keeping.erased(work, met) | {p for p in met if members.opted_out(work, p)}
    return [_without(t, gone) for t in told] if gone else told


def _without(t: Told, gone: Set[int]) -> Told:
    mute = bool(t.acts) and t.acts[0].person in gone  # whoever is named, its author named them
    return Told(
        [a for a in t.acts if a.person not in gone],
        [d._replace(by=None if d.by in gone else d.by) for d in t.doors if d.person not in gone],
        [p for p in t.people if p[0] not in gone],
        () if mute else tuple(name for name in t.named if name not in gone),
        t.topic,
    )


def _mentions(work: Work, begun: Begun, told: Told, clock: ZoneInfo, young: datetime) -> list[Any]:
    """Rows of a message's mentions, as they would have been written then."""
    a = told.acts[0]
    if not young <= a.at < begun.before:
        return []
    staff, day = a.person in begun.staff, local_day(a.at, clock)
    return [
        (begun.chat, day, a.person, whom, a.at, a.message_id, staff, whom in begun.staff)
        for whom in among(work, told.named, a.person)
        if whom not in begun.bots
    ]


def _row(a: Act, chat: int, clock: ZoneInfo, staff: bool) -> tuple[Any, ...]:
    made = counts(a.kind, a.units)
    day = local_day(a.at, clock) if a.kind not in ("join", "leave", "command", "thanks", "question") else None
    hour = hour_of(a.at)
    said = (a.kind, a.units, a.message_id, a.topic, staff, a.reply_to, a.medium)
    return (chat, a.at, a.person, *said, hour, day, made)


def _door(work: Work, chat: int, door: Door, clock: ZoneInfo) -> None:
    at, who = door.at, door.person
    if door.how in ("left", "removed"):
        work.sql.run(_BEFORE, chat=chat, who=who)
        work.sql.run(_WENT, chat=chat, who=who, at=at, was_removed=door.how == "removed")
        return
    if door.named and work.sql.first(_SPOKE, chat=chat, who=who, day=local_day(at, clock)) is not None:
        return  # in an earlier file: somebody else of that name was added
    if (
        not work.sql.run(_CAME, chat=chat, who=who, at=at, evidence=door.how, adder=door.by)
        and work.sql.first(_HERE, chat=chat, who=who, at=at) is None
    ):
        row = (chat, who, at.astimezone(UTC), door.how, None, None, door.by)
        write_bulk(work.sql, members_store.MEMBERS, [row])
