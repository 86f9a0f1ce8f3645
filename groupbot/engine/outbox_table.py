"""The outbox in SQL: what shall be done, what is being done, what became of it.

States: waiting → sending → done | dead | unknown; `parked` waits for the receipt of its ref; `shadow`
was never meant to leave. `ref` names a posted message; `posted` keeps its ids.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import (
    PAID,
    POST,
    Answer,
    Ask,
    ClosePoll,
    Delete,
    Edit,
    Effect,
    Pin,
    Poll,
    Send,
    Tag,
    readable,
    to_json,
)
from groupbot.core.text import CAPTION_LIMIT, Formatted, clip
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, among, metadata, only
from groupbot.engine.work import Work

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger),
    sa.Column("user_id", sa.BigInteger),
    sa.Column("lane", sa.SmallInteger, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("ref", sa.String(160)),
    sa.Column("topic", sa.BigInteger),
    sa.Column("payload", sa.Text, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("cause", sa.String(80), nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),
    sa.Column("due", UTC_, nullable=False),
    sa.Column("until", UTC_),  # what has not left by then never leaves
    sa.Column("said_at", UTC_, nullable=False),
    sa.Column("done_at", UTC_),  # of a row that waits: when it was last put off
    sa.Column("tries", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("error", sa.Text),
    sa.Column("message_id", sa.BigInteger),
    sa.Column("update_id", sa.BigInteger),  # the update it came of
    sa.Index("ix_outbox_waiting", "lane", "due", "id", **only("state = 'waiting'")),
    sa.Index("ix_outbox_undecided", "id", **only("state IN ('dead', 'unknown') AND payload <> ''")),
    sa.Index("ix_outbox_update", "update_id", **only("update_id IS NOT NULL")),
    sa.Index("ix_outbox_ref", "ref", **only("ref IS NOT NULL")),
    sqlite_autoincrement=True,
)

posted = sa.Table(
    "posted",
    metadata,
    sa.Column("bot_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, primary_key=True, autoincrement=False, info={"message": True}),
    sa.Column("ref", sa.String(160), nullable=False, index=True),
    sa.Column("private", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)

_NAMES = (
    "bot_id", "chat_id", "user_id", "lane", "kind", "ref", "topic", "payload", "hash", "cause", "why",
    "state", "due", "until", "said_at", "update_id",
)  # fmt: skip
REPLY_LIFE = timedelta(minutes=5)  # an answer nobody waits for any more is noise
MUST_WAIT = "must wait: "  # begins the error of a row whose chat Telegram wants silent until it is due
NEWS_LIFE = timedelta(hours=24)  # results, cards and words to staff are still worth hearing
OUTBOX = Bulk("outbox", sa.insert(outbox).values({n: sa.bindparam(n) for n in _NAMES}), _NAMES)

_NAMED = (Send, Poll)
_WAITING = among(outbox.c.state, "waiting", "parked")
_DROP_EDIT = Hot(
    lambda: (
        sa.update(outbox)
        .where(
            outbox.c.ref == sa.bindparam("the_ref"),
            outbox.c.bot_id == sa.bindparam("bot"),
            among(outbox.c.kind, "edit", "tag"),
            _WAITING,
        )
        .values(state="done", payload="", done_at=sa.bindparam("now"), error="replaced by a newer one")
    )
)
_KEPT = sa.and_(among(outbox.c.state, "dead"), outbox.c.payload != "")  # an operator may send it again
_later = outbox.alias()
_OUTDONE = sa.exists().where(  # a later message of the name has landed: the name is that one's
    _later.c.ref == sa.bindparam("the_ref"),
    _later.c.bot_id == sa.bindparam("bot"),
    _later.c.id > outbox.c.id,
    among(_later.c.kind, "send", "poll"),
    among(_later.c.state, "done"),
)
_UNDECIDED = sa.and_(sa.or_(among(outbox.c.state, "unknown"), _KEPT), ~_OUTDONE)
_NOT_OVER = sa.or_(among(outbox.c.state, "waiting", "sending"), _UNDECIDED)
_UNSENT = Hot(
    lambda: (
        sa.select(outbox.c.id, outbox.c.payload, outbox.c.state)
        .where(
            outbox.c.ref == sa.bindparam("the_ref"),
            outbox.c.bot_id == sa.bindparam("bot"),
            outbox.c.kind == "send",
            _NOT_OVER,
        )
        .order_by(outbox.c.id.desc())
        .limit(1)
    )
)
_PENDING = Hot(
    lambda: (
        sa.select(outbox.c.id)
        .where(
            outbox.c.ref == sa.bindparam("the_ref"),
            outbox.c.bot_id == sa.bindparam("bot"),
            among(outbox.c.kind, "send", "poll"),
            _NOT_OVER,
        )
        .limit(1)
    )
)
_REWRITE = Hot(
    lambda: (
        sa.update(outbox)
        .where(outbox.c.id == sa.bindparam("the_id"))
        .values(payload=sa.bindparam("the_payload"), hash=sa.bindparam("the_hash"))
    )
)
_POSTED_AS = Hot(
    lambda: (
        sa.select(posted.c.message_id)
        .where(
            posted.c.ref == sa.bindparam("the_ref"),
            posted.c.bot_id == sa.bindparam("bot"),
            posted.c.chat_id == sa.bindparam("chat"),
            posted.c.message_id > 0,  # in reach
        )
        .order_by(posted.c.message_id)
    )
)
_NAMELESS = Hot(
    lambda: sa.delete(posted).where(
        posted.c.bot_id == sa.bindparam("bot"),
        posted.c.chat_id == sa.bindparam("chat"),
        posted.c.message_id == sa.bindparam("message"),
    )
)


def posted_as(work: Work, ref: str, home: int) -> tuple[int, ...]:
    """The ids of the messages that stand under a name, in our chat `home` or with the person -`home`."""
    return tuple(r.message_id for r in work.sql.all(_POSTED_AS, the_ref=ref, bot=work.bot_id, chat=home))


def nameless(work: Work, home: int, messages: tuple[int, ...]) -> None:
    """These messages are gone, or will be: their name is not theirs any more."""
    for n in messages:
        work.sql.run(_NAMELESS, bot=work.bot_id, chat=home, message=n)


def rewrite(work: Work, row: int, effect: Effect) -> None:
    """Have a row that has not left say something else."""
    payload = to_json(effect)
    work.sql.run(_REWRITE, the_id=row, the_payload=payload, the_hash=digest(payload))


def digest(payload: str) -> str:
    """SHA-256 of a payload: what stays when the payload is emptied."""
    return hashlib.sha256(payload.encode()).hexdigest()


def store_effects(work: Work) -> None:
    """The transaction's effects become outbox rows of its last flush; answers and asks leave directly
    instead."""
    if not (work.effects or work.shadow):  # most looks of the heart's
        return
    rows = []
    last_edit = {e.ref: i for i, e in enumerate(work.effects) if isinstance(e, Edit)}
    fresh_send: dict[str, int] = {}
    for i, e in enumerate(work.effects):
        if isinstance(e, _NAMED) and e.ref:
            fresh_send.setdefault(e.ref, i)
    for i, effect in enumerate(work.effects):
        if isinstance(effect, Send):  # nearly all are
            rows.append(_row(work, effect, "waiting"))
            continue
        if isinstance(effect, Answer | Ask):
            continue
        if isinstance(effect, Delete) and not effect.messages and not effect.ref:  # of nothing
            continue
        state = "waiting"
        ref = getattr(effect, "ref", None)
        if isinstance(effect, Delete) and effect.ref and fresh_send.get(effect.ref, -1) > i:
            rows += _of_before(work, effect, effect.ref)
            continue
        follows = isinstance(effect, Pin | Delete | ClosePoll) and ref
        if isinstance(effect, Edit):
            if last_edit[effect.ref] != i:
                continue
            work.sql.run(_DROP_EDIT, the_ref=ref, bot=work.bot_id, now=work.now)
            if ref not in fresh_send:
                state = _merge_into_send(work, effect)
                if not state:
                    continue
            else:
                state = "parked"
        elif isinstance(effect, Tag):
            work.sql.run(_DROP_EDIT, the_ref=ref, bot=work.bot_id, now=work.now)
        elif follows and (ref in fresh_send or work.sql.first(_PENDING, the_ref=ref, bot=work.bot_id)):
            state = "parked"
        rows.append(_row(work, effect, state))
    rows += [_row(work, e, "shadow") for e in work.shadow if not isinstance(e, Answer | Ask)]
    for row in rows:
        work.add(OUTBOX, *row)


def _of_before(work: Work, effect: Delete, ref: str) -> list[tuple[object, ...]]:
    """A removal said before a message of its name is not of that one: it is of those that stand under the
    name now, by their ids, and of an older one that is still on its way."""
    home, rows = effect.chat or -(effect.user or 0), []
    work.sql.run(_DROP_EDIT, the_ref=ref, bot=work.bot_id, now=work.now)
    if ids := posted_as(work, ref, home):
        nameless(work, home, ids)
        rows.append(_row(work, structs.replace(effect, ref=None, messages=ids), "waiting"))
    if work.sql.first(_PENDING, the_ref=ref, bot=work.bot_id):
        rows.append(_row(work, effect, "parked"))
    return rows


def _merge_into_send(work: Work, edit: Edit) -> str:
    """An edit of an unsent message replaces its content; '' when nothing is left to do."""
    send = work.sql.first(_UNSENT, the_ref=edit.ref, bot=work.bot_id)
    if send is None:
        return "waiting"
    if send.state != "waiting":
        return "parked"
    from_row = readable(send.payload)
    if not isinstance(from_row, Send):  # nobody can read it: they end together
        return "parked"
    rewrite(work, send.id, _with_content(from_row, edit))
    return ""


def _with_content(send: Send, edit: Edit) -> Send:
    said = Formatted(edit.text, edit.entities)
    if send.media:  # an edit does not know what it is about
        said = clip(said, CAPTION_LIMIT)
    return structs.replace(send, text=said.text, entities=said.entities, buttons=edit.buttons)


def _row(work: Work, effect: Effect, state: str) -> tuple[object, ...]:
    due: datetime = getattr(effect, "due", None) or work.now
    payload = to_json(effect)
    lane = effect.lane
    if isinstance(effect, Send) and effect.post:
        lane = PAID if effect.paid else POST
    return (
        work.bot_id,
        effect.chat,
        effect.user,
        lane,
        type(effect).__name__.lower(),
        getattr(effect, "ref", None),
        getattr(effect, "topic", None),
        "" if state == "shadow" else payload,  # the hash stays
        digest(payload),
        effect.cause[:80],
        effect.why,
        state,
        due,
        _until(effect, due),
        work.now,
        effect.update or None,
    )


def _until(effect: Effect, due: datetime) -> datetime | None:
    """When an effect is too late: messages only, for moderation and edits are owed however late."""
    if not isinstance(effect, Send):
        return getattr(effect, "not_after", None)
    if effect.not_after is not None or effect.post:
        return effect.not_after
    passing = effect.reply_to is not None or effect.lifetime is not None
    return due + (REPLY_LIFE if passing else NEWS_LIFE)
