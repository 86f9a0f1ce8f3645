"""Schema upgrades: refuse a newer one, copy a SQLite file before touching it."""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from groupbot.engine.columns import ours
from groupbot.engine.revision import MISFIT
from groupbot.engine.shipped import folder
from groupbot.engine.storage import metadata, open_engine, sqlite_path
from groupbot.engine.turn import Turn
from groupbot.engine.urls import shown
from groupbot.engine.views import VIEWS
from groupbot.errors import Misfit


def config(url: str) -> Config:
    """Alembic's configuration without an ini file."""
    made = Config()
    made.set_main_option("script_location", str(folder("migrations")).replace("%", "%%"))
    made.attributes["url"] = url
    return made


def head() -> str:
    """The newest revision shipped."""
    found = ScriptDirectory.from_config(config("")).get_current_head()
    assert found is not None
    return found


def known(revision: str) -> bool:
    """Is it one of those shipped? One of a newer groupbot is not."""
    try:
        return ScriptDirectory.from_config(config("")).get_revision(revision) is not None
    except CommandError:
        return False


def current(url: str) -> str | None:
    """The revision of a database; None for an empty one.

    Raises:
        Misfit: the database cannot be reached.
    """
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except sa.exc.SQLAlchemyError as e:
        raise unopened(url, getattr(e, "orig", None) or e) from None
    finally:
        engine.dispose()


def unopened(url: str, error: BaseException) -> Misfit:
    """What an operator is told of a database that cannot be opened, or of a file that is none."""
    where, step = "GROUPBOT_DATABASE_URL", "check the URL, and that the server runs"
    path = sqlite_path(url)
    if path is not None:
        where, step = str(path), "check who may read and write it and its folder"
        if not isinstance(error, sqlite3.OperationalError):
            step = "groupbot restore FILE puts a backup in its place; docs/runbook.md"
    reason = str(error).strip().split("\n")[0]
    return Misfit(f"the database cannot be opened: {reason}", where=where, next=step)


def upgrade(url: str) -> tuple[str | None, str, Path | None]:
    """Bring a database to the newest revision: (before, after, copy made of a SQLite file).

    Raises:
        Misfit: the database is of a newer groupbot, or cannot be opened.
    """
    before, target = current(url), head()
    if before == target and not _lacks_views(url):
        return before, target, None
    if before is not None and not known(before):
        raise Misfit(
            f"the database is at revision {before}, which this groupbot does not know",
            where=shown(url),
            next="install the newer groupbot again, or restore the copy made before its migration",
        )
    copy = _copy(url, before) if before not in (None, target) else None
    turn = Turn(sqlite_path(url))
    try:
        with turn.mine():
            command.upgrade(config(url), "head")
    finally:
        turn.close()
    return before, target, copy


def _lacks_views(url: str) -> bool:
    """A migration was killed between its last step and its views."""
    engine = open_engine(url)
    try:
        return bool({*VIEWS} - {*sa.inspect(engine).get_view_names()})
    finally:
        engine.dispose()


def drift(url: str) -> list[str]:
    """What a database at the newest revision has otherwise than the code declares; [] when they agree.
    Every feature's tables must be imported."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection, warnings.catch_warnings():
            # on SQLite an index over an expression cannot be read back, and is not compared
            warnings.filterwarnings("ignore", ".*expression-based index.*")
            context = MigrationContext.configure(
                connection, opts={"compare_type": False, "include_name": ours}
            )
            return [_difference(d) for d in compare_metadata(context, metadata)]
    finally:
        engine.dispose()


def _difference(change: Any) -> str:
    if isinstance(change, list):
        return "; ".join(_difference(c) for c in change)
    kind, *what = change
    return f"{kind} " + ".".join(str(getattr(w, "name", w)) for w in what if w is not None)


def _copy(url: str, revision: str) -> Path | None:
    path = sqlite_path(url)
    if path is None or not path.exists():
        return None
    copy = path.with_name(f"{path.name}.before-{head()}-from-{revision}")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    shutil.copymode(path, copy)
    return copy


def main() -> None:
    """Upgrade the database whose URL, which may hold a password, is said on standard input."""
    try:
        upgrade(sys.stdin.read())
    except Misfit as e:
        sys.stdout.write(json.dumps({"what": e.what, "where": e.where, "next": e.next}))
        sys.exit(MISFIT)


if __name__ == "__main__":
    main()
