"""Memory of an idle bot: `python -m tests.benchmarks.memory`.

RSS of `groupbot run` against a sandbox in this process, and of a bare python-telegram-bot Application
with thirty handlers that asks nobody, each in a process of its own. Goal: at most twice as much.
`--imports` also lists what each package of the bot's imports holds.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World

TOKEN = "700000001:test-token-that-opens-nothing-here-1"
ROOT = Path(__file__).parents[2]
IDLE = 4.0  # seconds
GOAL = 2.0

BOT = """
import asyncio, gc, sys
from pathlib import Path
from groupbot.app import App
from groupbot.settings import load

async def main():
    app = App(load(Path(sys.argv[1]), token=sys.argv[2], base_url=sys.argv[3], health=False))
    await app.start()
    run = asyncio.create_task(app.run())
    await asyncio.sleep(2)
    gc.collect()
    print("idle", sorted({m.partition(".")[0] for m in sys.modules}), flush=True)
    await run

asyncio.run(main())
"""
BARE = """
import asyncio, gc, sys, time
from telegram.ext import Application, CommandHandler
from telegram.request import BaseRequest

ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"B","username":"b_bot"}}'

class Offline(BaseRequest):
    read_timeout = 1
    async def initialize(self): ...
    async def shutdown(self): ...
    async def do_request(self, *args, **more): return 200, ME

async def answer(update, context): ...

async def main():
    made = Application.builder().token(sys.argv[2]).request(Offline()).get_updates_request(Offline()).build()
    for n in range(30):
        made.add_handler(CommandHandler(f"c{n}", answer))
    await made.initialize()
    await made.start()
    await asyncio.sleep(1)
    gc.collect()
    print("idle []", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""


async def resident(code: str, folder: Path, url: str) -> tuple[float, str]:
    """(RSS in MB once idle, what it had imported)."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(folder), TOKEN, url),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert child.stdout is not None
        async with asyncio.timeout(60):
            while not (line := (await child.stdout.readline()).decode()).startswith("idle"):
                assert child.returncode is None and line, "it ended early"
        await asyncio.sleep(IDLE)
        return psutil.Process(child.pid).memory_info().rss / 2**20, line[5:].strip()
    finally:
        child.kill()
        await child.wait()


async def main() -> None:
    world = World()
    world.add_bot(TOKEN)
    owner = world.add_user("Olga")
    room = world.add_chat("Tea", owner)
    world.add_bot_to(TOKEN, room.id, owner, set(RIGHTS))
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        async with Sandbox(world).running() as sandbox:
            await resident(BOT, Path(folder), sandbox.url)  # the first start migrates
            bot, imported = await resident(BOT, Path(folder), sandbox.url)
        bare, _ = await resident(BARE, Path(folder), "")
    print(f"idle groupbot {bot:.1f} MB, bare python-telegram-bot with 30 handlers {bare:.1f} MB")
    print(f"ratio {bot / bare:.2f} (goal {GOAL}), measured in {time.perf_counter() - began:.0f} s")
    if "--imports" in sys.argv:
        print(imported)


if __name__ == "__main__":
    asyncio.run(main())
