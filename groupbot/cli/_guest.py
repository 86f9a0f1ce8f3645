"""A visitor beside the running bot: writes in turns, and lets features hear what they must."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import sqlalchemy as sa

from groupbot.engine import vault
from groupbot.engine.addresses import chat
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch
from groupbot.engine.keys import sealing_key
from groupbot.engine.me import me_of
from groupbot.engine.migrate import current, head
from groupbot.engine.plugins import load
from groupbot.engine.shipped import content_folders
from groupbot.engine.storage import open_engine, reading, sqlite_path
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import GroupbotError, Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.members.service import Knowledge
from groupbot.settings import Settings
from groupbot.surfaces.telegram.intake import decode

T = TypeVar("T")


class Guest:
    """Writes of a command, each a step of its own: what it emits reaches the routers, what it says the
    outbox, as if the bot had done it."""

    def __init__(self, writer: Writer, dispatch: Dispatch) -> None:
        self.writer, self._dispatch = writer, dispatch

    async def write(self, name: str, fn: Callable[[Work], T]) -> T:
        """`fn(work)` in one short transaction. Raises what it raises; nothing of it was kept then."""
        result: list[T] = []
        no: list[GroupbotError] = []

        def step(work: Work) -> None:
            result.clear()
            try:
                result.append(fn(work))
            except GroupbotError as e:
                no[:] = [e]
                raise Refusal("") from None  # undoes the step without a word

        await self._dispatch.tick(name, step)
        if no:
            raise no[0]
        if not result:
            raise Misfit(f"{name} failed", next="groupbot quarantine tells where")
        return result[0]


@asynccontextmanager
async def visiting(settings: Settings) -> AsyncIterator[Guest]:
    """A guest of the workspace's database.

    Raises:
        Misfit: there is no database of this version, or it belongs to several bots and no token says which;
            or it took no write for half a minute.
    """
    url = settings.database
    await asyncio.to_thread(there, settings)
    registry = load(settings.folder / "handlers", safe=settings.safe)
    content = Content([p for p in content_folders(settings.folder) if p.is_dir()])
    knowledge = Knowledge(settings.operators)
    bot_id = await asyncio.to_thread(bot_of, settings)
    writer = Writer(url, bot_id=bot_id, guest=True)
    try:
        key = await writer.submit(sealing_key)
        key_of_secrets = await asyncio.to_thread(vault.key_file, settings.folder)
        writer.me = me_of(registry, bot_id, "", vault=key_of_secrets)
        writer.content = content
        writer.render = content.renderer(knowledge.voice, key)
        yield Guest(writer, Dispatch(writer, registry, knowledge, decode=decode, username="", key=key))
    except Lost as e:
        raise unwritten(e) from None
    finally:
        await asyncio.to_thread(writer.close)


def unwritten(lost: Lost) -> Misfit:
    """What is told where the database took no write for half a minute."""
    step = "make the database writable and call it again; nothing of the step at hand was kept"
    return Misfit(str(lost), next=step)


def begun(settings: Settings) -> None:
    """Asked before a database is opened, which would make a file of it.

    Raises:
        Misfit: the bot has not run here yet, or the URL is none.
    """
    path = sqlite_path(settings.database)
    if path is not None and not path.exists():
        raise Misfit(f"no database at {path} yet", next="groupbot run, and add the bot to a group")


def untouched(settings: Settings) -> bool:
    """Has no bot run here yet: is there no database, or an empty one?

    Raises:
        Misfit: it cannot be opened.
    """
    path = sqlite_path(settings.database)
    return (path is not None and not path.exists()) or current(settings.database) is None


def there(settings: Settings) -> None:
    """Asked before the database is read.

    Raises:
        Misfit: there is none of this version, or it cannot be reached.
    """
    begun(settings)
    found = current(settings.database)
    if found != head():
        what = "empty" if found is None else "of another version"
        raise Misfit(f"the database is {what}", next="groupbot migrate")


def bot_of(settings: Settings) -> int:
    """The bot whose groups are meant: the token's, or the only one in the database.

    Raises:
        Misfit: several bots, and no token.
    """
    number = settings.token.reveal().partition(":")[0]
    if number.isdigit():
        return int(number)
    engine = open_engine(settings.database, read_only=True)
    try:
        with reading(engine) as connection:
            found = list(connection.execute(sa.select(chat.c.bot_id).distinct()).scalars())
    finally:
        engine.dispose()
    if len(found) > 1:
        raise Misfit("the database holds groups of several bots", next="set GROUPBOT_TOKEN to say which")
    return found[0] if found else 0


def chat_named(work: Work, name: str) -> int:
    """The group with this title or Telegram id.

    Raises:
        Misfit: none, or several.
    """
    there = {p.chat: p.title for p in members.profiles(work)}
    found = [c for c, title in there.items() if title == name or str(_telegram(work, c)) == name]
    if len(found) > 1:
        ids = ", ".join(str(_telegram(work, c)) for c in found)
        raise Misfit(f"{len(found)} groups are named {name!r}", next=f"give its id: {ids}")
    if not found:
        near = difflib.get_close_matches(name, there.values(), 1)
        raise Misfit(
            f"no group {name!r}", next=f"did you mean {near[0]!r}?" if near else "see: groupbot chats export"
        )
    return found[0]


def _telegram(work: Work, chat: int) -> int:
    place = members.place(work, chat)
    return place.telegram_id if place is not None else 0
