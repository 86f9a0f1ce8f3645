"""What is asked of a newcomer here, how long they have, and what follows if they do not answer."""

from __future__ import annotations

from datetime import timedelta

from groupbot.engine.work import Work
from groupbot.features.entry.domain import KICK, KICK_TIME, MODE, MUTE_TIME, QUIZ, Ending, ending
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
