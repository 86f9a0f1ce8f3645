"""`groupbot playbooks`: check what is proposed to groups at each stage of their life, and show it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import structs

from groupbot.cli._looking import workspace as looking_at
from groupbot.cli._verdict import verdict
from groupbot.engine.plugins import load as routers
from groupbot.engine.shipped import content_folders
from groupbot.features.lifecycle import service
from groupbot.features.promos import service as promos
from groupbot.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]


@app.command()
def check(workspace: Workspace = None) -> None:
    """Every playbook checked: its fields, and whether this bot has the recipes, packs and commands it names;
    each mistake with file and line."""
    with looking_at(load(workspace)) as work:
        work.me = structs.replace(work.me, commands=tuple(routers().commands.values()))
        found, wrong = promos.checked(work, service.KIND)
    verdict(f"{len(found)} playbooks", wrong)


@app.command()
def show(workspace: Workspace = None, lang: Annotated[str, typer.Option(help="zh or en.")] = "zh") -> None:
    """What is proposed at which stage, and to whom."""
    folders = content_folders(load(workspace).folder)
    for playbook, where in service.read(folders)[0].values():
        typer.echo(f"{playbook.stage:<10} {playbook.name}  ({where.rpartition('/')[2]})")
        for n, act in enumerate(playbook.acts, 1):
            why = act.why.get(lang) or next(iter(act.why.values()))
            typer.echo(f"  {n}. {act.do} {act.what}: {why}")
