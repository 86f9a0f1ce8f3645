"""Taking messages away, and telling the other features that they are gone."""

from __future__ import annotations

from groupbot.core.effects import Delete
from groupbot.engine.work import Work
from groupbot.features.log import service as log
from groupbot.features.rules.domain.cases import Removed


def take_away(work: Work, chat: int, messages: tuple[int, ...], why: str, *, shadow: bool = False) -> None:
    """Say the deletion; in shadow it is only recorded and nobody is told. Where the group wants it, what goes
    is copied to its log first."""
    copy_to = None if shadow else log.copies(work, chat)
    work.say(Delete(chat=chat, messages=messages, why=why, copy_to=copy_to), shadow=shadow)
    if not shadow:
        work.emit(Removed(chat, messages))
