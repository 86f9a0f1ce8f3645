"""SIGTERM before the bot runs: it ends with exit code 0, within ten seconds, whatever it waits for."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import pytest
from aiohttp import web

from groupbot.app import LONGEST_STOP
from groupbot.engine.migrate import upgrade
from groupbot.features import tables
from tests.reliability.process import environment

TOKEN = "700000001:test-token-that-opens-nothing-here-1"
ME = {"ok": True, "result": {"id": 700000001, "is_bot": True, "first_name": "B", "username": "b_bot"}}
pytestmark = pytest.mark.xdist_group("processes")


@asynccontextmanager
async def telegram(get_me: Callable[[], Awaitable[web.Response]]) -> AsyncIterator[str]:
    """A server that answers getMe so; its address."""

    async def answer(request: web.Request) -> web.Response:
        return await get_me()

    app = web.Application()
    app.router.add_route("*", f"/bot{TOKEN}/getMe", answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def stopped(folder: Path, url: str, ready: Callable[[], Awaitable[object]]) -> tuple[int, float, str]:
    """Run the bot, SIGTERM it once `ready` returns: exit code, seconds, what it wrote."""
    bot = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "groupbot",
        "run",
        cwd=folder,
        env=environment(folder, url, TOKEN),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(300):
            await ready()
            start = asyncio.get_running_loop().time()
            bot.send_signal(signal.SIGTERM)
            said, _ = await bot.communicate()
        assert bot.returncode is not None
        return bot.returncode, asyncio.get_running_loop().time() - start, said.decode()
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()


async def test_a_sigterm_while_telegram_does_not_answer_ends_well(tmp_path: Path) -> None:
    asked = asyncio.Event()

    async def never() -> web.Response:
        asked.set()
        await asyncio.sleep(600)
        return web.json_response(ME)

    async with telegram(never) as url:
        code, seconds, said = await stopped(tmp_path, url, asked.wait)
    assert (code, "Traceback" in said, "Unclosed" in said) == (0, False, False), said
    assert seconds < 30


async def test_a_sigterm_while_the_database_is_locked_ends_well(tmp_path: Path) -> None:
    path = tmp_path / "groupbot.db"
    tables()
    upgrade(f"sqlite:///{path}")
    locked = asyncio.Event()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:

        async def then_lock() -> web.Response:
            other.execute("BEGIN IMMEDIATE")
            locked.set()
            return web.json_response(ME)

        async def ready() -> None:
            await locked.wait()
            await asyncio.sleep(0.5)  # now it waits for the lock

        async with telegram(then_lock) as url:
            code, seconds, said = await stopped(tmp_path, url, ready)
    assert (code, "Traceback" in said) == (0, False), said
    assert "stop.forced" in said  # the lock is waited for 30
    assert LONGEST_STOP < 10
    assert seconds < 25


async def test_a_sigterm_while_a_plug_in_loads_ends_well(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    mark = tmp_path / "loading"
    (tmp_path / "handlers" / "slow.py").write_text(
        f"import pathlib, time\npathlib.Path({str(mark)!r}).touch()\ntime.sleep(600)\n"
    )

    async def ready() -> None:
        while not await asyncio.to_thread(os.path.exists, mark):
            await asyncio.sleep(0.02)

    code, seconds, said = await stopped(tmp_path, "http://127.0.0.1:9", ready)
    assert (code, said) == (0, "")
    assert seconds < 30
