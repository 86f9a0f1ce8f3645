"""What members allow, and when a human takes over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from groupbot.core.effects import Send
from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.care import store
from groupbot.features.care.domain import birthday_of
from groupbot.features.care.service import tasks
from groupbot.features.members import service as members

_TALK = timedelta(days=7)  # so long an answer in private belongs to what was written
_KEEP = timedelta(days=180)


# --- what members allow
def wish_of(work: Work, person: int) -> dict[str, Any]:
    """What somebody told us to mark: their birthday (or ''), anniversaries, and whether they want quiet."""
    row = work.sql.first(store.WISH, person=person)
    birthday = row.birthday if row is not None and row.birthday else ""
    return {
        "birthday": date.fromisoformat(f"2024-{birthday}") if birthday else None,
        "anniversary": bool(row is not None and row.anniversary),
        "quiet": members.quiet(work, person),
    }


def birthday(work: Work, person: int, text: str | None) -> None:
    """Keep somebody's birthday, None: forget it.

    Raises:
        Refusal: that is no day.
    """
    day = birthday_of(text) if text is not None else None
    if text is not None and day is None:
        raise Refusal("common/usage")
    row = work.sql.first(store.WISH, person=person)
    _keep(work, person, day, row is not None and bool(row.anniversary))


def anniversary(work: Work, person: int, on: bool) -> None:
    """May the day they joined be marked?"""
    row = work.sql.first(store.WISH, person=person)
    _keep(work, person, row.birthday if row is not None else None, on)


def _keep(work: Work, person: int, day: str | None, anniversary: bool) -> None:
    if day is None and not anniversary:
        work.sql.run(store.DROP_WISH, person=person)
        return
    work.sql.run(store.KEEP_WISH, person_id=person, birthday=day, anniversary=anniversary, at=work.now)


# --- a human takes over
def heard(work: Work, m: Message) -> None:
    """A member of staff answers somebody whose recipe runs: it ends, a human is there. In private: somebody
    answers what we wrote, so a human is asked to go on."""
    if m.chat.type == "private":
        if m.sender is not None and m.text[:1] != "/" and not m.edited:
            _answered(work, m, m.sender.id)
        return
    waiting = work.cached("care.waiting").get(work.chat)
    if waiting is None:
        waiting = frozenset(r.person_id for r in work.sql.all(store.WAITING_FOR, chat=work.chat))
        work.put("care.waiting", work.chat, waiting)
    if not waiting or m.reply_person is None or m.reply_person.id not in waiting or m.sender is None:
        return
    if m.anonymous or (m.sender.id != m.reply_person.id and members.is_staff(work, work.chat, m.sender.id)):
        work.sql.run(store.STOP, chat=work.chat, person=m.reply_person.id, the_reason="human")
        work.drop("care.waiting", work.chat)


def _answered(work: Work, m: Message, person: int) -> None:
    known = work.cached("care.talk")
    if person not in known:
        work.put("care.talk", person, work.sql.first(store.WRITTEN, person=person, since=work.now - _TALK))
    talk = known[person]
    if talk is None or work.now - talk.at > _TALK:
        return
    human = tasks.tell(work, talk.chat_id, talk.run_id, tasks.ANSWERED, person, talk.recipe, m.text[:500])
    if human is None:
        return
    _stop_all(work, person, "answered")
    name = members.name(work, human) if human else ""
    work.say(Send(user=person, template="care/passed", data={"human": name}))


def _stop_all(work: Work, person: int, reason: str) -> None:
    chats = [r.chat_id for r in work.sql.all(store.CHATS_OF, person=person)]
    work.sql.run(store.STOP_ALL, person=person, the_reason=reason)
    for chat in chats:
        work.drop("care.waiting", chat)


def sweep(work: Work) -> bool:
    """Forget runs that ended 180 days ago, with their steps and tasks; True when there may be more."""
    before = work.now - _KEEP
    work.sql.run(store.OLD_TASKS, before=before)
    work.sql.run(store.OLD_STEPS, before=before)
    return work.sql.run(store.OLD_RUNS, before=before) >= 500
