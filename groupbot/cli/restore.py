"""`groupbot restore`: a backup in the place of the database; nothing of it is sent a second time."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from groupbot.cli._guest import visiting
from groupbot.cli._vault import unopened
from groupbot.engine import backups, vault
from groupbot.engine.clock import Clock
from groupbot.engine.keeping import journal
from groupbot.engine.storage import sqlite_path
from groupbot.engine.urls import shown
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import Audit
from groupbot.features.operations.domain import Restored
from groupbot.settings import FILE, PREFIX, Settings, load

NOBODY_KNOWS = "nobody knows when it was taken, nothing in it has a time"
app = typer.Typer(add_completion=False)
_VARIABLE = f"{PREFIX}DATABASE_URL"


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What groupbot backup wrote.")],
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    resend: Annotated[
        bool, typer.Option(help="Send what waited when the backup was taken, though it may have left since.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Replace the database the environment names, whatever the folder.")
    ] = False,
) -> None:
    """Put a backup in the place of the database. The bot must be stopped. What was there is kept beside it
    (not on PostgreSQL); messages that waited when the backup was taken may have left since, so an operator
    decides on them."""
    settings = load(workspace)
    into = shown(settings.database)
    print(f"into {into}")
    if not yes and _of_another(workspace, settings) and backups.holds(settings.database):
        folder = settings.folder.resolve()
        raise Misfit(
            f"{_VARIABLE} names {into}, not the folder {folder}: that database would be replaced",
            next=f"env -u {_VARIABLE} groupbot restore …, or --yes if it is meant",
        )
    tables()
    vault.lying(settings.folder)  # a damaged one is told of before anything is replaced
    counted: list[Audit] = []
    locked: list[Misfit] = []

    def ready(url: str) -> None:
        made = msgspec.structs.replace(settings, database_url=url)
        locked.extend(unopened(made))
        counted.append(asyncio.run(_heard(made)))

    told = backups.restore(settings.database, file, now=Clock().now(), resend=resend, ready=ready)
    (books,) = counted
    taken = f"taken {told.taken:%Y-%m-%d %H:%M:%S} UTC, {told.gap} ago" if told.taken else NOBODY_KNOWS
    print(f"restored {file}: {taken}")
    if told.aside is not None:
        print(f"what was there: {told.aside}")
    print(f"{told.held} waiting messages held back: groupbot outbox list")
    print(
        f"ledger: {books.transfers} transfers, " + ("sum 0" if not books.faults else "; ".join(books.faults))
    )
    print("Telegram keeps updates for 24 hours; what it had confirmed since the backup is not told again.")
    for wrong in locked:
        print(wrong.line())


def _of_another(workspace: Path | None, settings: Settings) -> bool:
    """Does the environment name the database, though the folder is not its workspace: another one is given,
    or no bot ever ran in it?"""
    if not os.environ.get(_VARIABLE):
        return False
    own = Path(os.environ.get(f"{PREFIX}WORKSPACE") or ".").resolve()
    if workspace is not None and workspace.resolve() != own:
        return True
    file = sqlite_path(settings.database)
    if file is not None and file.resolve().parent == own:
        return False
    return not any((own / name).exists() for name in (FILE, vault.FILE, journal.NAME))


async def _heard(settings: Settings) -> Audit:
    """The features hear of it, and the books are recounted."""

    def told(work: Work) -> Audit:
        work.emit(Restored())
        return ledger.reconcile(work)

    async with visiting(settings) as guest:
        return await guest.write("restore", told)
