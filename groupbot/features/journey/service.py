"""Once a night each group's steps are made of what is stored; what is otherwise than before is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from msgspec import Struct

from groupbot.engine import keeping
from groupbot.engine.words import zone as zone_of
from groupbot.engine.work import Work
from groupbot.features.journey import store
from groupbot.features.journey.domain import Known, way
from groupbot.features.members import service as members

KEPT = store.KEPT
FURTHEST = timedelta(hours=14)  # no clock is further ahead of UTC
_DAY = timedelta(days=1)


class Row(NamedTuple):
    """A step as it is stored, without its chat."""

    person: int
    nth: int
    state: str
    day: date
    grade: str
    source: str


class Found(Struct, frozen=True):
    """What is otherwise in a group's steps through `day`: new rows, and the keys of those that are gone."""

    chat: int
    day: date
    new: tuple[Row, ...]
    gone: tuple[tuple[int, int], ...]


def due(work: Work) -> Iterator[Found]:
    """The groups whose day is over, asked beside the writer."""
    known = _known(work)
    latest = (work.now + FURTHEST).date() - _DAY
    waiting = [p.chat for p in members.profiles(work) if p.there]
    for chat in sorted(waiting, key=lambda c: (known.get(c, date.min), c)):
        if known.get(chat, date.min) >= latest:
            return
        day = yesterday(work, chat)
        if known.get(chat, date.min) < day:
            was, now = stored(work, chat), made(work, chat, day)
            keys = {(r.person, r.nth) for r in now}
            new = tuple(sorted(set(now) - set(was)))
            yield Found(
                chat, day, new, tuple((r.person, r.nth) for r in was if (r.person, r.nth) not in keys)
            )


def keep(work: Work, found: Found) -> bool:
    """Write it; True: there may be more groups. Who left nothing behind meanwhile, opted out, or asks to be
    forgotten, gets no row."""
    chat = found.chat
    there = _there(work, chat) - keeping.erasing(work)
    work.sql.many(store.DROP, [{"chat": chat, "person": p, "the_nth": n} for p, n in found.gone])
    new = [r for r in found.new if r.person in there and not members.opted_out(work, r.person)]
    work.sql.many(store.KEEP, [_values(chat, r) for r in new])
    work.sql.run(store.MADE, chat_id=chat, day=found.day)
    return True


def rebuild(work: Work, chat: int) -> bool:
    """A group's steps anew, through the day they were known; True when they were otherwise before."""
    day = _known(work).get(chat) or yesterday(work, chat)
    was, now = stored(work, chat), made(work, chat, day)
    work.sql.run(store.DROP_CHAT, chat=chat)
    work.sql.many(store.KEEP, [_values(chat, r) for r in now])
    work.sql.run(store.MADE, chat_id=chat, day=day)
    return was != now


def again(work: Work, chat: int) -> None:
    """What its steps are made of has changed, days ago too: the next look makes them anew."""
    store.again(work, chat)


def forget(work: Work, person: int) -> None:
    """Who opts out has no steps."""
    work.sql.run(store.FORGET, who=person)


def stored(work: Work, chat: int) -> list[Row]:
    """The steps as they stand."""
    rows = work.sql.all(store.OF_CHAT, chat=chat)
    return [Row(r.person_id, r.nth, r.state, _date(r.day), r.grade, r.source) for r in rows]


def yesterday(work: Work, chat: int) -> date:
    """The last day that is over on the chat's clock."""
    return work.now.astimezone(zone_of(members.voice(work, chat, None)[1])).date() - _DAY


def made(work: Work, chat: int, last: date) -> list[Row]:
    """Every step up to `last`, by person, of what the views hold: stays, days with an act of one's own,
    friends brought, visits by counted links. Without staff, bots, joins that look bought, who opted out."""
    clock = zone_of(members.voice(work, chat, None)[1])
    out = {s.person_id for s in members.staff_of(work, chat)}
    out |= {int(p) for (p,) in work.sql.plain(f"SELECT person_id FROM v_hired WHERE chat_id = {chat}")}

    def local(at: Any) -> date | None:
        return None if at is None else _moment(at).astimezone(clock).date()

    stays: dict[int, list[tuple[Any, Any]]] = {}
    for person, came, left in _asked(work, STAYS, chat):
        stays.setdefault(int(person), []).append((came, left))
    evidence: dict[int, tuple[str, str]] = {}
    for person, source, grade in _asked(work, JOINS, chat):
        evidence.setdefault(int(person), (str(grade), source or ""))
    acted: dict[int, list[date]] = {}
    for person, day in _asked(work, DAYS, chat, last=str(last)):
        acted.setdefault(int(person), []).append(_date(day))
    brought = {int(p): at for p, at in _asked(work, BROUGHT, chat) if p is not None}
    visits = {int(p): at for p, at in _asked(work, VISITS, chat)}
    rows = []
    for person in sorted((stays.keys() | visits.keys()) - out):
        if person <= 0 or members.opted_out(work, person):
            continue
        own = sorted(stays.get(person, ()), key=lambda s: (s[0] is not None, s[0] and _moment(s[0])))
        visited = visits.get(person)
        if own and visited is not None and (own[0][0] is None or _moment(own[0][0]) <= _moment(visited)):
            visited = None  # a member then
        known = Known(
            [(local(came), local(left)) for came, left in own], acted.get(person, ()), local(visited),
            local(brought.get(person)),
        )  # fmt: skip
        grade, source = "visit", ""
        if own:
            grade, source = ("before", "") if own[0][0] is None else evidence.get(person, ("none", ""))
        steps = enumerate(way(known, last), 1)
        rows += [Row(person, n, s.state, s.day, grade, source) for n, s in steps]
    return rows


STAYS = "SELECT person_id, joined_at, left_at FROM v_member WHERE chat_id = {chat}"
JOINS = "SELECT person_id, source, grade FROM v_join WHERE chat_id = {chat} ORDER BY person_id, at"
DAYS = (
    "SELECT person_id, day FROM v_member_day WHERE chat_id = {chat} AND messages + reactions > 0"
    " AND NOT staff AND day <= '{last}' ORDER BY day"
)
_BOUGHT = "SELECT person_id FROM v_hired WHERE chat_id = {chat}"
BROUGHT = (
    "SELECT person_id, MIN(at) FROM (SELECT r.by_id AS person_id, r.at FROM v_referral r"
    f" WHERE r.chat_id = {{chat}} AND r.state <> 'hired' AND r.person_id NOT IN ({_BOUGHT})"
    " UNION ALL SELECT m.added_by, m.joined_at FROM v_member m WHERE m.chat_id = {chat}"
    f" AND m.joined_at IS NOT NULL AND m.person_id NOT IN ({_BOUGHT})) b GROUP BY person_id"
)
VISITS = "SELECT person_id, MIN(at) FROM v_visit WHERE chat_id = {chat} GROUP BY person_id"


def _asked(work: Work, select: str, chat: int, **more: str) -> Iterator[tuple[Any, ...]]:
    return iter(work.sql.plain(select.format(chat=chat, **more)))


def _there(work: Work, chat: int) -> set[int]:
    """Of whom there is still something that a step could be made of."""
    return {
        int(p)
        for view in ("v_member", "v_visit")
        for (p,) in work.sql.plain(f"SELECT DISTINCT person_id FROM {view} WHERE chat_id = {chat}")
    }


def _known(work: Work) -> dict[int, date]:
    """Through which day each group's are."""
    return {r.chat_id: _date(r.day) for r in work.sql.all(store.THROUGH)}


def _values(chat: int, row: Row) -> dict[str, Any]:
    return dict(zip(store.ROW, (chat, *row), strict=True))


def _moment(at: Any) -> datetime:
    """A time as it came from either driver."""
    if isinstance(at, str):
        return datetime.fromisoformat(at).replace(tzinfo=UTC)
    return at  # type: ignore[no-any-return]


def _date(day: Any) -> date:
    """The same of a day."""
    return day if isinstance(day, date) else date.fromisoformat(day)
