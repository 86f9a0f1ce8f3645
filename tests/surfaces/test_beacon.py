"""Public random numbers over real HTTP, from recorded rounds: two mirrors must say the same."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from aiohttp import web

from groupbot.engine.clock import FixedClock
from groupbot.features.lottery import service as lottery
from groupbot.features.lottery.domain import CHAIN, Round
from groupbot.surfaces.beacon import Beacon, read
from tests.features.lottery.rounds import ROUND_1000, ROUND_657413

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]
GOOD = msgspec.json.encode(ROUND_1000)


@asynccontextmanager
async def mirror(body: bytes, status: int = 200, **more: Any) -> AsyncIterator[str]:
    """A mirror that says `body` to any question for quicknet."""

    async def answer(request: web.Request) -> web.Response:
        assert request.path.startswith(f"/{CHAIN}/public/")
        return web.Response(body=body, status=status, **more)

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    yield f"http://{host}:{port}"
    await runner.cleanup()


def clock() -> FixedClock:
    return FixedClock(datetime(2027, 1, 30, 10, tzinfo=UTC))


async def asked(*bodies: bytes, status: int = 200, **more: Any) -> Round | None:
    async with mirror(bodies[0], **more) as a, mirror(bodies[-1], status) as b:
        return await Beacon([a, b], clock(), plain=True).fetch(1000)


async def test_two_mirrors_that_agree_make_a_round() -> None:
    found = await asked(GOOD, GOOD)
    assert found == msgspec.structs.replace(ROUND_1000, mirrors=2)


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (msgspec.json.encode(ROUND_657413), 200),
        (b"{}", 200),
        (b"not json", 200),
        (GOOD + b" " * 5000, 200),
        (GOOD, 503),
        (GOOD.replace(b"fe29", b"fe28"), 200),
    ],
)
async def test_one_mirror_alone_is_not_believed(second: bytes, status: int) -> None:
    assert await asked(GOOD, second, status=status) is None


async def test_without_a_network_there_is_no_round_and_it_is_lost_after_ten_minutes() -> None:
    time = clock()
    beacon = Beacon(["http://127.0.0.1:9", "http://127.0.0.1:9"], time, plain=True)
    assert (await beacon.fetch(7), beacon.lost(7)) == (None, False)
    time.shift(timedelta(minutes=10))
    assert (await beacon.fetch(7), beacon.lost(7), beacon.lost(8)) == (None, True, False)


async def test_only_https_is_asked_and_plain_http_never_in_production() -> None:
    assert Beacon(["http://mirror", "https://mirror/"], clock()).mirrors == ["https://mirror"]


async def test_what_draws_wait_for_is_fetched_and_given_to_them() -> None:
    came: list[Any] = []

    async def ask(fn: Any) -> list[int]:
        assert fn is lottery.rounds_wanted
        return [1000]

    async def tick(cause: str, fn: Any) -> None:
        came.append((cause, fn.func, fn.keywords["found"].round))

    async with mirror(GOOD) as one:
        await Beacon([one], clock(), plain=True).serve(ask, tick)
    assert came == [("tick:lottery.round", lottery.round_came, 1000)]


def test_another_round_than_asked_for_is_none() -> None:
    assert (read(GOOD, 1001), read(GOOD, 1000)) == (None, ROUND_1000)
