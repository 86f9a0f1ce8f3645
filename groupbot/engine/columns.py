"""Columns every table is made of: times in UTC, JSON, numbers of rows; indexes of some rows; beginnings."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BigInt = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite autoincrements only INTEGER


def only(condition: str) -> dict[str, Any]:
    """Arguments of an index of the rows alone for which `condition` holds, on either database."""
    return {"sqlite_where": sa.text(condition), "info": {"only": condition}}


@event.listens_for(metadata, "before_create")
def for_postgresql(known: sa.MetaData, *_: Any, **__: Any) -> None:
    """What `only` said, in PostgreSQL's word: that loads its dialect, 3 MB, so only where tables are made."""
    for table in known.tables.values():
        for index in table.indexes:
            if "only" in index.info:
                index.dialect_kwargs["postgresql_where"] = sa.text(index.info["only"])


def ours(name: str | None, kind: str, _: Any = None) -> bool:
    """For Alembic's comparing: partitions are no tables that the code declares."""
    parent, _, part = (name or "").rpartition("_")
    partitioned = parent in metadata.tables and "partitioned" in metadata.tables[parent].info
    return kind != "table" or not (partitioned and (part == "default" or part.isdigit()))


class Begins(FunctionElement[Any]):
    """Does a column begin with a text? `prefix` is that text, or a parameter. An index over the column serves
    on SQLite, and on PostgreSQL where the database sorts by bytes (locale C); where it sorts as a language
    does, `x >= 'a:' AND x < 'a;'` would hold of nothing."""

    inherit_cache = True

    def __init__(self, column: Any, prefix: Any) -> None:
        super().__init__(column, sa.literal(prefix, sa.Text) if isinstance(prefix, str) else prefix)


@compiles(Begins)
def _on_sqlite(element: Begins, compiler: Any, **more: Any) -> str:
    column, prefix = element.clauses
    last = prefix.concat(sa.literal_column("char(1114111)"))  # behind every other letter
    return f"({compiler.process(sa.and_(column >= prefix, column < last), **more)})"


@compiles(Begins, "postgresql")
def _on_postgresql(element: Begins, compiler: Any, **more: Any) -> str:
    return str(compiler.process(sa.func.starts_with(*element.clauses), **more))


@lru_cache(4096)
def _write_utc(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(" ", "microseconds")[:26]


@lru_cache(4096)
def _read_utc(value: str) -> datetime:
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def utc_written(value: datetime | None) -> str | None:
    """As SQLite keeps it.

    Raises:
        ValueError: it has no zone.
    """
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive time {value}: times in the database are aware UTC")
    return _write_utc(value)


def utc_read(value: str | None) -> datetime | None:
    """What SQLite keeps, as it was meant."""
    return None if value is None else _read_utc(value)


class UTC_(TypeDecorator[datetime]):
    """Aware UTC in Python; `timestamptz` on PostgreSQL, ISO text to the microsecond on SQLite."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(sa.String(26))
        return dialect.type_descriptor(sa.DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        written = utc_written(value)
        return written if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return _read_utc(value) if isinstance(value, str) else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON as text on both databases, keys in the order written, non-ASCII kept readable."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        return None if value is None else json.loads(value)


def writer_of(kind: Any, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What makes a value of this type what the driver takes; None: nothing need."""
    if type(kind) is UTC_ and dialect.name == "sqlite":  # without the library's two calls around it
        return utc_written
    return kind.dialect_impl(dialect).bind_processor(dialect) if kind is not None else None


def reader_of(kind: Any, dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What makes of the driver's cell a value of this type."""
    if type(kind) is UTC_ and dialect.name == "sqlite":
        return utc_read
    made: Callable[[Any], Any] | None = kind.dialect_impl(dialect).result_processor(dialect, None)
    return made
