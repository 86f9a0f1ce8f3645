"""Which updates are confirmed, and when."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import pytest
from aiohttp import web
from telegram.error import RetryAfter

from groupbot.engine.dispatch import Item
from groupbot.engine.writer import Lost
from groupbot.surfaces.telegram import runner
from groupbot.surfaces.telegram.bot import make_bot
from groupbot.surfaces.telegram.runner import BATCH, Collector, Poller, next_offset, update_id_of

TOKEN = "700000001:test-token-that-opens-nothing-here-1"


@pytest.mark.parametrize(
    ("raw", "id"),
    [
        (b'{"update_id":7}', 7),
        (b'{ "update_id" :\n 7 , "message":{}}', 7),
        (b'{"message":{"text":"\\"update_id\\":9"},"update_id":7}', 7),
        (b'{"update\\u005fid":7}', 7),
        (b'{"update_id":"7"}', 7),
        (b'{"update_id":-7}', None),
        (b'{"update_id":null}', None),
        (b'{"update_id":9999999999999999999999}', None),
        (b"{}", None),
        (b"[]", None),
        (b"not json", None),
        (b"[" * 100_000, None),
    ],
)
def test_update_id_is_read_in_every_spelling(raw: bytes, id: int | None) -> None:
    assert update_id_of(raw) == id


def test_offset_is_past_the_largest_readable_id() -> None:
    batch = [json.dumps({"update_id": n}).encode() for n in (5, 9, 7)]
    assert next_offset([b"{}", *batch, b"?"], 3) == 10


@pytest.mark.parametrize("before", [None, 3])
def test_offset_stays_where_no_id_can_be_read(before: int | None) -> None:
    assert next_offset([b"{}", b"?"], before) == before


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_who_waits_as_long_as_telegram_says_is_alive_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[tuple[float, float]] = []
    clock = [1000.0]
    monkeypatch.setattr(runner, "ticking", lambda: clock[0])
    poller = Poller(make_bot(TOKEN, "http://127.0.0.1:1"), lambda items: asyncio.sleep(0))

    async def sleep(seconds: float) -> None:
        slept.append((seconds, clock[0] - poller.last_asked))
        clock[0] += seconds
        if sum(s for s, _ in slept) >= 100:
            raise asyncio.CancelledError

    async def ask() -> list[bytes]:
        raise RetryAfter(100)

    monkeypatch.setattr(poller, "_ask", ask)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await poller.run()
    assert slept == [(30, 0), (30, 0), (30, 0), (10, 0)]


async def test_updates_without_ids_are_handled_once_and_confirmed_by_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "NO_IDS_PAUSE", 0.01)
    odd, good = '{"message":{"text":"odd"}}', '{"update_id":41}'
    answers = [[odd], [odd], [odd, good], []]
    asked: list[str | None] = []
    fed: list[list[bytes]] = []
    over = asyncio.Event()

    async def get_updates(request: web.Request) -> web.Response:
        asked.append((await request.post()).get("offset"))  # type: ignore[arg-type]
        if len(asked) > len(answers) - 1:
            over.set()
            await asyncio.sleep(30)
        body = f'{{"ok":true,"result":[{",".join(answers[len(asked) - 1])}]}}'
        return web.Response(text=body, content_type="application/json")

    async def feed(items: Sequence[Item]) -> Any:
        fed.append([i.raw or b"" for i in items])

    app = web.Application()
    app.router.add_post(f"/bot{TOKEN}/getUpdates", get_updates)
    server = web.AppRunner(app, shutdown_timeout=0.1)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    bot = make_bot(TOKEN, f"http://127.0.0.1:{server.addresses[0][1]}")
    for request in bot._request:
        await request.initialize()
    poll = asyncio.create_task(Poller(bot, feed).run())
    async with asyncio.timeout(10):
        await over.wait()
    poll.cancel()
    await asyncio.gather(poll, return_exceptions=True)
    for request in bot._request:
        await request.shutdown()
    await server.cleanup()
    assert asked == [None, None, None, "42"]
    assert fed == [[odd.encode()], [good.encode()]]


async def test_a_delivery_behind_a_batch_that_failed_is_taken_in() -> None:
    fed: list[int] = []

    async def feed(items: Sequence[Item]) -> None:
        fed.append(len(items))
        if len(items) == BATCH:
            raise OSError("a slip")

    collector = Collector(feed)
    async with asyncio.timeout(10):
        told = await asyncio.gather(
            *(collector.deliver(b"{}") for _ in range(BATCH + 1)), return_exceptions=True
        )
    assert (fed, [type(e) for e in told]) == ([BATCH, 1], [Lost] * BATCH + [type(None)])
