"""Statements over the outbox and the quarantine: operations has no tables of its own."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.inbox import quarantine
from groupbot.engine.outbox_placed import MAY_LEAVE, PLACED
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import Hot, among

_o = outbox.c
b = sa.bindparam
_OPEN = (among(_o.state, "dead", "unknown"), _o.payload != "")
_MINE = (_o.bot_id == b("bot"), *_OPEN)

_LETTER: tuple[Any, ...] = (
    _o.id,
    _o.state,
    _o.kind,
    _o.cause,
    _o.error,
    _o.said_at,
    _o.done_at,
    _o.payload,
    _o.update_id,
    _o.ref,
    _o.until,
    _o.user_id,
    chat.c.title,
)
LETTERS = Hot(lambda: sa.select(*_LETTER).select_from(PLACED).where(*_MINE).order_by(_o.id))
ONE = Hot(lambda: sa.select(*_LETTER).select_from(PLACED).where(*_MINE, _o.id == b("the_id")))
NEWER = Hot(  # decided by nobody, and ended since
    lambda: (
        sa.select(_o.state, sa.func.count().label("n"), sa.func.max(_o.done_at).label("last"))
        .where(*_MINE, _o.done_at > b("since"))
        .group_by(_o.state)
    )
)
AGAIN = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.id == b("the_id"), *_MINE)
        .values(state="waiting", due=b("now"), until=b("the_until"), tries=0, done_at=None, error=None)
    )
)
DROP = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.id == b("the_id"), *_MINE)
        .values(state="dead", payload="", error=b("why_not"))
    )
)
ORPHANS = Hot(
    lambda: (
        sa.update(outbox)
        .where(_o.ref == b("the_ref"), _o.bot_id == b("bot"), among(_o.state, "parked"))
        .values(state="dead", payload="", done_at=b("now"), error="what it was for was let be")
    )
)
OF_UPDATE = Hot(
    lambda: sa.select(
        _o.id, _o.kind, _o.cause, _o.state, _o.error, _o.message_id, _o.said_at, _o.done_at, _o.tries,
        chat.c.title,
    ).select_from(PLACED).where(_o.update_id == b("the_update"), _o.bot_id == b("bot")).order_by(_o.id)
)  # fmt: skip
STUCK = Hot(
    lambda: (
        sa.select(sa.func.count().label("n"), sa.func.min(_o.due).label("oldest"))
        .select_from(PLACED)
        .where(_o.bot_id == b("bot"), among(_o.state, "waiting"), _o.due < b("before"), MAY_LEAVE)
    )
)
PUT_ASIDE = Hot(
    lambda: sa.select(sa.func.count().label("n"), sa.func.max(quarantine.c.id).label("last")).where(
        quarantine.c.bot_id == b("bot"), quarantine.c.id > b("since")
    )
)
LAST_ASIDE = Hot(
    lambda: (
        sa.select(quarantine.c.id, quarantine.c.step, quarantine.c.error)
        .where(quarantine.c.bot_id == b("bot"))
        .order_by(quarantine.c.id.desc())
        .limit(1)
    )
)

# --- figures for /metrics; read on a connection of their own
DEPTHS = (
    sa.select(_o.lane, sa.func.count().label("n"), sa.func.min(_o.due).label("oldest"))
    .select_from(PLACED)
    .where(_o.bot_id == b("bot"), among(_o.state, "waiting"), MAY_LEAVE)
    .group_by(_o.lane)
)
UNDECIDED = (
    sa.select(_o.state, sa.func.count().label("n")).where(_o.bot_id == b("bot"), *_OPEN).group_by(_o.state)
)
ASIDE = (
    sa.select(sa.func.count())
    .select_from(quarantine)
    .where(quarantine.c.bot_id == b("bot"), quarantine.c.retried.is_(False))
)
