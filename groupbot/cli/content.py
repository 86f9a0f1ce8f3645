"""`groupbot content push`: templates and YAML files, checked, compared, and put live by a press."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import visiting
from groupbot.cli._looking import workspace as workspace_of
from groupbot.engine import logs
from groupbot.errors import Misfit
from groupbot.features.campaigns import service as campaigns
from groupbot.features.care import service as care
from groupbot.features.lifecycle import service as lifecycle
from groupbot.features.promos.domain import Wrong
from groupbot.features.promos.domain.pushing import TEMPLATE, target
from groupbot.features.promos.service import kinds, pushing
from groupbot.features.quiz import service as quiz
from groupbot.features.scenes import service as scenes
from groupbot.settings import Settings, load

KINDS = (care.KIND, scenes.KIND, campaigns.KIND, quiz.KIND, lifecycle.KIND)
app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def content() -> None:
    """Templates and plans as files."""
    logs.set_up("error")


@app.command()
def push(
    files: Annotated[list[Path], typer.Argument(help="card.zh.html.j2, spring.yaml, …")],
    to: Annotated[str, typer.Option(help="The folder of a new template: promos")] = "",
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Without an ops chat: do not ask.")] = False,
) -> None:
    """Checks the files and shows what differs. With an ops chat they are put there, to go live by an
    operator's press; without one they are written into the workspace after a yes. One that does not fit keeps
    all of them back."""
    settings = load(workspace)
    found = look(settings, files, to)
    for seen, _ in found:
        typer.echo(seen.path + (": the same as now" if seen.same else ""))
        for line in [*seen.wrong, *seen.diff]:
            typer.echo(f"  {line}")
        if seen.plans:
            typer.echo(f"  plans: {', '.join(seen.plans)}")
    if any(seen.wrong for seen, _ in found):
        raise typer.Exit(1)
    new = [(seen.path, text) for seen, text in found if not seen.same]
    if not new:
        return
    if settings.ops_chat:
        asyncio.run(_put_before_operators(settings, new))
        typer.echo(f"{len(new)} put before the operators' chat: they go live by a press there")
    elif yes or typer.confirm(f"Write {len(new)} into {settings.folder / 'content_templates'}?"):
        for path, text in new:
            pushing.write(settings.folder / "content_templates" / path, text)
        typer.echo(f"{len(new)} written; a running bot takes them within seconds")


def look(settings: Settings, files: list[Path], to: str) -> list[tuple[pushing.Seen, str]]:
    """Each file as it would be, and its text."""
    found = []
    with workspace_of(settings) as work:
        assert work.content is not None
        for file in files:
            try:
                text = file.read_text("utf-8-sig")
                place = target(file.name, to, pushing.known(work.content.folders))
            except OSError as e:
                raise Misfit(f"not read: {e.strerror}", where=str(file), next="look at its name") from None
            except UnicodeDecodeError:
                raise Misfit("no UTF-8 text", where=str(file), next="save it as UTF-8") from None
            except Wrong as e:
                raise Misfit(e.what, where=str(file), next="say its folder: --to promos") from None
            if not place.endswith(TEMPLATE):
                place = kinds.place(text, place, KINDS)
            found.append((pushing.look(work, place, text, KINDS), text))
    return found


async def _put_before_operators(settings: Settings, new: list[tuple[str, str]]) -> None:
    async with visiting(settings) as guest:
        for path, text in new:
            await guest.write("content:push", partial(pushing.propose, path=path, text=text, by=0))
