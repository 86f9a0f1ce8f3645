"""Words before an event to who wants them, and one to its organiser after it."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.core.effects import Send
from groupbot.engine.paging import others, page
from groupbot.engine.work import Work
from groupbot.features.gathering import store
from groupbot.features.gathering.service.onsite import figures
from groupbot.features.members import service as members

Room = Callable[[Work, int], bool]
Count = Callable[[Work, int, str], None]
LINES = 50  # groups looked at in one transaction
_LINES = "gathering.lines"


def private_due(work: Work) -> None:
    """Who is in an event and asked for it is reminded, once, if they can still be written to."""
    for row in work.sql.all(store.TO_REMIND, now=work.now):
        work.sql.run(store.REMINDED, the_id=row.id)
        if row.state != "open" or row.closes_at <= work.now:
            continue
        rows = work.sql.all(store.PEOPLE, the_id=row.id)
        before, work.chat = work.chat, row.chat_id
        for seat in rows[: row.places] if row.places else rows:
            if seat.remind and members.reachable(work, seat.person_id):
                data = {"title": row.title, "closes": row.closes_at}
                work.say(
                    Send(
                        user=seat.person_id,
                        template="gathering/reminder",
                        data=data,
                        not_after=row.closes_at,
                    )
                )
        work.chat = before


def lines_due(work: Work, room: Room, count: Count) -> bool:
    """One silent line in the group, once it has `room` for a post (which `count` then counts) and before the
    event begins; else none. A page of groups each time; True when there may be others behind it."""
    for row in page(work, _LINES, store.TO_LINE, LINES):
        if row.state == "open" and row.closes_at > work.now:
            if not room(work, row.chat_id):
                continue
            before, work.chat = work.chat, row.chat_id
            seats = work.sql.all(store.PEOPLE, the_id=row.id)
            joined = min(len(seats), row.places) if row.places else len(seats)
            data = {"title": row.title, "closes": row.closes_at, "joined": joined}
            work.say(
                Send(
                    chat=row.chat_id,
                    topic=row.topic,
                    template="gathering/line",
                    data=data,
                    not_after=row.closes_at,
                )
            )
            count(work, row.chat_id, f"gathering:{row.id}")
            work.chat = before
        work.sql.run(store.LINED, the_id=row.id)
    return others(work, _LINES)


def tell_organisers(work: Work) -> None:
    """A day after an event its organiser reads how it went, and how to tell the group."""
    for row in work.sql.all(store.TO_TELL, now=work.now):
        work.sql.run(store.TOLD, the_id=row.id)
        if row.state != "made" or row.by_id <= 0 or not members.reachable(work, row.by_id):
            continue
        before, work.chat = work.chat, row.chat_id
        work.say(Send(user=row.by_id, template="gathering/after", data=figures(work, row)))
        work.chat = before
