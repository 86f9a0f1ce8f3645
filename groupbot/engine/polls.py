"""Polls the bot posted: which `ref` a vote belongs to.

A row is written with the receipt of its `Poll`, or of a `Send` with one. A vote may be read before that:
who waits for it looks again later.
"""

from __future__ import annotations

import sqlalchemy as sa
from msgspec import Struct

from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.storage import Hot, Json, Upsert, metadata
from groupbot.engine.work import Work

poll = sa.Table(
    "poll",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("poll_id", sa.String(32), primary_key=True),
    sa.Column("ref", sa.String(160), nullable=False, index=True),
    sa.Column("options", Json, nullable=False),  # their lasting ids, in the order they stand
)
_ROW = ("bot_id", "poll_id", "ref", "options")
_KEEP = Hot(lambda: Upsert(poll, _ROW, ("bot_id", "poll_id")))
_OF = Hot(
    lambda: sa.select(poll).where(
        poll.c.bot_id == sa.bindparam("bot"), poll.c.poll_id == sa.bindparam("the_id")
    )
)
_STANDS = Hot(
    lambda: sa.select(poll.c.poll_id).where(
        poll.c.bot_id == sa.bindparam("bot"), poll.c.ref == sa.bindparam("the_ref")
    )
)
_SAID = Hot(
    lambda: sa.select(outbox.c.state, outbox.c.until).where(
        outbox.c.bot_id == sa.bindparam("bot"),
        outbox.c.ref == sa.bindparam("the_ref"),
        outbox.c.kind == "poll",
    )
)
_HOME = Hot(
    lambda: (
        sa.select(posted.c.chat_id)
        .join(poll, sa.and_(poll.c.ref == posted.c.ref, poll.c.bot_id == posted.c.bot_id))
        .where(
            poll.c.bot_id == sa.bindparam("bot"),
            poll.c.poll_id == sa.bindparam("the_id"),
            posted.c.private.is_(False),
            posted.c.message_id > 0,  # in reach
        )
    )
)


class Posted(Struct, frozen=True):
    """`options` are the lasting ids of a poll's options in the order they stand."""

    ref: str
    options: tuple[str, ...]


def keep(work: Work, poll_id: str, ref: str, options: tuple[str, ...]) -> None:
    """A poll was posted as `ref`."""
    work.sql.run(_KEEP, bot_id=work.bot_id, poll_id=poll_id, ref=ref, options=list(options))


def of(work: Work, poll_id: str) -> Posted | None:
    """What is known of a poll; None for one not booked yet, or not ours."""
    row = work.sql.first(_OF, bot=work.bot_id, the_id=poll_id)
    return None if row is None else Posted(row.ref, tuple(row.options))


def stands(work: Work, ref: str) -> bool:
    """Was a poll posted under this name? False too while its receipt is on its way."""
    return work.sql.value(_STANDS, bot=work.bot_id, the_ref=ref) is not None


def lost(work: Work, ref: str) -> bool:
    """Is it sure that nobody saw the poll of this name: refused, or not sent in its time? Of one that is
    leaving, or whose answer was lost, it is not."""
    rows = work.sql.all(_SAID, bot=work.bot_id, the_ref=ref)
    over = {
        r.state == "dead" or (r.state == "waiting" and bool(r.until) and r.until <= work.now) for r in rows
    }
    return over == {True} and not stands(work, ref)


def home(work: Work, poll_id: str) -> int | None:
    """Our id of the group a poll was posted in; None where that is not known, or it was to a person."""
    found: int | None = work.sql.value(_HOME, bot=work.bot_id, the_id=poll_id)
    return found
