"""What came in and is not done: parked events, quarantine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Ask
from groupbot.core.events import ChatFacts, Event, Standing
from groupbot.engine.logs import redact
from groupbot.engine.storage import UTC_, BigInt, Hot, metadata
from groupbot.engine.work import Work

KEEP_QUARANTINE = timedelta(days=7)
AT_ONCE = timedelta(0)
LOST = timedelta(minutes=1)  # an answer, or that there is none, is there within seconds
FACTS = -1  # as the person waited for: what Telegram says of the chat itself

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("chat_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("update_id", sa.BigInteger, nullable=False),
    sa.Column("person", sa.BigInteger, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("observed", sa.Boolean, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sqlite_autoincrement=True,
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("bot_id", sa.BigInteger, nullable=False),
    sa.Column("update_id", sa.BigInteger),
    sa.Column("stage", sa.String(8), nullable=False),  # decode | step | flush | tick
    sa.Column("step", sa.String(120), nullable=False),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.Column("at", UTC_, nullable=False),
    sa.Column("retried", sa.Boolean, nullable=False, server_default=sa.false()),
    sqlite_autoincrement=True,
)

_PARK = Hot(
    lambda: sa.insert(inbox).values(
        {n: sa.bindparam(n) for n in ("bot_id", "chat_id", "update_id", "person", "raw", "observed", "at")}
    )
)
_PARKED_CHATS = Hot(
    lambda: (
        sa.select(inbox.c.chat_id, sa.func.min(inbox.c.id).label("first"))
        .where(inbox.c.bot_id == sa.bindparam("bot"))
        .group_by(inbox.c.chat_id)
    )
)
_OF_CHAT = Hot(
    lambda: (
        sa.select(inbox.c.id, inbox.c.update_id, inbox.c.person, inbox.c.raw, inbox.c.observed, inbox.c.at)
        .where(inbox.c.bot_id == sa.bindparam("bot"), inbox.c.chat_id == sa.bindparam("chat"))
        .order_by(inbox.c.id)
    )
)
_FIRST = Hot(
    lambda: (
        sa.select(inbox.c.person, inbox.c.at)
        .where(inbox.c.bot_id == sa.bindparam("bot"), inbox.c.chat_id == sa.bindparam("chat"))
        .order_by(inbox.c.id)
        .limit(1)
    )
)
_TAKE = Hot(lambda: sa.delete(inbox).where(inbox.c.id == sa.bindparam("the_id")))
_the_row = quarantine.c.id == sa.bindparam("number")
_RETRIED = Hot(lambda: sa.select(quarantine.c.retried).where(_the_row))
_DONE_AGAIN = Hot(lambda: sa.update(quarantine).where(_the_row).values(retried=True))
_FORGET_QUARANTINE = Hot(lambda: sa.delete(quarantine).where(quarantine.c.at < sa.bindparam("before")))
_QUARANTINE = Hot(
    lambda: (
        sa.insert(quarantine)
        .values({n: sa.bindparam(n) for n in ("bot_id", "update_id", "stage", "step", "error", "raw", "at")})
        .returning(quarantine.c.id)
    )
)


def parked_chats(work: Work) -> dict[Any, Any]:
    """The chats whose events wait for a fact; kept as a cache, loaded when the cache was emptied."""
    cache = work.cached("inbox")
    if "loaded" not in cache:
        for row in work.sql.all(_PARKED_CHATS, bot=work.bot_id):
            work.put("inbox", row.chat_id, True)
        work.put("inbox", "loaded", True)
    return cache


def park(work: Work, chat: int, update_id: int, person: int, raw: bytes, *, observed: bool) -> None:
    """Keep an event until its chat resumes."""
    work.sql.run(
        _PARK,
        bot_id=work.bot_id,
        chat_id=chat,
        update_id=update_id,
        person=person,
        raw=raw,
        observed=observed,
        at=work.now,
    )
    work.put("inbox", chat, True)


def waiting(work: Work, chat: int) -> list[Any]:
    """The parked events of a chat in order."""
    return work.sql.all(_OF_CHAT, bot=work.bot_id, chat=chat)


def unanswered(work: Work, longer: timedelta = AT_ONCE) -> list[Ask]:
    """What the first event of every chat asks for that has waited for so long and longer; where the clock
    was set back meanwhile, by so much."""
    chats = [c for c in parked_chats(work) if c != "loaded"]
    firsts = [(c, row) for c in chats for row in work.sql.all(_FIRST, bot=work.bot_id, chat=c)]
    return [asking(c, row.person) for c, row in firsts if abs(work.now - row.at) >= longer]


def asking(chat: int, person: int) -> Ask:
    """The question whose answer this person's event waits for."""
    return Ask(chat=chat, facts=True) if person == FACTS else Ask(chat=chat, member=person)


def answered(event: Event) -> int | None:
    """Whom an answer of Telegram is about; None for what is no answer that events wait for."""
    if isinstance(event, Standing):
        return event.person.id
    return FACTS if isinstance(event, ChatFacts) else None


def taken(work: Work, row_id: int) -> None:
    """A parked event has been handled."""
    work.sql.run(_TAKE, the_id=row_id)


def resumed(work: Work, chat: int) -> None:
    """Nothing waits in this chat any more."""
    work.drop("inbox", chat)


def retried(work: Work, number: int) -> bool:
    """Was what was put aside under this number handled again?"""
    return bool(work.sql.value(_RETRIED, number=number))


def done_again(work: Work, number: int) -> None:
    """It is handled again: said in the transaction that does it."""
    work.sql.run(_DONE_AGAIN, number=number)


def put_aside(
    work: Work, *, update_id: int | None, stage: str, step: str, error: BaseException, raw: bytes
) -> int:
    """Quarantine raw bytes with what went wrong; its number. The text of the error is cut to a line."""
    said = redact(f"{type(error).__name__}: {error}").split("\n")[0][:500]
    said = said.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    row = work.sql.returning(
        _QUARANTINE,
        bot_id=work.bot_id,
        update_id=update_id,
        stage=stage,
        step=step[:120],
        error=said,
        raw=raw,
        at=work.now,
    )[0]
    return int(row.id)


def sweep(work: Work) -> None:
    """Forget quarantined bytes after seven days."""
    work.sql.run(_FORGET_QUARANTINE, before=work.now - KEEP_QUARANTINE)
