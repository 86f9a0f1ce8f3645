"""A newcomer is waited for, and not any more: what is asked of them here, how long they have, and what
follows if they do not answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Delete
from groupbot.engine.work import Work
from groupbot.features.entry import store
from groupbot.features.entry.domain import (
    ADMITTED,
    AWAY,
    KICK,
    KICK_TIME,
    MODE,
    MUTE_TIME,
    QUIZ,
    Ending,
    ending,
)
from groupbot.features.entry.service.line import redraw_later
from groupbot.features.entry.service.telling import forget, question_ref
from groupbot.features.members import service as members


def ending_of(work: Work, chat: int, *, request: bool) -> Ending:
    """Where a person decides nobody is kept silent: who does not answer in time is told to that person, or
    let be."""
    if not request and members.human_decides(work, chat):
        span = timedelta(seconds=int(members.get(work, chat, KICK_TIME)))
        return Ending("tell" if members.get(work, chat, KICK) else "free", work.now + span)
    return ending(
        work.now,
        kick=bool(members.get(work, chat, KICK)),
        kick_time=int(members.get(work, chat, KICK_TIME)),
        mute_time=int(members.get(work, chat, MUTE_TIME)),
        request=request,
    )


def mode_of(work: Work, chat: int) -> str:
    """The mode here; a quiz without questions is a button."""
    mode = str(members.get(work, chat, MODE))
    return "button" if mode == "quiz" and not members.get(work, chat, QUIZ) else mode


def begin(
    work: Work,
    chat: int,
    person: int,
    ends: Ending,
    *,
    muted: bool,
    held: bool,
    private: int | None = None,
) -> None:
    """They are waited for from now on; with `private` they asked to come in, and can be written to there."""
    work.sql.run(
        store.BEGIN,
        chat_id=chat,
        person_id=person,
        mode=mode_of(work, chat),
        state="waiting",
        stage="question",
        round=1,
        tries=0,
        answer="",
        typed=False,
        muted=muted,
        held=held,
        request=private is not None,
        private=private,
        ending=ends.what,
        due_at=ends.at,
        begun_at=work.now,
        ended_at=None,
    )


def longer(work: Work, row: Any) -> bool:
    """The bot was away: who has less than a minute left gets one, to answer now. False where nobody is turned
    away when time is up."""
    if row.due_at is None or row.ending == "free":
        return False
    work.sql.run(store.POSTPONE, the_id=row.id, due=max(row.due_at, work.now + AWAY))
    return True


def end(work: Work, row: Any, state: str) -> None:
    """They are not waited for any more, and the question asked last is taken away."""
    work.sql.run(store.END, the_id=row.id, the_state=state, now=work.now)
    forget(work, row.person_id)
    if row.round > 1:
        ref = question_ref(row.id, row.round)
        work.say(Delete(user=row.person_id, ref=ref, why="answered or over"))
    if not row.request:
        redraw_later(work, row.chat_id)


def recent(work: Work, row: Any) -> bool:
    """Did it end within the last ten minutes?"""
    return bool(row.ended_at is not None and work.now - row.ended_at < ADMITTED)
