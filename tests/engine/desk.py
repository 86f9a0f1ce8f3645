"""Dispatch with a test's own router on a writer: updates go in as bytes, rows and effects come out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Answer, Effect, from_json
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.inbox import inbox, quarantine
from groupbot.engine.notes import note
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import Registry
from groupbot.engine.router import Router
from groupbot.engine.seen import among, update_block
from groupbot.engine.shipped import folder
from groupbot.engine.sql import Bulk
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service
from groupbot.surfaces.telegram.intake import decode

KEY = b"k" * 32
COLUMNS = ("router", "chat_id", "key", "value")
ROWS = Bulk("note", sa.insert(note).values({n: sa.bindparam(n) for n in COLUMNS}), COLUMNS)
MEI = {"id": 11, "is_bot": False, "first_name": "Mei", "language_code": "en"}
LI = {"id": 12, "is_bot": False, "first_name": "Li", "language_code": "en"}
GROUP = {"id": -100500, "type": "supergroup", "title": "West Lake"}
OTHER = {"id": -100600, "type": "supergroup", "title": "East Gate"}


class Desk:
    """One dispatch. `feed` takes updates as dicts or bytes."""

    def __init__(self, writer: Writer, router: Router, *more: Router, content: Path | None = None) -> None:
        self.writer = writer
        registry = Registry()
        people = Router("people")
        people.observe(service.note_people)
        for r in (people, router, *more):
            registry.add(r)
        knowledge = service.Knowledge((99,))
        folders = [content] if content else []
        self.content = Content([*folders, folder("content_templates")])
        writer.render = self.content.renderer(knowledge.voice, KEY)
        self.next_id = 1
        self.at = writer.clock.now()
        self.dispatch = Dispatch(writer, registry, knowledge, decode=decode, username="test_bot", key=KEY)

    async def feed(self, *updates: Any) -> Outcome:
        """One batch."""
        return await self.dispatch.feed(
            [u if isinstance(u, Item) else Item(raw=u if isinstance(u, bytes) else pack(u)) for u in updates]
        )

    # --- making updates
    def message(self, text: str, *, user: Any = MEI, chat: Any = GROUP, ago: float = 0, **more: Any) -> Any:
        """A message update of the present, or `ago` seconds ago."""
        n = self._id()
        date = int((self.at - timedelta(seconds=ago)).timestamp())
        body = {"message_id": n, "date": date, "chat": chat, "from": user, "text": text}
        return {"update_id": n, "message": body | more}

    def tap(self, data: str, *, user: Any = MEI, chat: Any = GROUP) -> Any:
        """A press of a button with this data."""
        n = self._id()
        message = {"message_id": 5, "date": int(self.at.timestamp()), "chat": chat, "text": "…"}
        return {
            "update_id": n,
            "callback_query": {"id": f"q{n}", "from": user, "message": message, "data": data},
        }

    def _id(self) -> int:
        self.next_id += 1
        return self.next_id

    # --- looking
    def rows(self, statement: Any) -> list[Any]:
        """What stands in the database."""
        return self.writer.write(lambda w: w.sql.all(statement))

    def said(self, chat: int | None = None) -> list[Effect]:
        """The effects in the outbox, oldest first."""
        rows = self.rows(sa.select(outbox.c.payload, outbox.c.chat_id).order_by(outbox.c.id))
        return [from_json(r.payload) for r in rows if chat is None or r.chat_id == chat]

    def texts(self) -> list[str]:
        """The texts said."""
        return [getattr(e, "text", "") for e in self.said()]

    def aside(self) -> list[tuple[str, str, bytes]]:
        """Quarantine as (stage, step, raw)."""
        rows = self.rows(
            sa.select(quarantine.c.stage, quarantine.c.step, quarantine.c.raw).order_by(quarantine.c.id)
        )
        return [(r.stage, r.step, bytes(r.raw)) for r in rows]

    def seen(self) -> list[int]:
        """Update ids kept."""
        rows = self.rows(sa.select(update_block.c.block, update_block.c.ids).order_by("block"))
        return [id_ for r in rows for id_ in among(r.block, r.ids)]

    def parked(self) -> int:
        """Events waiting for a fact."""
        return len(self.rows(sa.select(inbox.c.id)))

    def notes(self, router: str, key: str, chat: int = 1) -> Any:
        """A note of a router."""
        return self.writer.write(lambda w: w.notes(router, chat).get(key))


def pack(update: Any) -> bytes:
    """An update as Telegram's bytes."""
    return json.dumps(update).encode()


def toasts(outcome: Outcome) -> list[str]:
    """The texts of the answers of a batch."""
    return [a.text for a in outcome.answers if isinstance(a, Answer)]


def counting(router: Router) -> Callable[[Any, Work], None]:
    """An observer that counts the messages it saw in a note."""

    def count(event: Any, work: Work) -> None:
        notes = work.notes(router.name, 1)
        notes.set("n", notes.get("n", 0) + 1)

    return count


def moment(writer: Writer) -> datetime:
    """Now."""
    return writer.clock.now()
