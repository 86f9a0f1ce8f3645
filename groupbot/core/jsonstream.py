"""JSON read piece by piece: one value of a long array at a time, memory as large as one value."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

CHUNK = 1 << 20  # characters asked for at a time
LARGEST = 16 << 20  # characters of one value
_SPACE = " \t\r\n"


class Trouble(ValueError):
    """The text is no JSON, or it ends too early: `cut` says which; `at` is the character counted from 0."""

    def __init__(self, what: str, at: int, *, cut: bool) -> None:
        super().__init__(what)
        self.at, self.cut = at, cut


class Reader:
    """A cursor over JSON text that `read(characters)` gives bit by bit, "" at its end."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text, self._at, self._before, self._ended = "", 0, 0, False
        self._decode = json.JSONDecoder(strict=False).raw_decode

    @property
    def position(self) -> int:
        """Characters read so far."""
        return self._before + self._at

    def look(self) -> str:
        """The next character that is no white space, not yet taken."""
        while True:
            text, at = self._text, self._at
            end = len(text)
            while at < end and text[at] in _SPACE:
                at += 1
            self._at = at
            if at < end:
                return text[at]
            if not self._more():
                raise Trouble("the file ends in the middle", self.position, cut=True)

    def take(self, one: str) -> None:
        """Take the next character, which must be this one."""
        found = self.look()
        if found != one:
            raise Trouble(f"expected {one!r}, found {found!r}", self.position, cut=False)
        self._at += 1

    def value(self) -> Any:
        """The next value, whole."""
        self.look()
        while True:
            try:
                found, end = self._decode(self._text, self._at)
            except (json.JSONDecodeError, RecursionError) as e:
                if isinstance(e, RecursionError) or len(self._text) - self._at > LARGEST:
                    raise Trouble("not JSON, or one value of over 16 MB", self.position, cut=False) from None
                if not self._more():
                    whole = e.pos >= len(self._text.rstrip()) - 1 or e.msg.startswith("Unterminated")
                    what = "the file ends in the middle" if whole else f"not JSON: {e.msg}"
                    raise Trouble(what, self._before + e.pos, cut=whole) from None
                continue
            near = len(self._text) - (32 if isinstance(found, int | float) else 0)
            if end >= near and self._more():  # a number may go on
                continue
            self._at = end
            return found

    def fields(self) -> Iterator[str]:
        """Each key of an object; the caller takes its value before asking for the next."""
        self.take("{")
        if self.look() == "}":
            self._at += 1
            return
        while True:
            key = self.value()
            if not isinstance(key, str):
                raise Trouble("a key must be text", self.position, cut=False)
            self.take(":")
            yield key
            if self.look() == "}":
                self._at += 1
                return
            self.take(",")

    def elements(self) -> Iterator[Reader]:
        """Stands before each element of an array; the caller takes it, by `value` or deeper."""
        self.take("[")
        if self.look() == "]":
            self._at += 1
            return
        while True:
            yield self
            if self.look() == "]":
                self._at += 1
                return
            self.take(",")

    def skip(self) -> None:
        """Pass over a value of any size."""
        first = self.look()
        if first == "{":
            for _ in self.fields():
                self.skip()
        elif first == "[":
            for _ in self.elements():
                self.skip()
        else:
            self.value()

    def _more(self) -> bool:
        if self._ended:
            return False
        # what is waiting doubles, so that a large value is not tried again for each chunk
        got = self._read(max(CHUNK, len(self._text) - self._at))
        if not got:
            self._ended = True
            return False
        self._before += self._at
        self._text = self._text[self._at :] + got
        self._at = 0
        return True
