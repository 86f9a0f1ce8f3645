"""Sanctions outlive membership."""

from __future__ import annotations

from groupbot.core.effects import Restrict
from groupbot.engine.work import Work
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder


def mute_again(work: Work, person: int) -> bool:
    """Who is muted here and comes in is muted again. False when nothing holds."""
    row = work.sql.first(store.MUTE_NOW, chat=work.chat, who=person, now=work.now + ladder.LEAST_MUTE)
    if row is None:
        return False
    why = f"case {row.number} still holds"
    work.say(Restrict(chat=work.chat, member=person, until=row.until, why=why))
    return True
