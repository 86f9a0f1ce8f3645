"""`groupbot packs`: what a group of some purpose or tier begins with, written into your plans as drafts."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from groupbot.engine.clock import Clock
from groupbot.engine.content import Content
from groupbot.engine.shipped import content_folders
from groupbot.errors import Misfit
from groupbot.features.promos.domain import nearest
from groupbot.features.promos.domain.pack import Pack, when
from groupbot.features.promos.service import files, packs
from groupbot.settings import load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
Name = Annotated[str, typer.Argument(help="The pack, as `groupbot packs list` names it.")]


@app.command("list")
def list_(workspace: Workspace = None) -> None:
    """Six packs by purpose, and four weeks for each tier."""
    found, wrong = packs.read(content_folders(load(workspace).folder))
    for pack in found.values():
        typer.echo(f"{pack.name:<10} {pack.kind:<8} {len(pack.posts):>2} posts  {pack.about}")
    for misfit in wrong:
        typer.echo(misfit.line())
    if wrong:
        raise typer.Exit(1)


@app.command()
def show(
    name: Name,
    workspace: Workspace = None,
    lang: Annotated[str, typer.Option(help="zh or en.")] = "zh",
) -> None:
    """Its posts as members read them, and the settings, recipes and figures that go with it."""
    folders = content_folders(load(workspace).folder)
    pack = _find(folders, name)
    content = Content(folders)
    typer.echo(f"{pack.name}: {pack.about}")
    monday = date(2027, 3, 1)
    for post in sorted(pack.posts, key=lambda p: when(p, monday)):
        sample = content.sources(post.template, lang)[0].front.get("sample") or {}
        text = content.render(post.template, lang, sample).formatted.text
        typer.echo(f"\nweek {post.week} {post.day} {post.at:%H:%M}  {post.template} ({post.kind})")
        typer.echo("\n".join(f"  {line}" for line in text.splitlines()))
    typer.echo("\nsettings: " + ", ".join(f"/settings {k} {v}" for k, v in pack.settings.items()))
    typer.echo("recipes: " + ", ".join(f"/recipes on {r}" for r in pack.recipes))
    for metric in pack.metrics:
        typer.echo(f"look at: {metric}")


@app.command()
def use(
    name: Name,
    workspace: Workspace = None,
    audience: Annotated[str, typer.Option(help="Of plans/audiences.yaml; default: the pack's own.")] = "",
    start: Annotated[str, typer.Option(help="Its first day, 2027-03-01; default: next Monday.")] = "",
    lang: Annotated[str, typer.Option(help="Language of names and example values: zh or en.")] = "zh",
) -> None:
    """Write its posts into content_templates/plans/ as drafts: nothing is posted before you say live."""
    settings = load(workspace)
    folders = content_folders(settings.folder)
    pack = _find(folders, name)
    audiences = files.read(folders).audiences
    whom = audience or pack.audience
    if whom not in audiences:
        raise Misfit(f"no audience {whom!r}", where="--audience", next=nearest(whom, audiences))
    path = settings.folder / "content_templates" / files.FOLDER / f"{pack.name}-{whom}.yaml"
    if path.exists():
        raise Misfit("it is there already", where=str(path), next="move it, or take another audience")
    content = Content(folders)
    text = packs.drafted(content, pack, whom, _first(start), lang)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    typer.echo(f"{path}: {len(pack.posts)} drafts for {whom}")
    typer.echo("next: groupbot plan check, groupbot plan show --drafts")


def _find(folders: list[Path], name: str) -> Pack:
    found, _ = packs.read(folders)
    if name not in found:
        raise Misfit(f"no pack {name!r}", where="groupbot packs", next=nearest(name, found))
    return found[name]


def _first(text: str) -> date:
    if not text:
        today = Clock().now().date()
        return today + timedelta(days=7 - today.weekday())
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misfit(
            f"--start {text!r} is no day", where="groupbot packs use", next="write 2027-03-01"
        ) from None
