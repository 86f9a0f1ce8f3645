"""Points that nobody used for long go to the sink, with a notice two weeks before.

The oldest points are used first: what a member has beyond all they got in the last months is older than
that, and only that expires.
"""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.features.ledger import store
from groupbot.features.ledger.domain import EXPIRE_DAYS, member, sink
from groupbot.features.ledger.service import books
from groupbot.features.members import service as members

NOTICE = timedelta(days=14)


def expire_old(work: Work) -> None:
    """Once a day and chat: what is too old expires, what will be in two weeks is announced, in private and
    once. A member who was not told in time keeps the points until two weeks after the notice."""
    today = work.now.date().isoformat()
    notes = work.notes("ledger", 0)
    if notes.get("expired") == today:
        return
    work.flush()
    for row in work.sql.all(store.CHATS):
        days = int(members.get(work, row.chat_id, EXPIRE_DAYS))
        if days > 0:
            _expire(work, row.chat_id, timedelta(days=days), today)
    notes.set("expired", today)


def _expire(work: Work, chat: int, age: timedelta, today: str) -> None:
    told = work.notes("ledger.notice", chat)
    for row in work.sql.all(store.OLD_POINTS, chat=chat, since=work.now - age + NOTICE):
        soon = int(row.balance) - int(row.fresh)
        if soon <= 0 or books.halted(work):
            continue
        person = row.owner_id
        notice = told.get(str(person))
        old = work.sql.value(store.FRESH, the_id=row.id, since=work.now - age)
        over = min(int(row.balance) - int(old or 0), notice["points"] if notice else 0)
        due = notice is not None and notice["from"] <= today
        if due and over > 0:
            books.transfer(
                work,
                f"expire:{chat}:{person}:{today}",
                "expire",
                (member(chat, person), -over),
                (sink(chat), over),
            )
            told.drop(str(person))
        elif notice is None:
            on = (work.now + NOTICE).date().isoformat()
            told.set(str(person), {"from": on, "points": soon})
            if members.reachable(work, person):
                place = members.place(work, chat)
                data = {"points": soon, "title": place.title if place else "…", "when": on}
                work.say(Send(user=person, template="ledger/expires", data=data))
        elif due:
            told.drop(str(person))  # they were used meanwhile
