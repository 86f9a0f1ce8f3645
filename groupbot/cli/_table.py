"""Tables of plain text: columns side by side, in a terminal and in a file the same."""

from __future__ import annotations

from collections.abc import Container, Sequence


def aligned(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> list[str]:
    """Rows as lines, the columns numbered in `right` flush right; Chinese characters count as two columns."""
    most = [max(map(width, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_cell(c, w, i in right) for i, (c, w) in enumerate(zip(r, most, strict=True))).rstrip()
            for r in rows]  # fmt: skip


def padded(text: str, columns: int) -> str:
    """At least so many columns wide."""
    return _cell(text, columns, right=False)


def width(text: str) -> int:
    """Columns of a terminal that a text takes."""
    return sum(2 if "\u2e80" <= c <= "\uffef" else 1 for c in text)


def _cell(text: str, columns: int, right: bool) -> str:
    room = " " * (columns - width(text))
    return room + text if right else text + room
