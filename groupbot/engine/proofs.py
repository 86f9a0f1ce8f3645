"""Commands of anonymous administrators that wait for a proof.

Telegram does not say who posts as the group. Such a command is kept for a minute under a button; it runs
once, as the administrator who pressed it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from groupbot.core.effects import Button, Send
from groupbot.core.events import Command
from groupbot.engine.storage import UTC_, BigInt, Hot, metadata
from groupbot.engine.work import Work

LIFE = timedelta(seconds=60)

proof = sa.Table(
    "proof",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sqlite_autoincrement=True,
)
_KEEP = Hot(
    lambda: (
        sa.insert(proof)
        .values({n: sa.bindparam(n) for n in ("bot_id", "chat_id", "raw", "at")})
        .returning(proof.c.id)
    )
)
_OLD = Hot(lambda: sa.delete(proof).where(proof.c.at < sa.bindparam("before")))
_LOOK = Hot(
    lambda: sa.select(proof.c.raw, proof.c.at).where(
        proof.c.id == sa.bindparam("the_id"),
        proof.c.chat_id == sa.bindparam("chat"),
        proof.c.at >= sa.bindparam("since"),
    )
)
_TAKE = Hot(lambda: sa.delete(proof).where(proof.c.id == sa.bindparam("the_id")))


class Prove(Struct, frozen=True, tag="eng.prove"):
    """[I am an admin] under the command kept as `id`."""

    id: int


def keep(work: Work, command: Command, raw: bytes) -> None:
    """Keep a command and ask for a proof, where it was said. The update's bytes hold what was written:
    they stay for a minute, and until `sweep`, or the next one is kept."""
    sweep(work)
    row = work.sql.returning(_KEEP, bot_id=work.bot_id, chat_id=work.chat, raw=raw, at=work.now)[0]
    work.say(
        Send(
            chat=work.chat,
            template="common/prove",
            data={"command": command.name},
            buttons=((Button("prove", Prove(row.id)),),),
            ref=ref(row.id),
            reply_to=command.message.message_id,
            topic=command.message.topic,
            lifetime=int(LIFE.total_seconds()),
            cause=f"prove:{command.name}",
        )
    )


def sweep(work: Work) -> None:
    """Forget what nobody proved in time."""
    work.sql.run(_OLD, before=work.now - LIFE)


def ref(number: int) -> str:
    """The name of the message with the button."""
    return f"prove:{number}"


def look(work: Work, number: int) -> Any:
    """The kept command of this chat (`raw`, `at`), or None when it is too old or has run."""
    return work.sql.first(_LOOK, the_id=number, chat=work.chat, since=work.now - LIFE)


def take(work: Work, number: int) -> bool:
    """Take it to run it: True once."""
    return bool(work.sql.run(_TAKE, the_id=number))
