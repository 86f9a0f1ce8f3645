"""What people take away by hand, and what they give back, teaches the spam score where it is on.

Only what newcomers said, for only they are looked at: that an administrator removes a regular's quarrel says
nothing about adverts. Kept are hashed features (features/spam), never words.
"""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.rules.domain.fold import fold
from groupbot.features.rules.service.policy import policy_of
from groupbot.features.spam import service as spam


def put_away(work: Work, message: int, author: int, text: str, topic: int | None = None) -> None:
    """An administrator took this message away by hand: such messages are not welcome."""
    if _counts(work, author, text, topic):
        try:
            spam.teach(work, work.chat, message, text, fold(text), spam=True)
        except Refusal:  # nothing to read in it, or taught before
            return


def reported(work: Work, message: int, author: int, text: str, topic: int | None = None) -> None:
    """A message waits for staff to decide about it: its features are kept until then."""
    if _counts(work, author, text, topic):
        spam.remember(work, work.chat, message, text, fold(text))


def decided(work: Work, chat: int, message: int, *, removed: bool) -> None:
    """Staff decided about a message that was judged or reported, or gave back what was taken away."""
    spam.teach_back(work, chat, message, spam=removed)


def _counts(work: Work, author: int, text: str, topic: int | None) -> bool:
    on = bool(text.strip()) and author != 0 and policy_of(work, work.chat, topic).spam
    return bool(on) and spam.newcomer(work, author)
