"""`groupbot demo`: the whole bot at work in half a minute, without a token."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast, cast
from groupbot.cli._narrate import narrate
from groupbot.cli._tongue import tongue
from groupbot.cli._tour import Tour
from groupbot.cli._watch import Missed
from groupbot.engine.migrate import upgrade
from groupbot.engine.writer import Writer
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.redpacket.domain import FROM, UNTIL
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import World

app = typer.Typer(add_completion=False)
FOLDER = "groupbot-demo"
MARK = ".groupbot-demo"
TOKEN = "700000001:demo-token-that-opens-nothing-anywhere"
PORTS = (8081, 8082, 8083, 0)


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port of the chat page; a busy one is passed over.")
    ] = PORTS[0],
    lang: Annotated[str, typer.Option(help="Of the sample week at its end: zh or en.")] = "zh",
    record: Annotated[Path | None, typer.Option(hidden=True, help="Keep the Bot API traffic here.")] = None,
) -> None:
    """Three groups, 90 invented members, a real bot. Everything stays in ./groupbot-demo."""
    tongue(lang)
    folder = fresh(Path.cwd() / FOLDER)
    try:
        code = asyncio.run(_demo(folder, port, record, lang))
    except KeyboardInterrupt:
        code = 130
    raise SystemExit(code)


def fresh(folder: Path) -> Path:
    """An empty demo folder; one that is not ours is left alone."""
    if folder.exists() and not (folder / MARK).exists():
        raise Misfit(
            f"{folder.name}/ is here and not from a demo",
            where=str(folder),
            next="move it, or go to another folder",
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    (folder / MARK).touch()
    return folder


async def _demo(folder: Path, port: int, record: Path | None, lang: str) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sig in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows: Ctrl-C raises instead
            loop.add_signal_handler(sig, stop.set)
    world = World()
    world.add_bot(TOKEN)
    world.bots[TOKEN].stars = 1000  # for gifts
    people = cast(world)
    log = record.open("a", encoding="utf-8") if record is not None else None

    def keep(entry: dict[str, Any]) -> None:
        if log is not None:
            log.write(json.dumps(entry, ensure_ascii=False, default=str) + "\n")

    sandbox = Sandbox(world, record=keep if log is not None else None)
    async with contextlib.AsyncExitStack() as stack:
        if log is not None:
            stack.callback(log.close)
        await _serve(stack, sandbox, port)
        database = f"sqlite:///{folder / 'groupbot.db'}"
        await asyncio.to_thread(prepare, database)
        bot = BotProcess(folder, sandbox.url, TOKEN, operator=people.owner)
        stack.push_async_callback(bot.stop)
        bot.start()
        told_stop = asyncio.Event()
        told = asyncio.create_task(narrate(database, sandbox.url, told_stop))

        async def end_telling() -> None:
            told_stop.set()
            await asyncio.gather(told, return_exceptions=True)

        stack.push_async_callback(end_telling)
        print(
            "real bot, embedded Telegram, 3 groups, 90 invented members; nothing leaves this machine",
            flush=True,
        )
        code = await _tour(Tour(world, people, bot, TOKEN, _say, lang), sandbox, people, stop)
        if code == 0 and sys.stdout.isatty() and not stop.is_set():
            await stop.wait()
        return 130 if stop.is_set() and not sys.stdout.isatty() else code


async def _tour(tour: Tour, sandbox: Sandbox, people: Cast, stop: asyncio.Event) -> int:
    started = time.monotonic()
    run = asyncio.create_task(tour.run())
    ended = asyncio.create_task(stop.wait())
    await asyncio.wait((run, ended), return_when=asyncio.FIRST_COMPLETED)
    if not run.done():
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        return 130
    ended.cancel()
    try:
        steps = run.result()
    except Missed as e:
        print(f"groupbot demo: step {e.step!r} did not happen: {e}", file=sys.stderr)
        print(f"  the bot's log: {tour.bot.log}", file=sys.stderr)
        return 1
    seconds = time.monotonic() - started
    stays = f"open {sandbox.url} and be 阿芳 · " if sys.stdout.isatty() else ""
    _say(f"{steps} of {steps} steps, {seconds:.0f} s · {stays}next: groupbot play (your templates, no token)")
    if stays:
        _say("Ctrl-C ends the demo")
    return 0


async def _serve(stack: contextlib.AsyncExitStack, sandbox: Sandbox, port: int) -> None:
    for candidate in dict.fromkeys((port, *PORTS)):
        try:
            await stack.enter_async_context(sandbox.running(candidate))
        except OSError:
            continue
        return
    raise Misfit("no free port on 127.0.0.1", where="--port", next="close another demo")


def prepare(database: str) -> None:
    """The demo runs at any hour, so packets may too: a default of this database only."""
    upgrade(database)
    writer = Writer(database)

    def fn(work: Any) -> None:
        members.put(work, FROM, 0)
        members.put(work, UNTIL, 24)

    try:
        writer.write(fn)
    finally:
        writer.close()


def _say(line: str) -> None:
    print(line, flush=True)
