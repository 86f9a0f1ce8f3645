"""State is in SQL alone, on disk before it counts (F23, F25)."""

from __future__ import annotations

import ast
from pathlib import Path

import sqlalchemy as sa

import groupbot
from groupbot.engine.storage import open_engine

ROOT = Path(groupbot.__file__).parents[1]
TORN = {"pickle", "shelve", "marshal", "dbm", "telegram.ext.PicklePersistence"}  # files rewritten in place


def imported(source: str) -> set[str]:
    """Names of all modules, and of what is taken from them."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return found


def test_nothing_is_kept_in_files_that_can_be_torn_and_nobody_is_notified() -> None:
    sources = [p for part in ("groupbot", "handlers") for p in sorted((ROOT / part).rglob("*.py"))]
    texts = {p.name: p.read_text("utf-8") for p in sources}
    assert len(texts) > 300
    assert [n for n, text in texts.items() if imported(text) & TORN] == []
    assert [n for n, text in texts.items() if "pg_notify" in text or "LISTEN " in text] == []
    assert imported("from telegram.ext import PicklePersistence") & TORN == {"telegram.ext.PicklePersistence"}


def test_a_commit_on_sqlite_is_synced_before_it_counts(lite_url: str) -> None:
    """synchronous=FULL (2): with NORMAL a power cut may take back what was committed."""
    engine = open_engine(lite_url)
    with engine.connect() as connection:
        asked = {
            n: connection.exec_driver_sql(f"PRAGMA {n}").scalar() for n in ("synchronous", "journal_mode")
        }
    engine.dispose()
    assert asked == {"synchronous": 2, "journal_mode": "wal"}


def test_a_commit_on_postgresql_is_not_made_quicker_than_the_server_is_set(pg_url: str) -> None:
    engine = open_engine(pg_url)
    with engine.connect() as connection:
        source = connection.execute(
            sa.text("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'")
        ).scalar()
    engine.dispose()
    assert source == "default"
