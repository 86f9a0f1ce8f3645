"""Signing in: once a local day, however often it is pressed, with points from the issuer."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from msgspec import Struct

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.checkin import domain, store
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members

KEPT = store.KEPT
KNOWN = timedelta(days=400)  # how far back `domain.missed` looks
AWAY = timedelta(hours=1)  # so long between two beats: the bot was away
HABIT = 20  # days of 28: five a week, four weeks long


class Done(Struct, frozen=True):
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


class Standing(Struct, frozen=True):
    """Days in a row as it stands now (0: broken), the most there were, and days in all."""

    streak: int = 0
    best: int = 0
    days: int = 0


def streak_of(work: Work, chat: int, person: int, at: datetime | None = None) -> Standing:
    """How somebody stands now: a streak that would begin anew tomorrow is 0, what was reached stays."""
    row = work.sql.first(store.STREAK, chat=chat, person=person)
    if row is None:
        return Standing()
    here = zone(members.voice(work, chat, None)[1])
    today = (at or work.now).astimezone(here).date()
    forgiven = date.fromisoformat(row.forgiven) if row.forgiven else None
    gone = domain.missed(date.fromisoformat(row.last_day), today, here, gaps(work))
    stands = gone == 0 or (gone == 1 and domain.streak(0, gone, forgiven, today)[1])
    return Standing(row.streak if stands else 0, row.best, row.days)


def back_date(work: Work, person: int, text: str, *, by: int) -> Done:
    """Sign somebody in for a day of the last thirty that they missed, with its points; streaks are counted
    anew from all their days, and what was reached is never less for a day more.

    Raises:
        Refusal: check-ins are off, no such day, before they joined, or they were there.
    """
    chat = work.chat
    base, week = (int(members.get(work, chat, s)) for s in (domain.POINTS, domain.WEEK))
    if base <= 0:
        raise Refusal("checkin/off")
    here = zone(members.voice(work, chat, None)[1])
    today, joined = work.now.astimezone(here).date(), members.joined_at(work, chat, person)
    day = domain.day_of(text)
    if (
        day is None
        or not today - domain.GRACE <= day < today
        or (joined is not None and day < joined.astimezone(here).date())
    ):
        raise Refusal("checkin/back_day", day=text[:20], first=(today - domain.GRACE).isoformat())
    rows = {date.fromisoformat(r.day) for r in work.sql.all(store.DAYS, chat=chat, person=person)}
    if day in rows:
        raise Refusal("checkin/was_there", name=members.name(work, person), day=day.isoformat())
    stood, best, used = domain.replay([*rows, day], here, gaps(work))
    points = domain.worth(stood[day], base, week)
    key = f"checkin:{chat}:{person}:{day.isoformat()}"
    ledger.transfer(
        work, key, "checkin", (issuer(chat), -points), (member(chat, person), points),
        ref=day.isoformat(), actor=by,
    )  # fmt: skip
    at = datetime.combine(day, time(12), here)
    work.sql.run(
        store.ADD, chat_id=chat, person_id=person, day=day.isoformat(), at=at.astimezone(UTC),
        streak=stood[day], points=points,
    )  # fmt: skip
    last = max(stood)
    days, forgiven = stood[last], None if used is None else used.isoformat()
    before = work.sql.first(store.STREAK, chat=chat, person=person)
    if before is not None:
        best = max(best, before.best)
        if before.last_day == last.isoformat() and before.streak > days:  # it used up what a later one needs
            days, forgiven = before.streak, before.forgiven
    work.sql.run(
        store.KEEP, chat_id=chat, person_id=person, last_day=last.isoformat(), streak=days, best=best,
        days=len(stood), forgiven=forgiven,
    )  # fmt: skip
    have = ledger.points_of(work, chat, person)
    return Done(points, streak_of(work, chat, person).streak, 0, have, False)


def streaks(work: Work, chat: int, since: date, least: int) -> list[tuple[int, int, date]]:
    """(person, days in a row, last day) of everybody whose streak stands and is at least so long."""
    rows = work.sql.all(store.STREAKS, chat=chat, since=since.isoformat(), least=least)
    return [(r.person_id, r.streak, date.fromisoformat(r.last_day)) for r in rows]


def checked_in_since(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Did this person sign in after `since`?"""
    return work.sql.first(store.HERE_SINCE, chat=chat, person=person, since=since) is not None


def report(work: Work) -> dict[str, Any]:
    """Whether it became a habit: how many signed in on twenty of the last 28 days, of the members known to be
    here; how many in the last week, and today. `young`: nobody signed in 28 days ago yet."""
    chat = work.chat
    today = work.now.astimezone(zone(members.voice(work, chat, None)[1])).date()

    def at_least(days: int, of: int) -> int:
        since = (today - timedelta(days=of - 1)).isoformat()
        return len(work.sql.all(store.HABIT, chat=chat, since=since, days=days))

    habit, known = at_least(HABIT, 28), members.count_here(work, chat)
    first = work.sql.value(store.FIRST, chat=chat)
    return {
        "days": HABIT,
        "habit": habit,
        "known": known,
        "share": (200 * habit + known) // (2 * known) if known else None,
        "week": at_least(1, 7),
        "today": at_least(1, 1),
        "young": first is None or date.fromisoformat(first) > today - timedelta(days=27),
    }


# --- when the bot was away
def beat(work: Work) -> None:
    """Called every few minutes: what lies between two calls far apart was downtime."""
    notes = work.notes("checkin", 0)
    last = notes.get("seen")
    if last is not None:
        before = datetime.fromisoformat(last)
        if work.now - before >= AWAY:
            kept = [g for g in notes.get("gaps", []) if work.now - datetime.fromisoformat(g[1]) < KNOWN]
            notes.set("gaps", [*kept, [before.isoformat(), work.now.isoformat()]][-200:])
    notes.set("seen", work.now.isoformat())
    work.drop("checkin.gaps", 0)


def gaps(work: Work) -> list[tuple[datetime, datetime]]:
    """When the bot was away; also the time since the last beat where it is only just back."""
    cache = work.cached("checkin.gaps")
    if 0 not in cache:
        notes = work.notes("checkin", 0)
        rows, last = notes.get("gaps", []), notes.get("seen")
        made = [(datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in rows]
        work.put("checkin.gaps", 0, (made, None if last is None else datetime.fromisoformat(last)))
    told, seen = cache[0]
    return [*told, (seen, work.now)] if seen is not None and work.now - seen >= AWAY else list(told)
