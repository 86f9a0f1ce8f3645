"""The workspace's database to read, or an empty one where the bot has not run yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from groupbot.cli._guest import bot_of
from groupbot.engine.content import Content
from groupbot.engine.migrate import current, head
from groupbot.engine.reader import looking
from groupbot.engine.shipped import content_folders
from groupbot.engine.storage import open_engine, sqlite_path
from groupbot.engine.work import Work
from groupbot.features import tables
from groupbot.settings import Settings


@contextmanager
def workspace(settings: Settings) -> Iterator[Work]:
    """A snapshot with the workspace's templates. A database of another version counts as none."""
    path = sqlite_path(settings.database)
    there = (path is None or path.exists()) and current(settings.database) == head()
    with TemporaryDirectory() as place:
        url, bot_id = settings.database, 0
        if there:
            bot_id = bot_of(settings)
        else:
            url = f"sqlite:///{Path(place) / 'empty.db'}"
            engine = open_engine(url)
            tables().create_all(engine)
            engine.dispose()
        with looking(url, bot_id=bot_id) as work:
            work.content = Content(content_folders(settings.folder))
            yield work
