"""A message cut into the pieces that have weights, and where each weight lies. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any
from zlib import crc32

BITS = 17
SIZE = 1 << BITS
WIDE = 2 * SIZE  # the upper half: pieces of 2 and 4 letters, pairs of words, settings
MASK = SIZE - 1
HALF = SIZE // 2
LOW = HALF - 1
HAN_FROM, HAN_TO = "\u3400", "\u9fff"
REMEMBERED = 30_000  # words whose weight is kept at hand, and parts whose shape is
LONGEST = 32  # characters of a word


def han(token: str) -> bool:
    """Is a token a run of Han characters?"""
    return HAN_FROM <= token[0] <= HAN_TO


def pieces(token: str) -> list[str]:
    """A token as n-grams: the word itself and its 3-letter pieces; one to three Han characters."""
    token = token[:LONGEST]
    if han(token):
        n = len(token)
        pairs = [token[i : i + 2] for i in range(n - 1)]
        return [*token, *pairs, *(token[i : i + 3] for i in range(n - 2))]
    if token[0].isdigit():
        return [f"#{min(len(token), 6)}"]
    made = [f"={token}"]
    if len(token) > 1:
        word = f"<{token}>"
        made += [word[i : i + 3] for i in range(len(word) - 2)]
    return made


def bucket(piece: str) -> int:
    """Where the weight of a piece lies: letters inside a word in the lower half, all else in the upper."""
    found = crc32(piece.encode("utf-16-le", "surrogatepass")) & LOW
    return found | HALF if piece[0] in "=#" or han(piece) else found


def finer(token: str) -> list[str]:
    """The 4-letter pieces of a word; nothing of numbers, marks and Han."""
    if not token[0].isalpha() or han(token):
        return []
    word = f"<{token[:LONGEST]}>"
    return [word[i : i + 4] for i in range(len(word) - 3)]


def upper(*parts: str) -> int:
    """Where the weight of a piece of `finer` lies, of a pair of words, of three shapes in a row."""
    return crc32(" ".join(parts).encode("utf-16-le", "surrogatepass")) & MASK | SIZE


def settings(shapes: Sequence[str]) -> set[tuple[str, str, str]]:
    """Three shapes in a row, wherever there are."""
    return set(zip(shapes, shapes[1:], shapes[2:], strict=False))


class Known(dict[Any, Any]):
    """What was worked out before, and how to work out the rest. It forgets all when it is full."""

    __slots__ = ("_of",)

    def __init__(self, of: Callable[[Any], Any]) -> None:
        self._of = of

    def __missing__(self, key: Any) -> Any:
        if len(self) >= REMEMBERED:
            self.clear()
        self[key] = found = self._of(key)
        return found


def _shape(part: str) -> str:
    """How a part is written: a word small, with a capital or all in capitals, one or two letters short; a
    number; a mark is itself."""
    if part.isalpha():
        case = "A" if part.isupper() else "Aa" if part[0].isupper() else "a"
        return f"{case}{len(part) if len(part) < 3 else ''}"
    return "0" if part[0].isdigit() else part


PART = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|\n")
SHAPES = Known(_shape)


def spread(words: Collection[str]) -> float:
    """What the weights of a message's words are divided by: the square root of their number, each Han
    character a word."""
    n = len(words)
    for w in words:
        if w[0] >= HAN_FROM and han(w):
            n += min(len(w), LONGEST) // 2
    return math.sqrt(n) or 1.0


CODES = Known(lambda word: crc32(word.encode("utf-16-le", "surrogatepass")))
ENDS = Known(lambda word: f" {word}".encode("utf-16-le", "surrogatepass"))
