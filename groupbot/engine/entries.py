"""A row on its way: where it goes, what it says, and what became of it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from groupbot.core.effects import Effect, Receipt

MAX_TRIES = 6  # that were judged; what must go is tried on after them, alone


class Target(Struct, frozen=True):
    """Where an effect goes now: Telegram's id and type of the chat, and the ids behind its ref."""

    telegram_id: int
    group: bool
    messages: tuple[int, ...] = ()


class Entry(Struct):
    """A row in hand."""

    id: int
    lane: int
    kind: str
    chat: int
    user: int
    target: Target
    effect: Effect | None = None
    due: datetime | None = None  # of a planned post
    until: datetime | None = None  # then it is too late
    cause: str = ""
    update: int = 0
    tries: int = 0
    limited: bool = False  # the chat lacked a right for something


class Result(Struct):
    """What became of a row: its new state, and what to keep."""

    entry: Entry
    state: str
    receipt: Receipt | None = None
    error: str = ""
    again_in: float = 0.0
    counts: bool = True  # towards the tries after which it is given up
    silence: bool = False  # Telegram wants nothing more in this chat until then
    alone: bool = False  # nothing waits behind it until then
    chat_state: str = ""
    moved_to: int = 0
    blocked: bool = False
    home: int = 0  # our id of the chat, if its booking found it to be another one by now


def home_of(entry: Entry) -> int:
    return entry.chat or -entry.user


def place_of(entry: Entry) -> int:
    """Where nothing overtakes: a group by our id, a person and their private chat by minus Telegram's."""
    there = entry.target.telegram_id
    return -there if there > 0 else home_of(entry)


def pace_of(chat: int | None, telegram_id: int) -> int:
    """Under what a chat's pace is kept: a group's by our id, which it keeps through its upgrade; a person's
    and their private chat's by Telegram's, which they share."""
    return -chat if chat and telegram_id < 0 else telegram_id
