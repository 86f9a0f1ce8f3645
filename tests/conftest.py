"""Shared fixtures: a writer on either database, the sandbox's traffic checked against the Bot API."""

from __future__ import annotations

import itertools
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings

from groupbot import testing
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from tests import postgres, traffic
from tests.canary import pytest_runtest_makereport as pytest_runtest_makereport

START = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
_numbers = itertools.count()
LONG = (
    "tests/reliability/",
    "tests/cli/",
    "tests/docs/test_plugins_doc.py",
    "tests/simulation/",
    "tests/test_secrets.py",
    "tests/browser/",
    "tests/features/moving/",
    "tests/engine/test_migrate.py",
)

os.environ.setdefault("PYTHONHASHSEED", "0")  # of the workers: a simulation that fails can be played again
usual = settings.get_profile("ci" if os.environ.get("CI") else "default")
settings.register_profile("patient", usual, deadline=None)  # a machine may be busy
settings.load_profile("patient")

# tests start many processes: each would compile all it imports again, which takes longer than most of them
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skipped test fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or os.environ.get("CI") != "true":
        return
    skipped = reporter.stats.get("skipped", [])
    if skipped and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter.write_line("")
        for report in skipped:
            reporter.write_line(f"SKIPPED, which CI refuses: {report.nodeid}: {report.longrepr[2]}")


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One worker more than cores: many tests wait for processes and clocks."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that at the end no worker waits for one long test of another."""
    items.sort(key=lambda item: next((n for n, p in enumerate(LONG) if item.nodeid.startswith(p)), len(LONG)))


@pytest.fixture(scope="session")
def pg_server() -> Iterator[str]:
    """One PostgreSQL for this process of the run."""
    with postgres.server() as dsn:
        yield dsn


@contextmanager
def fresh(server: str) -> Iterator[str]:
    """A new, empty PostgreSQL database, dropped afterwards."""
    name = f"t{os.getpid()}n{next(_numbers)}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
        c.execute(f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY FILE_COPY")  # a quarter of the time
    yield f"{server}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as c:
        c.execute(f"DROP DATABASE {name} WITH (FORCE)")


def make_tables(url: str) -> None:
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()


@pytest.fixture
def pg_url(pg_server: str) -> Iterator[str]:
    """A fresh, empty PostgreSQL database."""
    with fresh(pg_server) as url:
        yield url


@pytest.fixture(scope="session")
def pg_tables(pg_server: str) -> Iterator[postgres.Cleaned]:
    """A PostgreSQL database with all tables, for one test after the other: a new one each takes 20 times as
    long as emptying it."""
    name = f"t{os.getpid()}n{next(_numbers)}"
    with psycopg.connect(f"{pg_server}/postgres", autocommit=True) as c:
        c.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    make_tables(f"{pg_server}/{name}")
    lent = postgres.Cleaned(f"{pg_server}/{name}")
    yield lent
    lent.dropped()


@pytest.fixture(scope="session")
def lite_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables, to be copied."""
    path = tmp_path_factory.mktemp("tables") / "empty.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture
def lite_url(lite_tables: Path, tmp_path: Path) -> str:
    """A fresh SQLite database with all tables."""
    shutil.copyfile(lite_tables, tmp_path / "test.db")
    return f"sqlite:///{tmp_path / 'test.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def db_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of either kind, with all tables and no rows."""
    if request.param == "sqlite":
        yield request.getfixturevalue("lite_url")
        return
    yield request.getfixturevalue("pg_tables").emptied()


@pytest.fixture
def writer(db_url: str) -> Iterator[Writer]:
    """A writer with a fixed clock (30 January 2027, 10:00 UTC) and a seeded chance, on either database."""
    made = Writer(db_url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def checked_traffic() -> Iterator[None]:
    """All a conversation says over HTTP is right on both sides, by the Bot API's own description."""
    audit = traffic.auditor()
    if audit is None:
        yield
        return
    testing.recorders.append(audit.feed)
    yield
    testing.recorders.remove(audit.feed)
    assert traffic.errors(audit) == []
