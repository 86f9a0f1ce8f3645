"""Tables of greetings and of newcomers who are being waited for, and their queries."""

from __future__ import annotations

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, Upsert, among, metadata, only

assert chat is not None  # the table the foreign keys name
newcomer = sa.Table(
    "newcomer",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("mode", sa.String(8), nullable=False),
    sa.Column(
        "state", sa.String(8), nullable=False
    ),  # waiting | passed | failed | left | kicked | freed | void | let
    sa.Column("stage", sa.String(8), nullable=False),  # question | rules
    sa.Column("round", sa.Integer, nullable=False),  # an answer counts for one round
    sa.Column("tries", sa.SmallInteger, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("typed", sa.Boolean, nullable=False),  # the answer is written, in private
    sa.Column("muted", sa.Boolean, nullable=False),  # by the captcha
    sa.Column("held", sa.Boolean, nullable=False),  # for another reason too
    sa.Column("request", sa.Boolean, nullable=False),
    sa.Column("private", sa.BigInteger),
    sa.Column("ending", sa.String(8), nullable=False),  # kick | free | decline | nothing
    sa.Column("due_at", UTC_),
    sa.Column("begun_at", UTC_, nullable=False),
    sa.Column("ended_at", UTC_),
    sa.UniqueConstraint("chat_id", "person_id"),
    sa.Index(
        "ix_newcomer_due",
        "due_at",
        **only("state = 'waiting'"),
    ),
    sa.Index("ix_newcomer_person", "person_id"),
    sqlite_autoincrement=True,
    info={"merging": "theirs"},
)

# the newest message of a kind in a chat, and who is still to be named in the next
notice = sa.Table(
    "entry_notice",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), primary_key=True),  # welcome | goodbye | captcha
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("stands", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("waiting", Json, nullable=False),
    sa.Column("more", sa.Integer, nullable=False),
    sa.Column("due_at", UTC_),
    info={"merging": "theirs"},
)

b = sa.bindparam
n = newcomer
_NEW = (
    "chat_id", "person_id", "mode", "state", "stage", "round", "tries", "answer", "typed", "muted", "held",
    "request", "private", "ending", "due_at", "begun_at", "ended_at",
)  # fmt: skip
BEGIN = Hot(
    lambda: Upsert(
        newcomer,
        _NEW,
        ("chat_id", "person_id"),
        {c: "sum" if c == "round" else "new" for c in _NEW if c not in ("chat_id", "person_id")},
    )
)
OF = Hot(lambda: sa.select(n).where(n.c.chat_id == b("chat"), n.c.person_id == b("who")))
GET = Hot(lambda: sa.select(n).where(n.c.id == b("the_id")))
ASKED = Hot(lambda: sa.select(n.c.person_id).where(n.c.typed.is_(True), among(n.c.state, "waiting")))
OPEN_QUESTIONS = Hot(
    lambda: (
        sa.select(n)
        .where(n.c.person_id == b("who"), n.c.typed.is_(True), among(n.c.state, "waiting"))
        .order_by(n.c.begun_at.desc(), n.c.id.desc())
    )
)
WAITING = Hot(
    lambda: (
        sa.select(n.c.person_id)
        .where(n.c.chat_id == b("chat"), among(n.c.state, "waiting"), n.c.request.is_(False))
        .order_by(n.c.id.desc())
    )
)
ALL_WAITING = Hot(
    lambda: sa.select(n).where(n.c.chat_id == b("chat"), among(n.c.state, "waiting")).order_by(n.c.id)
)
ASK = Hot(
    lambda: (
        sa.update(n)
        .where(n.c.id == b("the_id"))
        .values(round=n.c.round + 1, answer=b("the_answer"), typed=b("is_typed"))
    )
)
STAGE = Hot(lambda: sa.update(n).where(n.c.id == b("the_id")).values(stage=b("the_stage")))
TRIED = Hot(lambda: sa.update(n).where(n.c.id == b("the_id")).values(tries=n.c.tries + 1))
END = Hot(
    lambda: (
        sa.update(n)
        .where(n.c.id == b("the_id"))
        .values(
            state=b("the_state"),
            ended_at=b("now"),
            due_at=None,
            answer="",
            typed=sa.false(),
            round=n.c.round + 1,
        )
    )
)
POSTPONE = Hot(lambda: sa.update(n).where(n.c.id == b("the_id")).values(due_at=b("due")))
HOLD = Hot(lambda: sa.update(n).where(n.c.id == b("the_id")).values(held=sa.true()))
DUE = Hot(
    lambda: (
        sa.select(n)
        .where(n.c.due_at <= b("now"), n.c.state == sa.literal_column("'waiting'"))
        .order_by(n.c.due_at, n.c.id)
        .limit(b("most"))
    )
)
FORGET = Hot(lambda: sa.delete(n).where(n.c.ended_at < b("before")))

_NOTICE = ("chat_id", "kind", "number", "stands", "at", "waiting", "more", "due_at")
NOTICE = Hot(lambda: sa.select(notice).where(notice.c.chat_id == b("chat"), notice.c.kind == b("the_kind")))
KEEP_NOTICE = Hot(
    lambda: Upsert(
        notice, _NOTICE, ("chat_id", "kind"), {c: "new" for c in _NOTICE if c not in ("chat_id", "kind")}
    )
)
NOTICES_DUE = Hot(
    lambda: (
        sa.select(notice.c.chat_id, notice.c.kind)
        .where(notice.c.due_at <= b("now"))
        .order_by(notice.c.due_at)
        .limit(b("most"))
    )
)

WAITING_FOR = Hot(
    lambda: sa.select(notice.c.chat_id, notice.c.kind, notice.c.waiting).where(
        sa.type_coerce(notice.c.waiting, sa.Text).contains(b("digits"))
    )
)
WAIT_FOR = Hot(
    lambda: (
        sa.update(notice)
        .where(notice.c.chat_id == b("the_chat"), notice.c.kind == b("the_kind"))
        .values(waiting=b("left"))
    )
)
KEPT = tuple(
    Kept(
        newcomer,
        who,
        "gone",
        waits=lambda now: newcomer.c.ended_at.is_(None),
        since=newcomer.c.begun_at,
        why="entry",
        hide=("answer",),
    )
    for who in ("person_id", "private")
)
