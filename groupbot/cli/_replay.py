"""Messages as Telegram's own bytes, and the whole bot over a scratch database to take them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.cli._lines import START, Line
from groupbot.core.effects import Ask
from groupbot.core.events import Chat, Person, Standing
from groupbot.engine import migrate
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.plugins import load
from groupbot.engine.shipped import content_folders
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.guarding.domain.settings import LINKED
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.store import verdict
from groupbot.surfaces.telegram.intake import decode

BOT, GROUP = 700000001, -1001000000000
JOINED = 1 << 30  # messages that tell of joins have numbers from here on
SPAN = timedelta(seconds=60)  # of one batch: nothing in it counts as late
BATCH = 100


def batches(lines: Sequence[Line]) -> Iterator[list[tuple[int, Line]]]:
    """The lines with their numbers, at most a hundred and at most a minute in one batch."""
    batch: list[tuple[int, Line]] = []
    for number, line in enumerate(lines, 1):
        if batch and (len(batch) == BATCH or abs(line.at - batch[0][1].at) > SPAN):
            yield batch
            batch = []
        batch.append((number, line))
    if batch:
        yield batch


class Rehearsal:
    """The bot with everything but the network: intake, every router, the writer on a scratch database.
    What it says stays in the outbox there."""

    def __init__(self, place: Path, workspace: Path) -> None:
        url = f"sqlite:///{place / 'rehearsal.db'}"
        tables()
        migrate.upgrade(url)
        self.clock = FixedClock(START)
        self.registry = load(workspace / "handlers")
        self.writer = Writer(url, clock=self.clock, rng=chance(1), bot_id=BOT)
        self.writer.me = Me(BOT, "rehearsal_bot", settings=self.registry.settings)
        content = Content([p for p in content_folders(workspace) if p.is_dir()])
        knowledge = members.Knowledge()
        key = self.writer.write(sealing_key)
        self.writer.content = content
        self.writer.render = content.renderer(knowledge.voice, key)
        self.dispatch = Dispatch(
            self.writer,
            self.registry,
            knowledge,
            decode=decode,
            username="rehearsal_bot",
            key=key,
            after=self._answer,
        )

    def set_up(self, tier: str, settings: dict[str, Any]) -> None:
        """Make the group of the rehearsal, with these setting values of its own."""

        def write(work: Work) -> None:
            place = resolve(work, Chat(GROUP, "supergroup", "Rehearsal"))
            work.chat = place.id
            members.set_profile(work, place.id, tier=tier)
            members.put(work, LINKED, 0, chat=place.id)  # nothing tells which channel that was
            for key, value in settings.items():
                members.put(work, members_setting(key), value, chat=place.id)

        added = {
            "update_id": 1,
            "my_chat_member": {
                "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
                "from": {"id": 1, "is_bot": False, "first_name": "Owner"},
                "date": int(START.timestamp()),
                "old_chat_member": _me("left"),
                "new_chat_member": _me("administrator"),
            },
        }
        self.writer.write(self.dispatch.batch, [Item(raw=json.dumps(added).encode())])
        self.writer.write(write)

    async def replay(self, batch: list[tuple[int, Line]]) -> Outcome:
        """One batch through the whole bot, the clock at its last message."""
        self.clock.at = max(line.at for _, line in batch)
        items = []
        for number, line in batch:
            items += [Item(raw=_joined(number, n, *j)) for n, j in enumerate(line.joins)]
            items.append(Item(raw=_raw(number, line)))
        return await self.dispatch.feed(items)

    async def _answer(self, outcome: Outcome) -> None:
        """Whoever is asked about is an ordinary member."""
        known = [
            Standing(
                at=self.clock.now(), chat=Chat(GROUP, "supergroup"), person=Person(a.member), status="member"
            )
            for a in outcome.asks
            if isinstance(a, Ask)
        ]
        if known:
            await self.dispatch.feed([Item(event=e) for e in known])

    def verdicts(self) -> list[Any]:
        """The cases: rule, matched words, action, number of the line."""
        v = verdict.c
        return self.writer.write(
            lambda w: w.sql.all(sa.select(v.rule, v.matched, v.action, v.message_id).order_by(v.id))
        )

    def close(self) -> None:
        """Let go of the database."""
        self.writer.close()


def members_setting(key: str) -> Any:
    """A setting known only by its key."""
    return Setting(key, None, "")


def _me(status: str) -> dict[str, Any]:
    rights = {"can_delete_messages": True, "can_restrict_members": True}
    me = {"id": BOT, "is_bot": True, "first_name": "bot", "username": "rehearsal_bot"}
    return {"status": status, "user": me, **(rights if status == "administrator" else {})}


def _joined(number: int, n: int, who: int, at: datetime) -> bytes:
    person = {"id": who, "is_bot": False, "first_name": "A"}
    message = {
        "message_id": JOINED + number * 100 + n % 100,
        "date": int(at.timestamp()),
        "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
        "from": person,
        "new_chat_members": [person],
    }
    return json.dumps({"update_id": (JOINED + number) * 100 + n % 100, "message": message}).encode()


def _raw(number: int, line: Line) -> bytes:
    message = {
        "message_id": number,
        "date": int(line.at.timestamp()),
        "chat": {"id": GROUP, "type": "supergroup", "title": "Rehearsal"},
        **line.message,
    }
    return json.dumps({"update_id": 100 + number, "message": message}, ensure_ascii=False).encode(
        "utf-8", "replace"
    )
