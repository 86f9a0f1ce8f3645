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
    work.flush()
    if books.halted(work) or not work.notes("ledger.expired", 0).first(today):
        return
    for row in work.sql.all(store.CHATS):
        days = int(members.get(work, row.chat_id, EXPIRE_DAYS))
        if days > 0:
            _expire(work, row.chat_id, timedelta(days=days), today)


def _expire(work: Work, chat: int, age: timedelta, today: str) -> None:
    told = work.notes("ledger.notice", chat)
    lapsed = (work.now - NOTICE).date().isoformat()  # as after months of another setting
    for row in work.sql.all(store.OLD_POINTS, chat=chat, since=work.now - age + NOTICE):
        person, balance = row.owner_id, int(row.balance)
        notice = told.get(str(person))
        if notice is None or notice["from"] < lapsed:
            soon, on = balance - int(row.fresh), (work.now + NOTICE).date().isoformat()
            told.set(str(person), {"from": on, "points": soon})
            if members.reachable(work, person):
                data = {"points": soon, "title": members.title(work, chat), "when": on}
                work.say(Send(user=person, template="ledger/expires", data=data))
        elif notice["from"] <= today:
            told.drop(str(person))
            fresh = int(work.sql.value(store.FRESH, the_id=row.id, since=work.now - age))
            over = min(balance - fresh, notice["points"])
            if over > 0:  # else they were used meanwhile
                key, mine = f"expire:{chat}:{person}:{today}", member(chat, person)
                books.transfer(work, key, "expire", (mine, -over), (sink(chat), over))
