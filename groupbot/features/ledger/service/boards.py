"""Boards: who earned how much between two days. Views over the postings, never counters to reset."""

from __future__ import annotations

from datetime import UTC, datetime

from groupbot.engine.work import Work
from groupbot.features.ledger import store
from groupbot.features.members import service as members

_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_END = datetime(9999, 1, 1, tzinfo=UTC)


def board(
    work: Work, chat: int, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[int, int]]:
    """(person, points earned) in that time, most first, ties by id. What was spent does not count against
    it, what was taken back does. Who was forgotten or asked to be on no list is not there. Written rows only:
    call it before the step's first write."""
    work.flush()
    rows = work.sql.all(store.BOARD, chat=chat, since=since or _EVER, until=until or _END)
    return [
        (r.owner_id, int(r.earned))
        for r in rows
        if r.earned > 0 and r.owner_id > 0 and not members.opted_out(work, r.owner_id)
    ]
