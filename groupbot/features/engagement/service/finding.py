"""The event row of a message by its number, for which no index is kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.features.engagement import store
from groupbot.features.engagement.service.forgetting import KEEP

LATELY, CLOSE = timedelta(days=2), timedelta(hours=1)


def said(work: Work, chat: int, message_id: int) -> Any:
    """The row of a message that was said and not taken away; None: there is none. It is looked for in the
    last two days, then, as numbers only grow, by halves in all the days that events are kept."""
    since, until = work.now - LATELY, work.now + LATELY
    row = work.sql.first(store.OF_MESSAGE, chat=chat, message=message_id, since=since, until=until)
    if row is not None or not _before(work, chat, message_id, since, until):
        return row
    since, until = work.now - KEEP, since
    while until - since > CLOSE:
        half = since + (until - since) / 2
        if _before(work, chat, message_id, half, until):
            until = half
        else:
            since = half
    beside = {"since": since - CLOSE, "until": until + CLOSE}
    return work.sql.first(store.OF_MESSAGE, chat=chat, message=message_id, **beside)


def _before(work: Work, chat: int, message_id: int, since: datetime, until: datetime) -> bool:
    """Is a message older than what was said from `since` to `until`?"""
    first: int | None = work.sql.value(store.FIRST_SAID, chat=chat, since=since, until=until)
    return first is None or message_id < first
