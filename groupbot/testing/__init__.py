"""Tests as conversations: the whole bot through the embedded Telegram, over real HTTP.

A pytest plug-in (installed with groupbot). `chat` is a supergroup with the bot as administrator::

    async def test_ping_answers(chat):
        mei = chat.person("Mei")
        await chat.says(mei, "/ping")
        assert chat.last().startswith("Here")
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from groupbot.app import App
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine.clock import Clock
from groupbot.engine.schedule import Heartbeat
from groupbot.engine.storage import open_engine, reading, sqlite_path
from groupbot.settings import load
from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, ChatRoom, World
from groupbot.surfaces.sandbox.world.things import SERVICE
from groupbot.testing.acting import Acting
from groupbot.testing.making import app_of, migrated, prepare

TOKEN = "700000001:test-token-that-opens-nothing-here-1"
PATIENCE = 60.0  # seconds of a busy machine's
HURRY = Pace(rate=1e6, chat_minute=10**6, chat_gap=0.0, free_rate=1e6)
# each is given every conversation's traffic: the entries of `Sandbox(record=...)`
recorders: list[Callable[[dict[str, Any]], None]] = []


class Talk(Acting):
    """A group, its people and the bot. Times move by `wait`; nothing sleeps."""

    def __init__(self, sandbox: Sandbox, app: App, room: ChatRoom, owner: int) -> None:
        self.sandbox, self.app, self.room, self.owner = sandbox, app, room, owner
        self.world: World = sandbox.world
        self._run: asyncio.Task[None] | None = None

    @property
    def id(self) -> int:
        """Telegram's id of the group now."""
        return self.room.id

    # --- people act
    def person(self, name: str, *, language: str = "en", joins: bool = True, starts: bool = False) -> int:
        """A new person, by default already in the group when the bot came; their id."""
        user = self.world.add_user(name, language=language)
        if joins:
            self.room.members[user] = type(self.room.members[self.owner])()
        if starts:
            self.world.private(user)
            for bot in self.world.bots.values():
                bot.started.add(user)
            self.world.say(user, user, "/start")
        return user

    async def says(self, user: int, text: str, *, private: bool = False, **more: Any) -> int:
        """A person writes, the bot reacts; the message's id."""
        chat = user if private else self.room.id
        if private:
            self.world.private(user)
        message = self.world.say(user, chat, text, **more)
        await self.settle()
        return int(message["message_id"])

    async def presses(self, user: int, label: str, *, chat: int | None = None) -> str:
        """A person presses the newest button whose label contains `label`; the toast's text."""
        room = self.world.chats[chat or self.room.id]
        for mid in sorted(room.messages, reverse=True):
            for row in room.messages[mid].get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    if label in button["text"] and "callback_data" in button:
                        query = self.world.press(user, room.id, mid, button["callback_data"])
                        await self.settle()
                        return str(self.world.queries[query].get("text", ""))
        raise AssertionError(f"no button {label!r} in {self.texts(room.id)}")

    async def joins(self, user: int, **more: Any) -> None:
        """A person joins the group."""
        self.world.join(user, self.room.id, **more)
        await self.settle()

    # --- what was said
    def texts(self, chat: int | None = None) -> list[str]:
        """All messages still standing, oldest first."""
        room = self.world.chats.get(chat or self.room.id)
        return (
            []
            if room is None
            else [str(m.get("text") or m.get("caption") or "") for m in room.messages.values()]
        )

    def bot_texts(self, chat: int | None = None) -> list[str]:
        """What the bot said and still stands, oldest first."""
        room = self.world.chats.get(chat or self.room.id)
        own = {b.user for b in self.world.bots.values()}
        if room is None:
            return []
        return [
            str(m.get("text") or m.get("caption") or "")
            for m in room.messages.values()
            if m.get("from", {}).get("id") in own and not any(k in m for k in SERVICE)
        ]

    def last(self, chat: int | None = None) -> str:
        """The bot's newest message; '' when there is none."""
        return (self.bot_texts(chat) or [""])[-1]

    def stands(self, message_id: int) -> bool:
        """Is this message of the group still there?"""
        return message_id in self.room.messages

    def status(self, user: int) -> str:
        """Telegram's word for a member's standing now."""
        return self.world.member(self.room, user).status

    # --- what was written
    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of a query on the bot's database, as an operator would read them."""
        engine = open_engine(self.app.settings.database, read_only=True)
        try:
            with reading(engine) as connection:
                return [tuple(r) for r in connection.exec_driver_sql(sql).all()]
        finally:
            engine.dispose()

    def dump(self) -> str:
        """The whole SQLite database as text: to look for what must not be there."""
        path = sqlite_path(self.app.settings.database)
        with closing(sqlite3.connect(str(path))) as connection:
            return "\n".join(connection.iterdump())

    # --- time
    def holds(self) -> None:
        """From now on both clocks stand still but for `wait`: for what counts single seconds."""
        for clock in (self.app.clock, self.world.clock):
            _hold(clock)

    async def wait(self, **span: float) -> None:
        """Move both clocks (`wait(hours=1)`) and let what is due happen."""
        by = timedelta(**span)
        self.world.clock.move(by.total_seconds())
        self.app.clock.shift(by)
        for tick in self.app.registry.ticks:
            await self.app.dispatch.tick(tick.name, tick.fn, tick.reads)
        if by >= timedelta(hours=1):
            await self.app.sweep()
        self.app.outbox.wake()
        await self.settle()
        await self.app.keep_promises()
        await self.settle()

    async def stops(self) -> None:
        """The bot is stopped."""
        if self._run is not None:
            self._run.cancel()
            await asyncio.gather(self._run, return_exceptions=True)
        await self.app.stop()

    async def restarts(self) -> None:
        """The bot is stopped and started again, on the same database and at the same time."""
        await self.stops()
        pacer = self.app.outbox.pacer
        self.app = app_of(self.app.settings, self.app.clock, still=self.app.make_heart is not Heartbeat)
        await self.app.start()
        self.app.outbox.pacer = pacer
        self.app.outbox.calls.patience = PATIENCE
        self._run = asyncio.create_task(self.app.run())
        await self.settle()

    async def settle(self) -> None:
        """Wait until the bot has handled everything and said what it had to say."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        calm = 0
        while calm < 3:
            if self._run is not None and self._run.done():
                self._run.result()
            outbox = self.app.outbox
            idle = (
                all(not b.updates and (b.poller is not None or b.webhook) for b in self.world.bots.values())
                and outbox.idle
                and not self.app.dispatch.reading
            )
            calm = calm + 1 if idle else 0
            if asyncio.get_running_loop().time() > deadline:
                left = [len(b.updates) for b in self.world.bots.values()]
                raise AssertionError(f"the bot did not settle: updates {left}, outbox {outbox.depth}")
            await asyncio.sleep(0.002)


def _hold(clock: Any) -> None:
    at, moved = clock.now(), clock.offset
    clock.now = lambda: at + (clock.offset - moved)


def _unlimited() -> Limits:
    return Limits(bucket=1e9, rate=1e9, group_minute=10**9)


def _record(entry: dict[str, Any]) -> None:
    for recorder in recorders:
        recorder(entry)


@asynccontextmanager
async def conversation(
    folder: Path,
    *,
    title: str = "Test group",
    type: str = "supergroup",
    database: str = "",
    rights: set[str] | None = None,
    language: str = "en",
    group_language: str = "zh",
    setup_line: bool = False,
    paced: bool = False,
    told_menus: bool = False,
    **settings: Any,
) -> AsyncIterator[Talk]:
    """A sandbox, a bot and a group owned by Olga; for tests that need more than the `chat` fixture.

    Olga is written to in English and the group speaks Chinese, so that every test sees both languages.
    `setup_line` lets the bot greet the group when it is added, as it does in real life. `paced` keeps to
    Telegram's limits in real seconds, one message a second in a group, and the heart beats by itself: without
    it nothing is waited for.
    `told_menus` has Telegram told the menus of commands at the start, as after each change of a command;
    else they count as told.
    """
    world = World()
    world.add_bot(TOKEN)
    owner = world.add_user("Olga", language=language)
    world.private(owner)
    methods = Methods(world) if paced else Methods(world, limits=_unlimited)
    sandbox = Sandbox(world, methods=methods, record=_record if recorders else None)
    async with sandbox.running():
        room = world.add_chat(title, owner, type=type)
        given: dict[str, Any] = {"health": False, "log_level": "error", "webhook_url": "", **settings}
        if database:
            given["database_url"] = database
        made = load(folder, token=TOKEN, base_url=sandbox.url, **given)
        path = sqlite_path(made.database)
        if path is not None and not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(migrated())
        app = app_of(made, Clock(), still=not paced)
        await app.start()
        if not paced:
            app.outbox.pacer = Pacer(HURRY)
            app.outbox.calls.patience = PATIENCE
        talk = Talk(sandbox, app, room, owner)
        await app.writer.submit(prepare, setup_line, group_language, None if told_menus else app.content)
        talk._run = asyncio.create_task(app.run())
        for bot in world.bots.values():
            bot.started.add(owner)
        world.say(owner, owner, "/start")
        world.add_bot_to(TOKEN, room.id, owner, set(RIGHTS) if rights is None else rights)
        try:
            await talk.settle()
            yield talk
        finally:
            await talk.stops()


@pytest.fixture
def groupbot_workspace(tmp_path: Path) -> Path:
    """The workspace of the bot in `chat`; override it in conftest.py to test your own handlers."""
    return tmp_path


@pytest_asyncio.fixture
async def chat(groupbot_workspace: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    """A supergroup owned by Olga, with the bot as administrator with all rights."""
    database = f"sqlite:///{tmp_path / 'groupbot.db'}"
    async with conversation(groupbot_workspace, database=database) as talk:
        yield talk
