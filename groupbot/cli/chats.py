"""`groupbot chats export|import`: the chats' profiles as CSV, beside a running bot."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import Guest, visiting
from groupbot.cli._places import writable
from groupbot.cli._profiles import Change, Known, check, read, written
from groupbot.engine import logs
from groupbot.engine.clock import ticking
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service
from groupbot.features.members.domain import LANGUAGE, ZONE, Profile
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
SLICE = 0.025  # seconds of changes in one transaction
_SETTINGS = {"zone": ZONE, "language": LANGUAGE}
File = Annotated[Path, typer.Argument(help="The CSV file.")]
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]


@app.callback()
def chats() -> None:
    """The chats' profiles as CSV: tier, region, parent, type, aim, owner, zone, language, tags, and more."""
    logs.set_up("warning")


@app.command("export")
def export_(file: File, workspace: Workspace = None) -> None:
    """Write every group of this bot into FILE.csv."""
    settings = load(workspace)
    writable(file)
    known = asyncio.run(_known(settings))
    if file.exists() and not file.read_text("utf-8-sig", "replace").startswith("chat_id,"):
        raise Misfit("this file is no export of chats", where=str(file), next="name another file")
    file.write_text(written(known), "utf-8", newline="")
    print(f"{len(known)} chats written to {file}; fill in and: groupbot chats import {file}")


@app.command("import")
def import_(
    file: File,
    workspace: Workspace = None,
    dry: Annotated[bool, typer.Option("--dry", help="Only check and count.")] = False,
) -> None:
    """Set the profiles that differ in FILE.csv. Empty cells change nothing, - takes a parent away; with one
    wrong row nothing is changed."""
    changes, wrong = asyncio.run(bring(load(workspace), file, dry=dry))
    if wrong:
        for misfit in wrong:
            print(misfit.line(), file=sys.stderr)
        print(f"{len(wrong)} to mend; nothing was changed", file=sys.stderr)
        raise typer.Exit(2)
    print(f"{changes} chats {'would change' if dry else 'changed'}")


async def bring(settings: Settings, file: Path, *, dry: bool = False) -> tuple[int, list[Misfit]]:
    """Check all rows, then apply them in short slices: (chats changed, what is wrong)."""
    rows = read(file)
    async with visiting(settings) as guest:
        changes, wrong = check(file, rows, await guest.write("chats:look", look))
        if not wrong and not dry:
            await _apply(guest, file, changes)
    return (0 if wrong else len(changes)), wrong


async def _known(settings: Settings) -> list[Known]:
    async with visiting(settings) as guest:
        return await guest.write("chats:look", look)


def look(work: Work) -> list[Known]:
    """Every group of the bot as it stands, tiers from the top."""
    found = []
    for p in service.profiles(work):
        place = service.place(work, p.chat)
        zone, language = (str(service.get(work, p.chat, s) or "") for s in (ZONE, LANGUAGE))
        found.append(Known(p, place.telegram_id if place else 0, zone, language))
    return sorted(found, key=lambda k: _order(k.profile))


def _order(p: Profile) -> tuple[int, str, int]:
    return {"dealer": 0, "store": 1, "consumer": 2}.get(p.tier or "", 3), p.title, p.chat


async def _apply(guest: Guest, file: Path, changes: list[Change]) -> None:
    at = 0
    while at < len(changes):
        at = await guest.write("chats:import", partial(_slice, file=file, changes=changes, start=at))


def _slice(work: Work, *, file: Path, changes: list[Change], start: int) -> int:
    """Apply changes from `start` on for a moment; where to go on."""
    began, at = ticking(), start
    while at < len(changes) and (at == start or ticking() - began < SLICE):
        change = changes[at]
        try:
            if change.fields:
                service.set_profile(work, change.chat, **change.fields)
        except Refusal as e:
            raise Misfit(
                f"{e.data.get('reason')}: {e.data.get('value')}",
                where=f"{file}:{change.line}",
                next="somebody changed the groups meanwhile; import again",
            ) from None
        for key, value in change.settings.items():
            service.put(work, _SETTINGS[key], value, chat=change.chat)
        at += 1
    return at
