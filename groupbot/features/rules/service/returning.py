"""Sanctions outlive membership."""

from __future__ import annotations

from groupbot.core.effects import Restrict
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain import ladder

_MUTED = "rules.muted"


def mute_again(work: Work, person: int) -> bool:
    """Who is muted here and comes in is muted again: what a person decided, or a rule where rules may. False
    when nothing holds."""
    if person not in _ever_muted(work):
        return False
    rows = work.sql.all(store.MUTES, chat=work.chat, who=person, now=work.now + ladder.LEAST_MUTE)
    by_people = [r for r in rows if r.by_id is not None]
    rows = by_people if members.human_decides(work, work.chat) else rows
    if not rows:
        return False
    longest = next((r for r in rows if r.until is None), None) or max(rows, key=lambda r: r.until)
    why = f"case {longest.number} still holds"
    mute = Restrict(chat=work.chat, member=person, until=longest.until, why=why)
    if longest.by_id is None:
        return members.by_itself(work, mute)
    work.say(mute)
    return True


def muted_one(work: Work, chat: int, person: int) -> None:
    """A mute was recorded in a chat."""
    known: frozenset[int] | None = work.cached(_MUTED).get(chat)
    if known is not None and person not in known:
        work.put(_MUTED, chat, known | {person})


def _ever_muted(work: Work) -> frozenset[int]:
    """Everybody with a mute on record here: nearly nobody who joins, so that a raid costs no look each."""
    known: frozenset[int] | None = work.cached(_MUTED).get(work.chat)
    if known is None:
        known = frozenset(r.actor for r in work.sql.all(store.EVER_MUTED, chat=work.chat))
        work.put(_MUTED, work.chat, known)
    return known
