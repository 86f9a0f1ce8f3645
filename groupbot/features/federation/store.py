"""Federations, their admins, groups, lists and subscriptions; what their lists did where."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.addresses import chat
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.sql import Bulk
from groupbot.engine.storage import UTC_, BigInt, Hot, Upsert, metadata
from groupbot.features.rules.store import verdict as v

assert chat is not None  # the table the foreign keys name
fed = sa.Table(
    "federation",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("code", sa.String(8), nullable=False, unique=True),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("owner_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("log_id", sa.BigInteger, info={"chat": True}),
    sa.Column("reasons", sa.Boolean, nullable=False),
    sa.Column("tells", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sqlite_autoincrement=True,
)


def _part(name: str, *columns: Any) -> sa.Table:
    first = sa.Column(
        "fed_id",
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
        sa.ForeignKey("federation.id"),
        primary_key=True,
        autoincrement=False,
    )
    return sa.Table(name, metadata, first, *columns, sa.Column("at", UTC_, nullable=False))


def _key(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=True, autoincrement=False)


admin = _part("federation_admin", _key("person_id"))
subscribed = _part("federation_subscription", _key("to_id"))
ban = _part(
    "federation_ban",
    _key("person_id"),
    sa.Column("name", sa.String(60), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Index("ix_federation_ban_person", "person_id"),
)
joined = sa.Table(
    "federation_chat",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("fed_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
)
# what a list did in a group: `case_id` 0 where staff were only told, -1 where they let the person be
done = sa.Table(
    "federation_act",
    metadata,
    sa.Column("chat_id", sa.BigInteger, sa.ForeignKey("chat.id"), primary_key=True, autoincrement=False),
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("fed_id", sa.BigInteger, nullable=False),
    sa.Column("case_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_federation_act_fed", "fed_id", "person_id"),
)
# a change of a list that is still to be carried into the groups
task = sa.Table(
    "federation_task",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("fed_id", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("lift", sa.Boolean, nullable=False),
    sa.Column("by_id", sa.BigInteger, nullable=False),
    sa.Column("after_id", sa.BigInteger, nullable=False),  # groups up to here are done
    sqlite_autoincrement=True,
)

b = sa.bindparam
f, a, s, n, j, d, t = fed.c, admin.c, subscribed.c, ban.c, joined.c, done.c, task.c
_FED = (f.id, f.code, f.name, f.owner_id, f.log_id, f.reasons, f.tells)
NEW = Hot(
    lambda: (
        sa.insert(fed)
        .values({k: b(k) for k in ("code", "name", "owner_id", "reasons", "tells", "at")})
        .returning(f.id)
    )
)
FED = Hot(lambda: sa.select(*_FED).where(f.id == b("the_id")))
BY_CODE = Hot(lambda: sa.select(f.id).where(f.code == b("called")))
OWNED = Hot(lambda: sa.select(f.id).where(f.owner_id == b("who")).order_by(f.id))
HELPED = Hot(lambda: sa.select(a.fed_id).where(a.person_id == b("who")).order_by(a.fed_id))
ADMINS = Hot(lambda: sa.select(a.person_id).where(a.fed_id == b("fed")).order_by(a.at))
PROMOTE = Hot(lambda: Upsert(admin, ("fed_id", "person_id", "at"), ("fed_id", "person_id")))
DEMOTE = Hot(lambda: sa.delete(admin).where(a.fed_id == b("fed"), a.person_id == b("who")))
CHANGE = Hot(
    lambda: (
        sa.update(fed)
        .where(f.id == b("the_id"))
        .values(name=b("called"), log_id=b("log"), reasons=b("asks"), tells=b("says"))
    )
)
OF_CHAT = Hot(lambda: sa.select(j.fed_id).where(j.chat_id == b("chat")))
JOIN = Hot(
    lambda: Upsert(
        joined, ("chat_id", "fed_id", "by_id", "at"), ("chat_id",), {"fed_id": "new", "by_id": "new"}
    )
)
LEAVE = Hot(lambda: sa.delete(joined).where(j.chat_id == b("chat")))
CHATS = Hot(lambda: sa.select(sa.func.count()).select_from(joined).where(j.fed_id == b("fed")))
SUBSCRIBE = Hot(lambda: Upsert(subscribed, ("fed_id", "to_id", "at"), ("fed_id", "to_id")))
UNSUBSCRIBE = Hot(lambda: sa.delete(subscribed).where(s.fed_id == b("fed"), s.to_id == b("other")))
SUBSCRIPTIONS = Hot(lambda: sa.select(s.to_id).where(s.fed_id == b("fed")).order_by(s.at))
# the next groups that follow a federation's list: its own, and those of federations that subscribe to it
REACHED = Hot(
    lambda: (
        sa.select(j.chat_id, j.fed_id)
        .where(
            j.chat_id > b("after"),
            sa.or_(j.fed_id == b("fed"), j.fed_id.in_(sa.select(s.fed_id).where(s.to_id == b("fed")))),
        )
        .order_by(j.chat_id)
        .limit(b("most"))
    )
)

_BAN = ("fed_id", "person_id", "name", "reason", "by_id", "at")
BAN = Hot(
    lambda: Upsert(ban, _BAN, ("fed_id", "person_id"), {"name": "new", "reason": "new", "by_id": "new"})
)
BANS = Bulk("federation_ban", Upsert(ban, _BAN, ("fed_id", "person_id")), _BAN, key=2)
UNBAN = Hot(lambda: sa.delete(ban).where(n.fed_id == b("fed"), n.person_id == b("who")))
BANNED_IN = Hot(lambda: sa.select(n.fed_id).where(n.person_id == b("who")))
ONE = Hot(
    lambda: sa.select(n.person_id, n.name, n.reason, n.by_id, n.at).where(
        n.fed_id == b("fed"), n.person_id == b("who")
    )
)
LIST = Hot(
    lambda: (
        sa.select(n.person_id, n.name, n.reason, n.by_id, n.at)
        .where(n.fed_id == b("fed"))
        .order_by(n.at, n.person_id)
        .limit(b("most"))
    )
)
COUNT = Hot(lambda: sa.select(sa.func.count()).select_from(ban).where(n.fed_id == b("fed")))

_DONE = ("chat_id", "person_id", "fed_id", "case_id", "at")
DID = Hot(
    lambda: Upsert(done, _DONE, ("chat_id", "person_id"), {"fed_id": "new", "case_id": "new", "at": "new"})
)
DONE = Hot(
    lambda: sa.select(d.fed_id, d.case_id, d.at).where(d.chat_id == b("chat"), d.person_id == b("who"))
)
DONE_BY = Hot(
    lambda: (
        sa.select(d.chat_id, d.case_id)
        .where(d.fed_id == b("fed"), d.person_id == b("who"), d.chat_id > b("after"))
        .order_by(d.chat_id)
        .limit(b("most"))
    )
)
FORGOTTEN = Hot(lambda: sa.delete(done).where(d.chat_id == b("chat"), d.person_id == b("who")))
OTHER_BANS = Hot(
    lambda: (
        sa.select(sa.func.count())
        .select_from(v)
        .where(
            v.c.chat_id == b("chat"),
            v.c.actor == b("who"),
            v.c.id != b("case"),
            v.c.action == "ban",
            v.c.shadow.is_(False),
            v.c.undone_at.is_(None),
            sa.or_(v.c.until.is_(None), v.c.until > b("now")),
        )
    )
)

DECLINED = Hot(  # the newest request of somebody that this list turned down here
    lambda: (
        sa.select(v.c.id, v.c.number, v.c.at, v.c.undone_at)
        .where(
            v.c.chat_id == b("chat"),
            v.c.actor == b("who"),
            v.c.rule == b("the_rule"),
            v.c.carrier == b("code"),
            v.c.action == "decline",
        )
        .order_by(v.c.id.desc())
        .limit(1)
    )
)
UNDONE = Hot(lambda: sa.select(v.c.undone_at).where(v.c.id == b("case")))

TASK = Hot(
    lambda: sa.insert(task).values({k: b(k) for k in ("fed_id", "person_id", "lift", "by_id", "after_id")})
)
TASKS = Hot(
    lambda: sa.select(t.id, t.fed_id, t.person_id, t.lift, t.by_id, t.after_id).order_by(t.id).limit(1)
)
TASK_AT = Hot(lambda: sa.update(task).where(t.id == b("the_id")).values(after_id=b("after")))
TASK_DONE = Hot(lambda: sa.delete(task).where(t.id == b("the_id")))


def _rows_of(table: sa.Table) -> Hot:
    return Hot(lambda: sa.delete(table).where(table.c.fed_id == b("fed")))


DISSOLVED = tuple(_rows_of(x) for x in (admin, subscribed, ban, joined, task))
UNFOLLOWED = Hot(lambda: sa.delete(subscribed).where(s.to_id == b("fed")))
DISSOLVE = Hot(lambda: sa.delete(fed).where(f.id == b("fed")))

# names of who was put on a list, as they were called then; on the list they stay
NAMELESS = Hot(lambda: sa.update(ban).where(n.person_id == b("who"), n.name != "").values(name=""))
_listed = sa.exists().where(n.person_id == d.person_id)
KEPT = (
    Kept(fed, "owner_id", "former", why="fed"),
    Kept(admin, "person_id", "gone"),
    Kept(ban, "person_id", "gone", stays=lambda now: sa.true(), why="ban"),
    Kept(ban, "by_id", "former", by="fed_id", hide=("name", "reason")),
    Kept(joined, "by_id", "former", by="chat_id"),
    Kept(done, "person_id", "gone", by="chat_id", stays=lambda now: _listed, why="ban"),
    Kept(task, "person_id", "gone", stays=lambda now: sa.true(), why="ban"),
    Kept(task, "by_id", "former"),
)
