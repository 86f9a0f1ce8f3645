"""`kill -9` at random moments under load: no update is lost, nobody is paid twice. The long form is a command
(tests/reliability/kills.py)."""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from groupbot.engine.storage import open_engine, reading
from tests.reliability.kills import killed
from tests.reliability.process import environment
from tests.reliability.stage import (
    NOTES,
    PACKETS,
    TOKEN,
    Load,
    each_once,
    stage_with,
    workspace,
    write_or_claim,
)

pytestmark = pytest.mark.xdist_group("processes")


@pytest.mark.parametrize(
    ("load", "kind", "kills"),
    [
        pytest.param(NOTES, "sqlite", 10, id="notes-sqlite"),
        pytest.param(NOTES, "postgresql", 4, id="notes-postgresql"),
        pytest.param(PACKETS, "sqlite", 4, id="packets-sqlite"),
        pytest.param(PACKETS, "postgresql", 2, id="packets-postgresql"),
    ],
)
async def test_killed_at_random_moments_under_load_loses_and_doubles_nothing(
    request: pytest.FixtureRequest, tmp_path: Path, load: Load, kind: str, kills: int
) -> None:
    given = kind == "postgresql"
    url = request.getfixturevalue("pg_url") if given else f"sqlite:///{tmp_path / 'groupbot.db'}"
    assert await killed(tmp_path, load, url, kills) > 100 * kills // 4


async def test_sigterm_ends_at_any_backlog(tmp_path: Path) -> None:
    """The real command: start, a backlog of 2,000, SIGTERM in the middle of it, exit 0, nothing lost."""
    workspace(tmp_path, NOTES)
    rng = random.Random(3)
    async with stage_with(12) as stage:
        env = environment(tmp_path, stage.sandbox.url, TOKEN)
        for n in range(2000):
            write_or_claim(stage, n, rng)

        async def run() -> subprocess.Popen[bytes]:
            with (tmp_path / "bot.log").open("ab") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "groupbot", "run"], env=env, cwd=tmp_path, stdout=log, stderr=log
                )
            return process

        whole = stage.left
        process = await run()
        deadline = time.monotonic() + 6000
        while stage.left == whole and time.monotonic() < deadline:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        start = time.monotonic()
        code = await asyncio.to_thread(process.wait, 120)
        took = time.monotonic() - start
        assert (code, took < 30) == (0, True), (tmp_path / "bot.log").read_text()[-2000:]
        process = await run()
        deadline = time.monotonic() + 60
        while stage.left and time.monotonic() < deadline:
            await asyncio.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 120) == 0
        engine = open_engine(f"sqlite:///{tmp_path / 'groupbot.db'}")
        with reading(engine) as sql:
            each_once(stage, sql)
        engine.dispose()
