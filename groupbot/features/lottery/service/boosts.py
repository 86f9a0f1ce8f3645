"""Boosts of the group: asked for when somebody presses, and of everybody just before the close."""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.effects import Ask
from groupbot.core.events import Boosts
from groupbot.engine.work import Work
from groupbot.features.lottery import store

FRESH = timedelta(minutes=1)  # an answer this old is asked for again when it was no
SOON, KNOWN = timedelta(minutes=2), timedelta(minutes=5)
AT_ONCE = 10  # questions a second before a close


def looked(work: Work, chat: int, person: int) -> bool:
    """Is it known whether this person boosts the chat? If not it is asked for now."""
    row = work.sql.first(store.BOOST, chat=chat, who=person)
    if row is not None and (boosting(work, chat, person) or work.now - row.checked_at <= FRESH):
        return True
    work.say(Ask(chat=chat, member=person, boosts=True))
    return False


def boosting(work: Work, chat: int, person: int) -> bool:
    """Do they boost the chat now, as far as was told?"""
    row = work.sql.first(store.BOOST, chat=chat, who=person)
    return row is not None and row.until is not None and row.until > work.now


def told(work: Work, event: Boosts) -> None:
    """Telegram answered."""
    work.sql.run(
        store.KEEP_BOOST,
        chat_id=work.chat,
        person_id=event.person,
        until=event.until,
        checked_at=work.now,
    )


def ask_again(work: Work) -> None:
    """A boost can be taken back: in the last two minutes everybody who entered is asked about once more.
    Once each: where Telegram does not answer, what it told before stands."""
    asked = work.cached("lottery.boost_asked")
    for row in work.sql.all(store.CLOSING, now=work.now, soon=work.now + SOON):
        if (row.conditions or {}).get("boost"):
            unsure = work.sql.all(store.UNSURE, the_id=row.id, chat=row.chat_id, before=work.now - KNOWN)
            for r in [r for r in unsure if (row.id, r.person_id) not in asked][:AT_ONCE]:
                work.put("lottery.boost_asked", (row.id, r.person_id), True)
                work.say(Ask(chat=row.chat_id, member=r.person_id, boosts=True))
