"""Memory of an idle bot: `python -m tests.benchmarks.memory`.

RSS of groupbot with its own settings (polling, health page on) in one group of a sandbox in this process, and
of bare python-telegram-bot: an Application with thirty handlers, once polling the same sandbox over its own
transport, as it does in life, once with a transport that asks nobody. Each in a process of its own that sees
only the packages it needs: what is installed for development would make the bare one bigger. Goal: at most
twice the polling one. `--imports` also lists what the idle bot has imported.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from importlib.metadata import packages_distributions
from pathlib import Path

import psutil

from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World
from tests.benchmarks.figures import record
from tests.reliability.supply import runtime

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
    app = App(load(Path(sys.argv[1]), token=sys.argv[2], base_url=sys.argv[3], listen="127.0.0.1:0"))
    await app.start()
    run = asyncio.create_task(app.run())
    await asyncio.sleep(2)
    gc.collect()
    print("idle", sorted({m.partition(".")[0] for m in sys.modules}), flush=True)
    await run

asyncio.run(main())
"""
POLLING = """
import asyncio, gc, sys
from telegram.ext import Application, CommandHandler

async def answer(update, context): ...

async def main():
    made = Application.builder().token(sys.argv[2]).base_url(sys.argv[3] + "/bot").build()
    for n in range(30):
        made.add_handler(CommandHandler(f"c{n}", answer))
    await made.initialize()
    await made.start()
    await made.updater.start_polling()
    await asyncio.sleep(2)
    gc.collect()
    print("idle []", flush=True)
    await asyncio.sleep(600)

asyncio.run(main())
"""
SILENT = """
import asyncio, gc, sys
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
ONLY = """
import sys

class Others:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in OTHERS:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Others())
"""


def only(package: str) -> str:
    """Code after which nothing can be imported that `package` does not need."""
    needed = {p.name for p in runtime(package)} | {package}
    others = {m for m, by in packages_distributions().items() if not needed & set(by)}
    return f"OTHERS = {others!r}\n{ONLY}"


async def resident(code: str, folder: Path, url: str) -> tuple[float, str]:
    """(RSS in MB once idle, what it had imported)."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, str(folder), TOKEN, url),
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
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
            ours, theirs = only("groupbot"), only("python-telegram-bot")
            for _turn in range(2):  # the first start migrates, and compiles what was not compiled yet
                bot, imported = await resident(ours + BOT, Path(folder), sandbox.url)
                polling, _ = await resident(theirs + POLLING, Path(folder), sandbox.url)
                silent, _ = await resident(theirs + SILENT, Path(folder), sandbox.url)
    print(f"idle groupbot {bot:.1f} MB; bare python-telegram-bot, 30 handlers: {polling:.1f} MB polling, "
          f"{silent:.1f} MB asking nobody")  # fmt: skip
    print(f"ratio {bot / polling:.2f} (goal {GOAL}), to the silent one {bot / silent:.2f}; "
          f"measured in {time.perf_counter() - began:.0f} s")  # fmt: skip
    record("memory", f"{bot:.0f} MB, {bot / polling:.2f} × ({bot / silent:.2f} × one that asks nobody)",
           met=bot / polling <= GOAL)  # fmt: skip
    if "--imports" in sys.argv:
        print(imported)


if __name__ == "__main__":
    asyncio.run(main())
