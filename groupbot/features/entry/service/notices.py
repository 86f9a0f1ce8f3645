"""The one message a kind of notice has in a group: the newest replaces the one before, and who comes within
a minute shares it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from groupbot.core.effects import Delete
from groupbot.engine.work import Work
from groupbot.features.entry import store


class Notice(Struct, frozen=True):
    """The newest message of a kind: its number, whether it stands, since when; and who waits to be named
    in the next (ids, and how many `more`)."""

    chat: int
    kind: str
    number: int
    stands: bool
    at: datetime | None
    waiting: tuple[int, ...] = ()
    more: int = 0

    @property
    def ref(self) -> str:
        """The name of the message."""
        return f"{self.kind}:{self.chat}:{self.number}"


def of(work: Work, chat: int, kind: str) -> Notice:
    """The notice of a kind in a chat."""
    row = work.sql.first(store.NOTICE, chat=chat, the_kind=kind)
    if row is None:
        return Notice(chat, kind, 0, False, None)
    return Notice(chat, kind, row.number, row.stands, row.at, tuple(row.waiting), row.more)


def keep(work: Work, made: Notice, due: datetime | None = None) -> None:
    """Write a notice down; at `due` those who wait are named."""
    work.sql.run(
        store.KEEP_NOTICE,
        chat_id=made.chat,
        kind=made.kind,
        number=made.number,
        stands=made.stands,
        at=made.at or work.now,
        waiting=list(made.waiting),
        more=made.more,
        due_at=due,
    )


def next_(work: Work, before: Notice, *, replace: bool) -> Notice:
    """The notice that follows; with `replace` the one before goes."""
    if replace and before.stands:
        work.say(Delete(chat=before.chat, ref=before.ref, why="a newer one replaces it"))
    return Notice(before.chat, before.kind, before.number + 1, True, work.now)


def gone(work: Work, before: Notice) -> None:
    """The notice is not needed any more."""
    if before.stands:
        work.say(Delete(chat=before.chat, ref=before.ref, why="nobody is waited for"))
        keep(work, Notice(before.chat, before.kind, before.number, False, before.at))


def erase(work: Work, person: int, to: int) -> bool:
    """Who was still to be greeted is not."""
    for row in work.sql.all(store.WAITING_FOR, digits=str(person)):
        left = [p for p in row.waiting if p != person]
        work.sql.run(store.WAIT_FOR, the_chat=row.chat_id, the_kind=row.kind, left=left)
    return False
