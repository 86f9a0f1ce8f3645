"""Tables and statements on SQLite or PostgreSQL.

Every feature declares its tables on the one `metadata` here. `Hot` is a statement compiled once for a
dialect and then run on the driver's own cursor: a Core round through SQLAlchemy costs about three
times the statement itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Engine
from sqlalchemy.sql.visitors import replacement_traverse

from groupbot.engine.columns import UTC_ as UTC_
from groupbot.engine.columns import Begins as Begins
from groupbot.engine.columns import BigInt as BigInt
from groupbot.engine.columns import Json as Json
from groupbot.engine.columns import metadata as metadata
from groupbot.engine.columns import only as only
from groupbot.engine.columns import reader_of, writer_of
from groupbot.engine.urls import parsed_url as parsed_url
from groupbot.engine.urls import sqlite_path as sqlite_path

BUSY = 5.0  # seconds a SQLite connection waits for another's lock


class Row(tuple[Any, ...]):
    """A result row: a tuple whose columns are attributes too, of a class of its statement's own."""

    __slots__ = ()


Processor = Callable[[Any], Any] | None
_WORDS = (sa.String, sa.Text, sa.types.NullType)


class Compiled:
    """A statement as one dialect's driver takes it."""

    __slots__ = ("_names", "_order", "_out", "_row", "binds", "columns", "sql")

    def __init__(self, statement: Any, dialect: sa.Dialect, *, once: bool = False) -> None:
        made = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True} if once else {})
        self.sql = str(made)
        if "POSTCOMPILE" in self.sql:
            raise TypeError("a Hot statement cannot hold .in_([...]): use storage.among()")
        self._names: list[str] | None = list(made.positiontup) if made.positional else None
        given = made.construct_params(_check=False)
        every = self._names if self._names is not None else list(given)
        kinds = {name: b.type for b, name in made.bind_names.items()}
        self.binds: list[tuple[str, Any, Processor]] = []
        for name in dict.fromkeys(every):
            self.binds.append((name, given.get(name), writer_of(kinds.get(name), dialect)))
        by_name = {bind[0]: bind for bind in self.binds}
        self._order = [by_name[name] for name in every]
        columns = getattr(statement, "selected_columns", None)
        if columns is None:
            columns = getattr(statement, "_returning", ()) or ()
        self.columns = tuple(getattr(c, "key", None) or str(c) for c in columns)
        self._out = [
            (i, p)
            for i, c in enumerate(columns)
            if isinstance(c.type, UTC_ | Json) and (p := reader_of(c.type, dialect)) is not None
        ]
        cells = {n: property(itemgetter(i)) for i, n in enumerate(self.columns)}
        self._row = type("Row", (Row,), {"__slots__": (), **cells})

    def take(self, params: Mapping[str, Any]) -> Any:
        """Parameters in the driver's form; a name not given keeps the statement's own value."""
        get = params.get
        if self._names is None:
            return {n: get(n, v) if p is None else p(get(n, v)) for n, v, p in self.binds}
        return [get(n, v) if p is None else p(get(n, v)) for n, v, p in self._order]

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[Any]:
        """Driver rows as `Row`s, times and JSON converted."""
        row = self._row
        if not self._out:
            return [row(r) for r in raw]
        made = []
        for r in raw:
            cells = list(r)
            for i, p in self._out:
                cells[i] = p(cells[i])
            made.append(row(cells))
        return made


def among(column: Any, *values: str) -> Any:
    """`column IN ('a', 'b')` with constants of our own, for Hot statements; `column = 'a'` of a single one,
    which SQLite alone sees to be the condition of a partial index."""
    words = [_word(v) for v in values]
    return column == words[0] if len(words) == 1 else column.in_(words)


def _word(value: str) -> Any:
    return sa.literal_column("'" + value.replace("'", "''") + "'")


def _spelled(statement: Any) -> Any:
    """The statement with its own constants as words. Where `state = ?` decides whether a partial index may
    serve, SQLite plans a statement anew each time it runs; of `state = 'waiting'` it knows."""

    def word(element: Any, **_: Any) -> Any:
        constant = isinstance(element, sa.BindParameter) and element.unique and type(element.value) is str
        return _word(element.value) if constant and type(element.type) in _WORDS else None

    if not isinstance(statement, sa.ClauseElement):
        return statement
    return replacement_traverse(statement, {}, word)


class Hot:
    """A Core statement, declared at module level as a function that makes it: made when it is first run, as
    most never are, and compiled once per dialect."""

    __slots__ = ("_made", "_statement")

    def __init__(self, statement: Callable[[], Any]) -> None:
        self._statement, self._made = statement, dict[str, Compiled]()

    @property
    def statement(self) -> Any:
        """The statement, made anew."""
        return self._statement()

    def of(self, dialect: sa.Dialect) -> Compiled:
        """The compiled form for a dialect."""
        found = self._made.get(dialect.name)
        if found is None:
            found = self._made[dialect.name] = Compiled(_spelled(self.statement), dialect)
        return found


def delete_some(table: sa.Table, *where: Any, by: Any = None) -> Hot:
    """Deletes at most `most` (a parameter) of the rows where all this holds, those first that are first `by`
    it: a long list goes a slice at a time."""
    key = list(table.primary_key.columns)
    chosen = sa.select(*key).where(*where).order_by(*([] if by is None else [by])).limit(sa.bindparam("most"))
    return Hot(lambda: sa.delete(table).where((key[0] if len(key) == 1 else sa.tuple_(*key)).in_(chosen)))


def open_engine(url: str, *, read_only: bool = False) -> Engine:
    """A synchronous engine in driver autocommit; transactions are opened by the writer in words.

    SQLite: WAL, synchronous=FULL (points are worth an fsync), foreign keys on.
    """
    parsed = parsed_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
        return sa.create_engine(parsed, isolation_level="AUTOCOMMIT", pool_size=4, max_overflow=4)
    engine = sa.create_engine(
        parsed,
        isolation_level="AUTOCOMMIT",
        connect_args={"check_same_thread": False, "timeout": BUSY},
        poolclass=sa.pool.StaticPool if sqlite_path(url) is None else sa.pool.QueuePool,
    )

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"cache_size=-{4000 if read_only else 32000}",
            "wal_autocheckpoint=10000",
            "temp_store=MEMORY",
            "secure_delete=ON",  # what is deleted or emptied is overwritten: members' words are
        ):
            connection.execute(f"PRAGMA {pragma}")
        if read_only:
            connection.execute("PRAGMA query_only=ON")

    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[sa.Connection]:
    """A connection for reports: one snapshot, no writes."""
    lite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN" if lite else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            yield connection
        finally:
            connection.exec_driver_sql("ROLLBACK")


class Upsert:
    """INSERT … ON CONFLICT (key) DO UPDATE on either database.

    `update` maps a column to what becomes of it: `new` (take the new value), `sum` (add), `max`, `or`
    (of bits), or `keep`; columns not named keep the old value. With no `update` a conflict does nothing.
    """

    def __init__(
        self,
        table: sa.Table,
        names: Sequence[str],
        key: Sequence[str],
        update: Mapping[str, str] | None = None,
    ) -> None:
        self.table, self.names, self.key, self.update = (
            table,
            tuple(names),
            tuple(key),
            dict(update or {}),
        )
        self.selected_columns = ()

    def compile(self, *, dialect: sa.Dialect, compile_kwargs: Any = None) -> Any:
        """The statement in this dialect."""
        make: Any = sqlite_insert
        if dialect.name == "postgresql":  # 4 MB that a bot on SQLite need not load
            from sqlalchemy.dialects.postgresql import insert as make  # noqa: PLC0415
        new = make(self.table).values({n: sa.bindparam(n) for n in self.names})
        if not self.update:
            statement = new.on_conflict_do_nothing(index_elements=list(self.key))
        else:
            highest = sa.func.greatest if dialect.name == "postgresql" else sa.func.max
            ways: dict[str, Any] = {
                "new": lambda c: new.excluded[c],
                "sum": lambda c: self.table.c[c] + new.excluded[c],
                "max": lambda c: highest(self.table.c[c], new.excluded[c]),
                "or": lambda c: self.table.c[c].bitwise_or(new.excluded[c]),
                "keep": lambda c: self.table.c[c],
            }
            changes = {c: ways[way](c) for c, way in self.update.items()}
            statement = new.on_conflict_do_update(index_elements=list(self.key), set_=changes)
        return statement.compile(dialect=dialect, compile_kwargs=compile_kwargs or {})


_OF = re.compile(r"\b(given|was)\.(\w+)")


class Fold:
    """What rows given change in sums over the table they go into, added to those before they go there.

    `made` are the sums' columns, in words for both databases: over `given`, a row given, and `was`, what
    stands there under its `whose`, all NULL where nothing does. They are added to the row of `table` whose
    `key` the row given has: words over `given`, where SQLite has others those of `lite`. `only`: when
    anything changes, if that is not always. `counted` makes rows of this table of those that are quiet
    (`Bulk.quiet`); without it they change nothing here.
    """

    def __init__(
        self,
        table: str,
        key: Mapping[str, str],
        made: Mapping[str, str],
        into: str,
        whose: Sequence[str],
        *,
        lite: Mapping[str, str] | None = None,
        only: str = "TRUE",
        counted: Callable[[Sequence[Any]], Sequence[Sequence[Any]]] | None = None,
    ) -> None:
        self.table, self.key, self.made, self.into, self.whose = table, key, made, into, whose
        self.lite, self.only, self.counted = {**key, **(lite or {})}, only, counted
        self.plain = self._added(f"VALUES ({', '.join('?' * (len(key) + len(made)))})")

    def each(self, names: Sequence[str]) -> str:
        """For SQLite, a row given at a time: its cells are `names`."""
        given = f"(SELECT {', '.join(f'? AS {n}' for n in names)}) AS given"
        same = " AND ".join(f"was.{k} = given.{k}" for k in self.whose)
        cells = ", ".join([*self.lite.values(), *self.made.values()])
        # without a WHERE, ON CONFLICT would read like a join's ON
        joined = f"{given} LEFT JOIN {self.into} AS was ON {same}"
        return self._added(f"SELECT {cells} FROM {joined} WHERE {self.only}")

    def met(self, names: Sequence[str]) -> str:
        """For PostgreSQL: rows of a table `given` with those they meet, one look into the index for each. All
        folds of a statement share it."""
        same = " AND ".join(f"m.{k} = given.{k}" for k in self.whose)
        was = f"LATERAL (SELECT * FROM {self.into} AS m WHERE {same} LIMIT 1) AS was ON TRUE"
        cells = ", ".join(f"{of}.{n} AS {of}_{n}" for of in ("given", "was") for n in names)
        return f"SELECT {cells} FROM given LEFT JOIN {was}"

    def every(self) -> str:
        """For PostgreSQL, all rows of `met` at once."""
        keys = ", ".join(self.key.values())
        sums = ", ".join(f"SUM({words})" for words in self.made.values())
        asked = f"SELECT {keys}, {sums} FROM met WHERE {self.only} GROUP BY {keys}"
        return self._added(_OF.sub(r"met.\1_\2", asked))

    def _added(self, select: str) -> str:
        sums = ", ".join(f"{n} = {self.table}.{n} + excluded.{n}" for n in self.made)
        return (
            f"INSERT INTO {self.table} ({', '.join([*self.key, *self.made])}) {select}"
            f" ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {sums}"
        )
