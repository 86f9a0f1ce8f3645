"""Rows as CSV that a spreadsheet may open."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence


def csv_text(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A line of heads, a line a row (RFC 4180); no cell of words is a formula to a spreadsheet."""
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow(head)
    lines.writerows(map(inert_row, rows))
    return out.getvalue()


def inert_row(cells: Iterable[object]) -> list[object]:
    """A row of which no cell of words is a formula."""
    return [inert(cell) if isinstance(cell, str) else cell for cell in cells]


def inert(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; what began with ' is marked too, to be read back."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r", "'") else text
