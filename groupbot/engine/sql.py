"""Statements on the writer's own connection, and rows that are buffered until the flush."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from groupbot.engine.columnwise import Columnwise, columnwise
from groupbot.engine.storage import Compiled, Fold, Hot


class Bulk:
    """How buffered rows of one table are written at flush: rows sorted by key, one executemany.

    `statement` is an insert (with an upsert clause for counters). `key` are the leading columns of a
    row that make it unique; with `sums` > 0 rows of one key are added up in their last `sums` columns
    before they are written. `also` makes rows of other tables from the rows of this one, which may
    carry cells beyond `names` for it. `folds`: sums over the table that change with each row (an
    upsert's, each key once in a flush). `quiet` says of a row that they gain what it counts and no more,
    by what it noted of earlier ones, by their key, in a dict that the writer empties when a transaction
    fails: SQLite need not hold such a row against what stands in the table.
    """

    __slots__ = ("also", "by", "each", "folds", "hot", "key", "name", "names", "quiet", "sums")

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
        quiet: Callable[[dict[Any, Any], Sequence[Any]], bool] | None = None,
    ) -> None:
        given = statement.inline() if isinstance(statement, sa.Insert) else statement  # nobody asks for ids
        self.name, self.hot, self.names, self.key, self.sums = (
            name,
            Hot(lambda: given),
            tuple(names),
            key,
            sums,
        )
        self.also, self.folds, self.quiet = also, folds, quiet
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
        self.wrote = False  # something was written, undone since or not

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

    def together(self) -> AbstractContextManager[Any]:
        """What is written within goes to PostgreSQL statement after statement, before the answers to those
        before; an error shows at the end or at any statement after its own. Nothing is read within."""
        return nullcontext() if self._dialect.name == "sqlite" else self._raw.pipeline()

    # --- steps
    def _compiled(self, statement: Any) -> Compiled:
        if isinstance(statement, Hot):
            return statement.of(self._dialect)
        return Compiled(statement, self._dialect, once=True)

    def _before_write(self) -> None:
        self.wrote = True
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


_made: dict[str, Columnwise | None] = {}


def _fold(sql: Sql, bulk: Bulk, rows: Sequence[Any]) -> None:
    """What the sums over SQLite's table gain with rows that go into it."""
    loud: Sequence[Any] = rows
    quiet: list[Any] = []
    if bulk.quiet is not None and sql._known is not None:
        known = sql._known[bulk.name]
        if sql._guarded:  # a step's own: they may be undone
            for r in rows:
                known.pop(tuple(r[: bulk.key]), None)
        else:
            loud = []
            for r in rows:
                (quiet if bulk.quiet(known, r) else loud).append(r)
    for fold, each in zip(bulk.folds, bulk.each, strict=True):
        sql._raw.cursor().executemany(each, loud)
        if quiet and fold.counted is not None:
            sql._raw.cursor().executemany(fold.plain, fold.counted(quiet))


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
        _write_lists(sql, bulk, made, rows)
        return
    if bulk.folds:
        _fold(sql, bulk, rows)
    order = [names.index(n) for n in made._names]
    if order != list(range(len(names))):
        rows = [tuple(r[i] for i in order) for r in rows]
    sql._raw.cursor().executemany(made.sql, rows)


def _write_lists(sql: Sql, bulk: Bulk, made: Compiled, rows: Sequence[Sequence[Any]]) -> None:
    if bulk.name not in _made:
        _made[bulk.name] = columnwise(bulk.hot.statement, made, bulk.names, bulk.folds, sql._dialect)
    one = _made[bulk.name]
    if one is not None and one.apart(rows):
        sql._raw.execute(one.text, one.params(bulk.names, rows))
    elif bulk.folds:
        raise ValueError(f"{bulk.name}: each key once, or what it changes is not known")
    else:
        sql._raw.cursor().executemany(made.sql, [dict(zip(bulk.names, r, strict=True)) for r in rows])
