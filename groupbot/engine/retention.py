"""What the engine forgets, and when."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine import inbox, naming, proofs, seen
from groupbot.engine.addresses import chat
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.storage import Begins, Hot, among, delete_some
from groupbot.engine.work import Work

KEEP = timedelta(days=30)  # ended rows, and so the words that a rule found in a message
SLICE = 2000  # rows of one transaction
UNDECIDED = timedelta(days=7)  # what an operator could still have sent again

_other = outbox.alias("send")
_SENT_STILL = (
    sa.select(_other.c.id)
    .where(
        _other.c.ref == outbox.c.ref,
        _other.c.bot_id == outbox.c.bot_id,
        among(_other.c.kind, "send", "poll"),
        among(_other.c.state, "waiting", "sending"),
    )
    .exists()
)
_EMPTY_UNDECIDED = Hot(
    lambda: (
        sa.update(outbox)
        .where(
            among(outbox.c.state, "dead", "unknown"),
            outbox.c.payload != "",
            outbox.c.done_at < sa.bindparam("before"),
        )
        .values(payload="")
    )
)
_ENDED = sa.or_(
    among(outbox.c.state, "done", "dead", "unknown", "shadow"),
    # waiting for the receipt of a message that can come no more
    sa.and_(among(outbox.c.state, "parked"), ~_SENT_STILL),
)
_since = sa.func.coalesce(outbox.c.done_at, outbox.c.due)
_FORGET_ENDED = delete_some(outbox, _ENDED, _since < sa.bindparam("before"))
_UNNAMED = (  # messages that no feature gave a name
    posted.c.bot_id == sa.bindparam("bot"),
    Begins(posted.c.ref, "out:"),
    posted.c.at < sa.bindparam("before"),
)
_PRIVATE = sa.select(chat.c.id).where(chat.c.type == "private")
_FORGET_PRIVATE = (  # those that answered in private, and those said to a person
    delete_some(posted, posted.c.chat_id.in_(_PRIVATE), *_UNNAMED),
    delete_some(posted, posted.c.chat_id < 0, *_UNNAMED),
)


def sweep(work: Work) -> bool:
    """One slice of everything the engine forgets; True when there may be more."""
    inbox.sweep(work)
    proofs.sweep(work)
    seen.sweep(work)
    close_undecided(work)
    more = [naming.sweep(work, SLICE), forget_private(work), forget_ended(work)]
    return any(more)


def close_undecided(work: Work) -> None:
    """Nobody decided for a week: what could have been sent again is emptied."""
    work.sql.run(_EMPTY_UNDECIDED, before=work.now - UNDECIDED)


def forget_private(work: Work, most: int = SLICE) -> bool:
    """Forget which messages a person got in private thirty days ago, but what may still be changed there; at
    most `most` of each kind. True when there may be more."""
    before = work.now - KEEP
    return max([work.sql.run(q, bot=work.bot_id, before=before, most=most) for q in _FORGET_PRIVATE]) >= most


def forget_ended(work: Work, most: int = SLICE) -> bool:
    """Delete what ended thirty days ago, with the reasons it carried; at most `most` rows. True when there
    may be more."""
    return work.sql.run(_FORGET_ENDED, before=work.now - KEEP, most=most) >= most
