"""`groupbot restore`: a backup in the place of the database; nothing of it is sent a second time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from groupbot.cli._guest import visiting
from groupbot.engine import backups
from groupbot.engine.clock import Clock
from groupbot.engine.work import Work
from groupbot.features import tables
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import Audit
from groupbot.features.operations.domain import Restored
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What groupbot backup wrote.")],
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    resend: Annotated[
        bool, typer.Option(help="Send what waited when the backup was taken, though it may have left since.")
    ] = False,
) -> None:
    """Put a backup in the place of the database. The bot must be stopped. What was there is kept beside it;
    messages that waited when the backup was taken may have left since, so an operator decides on them."""
    settings = load(workspace)
    tables()
    counted: list[Audit] = []

    def ready(url: str) -> None:
        counted.append(asyncio.run(_heard(msgspec.structs.replace(settings, database_url=url))))

    told = backups.restore(settings.database, file, now=Clock().now(), resend=resend, ready=ready)
    (books,) = counted
    print(f"restored {file}: taken {told.taken:%Y-%m-%d %H:%M:%S} UTC, {told.gap} ago")
    if told.aside is not None:
        print(f"what was there: {told.aside}")
    print(f"{told.held} waiting messages held back: groupbot outbox list")
    print(
        f"ledger: {books.transfers} transfers, " + ("sum 0" if not books.faults else "; ".join(books.faults))
    )
    print("Telegram keeps updates for 24 hours; what it had confirmed since the backup is not told again.")


async def _heard(settings: Settings) -> Audit:
    """The features hear of it, and the books are recounted."""

    def told(work: Work) -> Audit:
        work.emit(Restored())
        return ledger.reconcile(work)

    async with visiting(settings) as guest:
        return await guest.write("restore", told)
