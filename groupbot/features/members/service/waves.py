"""People who came in a wave: their points begin later, unless staff says that they are people.

A thousand accounts that press what a thousand people press are told apart by nothing they do; that they came
together is what stands out. So it is measured against the group's own rhythm, said to who answers for the
group, and undone by one press.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial

from groupbot.core.effects import Button, Send
from groupbot.engine.work import Work
from groupbot.features.members import domain, store
from groupbot.features.members.domain import WAVE, WAVE_WAIT, People
from groupbot.features.members.service.chats import profile
from groupbot.features.members.service.people import joined_at, joined_since, reachable, responsible
from groupbot.features.members.service.settings import get

DAY, WEEK, MONTH, NONE = timedelta(days=1), timedelta(days=7), timedelta(days=28), timedelta()
FOUND, PASSED = "members.waves", "members.waves_passed"


def waits(work: Work, chat: int, person: int, hours: int) -> timedelta:
    """How long until somebody's points begin here, `hours` being what every newcomer waits: zero for who
    does not wait. A chat without a wave pays a look-up."""
    usual = timedelta(hours=hours)
    joined = joined_since(work, chat, person, work.now - usual)
    if joined is not None:
        return joined + usual - work.now
    days = wave_days(work, chat)
    if not days:
        return NONE
    joined = joined_at(work, chat, person)
    if joined is None or joined.date() not in days or joined.date().isoformat() <= _passed(work, chat):
        return NONE
    return max(NONE, joined + timedelta(hours=int(get(work, chat, WAVE_WAIT))) - work.now)


def wave_days(work: Work, chat: int) -> frozenset[date]:
    """The days (UTC) on which a wave came that still waits; counted anew each hour."""
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    known = work.cached(FOUND).get(chat)
    if known is None or known[0] != hour:
        known = (hour, _counted(work, chat))
        work.put(FOUND, chat, known)
    days: frozenset[date] = known[1]
    return days


def _counted(work: Work, chat: int) -> frozenset[date]:
    least, wait = int(get(work, chat, WAVE)), timedelta(hours=int(get(work, chat, WAVE_WAIT)))
    if not least or not wait:
        return frozenset()
    came, first = _came(work, chat, wait + WEEK), (work.now - wait).date()
    days = (first + n * DAY for n in range((work.now.date() - first).days + 1))
    return frozenset(d for d in days if came[d] and _stands_out(work, chat, came, d, least))


def _came(work: Work, chat: int, back: timedelta) -> Counter[date]:
    """How many people came on which day."""
    rows = work.sql.all(store.JOINS, chat=chat, since=work.now - back - WEEK - MONTH - DAY)
    return Counter(day for day, _ in {(r.joined_at.date(), r.person_id) for r in rows})


def _stands_out(work: Work, chat: int, came: Counter[date], day: date, least: int) -> bool:
    """Does a week that has this day in it make it one of a wave? Nobody knows the rhythm of a group in which
    the bot was not for the four weeks before."""
    added = work.sql.value(store.ADDED, chat=chat)
    for n in range(7):
        last = day + n * DAY
        if last > work.now.date() or added is None or added.date() > last - WEEK - MONTH:
            continue
        if domain.wave(*week_of(came, last), came[day], least):
            return True
    return False


def week_of(came: Counter[date], last: date) -> tuple[int, int]:
    """Who came in the week up to this day, and in the calmest of the four before it."""
    weeks = [sum(came[last - (7 * n + d) * DAY] for d in range(7)) for n in range(5)]
    return weeks[0], min(weeks[1:])


def _passed(work: Work, chat: int) -> str:
    """The last day whose wave staff has passed, as a date; "" when none was."""
    cache = work.cached(PASSED)
    if chat not in cache:
        work.put(PASSED, chat, work.notes("people", chat).get("waves_passed", ""))
    return str(cache[chat])


def passed(work: Work, chat: int) -> None:
    """They are people: who came up to today waits no longer than other newcomers."""
    today = work.now.date().isoformat()
    work.notes("people", chat).set("waves_passed", today)
    work.put(PASSED, chat, today)


def tell(work: Work) -> None:
    """Who answers for a group is told of a wave, once in two weeks."""
    for row in work.sql.all(store.MANY_CAME, since=work.now - WEEK):
        work.finally_(f"wave:{row.chat_id}", partial(_tell, chat=int(row.chat_id)))


def _tell(work: Work, chat: int) -> None:
    notes, place, today = work.notes("people", chat), profile(work, chat), work.now.date()
    last = notes.get("wave_told")
    if last is not None and work.now - datetime.fromisoformat(last) < 2 * WEEK:
        return
    fresh = [d for d in wave_days(work, chat) if today - d < WEEK and d.isoformat() > _passed(work, chat)]
    who = next(iter(responsible(work, chat)), 0)
    if place is None or not fresh or not who or not reachable(work, who):
        return
    notes.set("wave_told", work.now.isoformat())
    came, usual = week_of(_came(work, chat, WEEK), today)
    days = int(get(work, chat, WAVE_WAIT)) // 24
    data = {"chat": place.title, "came": came, "usual": usual, "days": days}
    rows = ((Button("people", People(chat)),),)
    work.say(Send(user=who, template="members/wave", data=data, buttons=rows))
