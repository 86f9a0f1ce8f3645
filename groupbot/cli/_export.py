"""Telegram Desktop's JSON export, read piece by piece: memory as large as one message."""

from __future__ import annotations

import codecs
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

import ijson

_LIST = "chats.list.item"
_ALONE = "messages.item"
_BEGINS = frozenset(("start_map", "start_array", "string", "number", "boolean", "null"))
_HEAD = {f"{where}{key}": key for where in ("", f"{_LIST}.") for key in ("name", "type", "id")}


class Broken(ValueError):
    """The file is no JSON from here on, or it ends too early."""


@dataclass(slots=True)
class Chat:
    """What stands before a chat's messages; `size`: how many there are, None: all the file has."""

    name: str = ""
    type: object = None
    id: object = None
    size: int | None = None


class Heads(NamedTuple):
    """What chats a file has: where their messages stand, each in order, and what ended the reading early."""

    prefix: str
    chats: list[Chat]
    trouble: Broken | None

    @property
    def account(self) -> bool:
        """Is this an account's, with many chats?"""
        return self.prefix != _ALONE


def chats(file: BinaryIO, heads: Heads | None = None) -> Iterator[tuple[Chat, Iterator[Any]]]:
    """Each chat with its messages, of an export of one chat or of an account with many; `heads`, where they
    were read already.

    Raises:
        Broken: as the file is; what came before was given.
    """
    prefix, found, trouble = heads_of(file) if heads is None else heads
    file.seek(0)
    every = _whole(file, ijson.items(_Text(file), prefix, use_float=True))
    for head in found:
        own = islice(every, head.size)
        yield head, own
        deque(own, maxlen=0)  # what nobody wanted
    if trouble is not None:
        raise trouble


def _whole(file: BinaryIO, values: Iterator[Any]) -> Iterator[Any]:
    """What ijson reads, with its errors in our words."""
    try:
        yield from values
    except ijson.JSONError as e:
        if "premature EOF" in str(e):
            raise Broken("the file ends in the middle") from None
        raise Broken(f"the file is damaged near byte {file.tell():,}") from None


class _Text:
    """The file as UTF-8 without a mark at its start; bytes that are none read as �."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._decoder = file, codecs.getincrementaldecoder("utf-8-sig")("replace")

    def read(self, most: int) -> bytes:
        """At most so many bytes of the file; b"" at its end."""
        while raw := self._file.read(most):
            if text := self._decoder.decode(raw):
                return text.encode()
        return self._decoder.decode(b"", True).encode()


def heads_of(file: BinaryIO) -> Heads:
    """The chats of a file. An account's is read to its end: ijson gives the messages of all chats as one
    row, so what is whose is counted first."""
    alone, heads = Chat(), list[Chat]()
    message = f"{_LIST}.messages.item"
    try:
        for prefix, event, value in _whole(file, ijson.parse(_Text(file), use_float=True)):
            if prefix == message:
                if event in _BEGINS:
                    heads[-1].size = (heads[-1].size or 0) + 1
            elif prefix in _HEAD:
                setattr(heads[-1] if heads else alone, _HEAD[prefix], value)
            elif prefix == _LIST and event == "start_map":
                heads.append(Chat(size=0))
            elif prefix == "messages" and event == "start_array":
                return Heads(_ALONE, [alone], None)
    except Broken as e:
        return Heads(message, heads, e)
    return Heads(message, heads, None)
