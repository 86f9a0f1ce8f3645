"""The record: every case with its rule, its evidence and what became of it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, among, metadata, only
from groupbot.features.rules.domain.cases import HAND

verdict = sa.Table(
    "verdict",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # the case number in its chat
    sa.Column("rule", sa.String(16), nullable=False),
    sa.Column("version", sa.SmallInteger, nullable=False),
    sa.Column("matched", sa.String(64), nullable=False),  # emptied after 30 days
    sa.Column("carrier", sa.String(40), nullable=False),
    sa.Column("actor", sa.BigInteger, nullable=False),  # a person, or a channel that spoke
    sa.Column("person", sa.Boolean, nullable=False),
    sa.Column("strong", sa.Boolean, nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False, info={"message": True}),
    sa.Column("album", sa.String(64)),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("action", sa.String(8), nullable=False),  # pending | exempt | flag | remove | again | mute …
    sa.Column("shadow", sa.Boolean, nullable=False),
    sa.Column("until", UTC_),
    sa.Column("appeal", sa.String(8)),  # open | upheld | granted
    sa.Column("decided_by", sa.BigInteger),
    sa.Column("decided_at", UTC_),
    sa.Column("undone_by", sa.BigInteger),
    sa.Column("undone_at", UTC_),
    sa.Column("by_id", sa.BigInteger),  # the administrator whose act it is
    sa.Column("reason", sa.String(200), nullable=False, server_default=""),
    sa.Column("wish", sa.String(32), nullable=False, server_default=""),  # what a list asked for
    sa.Column("notice", sa.String(200), nullable=False, server_default=""),  # and its words
    sa.Column("kind", sa.String(16), nullable=False, server_default=""),  # of the message: text, photo …
    sa.UniqueConstraint("chat_id", "number"),
    sa.Index("ix_verdict_actor", "actor", "chat_id", "at"),
    sa.Index("ix_verdict_message", "chat_id", "message_id"),
    sa.Index(
        "ix_verdict_pending",
        "chat_id",
        "actor",
        **only("action = 'pending'"),
    ),
    sa.Index("ix_verdict_muted", "chat_id", "actor", **only("action = 'mute'")),
    sqlite_autoincrement=True,
)

newcomer_said = sa.Table(
    "newcomer_said",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("n", sa.Integer, nullable=False),  # clean messages, counted while few
    info={"merging": "add"},
)

b = sa.bindparam
v = verdict.c
_SAID = ("chat_id", "person_id", "at", "n")
SAID = Bulk(
    "newcomer_said",
    Upsert(newcomer_said, _SAID, ("chat_id", "person_id"), {"n": "sum", "at": "new"}),
    _SAID,
    key=2,
)
SAID_BY = Hot(
    lambda: sa.select(newcomer_said.c.n).where(
        newcomer_said.c.chat_id == b("chat"), newcomer_said.c.person_id == b("who")
    )
)
FORGET_SAID = Hot(lambda: sa.delete(newcomer_said).where(newcomer_said.c.at < b("before")))
_NEW = (
    "chat_id",
    "number",
    "rule",
    "version",
    "matched",
    "carrier",
    "actor",
    "person",
    "strong",
    "message_id",
    "album",
    "at",
    "action",
    "shadow",
    "until",
    "by_id",
    "reason",
    "wish",
    "notice",
    "kind",
)
_ALL = (*_NEW, "id", "appeal", "decided_by", "decided_at", "undone_by", "undone_at")
_COLUMNS = [v[n] for n in _ALL]

LAST_NUMBER = Hot(lambda: sa.select(sa.func.max(v.number)).where(v.chat_id == b("chat")))
NEW = Hot(lambda: sa.insert(verdict).values({n: b(n) for n in _NEW}).returning(v.id))
GET = Hot(lambda: sa.select(*_COLUMNS).where(v.id == b("the_id")))
BY_NUMBER = Hot(lambda: sa.select(*_COLUMNS).where(v.chat_id == b("chat"), v.number == b("n")))
BY_MESSAGE = Hot(  # what a person did about it, or a reaction to it, judges none of its words
    lambda: (
        sa.select(*_COLUMNS)
        .where(v.chat_id == b("chat"), v.message_id == b("message"), v.shadow == b("in_shadow"))
        .where(v.rule != HAND, v.carrier != "reaction")
        .order_by(v.id.desc())
        .limit(1)
    )
)
BY_ALBUM = Hot(
    lambda: (
        sa.select(*_COLUMNS)
        .where(
            v.actor == b("who"), v.chat_id == b("chat"), v.album == b("the_album"), v.shadow == b("in_shadow")
        )
        .order_by(v.id.desc())
        .limit(1)
    )
)
COUNTED = Hot(
    lambda: (
        sa.select(v.at, v.until, v.action, v.rule)
        .where(
            v.chat_id == b("chat"),
            v.actor == b("who"),
            v.at > b("since"),
            v.shadow.is_(False),
            v.undone_at.is_(None),
            v.rule != HAND,
            among(v.action, "remove", "mute", "human", "ban"),
            v.rule != sa.literal_column("'newcomer'"),  # gentle: never counted
        )
        .order_by(v.at)
    )
)
PENDING = Hot(
    lambda: (
        sa.select(*_COLUMNS)
        .where(v.chat_id == b("chat"), v.actor == b("who"), v.action == sa.literal_column("'pending'"))
        .order_by(v.id)
    )
)
ALL_PENDING = Hot(
    lambda: (
        sa.select(v.chat_id, v.actor).distinct().where(v.action == sa.literal_column("'pending'")).limit(50)
    )
)
REASON = Hot(lambda: sa.update(verdict).where(v.id == b("the_id")).values(reason=b("the_reason")))
BECOMES = Hot(
    lambda: sa.update(verdict).where(v.id == b("the_id")).values(action=b("the_action"), until=b("ends"))
)
DECIDED = Hot(
    lambda: (
        sa.update(verdict)
        .where(v.id == b("the_id"), v.decided_at.is_(None))
        .values(decided_by=b("who"), decided_at=b("now"))
    )
)
UNDONE = Hot(
    lambda: (
        sa.update(verdict)
        .where(v.id == b("the_id"), v.undone_at.is_(None))
        .values(undone_by=b("who"), undone_at=b("now"))
    )
)
APPEAL = Hot(lambda: sa.update(verdict).where(v.id == b("the_id")).values(appeal=b("state")))
OF_PERSON = Hot(
    lambda: (
        sa.select(*_COLUMNS, chat.c.title)
        .select_from(verdict.join(chat, chat.c.id == v.chat_id))
        .where(
            v.actor == b("who"),
            v.shadow.is_(False),
            sa.or_(v.chat_id == b("chat"), b("one", type_=sa.Integer) == 0),
            sa.not_(among(v.action, "pending", "exempt", "flag", "promote", "demote", "unban", "unmute")),
        )
        .order_by(v.id.desc())
        .limit(5)
    )
)
SHADOW = Hot(
    lambda: (
        sa.select(*_COLUMNS)
        .where(
            v.chat_id == b("chat"),
            v.shadow.is_(True),
            v.at >= b("since"),
            sa.not_(among(v.action, "pending", "exempt")),
        )
        .order_by(v.id)
    )
)
LAST = Hot(lambda: sa.select(sa.func.max(v.id)))
SHADOW_SINCE = Hot(
    lambda: (
        sa.select(v.id, v.chat_id, v.actor, v.person, v.rule, v.action)
        .where(v.id > b("behind"), v.shadow.is_(True), sa.not_(among(v.action, "pending", "exempt")))
        .order_by(v.id)
    )
)
WARNS = Hot(  # the newest first
    lambda: (
        sa.select(v.id, v.number, v.at, v.by_id, v.reason)
        .where(
            v.chat_id == b("chat"),
            v.actor == b("who"),
            v.action == "warn",
            v.at > b("since"),
            v.undone_at.is_(None),
            v.decided_at.is_(None),
        )
        .order_by(v.id.desc())
    )
)
FREED = Hot(  # what an administrator lifted by hand is no longer in force
    lambda: (
        sa.update(verdict)
        .where(
            v.chat_id == b("chat"),
            v.actor == b("who"),
            v.action == b("the_action"),
            sa.and_(v.undone_at.is_(None), v.shadow.is_(False)),
            sa.or_(v.until.is_(None), v.until > b("now")),
        )
        .values(undone_by=b("by"), undone_at=b("now"))
    )
)
LAST_ACT = Hot(
    lambda: (
        sa.select(v.action)
        .where(v.chat_id == b("chat"), v.actor == b("who"), among(v.action, "promote", "demote"))
        .where(v.undone_at.is_(None))
        .order_by(v.id.desc())
        .limit(1)
    )
)
COUNT = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(verdict)
        .where(v.chat_id == b("chat"), v.actor == b("who"), v.shadow.is_(False), v.undone_at.is_(None))
        .where(sa.not_(among(v.action, "pending", "exempt", "flag", "promote", "demote", "unban", "unmute")))
    )
)
EVER_MUTED = Hot(
    lambda: (
        sa.select(v.actor)
        .distinct()
        .where(v.chat_id == b("chat"), v.action == sa.literal_column("'mute'"), v.shadow.is_(False))
    )
)
IN_FORCE = Hot(  # mutes (or bans) of somebody
    lambda: sa.select(v.id, v.number, v.at, v.until, v.by_id).where(
        v.chat_id == b("chat"),
        v.actor == b("who"),
        v.action == b("the_action"),
        v.shadow.is_(False),
        v.undone_at.is_(None),
        sa.or_(v.until > b("now"), v.until.is_(None)),
    )
)
FORGET_MATCHED = Hot(lambda: sa.update(verdict).where(v.at < b("before"), v.matched != "").values(matched=""))
_past = sa.or_(v.action != "ban", v.shadow.is_(True), v.undone_at.is_not(None), v.until <= b("now"))
FORGET = Hot(lambda: sa.delete(verdict).where(v.at < b("before"), _past))  # all but bans that stand
MATCHED = Hot(lambda: sa.select(v.chat_id, v.matched).where(v.actor == b("who"), v.matched != "").distinct())


def _in_force(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(
        among(v.action, "ban", "mute"),
        v.shadow.is_(False),
        v.undone_at.is_(None),
        sa.or_(v.until.is_(None), v.until > now),
    )


KEPT = (
    Kept(
        verdict,
        "actor",
        "former",
        words=("matched", "reason", "notice"),
        stays=_in_force,
        why="ban",
    ),
    Kept(verdict, "by_id", "former", by="id"),
    Kept(verdict, "decided_by", "former", by="id"),
    Kept(verdict, "undone_by", "former", by="id"),
    Kept(newcomer_said, "person_id", "gone", by="chat_id"),
)
