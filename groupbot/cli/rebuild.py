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
from groupbot.features.members import service as members
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command()
def rebuild(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Make the hour and day sums of every group anew from the events kept (180 days), a day a transaction.
    On PostgreSQL stop the bot first; beside SQLite it may run."""
    logs.set_up("warning")
    days, changed = asyncio.run(made_anew(load(workspace)))
    print(f"{days} days made anew, {changed} of them were otherwise before")


async def made_anew(settings: Settings) -> tuple[int, int]:
    """Days written and days that changed."""
    days = changed = 0
    async with visiting(settings) as guest:

        def groups(work: Work) -> list[tuple[int, list[object]]]:
            return [(p.chat, list(service.days_kept(work, p.chat))) for p in members.profiles(work)]

        for chat, kept in await guest.write("rebuild", groups):
            for day in kept:
                days += 1
                changed += await guest.write("rebuild", partial(_one, chat, day))
    return days, changed


def _one(chat: int, day: object, work: Work) -> bool:
    return service.rebuild(work, chat, day)  # type: ignore[arg-type]
