"""Signing in: once a local day, however often it is pressed, with points from the issuer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.checkin import domain, store
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members

KEPT = store.KEPT


@dataclass(frozen=True, slots=True)
class Done:
    """A check-in: points for it (none for a newcomer), days in a row, whose place it was today, the balance
    after it."""

    points: int
    streak: int
    place: int
    balance: int
    forgiven: bool
    again: bool = False


def check_in(work: Work, person: int, at: datetime) -> Done:
    """Sign a person in on the local day of `at`, the moment they wrote or pressed. A second time the same
    day changes nothing and is told as `again`.

    Raises:
        Refusal: check-ins are off here.
    """
    chat = work.chat
    base = int(members.get(work, chat, domain.POINTS))
    if base <= 0:
        raise Refusal("checkin/off")
    here = zone(members.voice(work, chat, None)[1])
    today = at.astimezone(here).date()
    row = work.sql.first(store.STREAK, chat=chat, person=person)
    last = date.fromisoformat(row.last_day) if row is not None else None
    if last is not None and today <= last:  # a clock that went back makes no second day
        return Done(0, row.streak, 0, ledger.points_of(work, chat, person), False, True)
    forgiven = date.fromisoformat(row.forgiven) if row is not None and row.forgiven else None
    days, used = 1, False
    if last is not None:
        gone = domain.missed(last, today, here, gaps(work))
        days, used = domain.streak(row.streak, gone, forgiven, today)
    points = domain.worth(days, base, int(members.get(work, chat, domain.WEEK)))
    if _new(work, person):
        points = 0
    key = f"checkin:{chat}:{person}:{today.isoformat()}"
    place = int(work.sql.value(store.PLACE, chat=chat, the_day=today.isoformat())) + 1
    if points:
        ledger.transfer(
            work, key, "checkin", (issuer(chat), -points), (member(chat, person), points), actor=person
        )
    work.sql.run(
        store.ADD,
        chat_id=chat,
        person_id=person,
        day=today.isoformat(),
        at=at,
        streak=days,
        points=points,
    )
    work.sql.run(
        store.KEEP,
        chat_id=chat,
        person_id=person,
        last_day=today.isoformat(),
        streak=days,
        best=max(days, row.best if row is not None else 0),
        days=(row.days if row is not None else 0) + 1,
        forgiven=today.isoformat() if used else (row.forgiven if row is not None else None),
    )
    return Done(points, days, place, ledger.points_of(work, chat, person), used)


def _new(work: Work, person: int) -> bool:
    """Did this person join too short a time ago?"""
    hours = int(members.get(work, work.chat, domain.TENURE))
    return members.waits(work, work.chat, person, hours) > timedelta()


def streak_of(work: Work, chat: int, person: int) -> Any:
    """The row (streak, best, days, last_day) of a person, or None; the streak is 0 once it is broken."""
    return work.sql.first(store.STREAK, chat=chat, person=person)


def streaks(work: Work, chat: int, since: date, least: int) -> list[tuple[int, int, date]]:
    """(person, days in a row, last day) of everybody whose streak stands and is at least so long."""
    rows = work.sql.all(store.STREAKS, chat=chat, since=since.isoformat(), least=least)
    return [(r.person_id, r.streak, date.fromisoformat(r.last_day)) for r in rows]


def checked_in_since(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Did this person sign in after `since`?"""
    return work.sql.first(store.HERE_SINCE, chat=chat, person=person, since=since) is not None


def habit(work: Work, chat: int, weeks: int = 4) -> int:
    """How many signed in on at least five days a week, over so many weeks."""
    here = zone(members.voice(work, chat, None)[1])
    since = work.now.astimezone(here).date() - timedelta(weeks=weeks)
    return len(work.sql.all(store.HABIT, chat=chat, since=since.isoformat(), days=weeks * 5))


# --- when the bot was away
def beat(work: Work) -> None:
    """Called every few minutes: what lies between two calls far apart was downtime."""
    notes = work.notes("checkin", 0)
    last = notes.get("seen")
    if last is not None:
        before = datetime.fromisoformat(last)
        if work.now - before >= timedelta(hours=1):
            kept = [
                g for g in notes.get("gaps", []) if work.now - datetime.fromisoformat(g[1]) < timedelta(90)
            ]
            notes.set("gaps", [*kept, [before.isoformat(), work.now.isoformat()]][-200:])
            work.drop("checkin.gaps", 0)
    notes.set("seen", work.now.isoformat())


def gaps(work: Work) -> list[tuple[datetime, datetime]]:
    """When the bot was away, and whether it is only just back."""
    cache = work.cached("checkin.gaps")
    if 0 not in cache:
        rows = work.notes("checkin", 0).get("gaps", [])
        made = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in rows]
        work.put("checkin.gaps", 0, made)
    return list(cache[0])
