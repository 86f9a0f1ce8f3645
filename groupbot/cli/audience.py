"""`groupbot audience`: who is in an audience, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._guest import bot_of, there, untouched
from groupbot.engine.reader import looking
from groupbot.engine.shipped import content_folders
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.members.domain import Profile
from groupbot.features.promos.domain import Audience, explain, nearest
from groupbot.features.promos.service import files
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)


@app.command()
def audience(
    name: Annotated[str | None, typer.Argument(help="The audience; without it all are listed.")] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Lists each chat in or out of an audience of plans/audiences.yaml, and why."""
    settings = load(workspace)
    folders = content_folders(settings.folder)
    shelf = files.read(folders)
    for misfit in shelf.misfits:
        typer.echo(f"note: {misfit.line()}", err=True)
    if name is not None and name not in shelf.audiences:
        where = str(folders[0] / files.FOLDER / files.AUDIENCES)
        raise Misfit(f"no audience {name!r}", where=where, next=nearest(name, shelf.audiences))
    chats = profiles(settings)
    if name is None:
        for each in shelf.audiences.values():
            inside = sum(explain(each, p)[0] for p in chats)
            typer.echo(f"{each.name}  {inside} of {len(chats)} chats")
        return
    for line in lines(shelf.audiences[name], chats):
        typer.echo(line)


def lines(whom: Audience, chats: list[Profile]) -> list[str]:
    """A line a chat, those in first; then names under `chats` and `except` that fit no chat."""
    told = [(*explain(whom, p), p.title) for p in chats]
    found = [f"in   {title}  ({why})" for inside, why, title in told if inside]
    found += [f"out  {title}  ({why})" for inside, why, title in told if not inside]
    titles = [p.title for p in chats]
    for field, named in (("chats", whom.chats), ("except", whom.but)):
        found += [
            f"note: {field} names no chat {t!r}: {nearest(t, titles)}" for t in named if t not in titles
        ]
    return [*found, f"{sum(t[0] for t in told)} of {len(chats)} chats in {whom.name}"]


def profiles(settings: Settings) -> list[Profile]:
    """The groups in the database: of the bot whose token is set, else of the only bot.

    Raises:
        Misfit: there is no database yet, it is of another version or cannot be opened, or it holds several
            bots and no token says which.
    """
    if untouched(settings):
        raise Misfit("no chats yet", where=str(settings.folder), next="groupbot run, then add a group")
    there(settings)
    with looking(settings.database, bot_id=bot_of(settings)) as work:
        return members.profiles(work)
