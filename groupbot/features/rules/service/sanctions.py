"""Is somebody muted or banned here by a case that stands? For those who might else free them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from groupbot.engine.storage import Hot, among
from groupbot.engine.work import Work
from groupbot.features.rules.store import verdict as v

_STANDING = Hot(
    lambda: (
        sa.select(v.c.action, v.c.until)
        .where(
            v.c.chat_id == sa.bindparam("chat"),
            v.c.actor == sa.bindparam("who"),
            among(v.c.action, "mute", "ban"),
            v.c.shadow.is_(False),
            v.c.undone_at.is_(None),
            sa.or_(v.c.until.is_(None), v.c.until > sa.bindparam("now")),
        )
        .order_by(v.c.action, v.c.id.desc())
        .limit(1)
    )
)


def sanction(work: Work, chat: int, person: int) -> tuple[str, datetime | None] | None:
    """`ban` or `mute` and until when (None: for good); None when nothing stands. A ban comes first."""
    row = work.sql.first(_STANDING, chat=chat, who=person, now=work.now)
    return None if row is None else (row.action, row.until)


def banned(work: Work, chat: int, person: int) -> bool:
    """Does a ban stand against somebody here?"""
    found = sanction(work, chat, person)
    return found is not None and found[0] == "ban"
