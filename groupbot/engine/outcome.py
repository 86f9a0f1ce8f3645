"""What became of effects: of one that may have landed or not; of those said for one cause."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

_NEWEST = Hot(lambda: sa.select(sa.func.max(outbox.c.id)))
_ENDS = Hot(
    lambda: sa.select(outbox.c.state, outbox.c.error, outbox.c.why).where(
        outbox.c.id > sa.bindparam("since"), outbox.c.cause == sa.bindparam("the_cause")
    )
)
_UNKNOWN = Hot(
    lambda: (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("the_id"))
        .values(state="unknown", done_at=sa.bindparam("now"), error=sa.bindparam("error"))
    )
)


def unknown(work: Work, row: int, error: str) -> None:
    """This row may have landed: nobody repeats it, an operator decides."""
    work.sql.run(_UNKNOWN, the_id=row, now=work.now, error=error)


def newest(work: Work) -> int:
    """The newest row's id: what is said from now on has a greater one."""
    return int(work.sql.value(_NEWEST) or 0)


def ends(work: Work, cause: str, since: int) -> list[Any]:
    """What became of the effects said for `cause` after row `since`: their `state`, `error` (or the
    receipt's note) and `why`."""
    return work.sql.all(_ENDS, since=since, the_cause=cause)
