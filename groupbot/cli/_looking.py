"""The workspace's database to read, or an empty one where the bot has not run yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from groupbot.cli._guest import bot_of, there, untouched
from groupbot.engine.content import Content
from groupbot.engine.migrate import current, head
from groupbot.engine.reader import looking
from groupbot.engine.shipped import content_folders
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.settings import Settings


@contextmanager
def workspace(settings: Settings) -> Iterator[Work]:
    """A snapshot with the workspace's templates. A database of another version counts as none."""
    with TemporaryDirectory() as place:
        url, bot_id = settings.database, 0
        if not untouched(settings) and current(settings.database) == head():
            bot_id = bot_of(settings)
        else:
            url = f"sqlite:///{Path(place) / 'empty.db'}"
            engine = open_engine(url)
            tables().create_all(engine)
            engine.dispose()
        with looking(url, bot_id=bot_id) as work:
            work.content = Content(content_folders(settings.folder))
            yield work


def uncounted(settings: Settings) -> bool:
    """Says on stderr why the groups of a database that is there are not counted; False where they are, or no
    bot has run here yet."""
    try:
        if not untouched(settings):
            there(settings)
            bot_of(settings)
    except Misfit as e:
        told = Misfit(f"{e.what}, so its groups are not counted", where=e.where, next=e.next)
        typer.echo(f"note: {told.line()}", err=True)
        return True
    return False
