"""Boosts of the group: asked for when somebody presses, kept up to date by what Telegram tells while a draw
is open, and asked for of everybody just before the close."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core.effects import Ask
from groupbot.core.events import BoostChanged, Boosts
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
    _keep(work, event.person, event.until, work.now)


def changed(work: Work, event: BoostChanged) -> None:
    """One boost came, or is gone; kept only of people somebody asked about, or while a draw asks for it.
    Who took one back may have others, so that is asked for; until the answer they count as having none."""
    row = work.sql.first(store.BOOST, chat=work.chat, who=event.person)
    if row is None and not _asked_for(work):
        return
    if event.until is not None:
        before = row.until if row is not None else None
        _keep(work, event.person, max(event.until, before or event.until), work.now)
    else:
        _keep(work, event.person, None, work.now - KNOWN)
        work.say(Ask(chat=work.chat, member=event.person, boosts=True))


def _asked_for(work: Work) -> bool:
    return any((r.conditions or {}).get("boost") for r in work.sql.all(store.KEYWORDS, chat=work.chat))


def _keep(work: Work, person: int, until: datetime | None, checked_at: datetime) -> None:
    work.sql.run(store.KEEP_BOOST, chat_id=work.chat, person_id=person, until=until, checked_at=checked_at)


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
