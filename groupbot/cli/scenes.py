"""`groupbot scenes`: check the scene cards, show them, try a text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._looking import workspace as looking_at
from groupbot.cli._verdict import verdict
from groupbot.features.notes.domain.triggers import Triggers
from groupbot.features.promos import service as promos
from groupbot.features.scenes import service
from groupbot.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]


@app.command()
def check(workspace: Workspace = None) -> None:
    """Every scene checked: fields, phrases that two claim, templates in every language; each mistake with
    file, line, field, what was expected and an example."""
    with looking_at(load(workspace)) as work:
        scenes, wrong = promos.checked(work, service.KIND)
    verdict(f"{len(scenes)} scenes", wrong)


@app.command()
def show(
    text: Annotated[str, typer.Argument(help="What a member might say; without it all are listed.")] = "",
    workspace: Workspace = None,
) -> None:
    """The scenes with their phrases; with a text, those that it speaks of."""
    with looking_at(load(workspace)) as work:
        scenes = list(promos.resident(work, service.KIND).values())
    if text:
        found = Triggers((n, p) for n, s in enumerate(scenes) for p in s.phrases).find(text)
        scenes = [scenes[n] for n in found]
        if not scenes:
            typer.echo("no scene")
    for scene in scenes:
        phrases = ", ".join(p.line for p in scene.phrases)
        typer.echo(f"{scene.name}: {phrases} -> {scene.template}{' ' + scene.url if scene.url else ''}")
