"""Newcomers' first messages, counted and looked at."""

from __future__ import annotations

from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.rules import store
from groupbot.features.rules.domain.facts import Finding
from groupbot.features.rules.domain.newcomers import Care, barred

_SAID = "rules.said"


def check(work: Work, event: Message, care: Care, person: int) -> Finding | None:
    """What a newcomer may not say yet. Others cost one look-up; a newcomer's clean message is counted."""
    joined = members.joined_at(work, work.chat, person)
    if joined is None:
        return None
    few = care.counts(joined) and _said(work, person) < care.messages
    if not few and not care.young(joined, event.at):
        return None
    found = barred(event, care.bars)
    if found is None and few and not event.edited:
        work.add(store.SAID, work.chat, person, work.now, 1)
        work.put(_SAID, (work.chat, person), _said(work, person) + 1)
    return found


def _said(work: Work, person: int) -> int:
    key = (work.chat, person)
    known: int | None = work.cached(_SAID).get(key)
    if known is None:
        known = int(work.sql.value(store.SAID_BY, chat=work.chat, who=person) or 0)
        work.put(_SAID, key, known)
    return known
