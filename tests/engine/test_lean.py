"""What an idle bot does not need is not loaded, and what it does without on SQLite stands on PostgreSQL."""

from __future__ import annotations

import subprocess
import sys

import sqlalchemy as sa

from groupbot.engine.storage import metadata
from groupbot.engine.writer import Writer

HEAVY = """alembic captcha holidays lunar_python matplotlib mako numpy PIL psycopg pydantic re2 typer
sqlalchemy.dialects.postgresql sqlalchemy.orm telegram.ext""".split()
LOADS = """
import sys
from pathlib import Path
import groupbot.app
from groupbot.engine.plugins import load
assert len(load(Path("nowhere")).routers) > 40
print(*sys.modules)
from groupbot.features.rules.domain import fold
from groupbot.features.spam.domain import lexicon
assert not fold.table.cache_info().currsize + lexicon._automaton.cache_info().currsize
"""


def test_what_is_big_and_seldom_needed_is_not_loaded_at_the_start() -> None:
    run = [sys.executable, "-c", LOADS]
    loaded = set(subprocess.run(run, capture_output=True, check=True, text=True).stdout.split())
    assert sorted(loaded & set(HEAVY)) == []


def test_indexes_of_some_rows_alone_are_so_on_both_databases(writer: Writer, db_url: str) -> None:
    some = sorted(str(i.name) for t in metadata.tables.values() for i in t.indexes if "only" in i.info)
    if db_url.startswith("postgresql"):
        asked = (  # a partition's indexes are its table's
            "SELECT indexname FROM pg_indexes JOIN pg_class ON relname = indexname"
            " WHERE indexdef LIKE '% WHERE %' AND NOT relispartition ORDER BY 1"
        )
    else:
        asked = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %' ORDER BY 1"
    found = writer.write(lambda work: work.sql.all(sa.text(asked)))
    assert len(some) > 20
    assert sorted(r[0] for r in found) == some
