"""Which database a URL means."""

from __future__ import annotations

import re
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from groupbot.errors import Misfit


def parsed_url(url: str) -> URL:
    """A URL of a database that this is made for.

    Raises:
        Misfit: no URL, or of another database. Neither shows what may be a password.
    """
    wanted = (
        "postgresql://user:password@host/name, sqlite:///file.db, or nothing: groupbot.db in the workspace"
    )
    try:
        parsed = make_url(url)
    except sa.exc.ArgumentError:
        raise Misfit("this is no database URL", where="GROUPBOT_DATABASE_URL", next=wanted) from None
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise Misfit(f"{kind} is no database for groupbot", where="GROUPBOT_DATABASE_URL", next=wanted)
    return parsed


def for_programs(url: str) -> tuple[str, dict[str, str]]:
    """How PostgreSQL's own programs reach the database the bot is on: what may stand among their arguments,
    which everybody on the machine can read, and what in their environment."""
    parsed = parsed_url(url).set(drivername="postgresql+psycopg")
    _, given = parsed.get_dialect()().create_connect_args(parsed)
    secret = {"PGPASSWORD": word} if (word := given.pop("password", "")) else {}
    # https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-KEYWORD-VALUE
    words = {name: re.sub(r"(['\\])", r"\\\1", str(value)) for name, value in given.items()}
    return " ".join(f"{name}='{word}'" for name, word in words.items()), secret


def sqlite_path(url: str) -> Path | None:
    """The file of a SQLite URL, or None for PostgreSQL and in-memory databases."""
    parsed = parsed_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        return None
    return Path(str(parsed.database))
