"""`groupbot run` with settings that do not fit: it runs, the operators' chat is told once."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from groupbot.cli import main
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World
from groupbot.testing import TOKEN
from tests.reliability.process import environment

BROKEN = "rate = fast\nratee = 5\nops_chat = {}\n"


@asynccontextmanager
async def running(folder: Path, url: str, log: Path) -> AsyncIterator[None]:
    with log.open("wb") as out:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "groupbot", "run"),
            cwd=folder,
            env={k: v for k, v in environment(folder, url, TOKEN).items() if k != "GROUPBOT_RATE"},
            stdout=out,
            stderr=out,
        )
    try:
        yield
    finally:
        bot.terminate()  # what was said is booked, and nobody asks about it after the next start
        await bot.wait()


def heard(room: Any) -> list[str]:
    bot = int(TOKEN.split(":")[0])
    return [m.get("text", "") for m in room.messages.values() if m["from"]["id"] == bot]


async def answered(world: World, room: Any, owner: int) -> None:
    """The bot has started, said what it says at the start, and answered."""
    before = len(heard(room))
    world.say(owner, room.id, "/ping")
    for _ in range(4800):
        if any(t.startswith("在") or "Here" in t for t in heard(room)[before:]):
            return
        await asyncio.sleep(0.05)
    raise AssertionError(heard(room))


@pytest.fixture
def sigterm() -> Iterator[None]:
    """The command takes SIGTERM for its process; here it is put back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("sigterm")
def test_run_without_a_token_says_how_to_get_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GROUPBOT_TOKEN", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(["run", "--workspace", str(tmp_path)])
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith("groupbot: no token yet.")
    assert all(word in said for word in ("@BotFather", "/setprivacy", "GROUPBOT_TOKEN", "groupbot play"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.xdist_group("alone")
async def test_run_goes_on_and_tells_the_operators_once(tmp_path: Path) -> None:
    world = World()
    world.add_bot(TOKEN)
    olga = world.add_user("Olga")
    ops = world.add_chat("Ops", olga, type="supergroup")
    world.add_bot_to(TOKEN, ops.id, olga, set(RIGHTS))
    (tmp_path / "groupbot.toml").write_text(BROKEN.format(ops.id))
    log = tmp_path / "bot.log"
    file = str(tmp_path / "groupbot.toml")
    async with Sandbox(world).running() as sandbox:
        async with running(tmp_path, sandbox.url, log):
            await answered(world, ops, olga)
        told = [t for t in heard(ops) if t.startswith("⚠️")]
        assert told == [
            "⚠️ 已启动,但文件里有2处没法用,先跳过,其余照常。下一步:改好后重新启动。\n"
            "groupbot.toml:1: rate: invalid value → write a number, for example 29.5\n"
            "groupbot.toml:2: ratee is no setting → did you mean rate?"
        ]
        said = log.read_text()
        assert f"{file}:1: rate: invalid value -> write a number, for example 29.5; until then" in said
        assert f"{file}:2: ratee is no setting -> did you mean rate?; until then" in said
        async with running(tmp_path, sandbox.url, log):
            await answered(world, ops, olga)
        assert [t for t in heard(ops) if t.startswith("⚠️")] == told


@pytest.mark.xdist_group("alone")
async def test_run_does_not_begin_with_a_damaged_key(tmp_path: Path) -> None:
    (tmp_path / "vault.key").write_text("5a5a")
    world = World()
    world.add_bot(TOKEN)
    async with Sandbox(world).running() as sandbox:
        bot = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "groupbot", "run"),
            cwd=tmp_path,
            env=environment(tmp_path, sandbox.url, TOKEN, GROUPBOT_LOG_LEVEL="error"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(240):
            said, _ = await bot.communicate()
    [line] = said.decode().splitlines()
    assert bot.returncode == 2
    assert line.startswith(f"groupbot: {tmp_path / 'vault.key'}: this is no key")
    assert (tmp_path / "vault.key").read_text() == "5a5a"
