"""A sandbox over real HTTP, with one group, and a client that speaks for the bot."""

from __future__ import annotations

import struct
import zlib
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest_asyncio

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World
from tests import traffic

TOKEN = "700000001:test-token-that-opens-nothing-here-1"
BOT = 700000001


def png(width: int = 2, height: int = 1) -> bytes:
    """A picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x40\x80\xc0" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


class Net:
    """The world, its group `room` (owner Olga, member Mei, the bot as administrator) and the bot's calls."""

    def __init__(self, sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
        self.sandbox, self.world, self.http = sandbox, sandbox.world, http
        self.owner = self.world.add_user("Olga")
        self.mei = self.world.add_user("Mei", username="mei")
        self.world.add_bot(TOKEN)
        self.room = self.world.add_chat("Tea", self.owner)
        self.id = self.room.id
        self.world.join(self.mei, self.id)
        self.world.add_bot_to(TOKEN, self.id, self.owner, set(RIGHTS))

    @property
    def url(self) -> str:
        return f"{self.sandbox.url}/bot{TOKEN}"

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """The whole answer to a call sent as JSON."""
        async with self.http.post(f"{self.url}/{method}", json=params) as answer:
            body: dict[str, Any] = await answer.json()
            assert answer.status == body.get("error_code", 200)
            return body

    async def good(self, method: str, **params: Any) -> Any:
        """The result of a call that must succeed."""
        body = await self.call(method, **params)
        assert body["ok"], body
        return body["result"]

    async def wrong(self, method: str, **params: Any) -> str:
        """The description of a call that must fail."""
        body = await self.call(method, **params)
        assert not body["ok"], body
        return str(body["description"])

    async def sent(self, text: str = "hello", **more: Any) -> int:
        """A message of the bot; its id."""
        made = await self.good("sendMessage", **{"chat_id": self.id, "text": text, **more})
        return int(made["message_id"])

    async def news(self, *kinds: str) -> list[dict[str, Any]]:
        """All updates waiting, confirmed at once; only those kinds, if given."""
        found = await self.good("getUpdates", allowed_updates=list(kinds))
        if found:
            await self.good("getUpdates", offset=found[-1]["update_id"] + 1, limit=1)
        return list(found)

    def forget(self) -> None:
        """Drop what waits, and the memory of earlier polls."""
        for bot in self.world.bots.values():
            bot.updates.clear()
            bot.last_offset = (-1, 0.0)


def roomy() -> Limits:
    return Limits(bucket=1e9, rate=1e9, group_minute=1_000_000)


@pytest_asyncio.fixture
async def net() -> AsyncIterator[Net]:
    """A sandbox without flood limits; what it says is checked against the Bot API."""
    world = World()
    audit = traffic.auditor()
    sandbox = Sandbox(
        world,
        methods=Methods(world, limits=roomy),
        record=audit.feed if audit else None,
        movable=True,
    )
    async with sandbox.running(), aiohttp.ClientSession() as http:
        yield Net(sandbox, http)
    assert audit is None or traffic.errors(audit, "server") == []
