"""G30: deliveries that are nearly right, at a real webhook; each is refused, and what is taken is kept.

    python -m tests.reliability.webhook [--record]

There is nothing to sign in to yet: the other half of the goal waits for a page that has a sign-in.
"""

from __future__ import annotations

import asyncio
import io
import json
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from groupbot.engine.seen import among
from groupbot.surfaces.telegram.web import BODY_LIMIT
from groupbot.testing import TOKEN, Talk, conversation
from tests.benchmarks.figures import record

SECRET = "a-long_secret-of-the-webhook"
HEADER = "X-Telegram-Bot-Api-Secret-Token"


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Door:
    """A conversation whose bot listens, and a client at its door."""

    def __init__(self, talk: Talk, port: int, http: aiohttp.ClientSession) -> None:
        self.talk, self.http, self.url = talk, http, f"http://127.0.0.1:{port}"

    async def deliver(self, body: bytes | dict[str, Any], secret: str | None = SECRET) -> int:
        """The status of a delivery."""
        return await self.ask("POST", body, {} if secret is None else {HEADER: secret})

    async def ask(
        self, method: str, body: bytes | dict[str, Any], headers: dict[str, str], more: str = ""
    ) -> int:
        """The status of any request at the webhook's address."""
        data = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        url = f"{self.url}/telegram{more}"
        async with self.http.request(method, url, data=data, headers=headers) as answer:
            return answer.status

    async def get(self, path: str) -> tuple[int, str]:
        async with self.http.get(self.url + path) as answer:
            return answer.status, await answer.text()

    def message(self, update_id: int, text: str) -> dict[str, Any]:
        chat = {"id": self.talk.id, "type": "supergroup", "title": "Test group"}
        person = {"id": self.talk.owner, "is_bot": False, "first_name": "Olga"}
        at = int(self.talk.world.clock.now())
        message = {"message_id": update_id, "date": at, "chat": chat, "from": person, "text": text}
        return {"update_id": update_id, "message": message}

    def seen(self, update_id: int) -> int:
        return sum(update_id in among(*row) for row in self.talk.rows("SELECT block, ids FROM update_block"))


@asynccontextmanager
async def door(folder: Path) -> AsyncIterator[Door]:
    """A bot by webhook."""
    port = free_port()
    listening: dict[str, Any] = {
        "webhook_url": f"http://127.0.0.1:{port}/telegram",
        "webhook_secret": SECRET,
        "listen": f"127.0.0.1:{port}",
    }
    async with conversation(folder, **listening) as talk, aiohttp.ClientSession() as http:
        yield Door(talk, port, http)


def near_misses() -> list[str]:
    """Secrets that are nearly right: cut, longer, one letter off, other case, turned, doubled."""
    cut = [SECRET[:n] for n in range(len(SECRET))]
    off = [SECRET[:n] + ("x" if c != "x" else "y") + SECRET[n + 1 :] for n, c in enumerate(SECRET)]
    more = [
        SECRET.upper(),
        SECRET[::-1],
        SECRET * 2,
        f"{SECRET}, {SECRET}",
        f'"{SECRET}"',
        f"Bearer {SECRET}",
    ]
    return [*cut, *off, *more, f"{SECRET}%00", TOKEN, "*", "null", "a" * 4096]


async def wrong(at: Door) -> tuple[int, list[str]]:
    """(vectors, those that were answered otherwise than they must be); no refused one leaves a trace."""
    body = json.dumps(at.message(7_000_000_001, "hello")).encode()
    large = body + b" " * (BODY_LIMIT - len(body) + 1)
    good = {HEADER: SECRET}
    found = [(f"secret {v[:40]!r}", await at.deliver(body, v), 403) for v in near_misses()]
    found.append(("no secret", await at.deliver(body, None), 403))
    for header in ("X-Telegram-Bot-Api-Secret", "Authorization", "X-Telegram-Bot-Api-Secret_Token"):
        found.append((header, await at.ask("POST", body, {header: SECRET}), 403))
    for query in (f"?secret_token={SECRET}", f"?{HEADER}={SECRET}"):
        found.append(("in the address", await at.ask("POST", body, {}, query), 403))
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        found.append((method, await at.ask(method, body, good), 405))
    found.append(("too large", await at.deliver(large), 413))
    if at.seen(7_000_000_001):
        found.append(("a refused delivery was kept", 1, 0))
    found.append(("as large as it may be", await at.deliver(large[:-1]), 200))
    for n in range(1, 20):
        status = await at.deliver(at.message(7_000_000_001 + n, f"hello {n}"))
        found.append((f"good, and kept before the answer, {n}", status + at.seen(7_000_000_001 + n), 201))
    return len(found), [f"{name}: {got}, not {due}" for name, got, due in found if got != due]


async def _played() -> tuple[int, list[str]]:
    with tempfile.TemporaryDirectory() as folder:
        async with door(Path(folder)) as at:
            return await wrong(at)


def main() -> None:
    """The command."""
    n, bad = asyncio.run(_played())
    told = f"{n - len(bad)} of {n} deliveries as they must be"
    print("\n".join([*bad, told]))
    record("G30", told, met=n >= 60 and not bad, part="webhook")
    raise SystemExit(bool(bad))


if __name__ == "__main__":
    main()
