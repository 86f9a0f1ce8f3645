"""Running a group from a private chat: which chat a person's commands there act on."""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.events import Chat
from groupbot.core.presence import THERE
from groupbot.engine.addresses import Place
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import store
from groupbot.features.members.domain import ADMIN_STATUS, ALLOW_CONNECT
from groupbot.features.members.service import chats, people
from groupbot.features.members.service.settings import get

LAST = 5
_LIVE = "members.connected"  # person -> chat or 0
KEEP = timedelta(days=180)


def connected(work: Work, person: int) -> int | None:
    """The chat this person's commands in private act on, by our id; None when there is none, or when the
    chat does not allow it (any more). Rights are another question: dispatch asks them at every command."""
    known = work.cached(_LIVE)
    if person not in known:
        row = work.sql.first(store.CONNECTED, who=person)
        work.put(_LIVE, person, row.chat_id if row is not None else 0)
    chat = known[person]
    return chat if chat and allowed(work, chat) else None


def place(work: Work, chat: int) -> Chat | None:
    """A connected chat as an event shows it."""
    found = chats.place(work, chat)
    return None if found is None else Chat(found.telegram_id, found.type, found.title)


def allowed(work: Work, chat: int) -> bool:
    """May this chat be run from private at all: a live group that has not switched it off?"""
    here = chats.place(work, chat)
    return here is not None and here.group and here.state in THERE and _open(work, chat)


def _open(work: Work, chat: int) -> bool:
    return bool(get(work, chat, ALLOW_CONNECT))


def connect(work: Work, person: int, chat: int) -> Place:
    """Have this person's commands in private act on `chat`. The caller has asked for their rights.

    Raises:
        Refusal: the chat does not allow it.
    """
    here = chats.place(work, chat)
    if here is None or not allowed(work, chat):
        raise Refusal("connect/not_allowed", title=here.title if here is not None else "")
    disconnect(work, person)
    work.sql.run(store.CONNECT, person_id=person, chat_id=chat, at=work.now, live=True)
    work.put(_LIVE, person, chat)
    return here


def disconnect(work: Work, person: int) -> int | None:
    """No chat any more; the one it was."""
    row = work.sql.first(store.CONNECTED, who=person)
    if row is None:
        return None
    work.sql.run(store.DISCONNECT, who=person)
    work.put(_LIVE, person, 0)
    return int(row.chat_id)


def recent(work: Work, person: int) -> list[Place]:
    """The last five chats this person was connected to and is still an administrator of as far as known,
    the newest first."""
    found = []
    for row in work.sql.all(store.CONNECTIONS, who=person, most=4 * LAST):
        here = chats.place(work, row.chat_id)
        if here is not None and allowed(work, here.id) and people.is_staff(work, here.id, person):
            found.append(here)
    return found[:LAST]


def administered(work: Work, person: int) -> list[Place]:
    """Chats this person is an administrator of as last known, by title: to offer, never to decide."""
    rows = work.sql.all(store.ADMIN_OF, who=person, bot=work.bot_id)
    found = [chats.place(work, r.chat_id) for r in rows if r.status in ADMIN_STATUS]
    return sorted((p for p in found if p is not None and allowed(work, p.id)), key=lambda p: (p.title, p.id))


def sweep(work: Work) -> None:
    """Forget connections of 180 days ago, but not those in use."""
    work.sql.run(store.OLD_CONNECTIONS, before=work.now - KEEP)
