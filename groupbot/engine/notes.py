"""Small state for plug-ins: named JSON values of one router in one chat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from groupbot.engine.storage import Hot, Json, metadata

if TYPE_CHECKING:
    from groupbot.engine.work import Work

note = sa.Table(
    "note",
    metadata,
    sa.Column("router", sa.String(40), primary_key=True),
    sa.Column("chat_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.String(80), primary_key=True),
    sa.Column("value", Json, nullable=False),
)
_W = (
    note.c.router == sa.bindparam("r"),
    note.c.chat_id == sa.bindparam("c"),
    note.c.key == sa.bindparam("k"),
)
_GET = Hot(lambda: sa.select(note.c.value).where(*_W))
_SET = Hot(lambda: sa.update(note).where(*_W).values(value=sa.bindparam("v")))
_NEW = Hot(
    lambda: sa.insert(note).values(
        router=sa.bindparam("r"),
        chat_id=sa.bindparam("c"),
        key=sa.bindparam("k"),
        value=sa.bindparam("v"),
    )
)
_DROP = Hot(lambda: sa.delete(note).where(*_W))
OF_MESSAGES = "message:"  # how the key of a note begins that holds numbers of the chat's messages
_OF_MESSAGES = Hot(
    lambda: sa.delete(note).where(note.c.chat_id == sa.bindparam("c"), note.c.key.startswith(OF_MESSAGES))
)


class Notes:
    """`notes(work, "quiz")`: values of one router in the event's chat (or `chat`)."""

    def __init__(self, work: Work, router: str, chat: int | None = None) -> None:
        self._work, self._router, self._chat = work, router, work.chat if chat is None else chat

    def get(self, key: str, default: Any = None) -> Any:
        """The value kept under `key`."""
        row = self._work.sql.first(_GET, r=self._router, c=self._chat, k=key)
        return default if row is None else row.value

    def set(self, key: str, value: Any) -> None:
        """Keep a JSON value; one that names messages of the chat under a key that begins with `OF_MESSAGES`:
        it is forgotten when the group is upgraded, for its messages are out of reach then."""
        if not self._work.sql.run(_SET, r=self._router, c=self._chat, k=key, v=value):
            self._work.sql.run(_NEW, r=self._router, c=self._chat, k=key, v=value)

    def first(self, day: str) -> bool:
        """Is it asked for the first time on this day? For what is done for a chat once a day: its asking
        again costs a look-up."""
        name = f"notes.day:{self._router}"
        if self._work.cached(name).get(self._chat) == day:
            return False
        new: bool = self.get("day") != day
        if new:
            self.set("day", day)
        self._work.put(name, self._chat, day)
        return new

    def drop(self, key: str) -> None:
        """Forget it."""
        self._work.sql.run(_DROP, r=self._router, c=self._chat, k=key)


def forget_numbers(work: Work, chat: int) -> None:
    """Forget what names messages of the chat: they are out of reach."""
    work.sql.run(_OF_MESSAGES, c=chat)
