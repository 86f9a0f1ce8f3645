"""`groupbot backup`: a copy of the database while the bot runs."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import begun
from groupbot.cli._places import room
from groupbot.engine import backups
from groupbot.engine.clock import Clock
from groupbot.engine.storage import sqlite_path
from groupbot.settings import load

app = typer.Typer(add_completion=False)
_OURS = re.compile(r"groupbot-\d{8}-\d{6}\.(db|dump)(\.part)?")  # names made here, and of one that was killed


@app.command()
def backup(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    to: Annotated[Path | None, typer.Option(help="A file or a folder; default: backups/ here.")] = None,
    keep: Annotated[
        int, typer.Option(min=0, help="Days after which older backups there are removed; 0: never.")
    ] = 14,
) -> None:
    """Copy the database and check the copy. Prints the file."""
    settings = load(workspace)
    begun(settings)
    now = Clock().now()
    live = sqlite_path(settings.database)
    kind = "dump" if live is None else "db"
    place = to or settings.folder / "backups"
    named = place.suffix in (".db", ".dump")
    file = place if named else room(place) / f"groupbot-{now:%Y%m%d-%H%M%S}.{kind}"
    file.parent.mkdir(parents=True, exist_ok=True)
    backups.take(settings.database, file)
    size = file.stat().st_size
    print(f"{file}  {size / 1e6:.1f} MB, checked")
    if keep and file != to:
        for old in _older(file.parent, now - timedelta(days=keep)):
            if live is None or not old.samefile(live):
                old.unlink()
                print(f"{old}  removed, older than {keep} days")


def _older(place: Path, than: datetime) -> list[Path]:
    """Backups of this command's own names."""
    ours = (f for f in place.iterdir() if _OURS.fullmatch(f.name))
    return sorted(f for f in ours if f.stat().st_mtime < than.timestamp())
