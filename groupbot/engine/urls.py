"""Which database a URL means."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, quote_plus, unquote

import sqlalchemy as sa
from sqlalchemy.engine import URL, make_url

from groupbot.errors import Misfit

WHERE = "GROUPBOT_DATABASE_URL"
_SECRET = ("password", "sslpassword")  # of the options behind the ?
_AS_WRITTEN = re.compile(r"://[^:/@]*:(.*(?=@)|[^/?@]*)", re.DOTALL)


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
    except (sa.exc.ArgumentError, ValueError):  # without its @host a password counts as a port
        raise Misfit("this is no database URL", where=WHERE, next=wanted) from None
    kind = parsed.get_backend_name()
    if kind not in ("sqlite", "postgresql"):
        raise Misfit(f"{kind} is no database for groupbot", where=WHERE, next=wanted)
    if "@" in (parsed.host or ""):
        step = "write %40 for an @ in the password"
        raise Misfit("there is more than one @ before the host", where=WHERE, next=step)
    return parsed


def shown(url: str) -> str:
    """A URL as it may be read by others.

    Raises:
        Misfit: as `parsed_url`.
    """
    return parsed_url(url).difference_update_query(_SECRET).render_as_string(hide_password=True)


def passwords(url: str) -> set[str]:
    """What must not be read by others, in all its spellings; of a URL that is none what may be one."""
    found = set(_AS_WRITTEN.findall(url))
    try:
        parsed = parsed_url(url)
    except Misfit:
        pass
    else:
        asked = (parsed.query.get(n, "") for n in _SECRET)
        found = {parsed.password or "", *(w for ws in asked for w in ([ws] if isinstance(ws, str) else ws))}
    plain = {w for word in found for w in (word, unquote(word))}
    spelled = {s for w in plain for s in (w, quote(w, safe=""), quote(w), quote(w, safe=" +"), quote_plus(w))}
    return spelled - {""}


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
