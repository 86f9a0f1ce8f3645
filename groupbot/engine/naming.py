"""Which messages in groups name whom: written down where no row of the feature's own says it, so that the
feature can draw them anew once somebody is forgotten."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.effects import Edit
from groupbot.engine.storage import UTC_, BigInt, Hot, delete_some, metadata
from groupbot.engine.work import Work

SHOWN = timedelta(days=30)  # how long a message of the past is worth an edit

naming = sa.Table(
    "naming",
    metadata,
    sa.Column("id", BigInt, primary_key=True),  # in the order in which a message names them
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("ref", sa.String(160), nullable=False),  # the name of the message
    sa.Column("person_id", sa.BigInteger, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Index("ix_naming_person", "person_id"),
    sa.Index("ix_naming_ref", "ref"),
    sqlite_autoincrement=True,
)

n, b = naming.c, sa.bindparam
_NEW = Hot(
    lambda: sa.insert(naming).values(
        {name: b(name) for name in ("bot_id", "chat_id", "ref", "person_id", "at")}
    )
)
_NAMED = Hot(
    lambda: (
        sa.select(n.person_id)
        .where(n.ref == b("the_ref"), n.chat_id == b("chat"), n.bot_id == b("bot"))
        .order_by(n.id)
    )
)
_NAMING = Hot(
    lambda: (
        sa.select(n.chat_id, n.ref)
        .where(n.person_id == b("who"), n.bot_id == b("bot"), n.at >= b("since"))
        .group_by(n.chat_id, n.ref)
        .order_by(sa.func.min(n.id))
    )
)
_OLD = delete_some(naming, n.at < b("before"), by=n.id)


def name(work: Work, chat: int, ref: str, people: Iterable[int]) -> None:
    """The message that is said as `ref` names these people, in this order."""
    for person in people:
        work.sql.run(_NEW, bot_id=work.bot_id, chat_id=chat, ref=ref, person_id=person, at=work.now)


def named(work: Work, chat: int, ref: str) -> list[int]:
    """Whom a message names, in its order."""
    return [r.person_id for r in work.sql.all(_NAMED, the_ref=ref, chat=chat, bot=work.bot_id)]


def posts(work: Work, who: int, prefix: str) -> list[tuple[int, str]]:
    """(chat, ref) of the last thirty days' messages that name somebody and whose ref begins so."""
    rows = work.sql.all(_NAMING, who=who, bot=work.bot_id, since=work.now - SHOWN)
    return [(r.chat_id, r.ref) for r in rows if r.ref.startswith(prefix)]


def blank(work: Work, chat: int, ref: str) -> None:
    """A message that cannot be drawn anew says only that it named somebody who was forgotten."""
    work.say(Edit(chat=chat, ref=ref, template="privacy/nameless"))


def sweep(work: Work, most: int) -> bool:
    """Forget at most `most` rows older than that; True when there may be more."""
    return work.sql.run(_OLD, before=work.now - SHOWN, most=most) >= most
