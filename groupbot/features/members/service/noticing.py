"""Public lines that nobody asked for: so rare that a group in trouble is not talked over as well."""

from __future__ import annotations

from datetime import timedelta

from groupbot.engine.work import Work

# a minute as the group reads them, and what the first of two may have waited in the outbox
NOTICE_EVERY = timedelta(seconds=75)
_NOTICED = "members.noticed"


def noticed(work: Work, chat: int, *, shadow: bool = False) -> bool:
    """Was there such a line, of whatever kind, within the minute?"""
    last = work.cached(_NOTICED).get((chat, shadow))
    return last is not None and bool(work.now - last < NOTICE_EVERY)


def notice(work: Work, chat: int, *, shadow: bool = False) -> None:
    """One is said now."""
    work.put(_NOTICED, (chat, shadow), work.now)
