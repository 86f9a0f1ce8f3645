"""Is a database of this version? Asked at each start, without Alembic's 8 MB, which only migrating needs."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import sqlalchemy as sa

from groupbot.engine.logs import redact
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine, reading
from groupbot.errors import Misfit

_LINE = re.compile(r"^(revision|down_revision)[^=\n]*= *['\"](\w+)['\"]", re.MULTILINE)
MISFIT = 3  # how a migrating process ends when what an operator wrote does not fit
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
    """Migrate where it is needed: in a process of its own, for what that takes would stay for as long as the
    bot runs.

    Raises:
        Misfit: the database is of a newer groupbot, or cannot be opened.
    """
    if up_to_date(url):
        return
    command = [sys.executable, "-P", "-m", "groupbot.engine.migrate"]
    done = subprocess.run(command, input=url, text=True, capture_output=True, check=False)
    if done.returncode == 0:
        return
    if done.returncode == MISFIT:
        raise Misfit(**json.loads(done.stdout))
    raise RuntimeError(f"migrating the database failed:\n{redact(done.stderr)}")
