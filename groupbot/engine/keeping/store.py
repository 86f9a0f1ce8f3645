"""What people asked of the privacy desk, and what the engine itself keeps of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from groupbot.engine.addresses import chat, chat_address
from groupbot.engine.inbox import inbox, quarantine
from groupbot.engine.keeping.declared import Kept
from groupbot.engine.naming import naming
from groupbot.engine.notes import note
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.proofs import proof
from groupbot.engine.seen import forget_answers, update_answer
from groupbot.engine.storage import UTC_, BigInt, Hot, Json, among, metadata
from groupbot.engine.work import Work

erasure = sa.Table(
    "erasure",
    metadata,
    sa.Column("id", BigInt, primary_key=True),
    sa.Column("code", sa.String(32), nullable=False, unique=True),
    sa.Column("person_id", sa.BigInteger),  # NULL once nothing is left to erase
    sa.Column("seal", sa.String(64), nullable=False),  # keyed hash of the person
    sa.Column("state", sa.String(8), nullable=False),  # asked | rest | done
    sa.Column("asked_at", UTC_, nullable=False),
    sa.Column("done_at", UTC_),
    sa.Column("counts", Json, nullable=False),  # rows changed by table
    sa.Column("written", sa.Boolean, nullable=False),  # stands in the journal
    sqlite_autoincrement=True,
)
data_request = sa.Table(
    "data_request",
    metadata,
    sa.Column("person_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("asked_at", UTC_, nullable=False),
)

b = sa.bindparam
e = erasure.c
_NEW = ("code", "person_id", "seal", "state", "asked_at", "counts", "written")
NEW = Hot(lambda: sa.insert(erasure).values({n: b(n) for n in _NEW}).returning(e.id))
OPEN = Hot(lambda: sa.select(erasure).where(among(e.state, "asked", "rest")).order_by(e.id))
TO_ERASE = Hot(lambda: sa.select(e.id).where(e.person_id == b("who"), e.state == "asked").limit(1))
SEALS = Hot(lambda: sa.select(e.seal).distinct())
ALL = Hot(lambda: sa.select(e.code, e.seal, e.asked_at, e.written).order_by(e.id))
WRITTEN = Hot(lambda: sa.update(erasure).where(e.code == b("the_code")).values(written=True))
BECOMES = Hot(
    lambda: (
        sa.update(erasure)
        .where(e.id == b("the_id"))
        .values(state=b("becomes"), done_at=b("at"), counts=b("the_counts"), person_id=b("who"))
    )
)
ASK = Hot(lambda: sa.insert(data_request).values(person_id=b("person_id"), asked_at=b("asked_at")))
ASKED = Hot(lambda: sa.select(data_request.c.person_id).where(data_request.c.person_id == b("who")))
REQUESTS = Hot(lambda: sa.select(data_request.c.person_id).order_by(data_request.c.asked_at))
ANSWERED = Hot(lambda: sa.delete(data_request).where(data_request.c.person_id == b("who")))
TO_SAY = Hot(
    lambda: (
        sa.select(outbox.c.id)
        .where(
            outbox.c.bot_id == b("bot"),
            outbox.c.user_id == b("who"),
            among(outbox.c.state, "waiting", "sending"),
        )
        .limit(1)
    )
)
TITLES = Hot(lambda: sa.select(chat.c.id, chat.c.title).where(chat.c.type != "private"))
_PRIVATE = Hot(lambda: sa.select(chat.c.id).where(chat.c.bot_id == b("bot"), chat.c.telegram_id == b("who")))

ENGINE = (
    Kept(outbox, "user_id", "gone", by="id"),
    Kept(inbox, "person", "gone"),
    Kept(erasure, "person_id", "stays", why="erasure"),
    Kept(data_request, "person_id", "gone"),
    Kept(naming, "person_id", "former", hide=("id", "bot_id", "ref")),
)

HANDS = (chat, chat_address, posted, note, quarantine, proof, update_answer)  # gone through beside


def said(work: Work, person: int) -> list[dict[str, Any]]:
    """The private chat with the bot: its title is the person's name."""
    found = []
    for row in work.sql.all(_PRIVATE, bot=work.bot_id, who=person):
        found += work.sql.all(sa.select(chat.c.title, chat.c.username).where(chat.c.id == row.id))
    return [{"title": r.title, "username": r.username} for r in found]


def noted(work: Work, person: int) -> list[dict[str, Any]]:
    """What features wrote down under a person's id."""
    return [{"of": r.router, "what": r.value} for r in _notes(work, person)]


def _notes(work: Work, person: int) -> list[Any]:
    rows = work.sql.all(sa.select(note).where(note.c.key.contains(str(person))))
    return [r for r in rows if str(person) in r.key.split(":")]


def forget_private(work: Work, person: int, to: int) -> bool:
    """The private chat loses its name and address, and all that was said there; raw updates that could
    not be handled go where they name the person, and notes that features keep under the id. Nothing of it
    is left to do another time."""
    for row in work.sql.all(_PRIVATE, bot=work.bot_id, who=person):
        work.sql.run(sa.delete(outbox).where(outbox.c.bot_id == work.bot_id, outbox.c.chat_id == row.id))
        work.sql.run(sa.delete(posted).where(posted.c.bot_id == work.bot_id, posted.c.chat_id == row.id))
        work.sql.run(sa.delete(chat_address).where(chat_address.c.chat_id == row.id))
        work.sql.run(
            sa.update(chat)
            .where(chat.c.id == row.id)
            .values(telegram_id=to, title="", username=None, state="gone")
        )
    # what was sent to a person is filed under their id below zero
    work.sql.run(sa.delete(posted).where(posted.c.bot_id == work.bot_id, posted.c.chat_id == -person))
    work.sql.run(sa.update(outbox).where(outbox.c.why.contains(str(person))).values(why=""))
    for row in _notes(work, person):
        of = (note.c.router == row.router, note.c.chat_id == row.chat_id, note.c.key == row.key)
        work.sql.run(sa.delete(note).where(*of))
    mark = str(person).encode()
    for table in (quarantine, proof):  # both small: kept a week, and a minute
        ids = [r.id for r in work.sql.all(sa.select(table.c.id, table.c.raw)) if mark in bytes(r.raw)]
        if ids:
            work.sql.run(sa.delete(table).where(table.c.id.in_(ids)))
    return False


def forget_toasts(work: Work, person: int, to: int) -> bool:
    """Toasts kept for presses that come again: those of others may name the person too ("Ann took 5"), and
    no row says whom, so all go. True when there may be more."""
    return forget_answers(work)
