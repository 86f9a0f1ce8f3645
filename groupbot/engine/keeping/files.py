"""What an export reads like, and what an erasure leaves of the database's files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from groupbot.engine.storage import open_engine


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


def vacuum(url: str, tables: list[str]) -> None:
    """Clean these tables of dead rows, on PostgreSQL."""
    engine = open_engine(url)
    try:
        with engine.connect() as connection:
            for name in tables:
                connection.execute(sa.text(f'VACUUM "{name}"'))
    finally:
        engine.dispose()
