"""`groupbot recipes`: check the recipes of care, show what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._looking import workspace as looking_at
from groupbot.cli._verdict import verdict
from groupbot.core.setting import spoken
from groupbot.engine.shipped import content_folders
from groupbot.errors import Misfit
from groupbot.features.care import service
from groupbot.features.care.domain import Recipe
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import nearest
from groupbot.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]


@app.command()
def check(workspace: Workspace = None) -> None:
    """Every recipe checked: fields, times, templates in every language; each mistake with file, line, field,
    what was expected and an example."""
    with looking_at(load(workspace)) as work:
        recipes, wrong = promos.checked(work, service.KIND)
    verdict(f"{len(recipes)} recipes", wrong)


@app.command()
def show(
    name: Annotated[str | None, typer.Argument(help="One recipe; without it all are listed.")] = None,
    workspace: Workspace = None,
) -> None:
    """What begins a recipe, who it is for, what each step does and when it ends."""
    folders = content_folders(load(workspace).folder)
    found = {n: r for n, (r, _) in service.read(folders)[0].items()}
    if name is not None and name not in found:
        raise Misfit(f"no recipe {name!r}", where="groupbot recipes show", next=nearest(name, found))
    for recipe in found.values() if name is None else [found[name]]:
        for line in [headline(recipe)] if name is None else shown(recipe):
            typer.echo(line)


def headline(recipe: Recipe) -> str:
    """One line: name, law, what begins it."""
    return f"{recipe.name:<12} {recipe.law:<9} {begins(recipe):<28} {recipe.about}"


def begins(recipe: Recipe) -> str:
    """What begins it, in words."""
    words = {
        "silent": f"silent for {recipe.number} days",
        "thanks": f"{recipe.number} answers in a week",
        "milestone": f"{recipe.of} {', '.join(map(str, recipe.at))}",
        "set_up": "the group is set up",
        "order": "an order was handed over",
    }
    if recipe.calendar is not None:
        day = recipe.calendar.rrule or "on its days"
        return f"{day}, {recipe.calendar.start:%H:%M}"
    return words.get(recipe.when, recipe.when)


def shown(recipe: Recipe) -> list[str]:
    """Everything about one recipe."""
    whom = {f: getattr(recipe.only, f) for f in ("tier", "region", "type", "tags", "but")}
    only = ", ".join(f"{f} {' or '.join(v)}" for f, v in whom.items() if v) or "every group"
    lines = [f"{recipe.name} ({recipe.law}): {recipe.about}", f"  begins: {begins(recipe)} · in: {only}"]
    for n, step in enumerate(recipe.steps, 1):
        when = f"after {spoken(step.after)}" if step.after else "at once"
        tests = [f"if {t}" for t in step.if_] + [f"unless {t}" for t in step.unless]
        how = " or ".join(step.to) + (", in place of the last one" if step.replace else "")
        lines.append(f"  {n}. {when}: {step.template} by {how}{' · ' + ', '.join(tests) if tests else ''}")
    ends = [*recipe.stop, "gone", "quiet", "a human answers"]
    lines.append(f"  ends at: {', '.join(ends)} · a step later than {spoken(recipe.grace)} is left out")
    lines.append(f"  again with the same person: after {spoken(recipe.again)} at the soonest")
    return lines
