"""Taking messages away, and telling the other features that they are gone."""

from __future__ import annotations

from groupbot.core.effects import Delete
from groupbot.engine.work import Work
from groupbot.features.rules.domain.cases import Removed


def take_away(work: Work, chat: int, messages: tuple[int, ...], why: str, *, shadow: bool = False) -> None:
    """Say the deletion; in shadow it is only recorded and nobody is told."""
    work.say(Delete(chat=chat, messages=messages, why=why), shadow=shadow)
    if not shadow:
        work.emit(Removed(chat, messages))
