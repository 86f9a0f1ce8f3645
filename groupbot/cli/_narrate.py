"""Tells the chat page why: follows the outbox and posts a note beside each act of the bot."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from groupbot.engine.addresses import chat
from groupbot.engine.outbox_table import outbox
from groupbot.engine.storage import open_engine, reading

EVERY = 0.3  # seconds between looks
_ENDED = ("done", "dead", "unknown", "shadow")
_c = outbox.c


async def narrate(database_url: str, sandbox_url: str, stop: asyncio.Event) -> None:
    """Follow the outbox of `database_url` until `stop`; each finished row becomes a note at
    `sandbox_url`: {chat: Telegram's id, message_id, text}. What ended before the last look is told too."""
    engine = open_engine(database_url, read_only=True)
    follower = Follower(engine)
    try:
        async with aiohttp.ClientSession() as session:
            last = False
            while not last:
                last = stop.is_set()
                for note in await asyncio.to_thread(follower.look):
                    try:
                        async with session.post(f"{sandbox_url}/sandbox/note", json=note):
                            pass
                    except aiohttp.ClientError:  # the page went away first
                        return
                try:
                    await asyncio.wait_for(stop.wait(), EVERY)
                except TimeoutError:
                    pass
    finally:
        await asyncio.to_thread(engine.dispose)


class Follower:
    """Which rows were told already."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._top = 0
        self._open: set[int] = set()

    def look(self) -> list[dict[str, Any]]:
        """Notes on the rows that ended since the last look, in the order they were said."""
        query = (
            sa.select(
                _c.id,
                _c.kind,
                _c.user_id,
                _c.cause,
                _c.why,
                _c.state,
                _c.error,
                _c.message_id,
                chat.c.telegram_id,
            )
            .select_from(outbox.outerjoin(chat, chat.c.id == _c.chat_id))
            .where(sa.or_(_c.id > self._top, _c.id.in_(self._open)))
            .order_by(_c.id)
        )
        try:
            with reading(self._engine) as connection:
                rows = connection.execute(query).all()
        except (sa.exc.OperationalError, sa.exc.ProgrammingError):  # no tables yet, or locked just now
            return []
        notes = []
        for r in rows:
            self._top = max(self._top, r.id)
            if r.state not in _ENDED:
                self._open.add(r.id)
                continue
            self._open.discard(r.id)
            text = tell(r.kind, r.state, r.why, r.cause, r.error or "")
            where = r.telegram_id if r.telegram_id is not None else r.user_id
            if text and where is not None:
                notes.append({"chat": where, "message_id": r.message_id, "text": text, "kind": r.kind})
        return notes


def tell(kind: str, state: str, why: str, cause: str, error: str) -> str:
    """One line for people: what was done and why. '' for what nobody needs to know.

    >>> tell("delete", "done", "rule contact v1 matched「薇信」, case 1", "guard:rules.judge", "")
    'rule contact v1 matched「薇信」, case 1'
    """
    if kind == "menu" or (state == "done" and error.startswith(("replaced by", "announced;"))):
        return ""
    act = {
        "done": kind,
        "shadow": f"would {kind}",
        "dead": f"{kind} not possible",
        "unknown": f"{kind} may or may not have arrived",
    }[state]
    reason = why or _from_cause(cause, kind)
    line = f"{act}: {reason}" if reason else act
    if state == "done" and reason:  # the page says what was done
        line = reason
    return f"{line} ({error})" if error and state != "shadow" else line


def _from_cause(cause: str, kind: str) -> str:
    """`handle:ping` or `tick:promos.publish_due` in words."""
    if cause == "lifetime":
        return "its time was up"
    if kind == "edit" and ":" not in cause:  # a card whose numbers changed
        return "card brought up to date"
    how, _, step = cause.partition(":")
    router, _, name = step.partition(".")
    if how == "handle":
        return "answer to a button" if "." in step else f"answer to /{step}"
    if how == "refusal":
        return f"a polite no to /{step}"
    return f"{router} ({name.replace('_', ' ')})" if name else cause
