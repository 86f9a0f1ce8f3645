"""Is a database of this version? Asked at each start, without Alembic's 8 MB, which only migrating needs."""

from __future__ import annotations

import importlib
import re

import sqlalchemy as sa

from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine, reading

_LINE = re.compile(r"^(revision|down_revision)[^=\n]*= *['\"](\w+)['\"]", re.MULTILINE)
_CURRENT = sa.text("SELECT version_num FROM alembic_version")


def newest() -> str | None:
    """The newest revision shipped: the one that no other follows; None unless it is exactly one."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in folder("migrations").glob("versions/*.py"):
        for kind, name in _LINE.findall(path.read_text("utf-8")):
            found[kind].add(name)
    heads = found["revision"] - found["down_revision"]
    return heads.pop() if len(heads) == 1 else None


def up_to_date(url: str) -> bool:
    """False also where the database is empty or cannot be read."""
    engine = open_engine(url, read_only=True)
    try:
        with reading(engine) as connection:
            return [connection.execute(_CURRENT).scalars().all()] == [[newest()]]
    except sa.exc.SQLAlchemyError:
        return False
    finally:
        engine.dispose()


def ensure(url: str) -> None:
    """Migrate where it is needed.

    Raises:
        Misfit: the database is of a newer groupbot, or cannot be opened.
    """
    if not up_to_date(url):
        importlib.import_module("groupbot.engine.migrate").upgrade(url)
