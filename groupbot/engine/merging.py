"""A group that was upgraded while nobody told the bot was a chat of its own here until that was learnt: its
rows are the group's. Tables are found by their columns; where a row of each has the same key, that of the
chat which stays wins, unless the table says otherwise by `info={"merging": ...}`:

    "add"      counters: the sums of both
    "theirs"   what is true of the new chat counts: who is staff, who is being checked
    a function `fn(work, gone, stays)`, called before the rows move

Two keys need no word: numbers of messages never meet (`upgrades.renumber`); a `number` that counts within
the chat goes on after the last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from groupbot.engine.storage import metadata
from groupbot.engine.work import Work

Merge = Callable[[Work, int, int], None]
_OWN = frozenset(("chat", "chat_address", "outbox", "posted"))  # `addresses` and `upgrades` see to these


def merge_rows(work: Work, gone: int, stays: int) -> None:
    """All rows of chat `gone` are chat `stays`'s (our ids), in this transaction. What is resident is
    forgotten. Not within a step."""
    work.flush()
    for table in metadata.sorted_tables:
        if table.name in _OWN:
            continue
        rule = table.info.get("merging", "")
        if callable(rule):
            rule(work, gone, stays)
        for column in _chats(table):
            for key in _keys(table, column):
                _meet(work, column, key, rule, gone, stays)
            work.sql.run(sa.update(table).where(column == gone).values({column: stays}))
    work.empty_caches()


def _chats(table: sa.Table) -> Iterator[sa.Column[Any]]:
    """The columns that hold our id of a chat: `chat_id`, those that refer to it, those that say `info`."""
    for column in table.columns:
        refers = any(f.target_fullname == "chat.id" for f in column.foreign_keys)
        if column.name == "chat_id" or refers or column.info.get("chat"):
            yield column


def _keys(table: sa.Table, chat: sa.Column[Any]) -> list[list[sa.Column[Any]]]:
    """What beside the chat makes a row of it unique, for each such key."""
    every = [
        table.primary_key.columns,
        *(u.columns for u in table.constraints if isinstance(u, sa.UniqueConstraint)),
        *(i.columns for i in table.indexes if i.unique),
    ]
    return [[c for c in columns if c.name != chat.name] for columns in every if chat.name in columns]


def _meet(
    work: Work, chat: sa.Column[Any], key: list[sa.Column[Any]], rule: Any, gone: int, stays: int
) -> None:
    """No row of `gone` has the key of one of `stays` afterwards."""
    table, other = chat.table, chat.table.alias()
    assert isinstance(table, sa.Table)
    names = {c.name for c in key}
    if names == {"number"}:
        _number_on(work, table, gone, stays)
        return
    same = [other.c[c.name] == c for c in key]

    def pair(mine: int, others: int) -> list[Any]:
        return [chat == mine, sa.exists().where(other.c[chat.name] == others, *same)]

    if rule == "add":
        sums = [
            c for c in table.columns if isinstance(c.type, sa.Integer) and c.name not in names | {chat.name}
        ]
        more = (other.c[chat.name] == gone, *same)
        values = {c.name: c + sa.select(other.c[c.name]).where(*more).scalar_subquery() for c in sums}
        work.sql.run(sa.update(table).where(*pair(stays, gone)).values(values))
    lost = pair(stays, gone) if rule == "theirs" else pair(gone, stays)
    for child in metadata.tables.values():
        for f in child.foreign_keys:
            if f.column.table is table:
                ids = sa.select(f.column).where(*lost)
                work.sql.run(sa.delete(child).where(f.parent.in_(ids)))
    work.sql.run(sa.delete(table).where(*lost))


def _number_on(work: Work, table: sa.Table, gone: int, stays: int) -> None:
    """What is numbered within a chat goes on after the last of the chat that stays; by way of numbers below
    zero, so that none is there twice while it lasts."""
    last = sa.select(sa.func.coalesce(sa.func.max(table.c.number), 0)).where(table.c.chat_id == stays)
    above = int(work.sql.value(last))
    mine = sa.update(table).where(table.c.chat_id == gone)
    work.sql.run(mine.values(number=-(table.c.number + above)))
    work.sql.run(mine.values(number=-table.c.number))
