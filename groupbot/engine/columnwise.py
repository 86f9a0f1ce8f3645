"""How PostgreSQL takes buffered rows: a statement a table, a list a column.

A statement a row costs the server a round of its executor each and the driver a message each; one whose
rows come from `unnest` costs one of either, and unlike COPY it can be sent before the answer to the one
before it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from groupbot.engine.storage import Compiled, Fold, Upsert

_VALUES = re.compile(r" VALUES \((.*?)\)(?= ON CONFLICT |$)", re.DOTALL)
_PLACE = re.compile(r"%\((\w+)\)s(?:::[A-Z][A-Z ]*(?:\(\d+\))?)?")


class Columnwise(NamedTuple):
    """One statement for many rows: `text` takes a list under the name of each column, `key` is where the
    columns stand that must not come twice in it, `lists` make a column what the driver takes."""

    text: str
    key: tuple[int, ...]
    lists: tuple[Callable[[Sequence[Any]], Any], ...]

    def params(self, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, Any]:
        """The rows, by column."""
        columns = zip(*rows, strict=True)
        return {n: made(c) for n, made, c in zip(names, self.lists, columns, strict=True)}

    def apart(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether no two rows share a key: one statement may touch a row once."""
        key = self.key
        return not key or len({tuple([r[i] for i in key]) for r in rows}) == len(rows)


def columnwise(
    statement: Any, made: Compiled, names: tuple[str, ...], folds: Sequence[Fold], dialect: sa.Dialect
) -> Columnwise | None:
    """The statement that does for lists of all of `names` what `statement` does for one row; None for a
    statement of another shape."""
    if isinstance(statement, Upsert):
        keyed, columns = statement.key, {n: statement.table.c[n] for n in statement.names}
    elif isinstance(statement, sa.Insert):
        keyed, columns = (), _bound(statement)
    elif isinstance(statement, sa.Update):
        return _changes(statement, made.sql, names, dialect)
    else:
        return None
    values = _VALUES.search(made.sql)
    places = _PLACE.findall(values[1]) if values is not None else []
    bare = values is not None and _PLACE.sub("?", values[1]) == ", ".join("?" * len(places))
    if values is None or not bare or sorted(places) != sorted(names) or set(columns) != set(names):
        return None  # a default of the table's, or a value of the statement's own
    kinds = {n: _kind(columns[n], dialect) for n in names}
    head, given = "", _unnest(places, kinds)
    if folds:
        head = f"WITH given ({', '.join(places)}) AS MATERIALIZED (SELECT * FROM {given}),"
        head = f"{head} met AS MATERIALIZED ({folds[0].met(places)})"
        every = (f", {f.table}_too AS ({f.every()})" for f in folds)
        head, given = f"{head}{''.join(every)} ", "given"
    text = f"{head}{made.sql[: values.start()]} SELECT * FROM {given}{made.sql[values.end() :]}"
    return Columnwise(
        text, tuple(names.index(k) for k in keyed), tuple(_LISTS.get(kinds[n], list) for n in names)
    )


def _changes(
    statement: sa.Update, text: str, names: tuple[str, ...], dialect: sa.Dialect
) -> Columnwise | None:
    """UPDATE … FROM the lists. What says which row it is, is every name of the WHERE."""
    head, where, condition = text.partition(" WHERE ")
    kinds = {b.key: _kind(b, dialect) for b in _binds(statement)}
    if not where or set(_PLACE.findall(text)) != set(names) or set(kinds) != set(names):
        return None
    given = f" FROM {_unnest(names, kinds)} AS given ({', '.join(names)})"
    key = tuple(names.index(n) for n in _PLACE.findall(condition))
    text = _PLACE.sub(r"given.\1", head) + given + where + _PLACE.sub(r"given.\1", condition)
    return Columnwise(text, key, tuple(_LISTS.get(kinds[n], list) for n in names))


def _bound(statement: sa.Insert) -> dict[str, Any]:
    """The columns by the names they are given under."""
    given: Any = statement._values or {}
    return {getattr(v, "key", ""): statement.table.c[getattr(c, "name", c)] for c, v in given.items()}


def _binds(statement: sa.Update) -> list[Any]:
    return [b for b in sa.sql.visitors.iterate(statement) if isinstance(b, sa.BindParameter)]


def _kind(typed: Any, dialect: sa.Dialect) -> str:
    """The type's name. Without a length: a cast to VARCHAR(10) would cut what is longer instead of
    refusing it."""
    return str(typed.type.compile(dialect).partition("(")[0])


def _unnest(names: Sequence[str], kinds: dict[str, str]) -> str:
    return f"unnest({', '.join(f'%({n})s::{kinds[n]}[]' for n in names)})"


def _plain(column: Sequence[Any]) -> str:
    """Numbers and truths as PostgreSQL writes lists; the driver's own way takes three times as long."""
    return f"{{{','.join(['NULL' if v is None else int.__repr__(v) for v in column])}}}"


def _quoted(column: Sequence[Any]) -> str:
    """Words and times, quoted."""
    made: dict[Any, str] = {None: "NULL"}
    for v in column:
        if v not in made:
            made[v] = '"' + str(v).replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{{{','.join([made[v] for v in column])}}}"


_LISTS: dict[str, Callable[[Sequence[Any]], Any]] = {
    **dict.fromkeys(("BIGINT", "INTEGER", "SMALLINT", "BOOLEAN"), _plain),
    **dict.fromkeys(("VARCHAR", "TEXT", "TIMESTAMP WITH TIME ZONE", "DATE"), _quoted),
}
