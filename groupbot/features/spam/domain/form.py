"""How a message is typed, whatever it says: each two characters in a row of which one is a capital, a figure,
a mark or a space. Pure."""

from __future__ import annotations

import math
from itertools import pairwise

FORMS = 1 << 15
_LOW = FORMS - 1
_LONGEST = 24  # characters of a part that are looked at
_SMALL = frozenset(map(ord, "abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюяё"))
_LINE = "\u23ce"  # stands for the end of a line


def parts(text: str) -> list[str]:
    """A text cut at its spaces; the end of a line is a part."""
    return text.replace("\n", f" {_LINE} ").split() if "\n" in text else text.split()


def places(part: str) -> list[int]:
    """Where the weights of each two characters of a part lie, spaces around it among them. How a link or a
    @name is spelt says nothing of the message."""
    if part.isalpha() and part.islower():
        return [(93344 + ord(part[0])) & _LOW, (ord(part[:_LONGEST][-1]) * 2917 + 32) & _LOW]
    if part[0] == "@" or ("/" in part and "." in part):
        return []
    codes = [32, *map(ord, part[:_LONGEST]), 32]
    small = _SMALL
    return [(a * 2917 + b) & _LOW for a, b in pairwise(codes) if a not in small or b not in small]


def width(found: int) -> float:
    """What the weights of so many parts are divided by."""
    return math.sqrt(found + 1)
