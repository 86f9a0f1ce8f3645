"""`groupbot rebuild`: the sums of what happened, written anew from the events."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import visiting
from groupbot.engine import logs
from groupbot.engine.work import Work
from groupbot.features.engagement import service
from groupbot.features.journey import service as journey
from groupbot.features.members import service as members
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command()
def rebuild(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Make the hour and day sums of every group anew from the events kept (180 days), a day a transaction,
    and its members' steps (v_journey) from what is stored.
    On PostgreSQL stop the bot first; beside SQLite it may run."""
    logs.set_up("warning")
    days, changed, ways = asyncio.run(made_anew(load(workspace)))
    print(f"{days} days made anew, {changed} of them were otherwise before")
    print(f"members' steps made anew (v_journey), in {ways} groups otherwise than before")


async def made_anew(settings: Settings) -> tuple[int, int, int]:
    """Days written, days that changed, and groups whose members' steps did."""
    days = changed = ways = 0
    async with visiting(settings) as guest:

        def groups(work: Work) -> list[tuple[int, list[object]]]:
            return [(p.chat, list(service.days_kept(work, p.chat))) for p in members.profiles(work)]

        for chat, kept in await guest.write("rebuild", groups):
            for day in kept:
                days += 1
                changed += await guest.write("rebuild", partial(_one, chat, day))
            ways += await guest.write("rebuild", partial(_ways, chat))
    return days, changed, ways


def _one(chat: int, day: object, work: Work) -> bool:
    return service.rebuild(work, chat, day)  # type: ignore[arg-type]


def _ways(chat: int, work: Work) -> bool:
    return journey.rebuild(work, chat)
