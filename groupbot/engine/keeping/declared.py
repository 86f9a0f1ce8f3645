"""How a feature states what becomes of a column that names a person, and the slices in which it is done.

Erasing never scans a big table in one transaction: it walks an integer column in ranges, so that ten
million rows need no index on the person and nobody waits for more than a moment.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from msgspec import Struct
from msgspec.structs import replace

from groupbot.core.chance import Chance
from groupbot.engine.work import Work

Condition = Callable[[datetime], sa.ColumnElement[bool]]

# Ids from here down stand for people who had themselves forgotten: drawn anew for each erasure. Telegram's
# own ids (people, and channels below zero) stay above -2**52.
FORMER = -(1 << 60)


def former(rng: Chance) -> int:
    """An id that is nobody's, to take a person's place in what stays."""
    return FORMER - int.from_bytes(rng.randbytes(7), "big")


class Kept(Struct, frozen=True, eq=False):
    """One column that names a person, and what becomes of its rows when that person is erased.

    `becomes`: `gone`, the row is deleted; `former`, the row stays under an id that is nobody's; `nobody`,
    the column is emptied; `stays`, nothing happens. `words` are columns emptied with it (members' words),
    `unset` columns set to NULL. `stays` and `waits` give for now the rows that are left as they are, and
    the rows that are left until something live has ended; `why` names the reason on the receipt
    (`privacy/why` has its words). `by` is the integer column along which the table is walked in slices, ""
    for small tables and where the person has an index; `only` the
    rows in which the column names people at all. `hide` are columns that an export leaves out: secrets
    of others or of a draw still open. `knows`: whoever has a row is known, and who was erased has one again
    only when they came back. `since` says when a row came to be, for all that `waits`: what somebody did
    after they came back is not what they had erased.
    """

    table: sa.Table
    who: str
    becomes: Literal["gone", "former", "nobody", "stays"]
    by: str = ""
    words: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    stays: Condition | None = None
    waits: Condition | None = None
    only: sa.ColumnElement[bool] | None = None
    why: str = ""
    hide: tuple[str, ...] = ()
    knows: bool = False
    since: sa.ColumnElement[datetime] | None = None

    @property
    def name(self) -> str:
        """table.column"""
        return f"{self.table.name}.{self.who}"

    def whose(
        self, person: int, low: int | None = None, high: int | None = None, upto: datetime | None = None
    ) -> list[Any]:
        """The condition for a person's rows, of one slice; those that came to be `upto` a moment."""
        found: list[Any] = [self.table.c[self.who] == person]
        if self.only is not None:
            found.append(self.only)
        if self.by and low is not None:
            found += [self.table.c[self.by] >= low, self.table.c[self.by] < high]
        if upto is not None and self.since is not None:
            found.append(self.since <= upto)
        return found


def ends(work: Work, kept: Kept) -> tuple[int, int]:
    """From where to where a table is walked; (0, 1) for one that is not."""
    if not kept.by:
        return 0, 1
    column = kept.table.c[kept.by]
    low, high = (work.sql.value(sa.select(f(column))) for f in (sa.func.min, sa.func.max))
    return (0, 0) if low is None else (int(low), int(high) + 1)


def part(work: Work, kept: Kept, seen: Collection[str]) -> tuple[Kept, int, int] | None:
    """The next part of a table to be walked, and its ends: the table itself, or of one that PostgreSQL keeps
    in partitions a partition, for a range of its own index costs a look into each of them. What no partition
    takes comes first: it may be moved into one meanwhile. None: all were `seen` (names)."""
    table = kept.table
    names = [table.name]
    if "partitioned" in table.info and work.sql.dialect == "postgresql":
        rest = f"{table.name}_default"
        found = work.sql.plain(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            f" WHERE i.inhparent = '{table.name}'::regclass ORDER BY c.relname <> '{rest}', c.relname"
        )
        names = [name for (name,) in found]
    for name in names:
        if name not in seen:
            same = name == table.name
            one = kept if same else replace(kept, table=table.to_metadata(sa.MetaData(), name=name))
            return one, *ends(work, one)
    return None


def rows(work: Work, kept: Kept, person: int, low: int, high: int) -> list[dict[str, Any]]:
    """A slice of what is kept of a person, for themselves: who else is named in a row is left out."""
    columns = [c for c in kept.table.columns if c.name not in kept.hide]
    names = [c.name for c in columns]
    made = work.sql.all(sa.select(*columns).where(*kept.whose(person, low, high)))
    return [dict(zip(names, r, strict=True)) for r in made]


def erase(
    work: Work, kept: Kept, person: int, to: int, low: int, high: int, upto: datetime | None = None
) -> int:
    """Erase a slice, of the rows that came to be `upto` a moment; the rows changed."""
    if kept.becomes == "stays":
        return 0
    where = kept.whose(person, low, high, upto)
    for left in (kept.stays, kept.waits):
        if left is not None:
            where.append(sa.not_(left(work.now)))
    if kept.becomes == "gone":
        return work.sql.run(sa.delete(kept.table).where(*where))
    values: dict[str, Any] = {kept.who: to if kept.becomes == "former" else None}
    values |= dict.fromkeys(kept.words, "")
    values |= dict.fromkeys(kept.unset)
    return work.sql.run(sa.update(kept.table).where(*where).values(values))


def left(
    work: Work,
    kept: Kept,
    person: int,
    low: int,
    high: int,
    *,
    waiting: bool,
    upto: datetime | None = None,
) -> int:
    """Rows of a slice that wait, or that stay; those that came to be `upto` a moment."""
    condition = kept.waits if waiting else kept.stays
    where = kept.whose(person, low, high, upto)
    if not waiting and kept.becomes == "stays":
        pass
    elif condition is None:
        return 0
    else:
        where.append(condition(work.now))
    return int(work.sql.value(sa.select(sa.func.count()).select_from(kept.table).where(*where)) or 0)


def named(work: Work, kept: Kept, person: int) -> bool:
    """Is there a row of theirs? For tables in which the person has an index, or small ones."""
    return work.sql.first(sa.select(sa.literal(1)).where(*kept.whose(person)).limit(1)) is not None


def people(work: Work, kept: Kept, low: int, high: int) -> Collection[int]:
    """Everybody a slice names."""
    column = kept.table.c[kept.who]
    where = [column > 0, *([] if kept.only is None else [kept.only])]
    if kept.by:
        where += [kept.table.c[kept.by] >= low, kept.table.c[kept.by] < high]
    return {int(r[0]) for r in work.sql.all(sa.select(column).distinct().where(*where))}


_FATE = {
    "gone": "deleted",
    "former": "kept as numbers, under an id that is nobody's",
    "nobody": "emptied",
    "stays": "stays",
}


def described(routers: list[Any]) -> str:
    """The table of docs/privacy.md: what each feature keeps, and what /forget does to it."""
    lines = ["| feature | keeps | on `/forget` |", "|---|---|---|"]
    for router in routers:
        if not router.keeps and not router.kept:
            continue
        fates: dict[str, list[str]] = {}
        for kept in router.kept:
            fate = _FATE[kept.becomes] + (f"; not while: {kept.why}" if kept.stays or kept.waits else "")
            fates.setdefault(fate, []).append(f"`{kept.name}`")
        told = "<br>".join(f"{f}: {', '.join(names)}" for f, names in fates.items()) or "–"
        lines.append(f"| {router.name} | {router.keeps} | {told} |")
    return "\n".join(lines) + "\n"
