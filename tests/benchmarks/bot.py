"""The bot without its network, over a SQLite file: for benchmarks."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.rules.domain.policy import ALLOWED, MODE, PHRASES
from groupbot.surfaces.telegram.intake import decode
from tests.benchmarks.updates import START

BOT = 700000001


class Bench:
    """One bot; `handle` is one batch, committed, in this thread."""

    def __init__(self, path: Path) -> None:
        url = f"sqlite:///{path / 'bench.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        self.clock = FixedClock(datetime.fromtimestamp(START, UTC))
        self.writer = Writer(url, clock=self.clock, rng=chance(1), bot_id=BOT)
        self.registry = load()
        knowledge = members.Knowledge()
        self.key = self.writer.write(sealing_key)
        self.writer.me = Me(
            BOT, "testbot", frozenset(self.registry.needs), tuple(self.registry.every_command)
        )
        self.writer.render = Content([folder("content_templates")]).renderer(knowledge.voice, self.key)
        self.dispatch = Dispatch(
            self.writer, self.registry, knowledge, decode=decode, username="testbot", key=self.key
        )

    def handle(self, raws: list[bytes]) -> Outcome:
        """One batch in one transaction."""
        return self.writer.write(self.dispatch.batch, [Item(raw=r) for r in raws])

    @staticmethod
    def groups_of(raws: list[bytes]) -> set[int]:
        """Telegram ids of the groups in some updates."""
        found = set()
        for raw in raws:
            u = json.loads(raw)
            body = u.get("message") or u.get("chat_member") or u["callback_query"]["message"]
            found.add(body["chat"]["id"])
        return found

    def set_up_groups(self, groups: list[int], *, phrases: int) -> None:
        """Every group a consumer group with its rules on, `phrases` blocked phrases among them."""
        rng = random.Random(1)
        letters = "abcdefghijklmnoprstuvw"
        words = ["".join(rng.choice(letters) for _ in range(rng.randint(6, 14))) for _ in range(phrases - 1)]

        def fn(work: Work) -> None:
            members.put(work, MODE, "on")
            members.put(work, PHRASES, [*words, "airdrop"])
            members.put(work, ALLOWED, ["example.org"])
            for group in groups:
                place = resolve(work, Chat(group, "supergroup", f"Group number {-group - 1001000000000}"))
                work.sql.run(
                    members_store.NEW_PROFILE,
                    chat_id=place.id,
                    added_by=None,
                    added_at=work.now,
                    status="administrator",
                    rights=[],
                )
                members.set_profile(work, place.id, tier="consumer")

        self.writer.write(fn)

    def counts(self) -> dict[str, Any]:
        """What stands in the tables."""

        def fn(work: Work) -> dict[str, Any]:
            names = ("event", "member_day", "verdict", "outbox", "quarantine")
            return {n: work.sql.value(sa.select(sa.func.count()).select_from(sa.table(n))) for n in names}

        return self.writer.write(fn)

    def close(self) -> None:
        self.writer.close()


def open_bot(path: Path) -> Bench:
    """A fresh bot in a folder."""
    return Bench(path)
