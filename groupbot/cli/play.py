"""`groupbot play`: your templates and handlers before an embedded Telegram, without a token."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._cast import Cast, cast, press_start
from groupbot.cli._narrate import narrate
from groupbot.cli._stage import Stage
from groupbot.engine import logs
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service
from groupbot.settings import load
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World

app = typer.Typer(add_completion=False)
TOKEN = "700000002:play-token-that-opens-nothing-anywhere"
DATABASE = ".groupbot-play.db"
PORTS = 20  # how many ports are tried from the wished one on
MOVES = "type +1d, +3h or +30m to move the clock"


@app.command()
def play(
    workspace: Annotated[Path, typer.Argument(help="The folder with groupbot.toml; default: here.")] = Path(),
    port: Annotated[int, typer.Option(help="Port of the chat page; the next free one if it is busy.")] = 8081,
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
    fresh = not database.exists()
    people = cast(world, size=10)
    sandbox = Sandbox(world)
    async with AsyncExitStack() as stack:
        await _open(stack, sandbox, port)
        settings = load(
            workspace,
            token=TOKEN,
            base_url=sandbox.url,
            database_url=f"sqlite:///{database}",
            webhook_url="",
            health=False,
            operators=(people.owner,),
        )
        stage = Stage(settings, world, _say)
        if not fresh:
            await asyncio.to_thread(_resume, settings, world, people)
        await stage.start()
        stack.push_async_callback(stage.stop)
        press_start(world, people.owner)
        for room in people.rooms:
            world.add_bot_to(TOKEN, room.id, people.owner, set(RIGHTS))
        await _set_up(stage, people)
        _say(_welcome(settings, sandbox.url))
        _listen(lambda line: _typed(world, line))
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
    for wish in range(port, port + PORTS) if port else (0,):
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
    rooms = people.rooms

    def place(work: Work) -> bool:
        ids = {p.title: p.chat for p in service.profiles(work)}
        if not all(room.title in ids for room in rooms):
            return False
        above = None
        for tier, room in zip(("dealer", "store", "consumer"), rooms, strict=True):
            chat = ids[room.title]
            service.set_profile(work, chat, tier=tier, region="华东", parent=above, owner=people.owner)
            service.put(work, service.ZONE, "Asia/Shanghai", chat=chat, by=people.owner)
            above = chat
        return True

    for _ in range(200):
        if await stage.app.writer.submit(place):
            return
        await asyncio.sleep(0.05)
    raise Misfit("the bot did not see its groups within ten seconds", next="look at the log above")
