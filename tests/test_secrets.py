"""The token's secret part leaves nowhere: not at log level debug, not in errors, not in the database."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World
from tests.reliability.process import environment

SECRET = "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1"
TOKEN = f"700000001:{SECRET}"
WORDS = "kanarienvogel"  # what a member wrote is no secret of ours, and no business of the log either
pytestmark = pytest.mark.xdist_group("processes")

# what a plug-in may do wrong: the address of a call, token and all, in its errors and log lines
CARELESS = f"""
import logging

import structlog

from groupbot import Command, Router, Work
from telegram.ext import CommandHandler

URL = "https://api.telegram.org/bot{TOKEN}/sendMessage"
router = Router("careless", about="Says too much")


@router.command("boom")
def boom(cmd: Command, work: Work) -> None:
    logging.getLogger("careless").debug("calling %s", URL)
    structlog.get_logger("careless").info("calling", where=("post", URL), error=OSError(URL))
    raise RuntimeError(f"POST {{URL}} failed") from OSError(URL)


@router.observe
def watch(event, work):
    if getattr(event, "text", "") == "break":
        raise ValueError(URL)


@router.every(seconds=1)
def tick(work: Work) -> None:
    raise RuntimeError(URL)


async def raw(update, context):
    raise RuntimeError(URL)


router.raw(CommandHandler("raw", raw))
"""


async def until(there: Callable[[], bool], what: str) -> None:
    start = asyncio.get_running_loop().time()
    while not there():
        assert asyncio.get_running_loop().time() - start < 240, what
        await asyncio.sleep(0.02)


async def run(folder: Path, url: str, log: Path, **more: str) -> asyncio.subprocess.Process:
    with log.open("ab") as out:
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "dev", "-m", "groupbot", "run"),
            cwd=folder,
            env=environment(folder, url, TOKEN, GROUPBOT_LOG_LEVEL="debug", **more),
            stdout=out,
            stderr=out,
        )


@pytest.mark.parametrize("as_json", ["true", "false"])
async def test_a_whole_life_at_log_level_debug_tells_no_secret(tmp_path: Path, as_json: str) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "careless.py").write_text(CARELESS)
    (tmp_path / "handlers" / "broken.py").write_text(f"raise RuntimeError('bot{TOKEN}')\n")
    log = tmp_path / "all.log"
    log.touch()
    world = World()
    world.add_bot(TOKEN)
    olga = world.add_user("Olga")
    room = world.add_chat("Tea", olga)
    async with Sandbox(world).running() as sandbox:
        bot = await run(tmp_path, sandbox.url, log, GROUPBOT_LOG_JSON=as_json)
        try:
            world.add_bot_to(TOKEN, room.id, olga, set(RIGHTS))
            for text in (f"hello {WORDS}", f"/ping {WORDS}", "break", "/boom", "/raw", "/ping"):
                world.say(olga, room.id, text)

            def answered() -> bool:
                return len([m for m in room.messages.values() if m["from"]["id"] != olga]) >= 2

            await until(answered, log.read_text())
            await until(lambda: "raw.failed" in log.read_text(), "no error of the raw handler")
            await until(lambda: "tick" in log.read_text(), "no error of the tick")
            port = sandbox.port
        except BaseException:
            bot.kill()
            raise
    try:  # Telegram is gone
        await until(lambda: "not reached" in log.read_text(), "no network error")
        token, world.bots = world.bots[TOKEN], {}
        async with Sandbox(world).running(port):  # back, and the token was taken away
            async with asyncio.timeout(240):
                await bot.wait()
        world.bots = {TOKEN: token}
    finally:
        if bot.returncode is None:
            bot.kill()
            await bot.wait()
    said = log.read_text()
    assert bot.returncode == 2
    assert "Telegram took the token back" in said
    for what in ("broken.py", "calling", "RuntimeError", "ValueError"):
        assert what in said
    assert (said.count(SECRET), said.lower().count(WORDS)) == (0, 0)
    with closing(sqlite3.connect(tmp_path / "groupbot.db")) as database:
        dump = "\n".join(database.iterdump())
    assert "RuntimeError" in dump
    assert (dump.count(SECRET), dump.count(WORDS)) == (0, 0)
    assert [p.name for p in tmp_path.rglob("*.db*") if SECRET.encode() in p.read_bytes()] == []


@pytest.mark.parametrize("known", [True, False])
async def test_a_start_that_fails_tells_no_secret(tmp_path: Path, known: bool) -> None:
    log = tmp_path / "all.log"
    async with Sandbox(World()).running() as sandbox:
        bot = await run(tmp_path, sandbox.url if known else "http://127.0.0.1:9", log)
        async with asyncio.timeout(240):
            await bot.wait()
    said = log.read_text()
    assert bot.returncode == 2
    assert ("does not accept this token" if known else "was not reached") in said
    assert said.count(SECRET) == 0


async def test_a_crash_of_the_bot_tells_no_secret(tmp_path: Path) -> None:
    """An error that nobody expected, with the address in its text, ends the process."""
    code = (
        "import groupbot.app\n"
        "async def start(self): raise RuntimeError(self.bot.base_url)\n"
        "groupbot.app.App.start = start\n"
        "from groupbot.cli import main\n"
        "main(['run'])\n"
    )
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code),
        env=environment(tmp_path, "http://127.0.0.1:9", TOKEN),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    async with asyncio.timeout(240):
        said, _ = await bot.communicate()
    assert bot.returncode == 1
    assert b"RuntimeError" in said
    assert said.count(SECRET.encode()) == 0
