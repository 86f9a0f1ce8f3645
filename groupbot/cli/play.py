"""`groupbot play`: your templates and handlers before an embedded Telegram, without a token."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import typer

from groupbot.cli._cast import OWNER, Cast, cast, ops_room, press_start
from groupbot.cli._narrate import narrate
from groupbot.cli._stage import Stage, span
from groupbot.engine import logs, seen
from groupbot.engine.content import SUFFIX
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.reader import looking
from groupbot.engine.storage import open_engine, reading
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service
from groupbot.features.members.domain import TIERS, ZONE
from groupbot.features.promos import store as promos
from groupbot.settings import Settings, load
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World

app = typer.Typer(add_completion=False)
TOKEN = "700000002:play-token-that-opens-nothing-anywhere"
DATABASE = ".groupbot-play.db"
PORTS = 20  # how many ports are tried from the wished one on
MOVES = "type +1d, +3h or +30m (+3650d at most) to move the clock, next to go to the next planned post"


@app.command()
def play(
    workspace: Annotated[Path, typer.Argument(help="The folder with groupbot.toml; default: here.")] = Path(),
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="Port of the chat page; the next free one if it is busy.")
    ] = 8081,
    keep: Annotated[bool, typer.Option("--keep", help="Go on with the database of the last time.")] = False,
) -> None:
    """Your bot in a sandbox with three groups of invented people. Saved changes count at once."""
    if not workspace.is_dir():
        raise Misfit("there is no such folder", where=str(workspace), next=f"groupbot init {workspace}")
    sys.dont_write_bytecode = True  # else two edits within a second look alike
    logs.set_up("warning")
    database = workspace.resolve() / DATABASE
    if not keep:
        for path in database.parent.glob(f"{DATABASE}*"):
            path.unlink()
    asyncio.run(_play(workspace, port, database))


async def _play(workspace: Path, port: int, database: Path) -> None:
    stop = asyncio.Event()
    _on_signals(stop)
    world = World()
    world.add_bot(TOKEN, name="groupbot", username="groupbot_play_bot")
    world.bots[TOKEN].stars = 1000  # for gifts
    fresh = not database.exists()
    people = cast(world, size=10)
    sandbox = Sandbox(world, movable=True)
    async with AsyncExitStack() as stack:
        await _open(stack, sandbox, port)
        dropped: list[Misfit] = []
        settle = partial(
            load,
            workspace,
            token=TOKEN,
            base_url=sandbox.url,
            database_url=f"sqlite:///{database}",
            webhook_url="",
            health=False,
            operators=(people.owner,),
        )
        settings = settle(dropped)
        for wrong in dropped:
            _say(f"✗ {wrong.line()}; until then it does not count")
        stage = Stage(settings, world, _say, settle)
        if not fresh:
            await asyncio.to_thread(_resume, settings, world)
        await stage.start()
        stack.push_async_callback(stage.stop)
        press_start(world, people.owner)
        for room in people.rooms:
            world.add_bot_to(TOKEN, room.id, people.owner, set(RIGHTS))
        ops_room(world, TOKEN, settings.ops_chat, people.owner)
        await _set_up(stage, people)
        _say(_welcome(settings, sandbox.url, OWNER))
        _listen(lambda line: _typed(world, line, settings.database))
        told = asyncio.create_task(narrate(settings.database, sandbox.url, stop))
        watch = asyncio.create_task(stage.watch())
        ended = asyncio.create_task(stop.wait())
        await asyncio.wait([watch, ended], return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        if watch.done():
            watch.result()
        watch.cancel()
        await asyncio.gather(watch, ended, told, return_exceptions=True)
    _say("ended")


async def _open(stack: AsyncExitStack, sandbox: Sandbox, port: int) -> None:
    for wish in range(port, min(port + PORTS, 65_536)) if port else (0,):
        try:
            await stack.enter_async_context(sandbox.running(wish))
        except OSError:
            continue
        if wish != port:
            _say(f"port {port} is busy, took {sandbox.port}")
        return
    raise Misfit(
        f"ports {port} to {port + PORTS - 1} are busy", next="groupbot play --port 0 takes any free one"
    )


async def _set_up(stage: Stage, people: Cast) -> None:
    """Give the three groups their places in the matrix, as soon as the bot has seen them."""
    placed = False

    def place(work: Work) -> None:
        nonlocal placed
        ids = {p.title: p.chat for p in service.profiles(work)}
        if not all(room.title in ids for room in people.rooms):
            return
        above = None
        for tier, room in zip(TIERS, people.rooms, strict=True):
            chat = ids[room.title]
            service.set_profile(work, chat, tier=tier, region="华东", parent=above, owner=people.owner)
            service.put(work, ZONE, "Asia/Shanghai", chat=chat, by=people.owner)
            above = chat
        placed = True

    for _ in range(1200):
        await stage.app.dispatch.tick("play:set_up", place)
        if placed:
            return
        await asyncio.sleep(0.05)
    raise Misfit("the bot did not see its groups within a minute", next="look at the log above")


def _resume(settings: Settings, world: World) -> None:
    """With --keep: number on from where the database of the last time ended, and in its time."""
    engine = open_engine(settings.database)
    try:
        with reading(engine) as connection:
            update = seen.newest(connection)
            message = connection.execute(sa.select(sa.func.max(posted.c.message_id))).scalar()
            said: datetime | None = connection.execute(sa.select(sa.func.max(outbox.c.said_at))).scalar()
    except sa.exc.DBAPIError:  # it ended before it had tables
        return
    finally:
        engine.dispose()
    for bot in world.bots.values():
        bot.next_update = max(bot.next_update, update + 1)
    for room in world.chats.values():
        room.next_message = (message or 0) + 1000
    if said is not None:
        world.move(max(0.0, said.timestamp() - world.clock.now()))


def _welcome(settings: Settings, url: str, owner: str) -> str:
    handlers = [p for p in (settings.folder / "handlers").glob("*.py") if not p.name.startswith("_")]
    texts = list((settings.folder / "content_templates").rglob(f"*{SUFFIX}"))
    return (
        f"Your bot in an embedded Telegram; nothing leaves this machine.\n"
        f"  open {url} and be {owner}, who owns the three groups, or anybody else\n"
        f"  {settings.folder}: handlers {len(handlers)}, templates {len(texts)}; saved changes count\n"
        f"  {MOVES}; Ctrl-C ends"
    )


def _typed(world: World, line: str, database: str = "") -> None:
    """A line typed at the terminal."""
    by, what = span(line), ""
    if line.strip() == "next":
        by, what = _to_next(world, database)
        if not what:
            _say("nothing is planned: a plan needs state: live and a time to come (groupbot plan check)")
            return
    if by or what:
        world.move(by.total_seconds())
        now = datetime.fromtimestamp(world.clock.now(), ZoneInfo("Asia/Shanghai"))
        _say(f"it is {now:%Y-%m-%d %H:%M} in 上海{what}")
    elif line.strip():
        _say(MOVES)


def _to_next(world: World, database: str) -> tuple[timedelta, str]:
    """How far it is to the next planned post, and whose it is; '' when nothing waits."""
    with looking(database) as work:
        [row] = work.sql.all(promos.NEXT_ALL, most=1) or [None]
    if row is None:
        return timedelta(), ""
    away = row.due - datetime.fromtimestamp(world.clock.now(), UTC)
    return max(timedelta(), away), f": {row.name}"


def _listen(typed: Callable[[str], None]) -> None:
    """Lines of stdin, read beside the loop. A background job leaves the terminal alone."""
    fd, loop = 0, asyncio.get_running_loop()

    def read() -> None:
        rest = b""
        try:
            while chunk := os.read(fd, 1024):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(typed, line.decode("utf-8", "replace"))
        except (OSError, RuntimeError):  # no stdin, or the loop has ended
            return

    if os.name != "nt" and os.isatty(fd) and os.tcgetpgrp(fd) != os.getpgrp():
        return
    threading.Thread(target=read, daemon=True, name="stdin").start()


def _on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for sig in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(sig, stop.set)
        except NotImplementedError:  # Windows
            signal.signal(sig, lambda *_: loop.call_soon_threadsafe(stop.set))


def _say(text: str) -> None:
    print(text + "\n", end="", flush=True)  # one write: log lines of other threads stay outside it
