"""A Bot API that only counts: the sandbox's own flood limits, a round trip away. One process of its own.

    python -m tests.benchmarks.stub PORT [--latency 40] [--bucket 45]

Each token has its own limits. `/stats/<token>` gives what was accepted and refused; chats at and below
REPLIES are answers to people, the others posts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from groupbot.surfaces.sandbox.limits import Limits

POSTS, REPLIES = -1001_000_000_000, -1002_000_000_000  # ids of groups count down from here
FREE, PORT = re.compile(rb"(send|edit)\w+$", re.I), 18440
_CHAT = re.compile(rb'chat_id"?\s*[=:]\s*"?(-?\d+)')
_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.I)


class Token:
    """What one bot did."""

    def __init__(self, bucket: float, latency: float) -> None:
        self.latency = latency
        self.limits = Limits(bucket=bucket)
        self.posts: list[float] = []
        self.replies: list[float] = []
        self.refused: list[float] = []
        self.deaf = 0  # calls inside a retry_after of which the bot had heard
        self._heard: dict[int, tuple[float, float]] = {}  # chat, 0 for all → from, until
        self.others = 0

    def call(self, method: bytes, body: bytes) -> dict[str, Any]:
        """One call's answer."""
        found = _CHAT.search(body)
        chat = int(found[1]) if found else 0
        if FREE.search(method) is None or not chat:
            self.others += 1
            return {"ok": True, "result": _me() if method.lower() == b"getme" else True}
        now = time.monotonic()
        wait = self.limits.take(now, chat, group=True, paid=b"allow_paid_broadcast" in body)
        if wait:
            self._refuse(now, chat, wait)
            text = f"Too Many Requests: retry after {wait}"
            return {"ok": False, "error_code": 429, "description": text, "parameters": {"retry_after": wait}}
        (self.replies if chat <= REPLIES else self.posts).append(now)
        here = {"id": chat, "type": "supergroup", "title": "t"}
        number = len(self.posts) + len(self.replies)
        return {"ok": True, "result": {"message_id": number, "date": 1760000000, "chat": here, "text": "x"}}

    def _refuse(self, now: float, chat: int, wait: int) -> None:
        self.refused.append(now)
        spans = [self._heard.get(c, (0.0, 0.0)) for c in (0, chat)]
        self.deaf += any(a + self.latency + 0.02 < now < b for a, b in spans)
        whom = 0 if self.limits.silent(now) else chat
        if self._heard.get(whom, (0.0, 0.0))[1] <= now:
            self._heard[whom] = (now, now + wait)

    def stats(self) -> dict[str, Any]:
        """Counts, and the rate over the time of the posts."""
        both = sorted(self.posts + self.replies)
        if not self.posts:
            return {"posts": 0}
        first, last = min(self.posts), max(self.posts)
        within = [t for t in both if first <= t <= last]
        most = max(bisect_left(both, t + 1.0) - i for i, t in enumerate(both))
        return {
            "posts": len(self.posts),
            "replies": len(self.replies),
            "refused": len(self.refused),
            "deaf": self.deaf,
            "others": self.others,
            "paid": self.limits.paid,
            "seconds": last - first,
            "rate": (len(within) - 1) / max(1e-9, last - first),
            "most": most,
            "gap": max((b - a for a, b in pairwise(within)), default=0.0),
        }


def _me() -> dict[str, Any]:
    return {"id": 7, "is_bot": True, "first_name": "b", "username": "testbot"}


class Wire(asyncio.Protocol):
    """HTTP/1.1 as clients of the Bot API speak it."""

    def __init__(self, tokens: dict[str, Token], latency: float, bucket: float) -> None:
        self.tokens, self.latency, self.bucket = tokens, latency, bucket
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            found = _LENGTH.search(head)
            size = int(found[1]) if found else 0
            if len(self.buffer) < end + 4 + size:
                return
            body, self.buffer = self.buffer[end + 4 : end + 4 + size], self.buffer[end + 4 + size :]
            self.handle(head.split(b" ", 2)[1], body)

    def handle(self, path: bytes, body: bytes) -> None:
        top, _, rest = path.strip(b"/").partition(b"/")
        name = rest if top == b"stats" else top.removeprefix(b"bot")
        token = self.tokens.setdefault(name.decode(), Token(self.bucket, self.latency))
        if top == b"stats":
            self.answer(token.stats(), 200)
            return
        made = token.call(rest, body)
        code = int(made.get("error_code", 200))
        asyncio.get_running_loop().call_later(self.latency, self.answer, made, code)

    def answer(self, made: dict[str, Any], code: int) -> None:
        body = json.dumps(made).encode()
        head = f"HTTP/1.1 {code} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


@contextmanager
def running(port: int, latency: float = 40.0, bucket: float = 45.0) -> Iterator[str]:
    """The stub in a process of its own; its address."""
    args = [
        sys.executable,
        "-m",
        "tests.benchmarks.stub",
        str(port),
        f"--latency={latency}",
        f"--bucket={bucket}",
    ]
    made = subprocess.Popen(args)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                stats(url, "nobody")
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        yield url
    finally:
        made.terminate()
        made.wait()


def stats(url: str, token: str) -> dict[str, Any]:
    """What one bot did."""
    with urllib.request.urlopen(f"{url}/stats/{token}") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


async def serve(port: int, latency: float, bucket: float) -> None:
    """Until it is ended."""
    tokens: dict[str, Token] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Wire(tokens, latency / 1e3, bucket), "127.0.0.1", port)
    await server.serve_forever()


def main() -> None:
    """Serve."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("port", type=int)
    options.add_argument("--latency", type=float, default=40.0, help="milliseconds there and back")
    options.add_argument("--bucket", type=float, default=45.0)
    given = options.parse_args()
    asyncio.run(serve(given.port, given.latency, given.bucket))


if __name__ == "__main__":
    main()
