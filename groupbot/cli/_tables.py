"""The views as files: CSV, JSON a line, or Parquet, a piece at a time whatever their size."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.cli._places import room
from groupbot.core.sheet import inert_row
from groupbot.engine.storage import open_engine, reading
from groupbot.engine.views import VIEWS
from groupbot.errors import Misfit
from groupbot.features import tables

PIECE = 50_000  # rows
KINDS = ("csv", "json", "parquet")
_TIMES = frozenset(("at", "hour", "due"))
_DAYS = frozenset(("day", "utc_day", "week"))
_FLAGS = frozenset((
    "staff", "by_member", "removed", "organic", "shadow", "hired", "off_shelf", "parked", "given", "flagged",
    "of_staff",
))  # fmt: skip
_NUMBERS = frozenset(("topic", "reply_to", "message_id", "added_by", "parent_id", "plan_id", "members"))
Rows = list[tuple[Any, ...]]


def write_views(url: str, folder: Path, kind: str) -> Iterator[tuple[str, int]]:
    """Each view written into the folder, all of one snapshot: its file's name and how many rows.

    Raises:
        Misfit: Parquet is asked for and pyarrow is not there, or the folder is a file.
    """
    write = {"csv": _csv, "json": _json, "parquet": _parquet}[kind]
    if kind == "parquet":
        arrow()
    room(folder).mkdir(parents=True, exist_ok=True)
    tables()  # each feature declares its views beside its tables
    engine = open_engine(url, read_only=True)
    try:
        with reading(engine) as connection:
            for name in VIEWS:
                every = sa.text(f"SELECT * FROM {name}").execution_options(stream_results=True)
                found = connection.execute(every)
                names = tuple(found.keys())
                file = folder / f"{name}.{kind}"
                pieces = (_typed(names, [tuple(r) for r in p]) for p in found.partitions(PIECE))
                yield file.name, write(file, names, pieces)
    finally:
        engine.dispose()


def arrow() -> tuple[Any, Any]:
    """pyarrow and its Parquet.

    Raises:
        Misfit: it is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise Misfit("Parquet needs pyarrow", next="pip install 'groupbot[parquet]'") from None
    return pyarrow, pyarrow.parquet


def _typed(names: tuple[str, ...], rows: Rows) -> Rows:
    """The same values from either database: times in UTC, days, flags, whole numbers."""
    kinds = [kind_of(n, names) for n in names]
    return [tuple(_value(k, v) for k, v in zip(kinds, row, strict=True)) for row in rows]


def kind_of(name: str, among: tuple[str, ...]) -> str:
    """time, day or flag, by a column's name and those beside it; "" what it is shows itself. Of a day or week
    `organic` is a count."""
    if name in _TIMES or name.endswith("_at"):
        return "time"
    if name in _DAYS:
        return "day"
    counted = name == "organic" and not _DAYS.isdisjoint(among)
    return "flag" if name in _FLAGS and not counted else ""


def _value(kind: str, v: Any) -> Any:
    if v is None:
        return None
    if isinstance(v, Decimal):
        return int(v) if v == v.to_integral_value() else float(v)
    if kind == "time":
        return datetime.fromisoformat(v).replace(tzinfo=UTC) if isinstance(v, str) else v.astimezone(UTC)
    if kind == "day":
        return date.fromisoformat(v) if isinstance(v, str) else v
    return bool(v) if kind == "flag" else v


def _csv(file: Path, names: tuple[str, ...], pieces: Iterator[Rows]) -> int:
    n = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for rows in pieces:
            writer.writerows(map(inert_row, rows))
            n += len(rows)
    return n


def _json(file: Path, names: tuple[str, ...], pieces: Iterator[Rows]) -> int:
    n = 0
    with file.open("w", encoding="utf-8") as out:
        for rows in pieces:
            for row in rows:
                cells = dict(zip(names, row, strict=True))
                out.write(json.dumps(cells, ensure_ascii=False, default=_iso) + "\n")
            n += len(rows)
    return n


def _iso(v: date) -> str:
    return v.isoformat()


def _parquet(file: Path, names: tuple[str, ...], pieces: Iterator[Rows]) -> int:
    pa, pq = arrow()
    n, out, schema = 0, None, None
    try:
        for rows in pieces:
            columns = list(zip(*rows, strict=True)) or [()] * len(names)
            if schema is None:
                schema = pa.schema([(k, _kind(pa, k, c, names)) for k, c in zip(names, columns, strict=True)])
                out = pq.ParquetWriter(file, schema, compression="zstd")
            assert out is not None
            out.write_table(pa.table([list(c) for c in columns], schema=schema))
            n += len(rows)
        if out is None:
            schema = pa.schema([(k, _kind(pa, k, (), names)) for k in names])
            pq.write_table(schema.empty_table(), file)
    finally:
        if out is not None:
            out.close()
    return n


def _kind(pa: Any, name: str, values: tuple[Any, ...], among: tuple[str, ...]) -> Any:
    """A column's type, by its name where it has one of its own, else by its first values."""
    own = {"time": pa.timestamp("us", tz="UTC"), "day": pa.date32(), "flag": pa.bool_()}
    if kind := kind_of(name, among):
        return own[kind]
    there = {type(v) for v in values if v is not None}
    if name in _NUMBERS or name.endswith("_id") or there == {int}:
        return pa.int64()
    return pa.float64() if there and there <= {int, float} else pa.string()


def write_csv(file: Path, found: list[dict[str, Any]]) -> None:
    """The figures of every group, a line each."""
    names = (
        "group",
        "chat_id",
        "key",
        "value",
        "before",
        "unit",
        "first",
        "last",
        "per",
        "n",
        "least",
        "coverage",
        "sql",
        "definitions",
    )
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for one in found:
            for f in one["figures"]:
                cells = (one["group"], one["chat_id"], *(f[n] for n in names[2:-1]), one["definitions"])
                writer.writerow(inert_row(cells))
