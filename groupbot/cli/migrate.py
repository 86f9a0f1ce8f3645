"""`groupbot migrate`: the database brought to this version, or compared with it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.engine.migrate import drift, upgrade
from groupbot.features import tables
from groupbot.settings import load

app = typer.Typer(add_completion=False)


@app.command()
def migrate(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Then compare tables and code; exit 1 when they differ.")
    ] = False,
) -> None:
    """Bring the database to this version. A SQLite file is copied first."""
    tables()
    url = load(workspace).database
    before, after, copy = upgrade(url)
    if before == after:
        print(f"database at revision {after}: nothing to do")
    else:
        print(f"database: {before or 'empty'} → {after}")
    if copy is not None:
        print(f"copy of the old one: {copy}")
    if check:
        differences = drift(url)
        for line in differences:
            print(f"differs: {line}")
        if differences:
            raise typer.Exit(1)
        print("tables and code agree")
