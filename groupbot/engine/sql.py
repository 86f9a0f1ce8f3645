"""Statements on the writer's own connection, and rows that are buffered until the flush."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from groupbot.engine.storage import Compiled, Fold, Hot, Upsert


class Bulk:
    """How buffered rows of one table are written at flush: rows sorted by key, one executemany.

    `statement` is an insert (with an upsert clause for counters). `key` are the leading columns of a
    row that make it unique; with `sums` > 0 rows of one key are added up in their last `sums` columns
    before they are written. `also` makes rows of other tables from the rows of this one, which may
    carry cells beyond `names` for it. `folds`: sums over the table that change with each row (an
    upsert's, each key once in a flush).
    """

    __slots__ = ("also", "by", "each", "folds", "hot", "key", "name", "names", "sums")

    def __init__(
        self,
        name: str,
        statement: Any,
        names: Sequence[str],
        *,
        key: int = 0,
        sums: int = 0,
        also: Callable[[list[tuple[Any, ...]]], Sequence[tuple[Bulk, list[tuple[Any, ...]]]]] | None = None,
        folds: tuple[Fold, ...] = (),
    ) -> None:
        self.name, self.hot, self.names, self.key, self.sums = (
            name,
            Hot(statement),
            tuple(names),
            key,
            sums,
        )
        self.also, self.folds = also, folds
        self.each = tuple(f.each(self.names) for f in folds)  # as SQLite takes them
        self.by = itemgetter(*range(key)) if key else None

    def merged(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Rows as they will be written."""
        if not self.sums:
            return sorted(rows, key=self.by) if self.by else rows
        cut = -self.sums
        totals: dict[tuple[Any, ...], list[int]] = {}
        for r in rows:
            found = totals.get(r[:cut])
            if found is None:
                totals[r[:cut]] = list(r[cut:])
            else:
                for i, v in enumerate(r[cut:]):
                    found[i] += v
        return [(*k, *totals[k]) for k in sorted(totals, key=self.by)]


class Sql:
    """Statements on the writer's own connection. Takes a `Hot`, or any Core statement (compiled anew)."""

    def __init__(
        self, raw: Any, dialect: sa.Dialect, known: Mapping[str, dict[Any, Any]] | None = None
    ) -> None:
        self._raw = raw
        self._dialect = dialect
        self._known = known  # the writer's caches
        self._guarded = False  # inside a step
        self._open = False  # its savepoint is open

    # --- reading
    def all(self, statement: Any, /, **params: Any) -> list[Any]:
        """All rows. Buffered rows are not seen: they are written at flush."""
        made = self._compiled(statement)
        return made.rows(self._raw.execute(made.sql, made.take(params)).fetchall())

    def first(self, statement: Any, /, **params: Any) -> Any:
        """The first row or None."""
        made = self._compiled(statement)
        found = self._raw.execute(made.sql, made.take(params)).fetchone()
        return None if found is None else made.rows([found])[0]

    def value(self, statement: Any, /, **params: Any) -> Any:
        """The first column of the first row, or None."""
        found = self.first(statement, **params)
        return None if found is None else found[0]

    @property
    def dialect(self) -> str:
        """The database's kind: sqlite or postgresql."""
        return str(self._dialect.name)

    def plain(self, select: str) -> list[tuple[Any, ...]]:
        """The rows of a SELECT that is all words, as its reader would type it: for reports that print it."""
        return list(self._raw.execute(select).fetchall())

    # --- writing
    def run(self, statement: Any, /, **params: Any) -> int:
        """Write; the number of rows touched."""
        made = self._compiled(statement)
        self._before_write()
        return int(self._raw.execute(made.sql, made.take(params)).rowcount)

    def returning(self, statement: Any, /, **params: Any) -> list[Any]:
        """Write, and the rows its RETURNING gives."""
        made = self._compiled(statement)
        self._before_write()
        return made.rows(self._raw.execute(made.sql, made.take(params)).fetchall())

    def many(self, statement: Any, rows: Sequence[dict[str, Any]]) -> None:
        """Write many rows with one statement."""
        if rows:
            made = self._compiled(statement)
            self._before_write()
            self._raw.cursor().executemany(made.sql, [made.take(r) for r in rows])

    # --- steps
    def _compiled(self, statement: Any) -> Compiled:
        if isinstance(statement, Hot):
            return statement.of(self._dialect)
        return Compiled(statement, self._dialect, once=True)

    def _before_write(self) -> None:
        if self._guarded and not self._open:
            self._raw.execute("SAVEPOINT step")
            self._open = True

    def lost(self) -> bool:
        """True when PostgreSQL has given the whole transaction up (a failed read outside a savepoint)."""
        info = getattr(self._raw, "info", None)
        return info is not None and info.transaction_status.name == "INERROR"

    def gone(self) -> bool:
        """True when there is no transaction any more: SQLite ends it when the disk is full, PostgreSQL's
        ends with its connection."""
        info = getattr(self._raw, "info", None)
        if info is None:
            return not self._raw.in_transaction
        return bool(info.transaction_status.name == "UNKNOWN")

    def end_step(self, keep: bool) -> None:
        if self._open:
            if not keep:
                self._raw.execute("ROLLBACK TO SAVEPOINT step")
            self._raw.execute("RELEASE SAVEPOINT step")
        self._guarded = self._open = False


COPIED = 8  # rows from which PostgreSQL's COPY is worth its two messages
_into: dict[str, str] = {}


def _copy_into(bulk: Bulk) -> str:
    """The COPY that writes what a plain insert of all of `bulk.names` would; '' for any other statement."""
    found = _into.get(bulk.name)
    if found is None:
        statement, found = bulk.hot.statement, ""
        if type(statement) is sa.Insert and statement._values:
            named = {
                getattr(v, "key", None): str(getattr(c, "name", c)) for c, v in statement._values.items()
            }
            if set(named) == set(bulk.names) and not any(
                c.default is not None and c.name not in named.values() for c in statement.table.columns
            ):
                columns = ", ".join(f'"{named[n]}"' for n in bulk.names)
                found = f'COPY "{statement.table.name}" ({columns}) FROM STDIN'
        _into[bulk.name] = found
    return found


_VALUES = re.compile(r" VALUES \((.*?)\) ON CONFLICT ", re.DOTALL)
_from: dict[str, tuple[str, tuple[int, ...]]] = {}


def _unnest_into(bulk: Bulk, made: Compiled, dialect: sa.Dialect) -> tuple[str, tuple[int, ...]]:
    """The upsert that takes a list a column, so that PostgreSQL gets one statement, and where the key stands
    in a row; '' for any other statement."""
    found = _from.get(bulk.name)
    if found is None:
        statement, found = bulk.hot.statement, ("", ())
        values = _VALUES.search(made.sql)
        if isinstance(statement, Upsert) and values is not None:
            names = re.findall(r"%\((\w+)\)s", values[1])
            if sorted(names) == sorted(statement.names):
                # a cast to VARCHAR(10) would cut what is longer instead of refusing it
                kinds = {n: statement.table.c[n].type.compile(dialect).partition("(")[0] for n in names}
                lists = ", ".join(f"%({n})s::{kinds[n]}[]" for n in names)
                head, given = "", f"unnest({lists})"
                if bulk.folds:
                    cells = ", ".join(names)
                    head = f"WITH given ({cells}) AS MATERIALIZED (SELECT * FROM {given})"
                    every = (f", {f.table}_too AS ({f.every()})" for f in bulk.folds)
                    head, given = f"{head}{''.join(every)} ", "given"
                text = f" SELECT * FROM {given} ON CONFLICT "
                key = tuple(bulk.names.index(k) for k in statement.key)
                found = (head + made.sql[: values.start()] + text + made.sql[values.end() :], key)
        _from[bulk.name] = found
    return found


def _loud(sql: Sql, fold: Fold, rows: Sequence[Any]) -> Sequence[Any]:
    """The rows that may change the sums."""
    if fold.quiet is None or sql._known is None:
        return rows
    known = sql._known[fold.table]
    if sql._guarded:  # a step's own: they may be undone
        known.clear()
        return rows
    return [r for r in rows if not fold.quiet(known, r)]


def write_bulk(sql: Sql, bulk: Bulk, rows: list[tuple[Any, ...]]) -> None:
    """One executemany of positional rows, if there are any."""
    if not rows:
        return
    made = sql._compiled(bulk.hot)
    names = bulk.names
    use = [(names.index(n), p) for n, _, p in made.binds if p is not None]
    width = len(names)
    if use or len(rows[0]) > width:
        cells = [list(r[:width]) for r in rows]
        for i, p in use:
            known: dict[Any, Any] = {}  # a column of times, days or flags holds few values
            for row in cells:
                value = row[i]
                try:
                    row[i] = known[value]
                except KeyError:
                    row[i] = known[value] = p(value)
                except TypeError:  # lists and objects are no keys
                    row[i] = p(value)
        rows = cells  # type: ignore[assignment]
    sql._before_write()
    if made._names is None:
        if len(rows) >= COPIED and (into := _copy_into(bulk)):
            with sql._raw.cursor().copy(into) as copy:
                for cells_ in rows:
                    copy.write_row(cells_)
            return
        if len(rows) >= COPIED or bulk.folds:
            one, key = _unnest_into(bulk, made, sql._dialect)
            if one and len({tuple([r[i] for i in key]) for r in rows}) == len(rows):
                columns = zip(*rows, strict=True)
                sql._raw.execute(one, {n: list(c) for n, c in zip(names, columns, strict=True)})
                return
            if bulk.folds:
                raise ValueError(f"{bulk.name}: each key once, or what it changes is not known")
        sql._raw.cursor().executemany(made.sql, [dict(zip(names, r, strict=True)) for r in rows])
        return
    for fold, each in zip(bulk.folds, bulk.each, strict=True):
        sql._raw.cursor().executemany(each, _loud(sql, fold, rows))
    order = [names.index(n) for n in made._names]
    if order != list(range(len(names))):
        rows = [tuple(r[i] for i in order) for r in rows]
    sql._raw.cursor().executemany(made.sql, rows)
