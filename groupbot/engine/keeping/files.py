"""What an export reads like, and what an erasure leaves of the database's files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
import structlog

from groupbot.engine.storage import open_engine

log = structlog.get_logger(__name__)


def as_json(parts: dict[str, Any]) -> str:
    """The same for machines."""
    return json.dumps(parts, ensure_ascii=False, indent=1, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else repr(value)


def readable(parts: dict[str, Any]) -> Iterator[str]:
    """Lines for people."""
    for name, part in parts.items():
        yield f"== {part['about'] or name} =="
        if part["keeps"]:
            yield f"({part['keeps']})"
        for table, rows in part.items():
            if table in ("about", "keeps"):
                continue
            yield f"-- {table.replace('_', ' ')}: {len(rows)}"
            for row in rows:
                cells = row.items() if isinstance(row, dict) else [("", row)]
                yield "   " + "; ".join(
                    f"{c} {_cell(v)}".strip() for c, v in cells if v not in (None, "", [])
                )
        yield ""


def _cell(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def scrub(url: str, tables: list[str]) -> None:
    """Empty SQLite's log; clean these tables of dead rows on PostgreSQL."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                for _ in range(20):  # a reader may hold the log for a moment
                    if not connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:  # type: ignore[index]
                        return
                log.warning("scrub.busy")
                return
            for name in tables:
                connection.execute(sa.text(f'VACUUM "{name}"'))
    finally:
        engine.dispose()
