"""Pair a store with one or more groups."""

from __future__ import annotations

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.stores import store
from groupbot.features.stores.domain import NAME, name_of


def pair(work: Work, text: str) -> None:
    """This group is of the store of that name; it was of another before, or of none.

    Raises:
        Refusal: that is no name.
    """
    name = name_of(text)
    if not name:
        raise Refusal("stores/bad_name", most=NAME)
    work.sql.run(store.NEW, name=name)
    work.sql.run(store.PAIR, chat_id=work.chat, store_id=work.sql.value(store.FIND, the_name=name))


def part(work: Work) -> bool:
    """This group is of no store any more; False where it was of none."""
    return bool(work.sql.run(store.PART, chat=work.chat))


def of(work: Work, chat: int) -> tuple[str, int]:
    """The store a group is of ('' for none), and how many other groups that store has: which, only
    operators are told (`stores`)."""
    row = work.sql.first(store.OF, chat=chat)
    if row is None:
        return "", 0
    return str(row.name), sum(r.chat_id != chat for r in work.sql.all(store.CHATS, the_id=row.id))


def stores(work: Work) -> list[tuple[str, list[int]]]:
    """Every store with its groups."""
    return [
        (r.name, [c.chat_id for c in work.sql.all(store.CHATS, the_id=r.id)]) for r in work.sql.all(store.ALL)
    ]
