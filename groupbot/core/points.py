"""Amounts of points: whole units, never floats, never money."""

from __future__ import annotations

import re

MAX_AMOUNT = 1_000_000
_DIGITS = re.compile(r"[0-9]{1,9}")


def parse_amount(word: str, *, most: int = MAX_AMOUNT) -> int | None:
    """Points from somebody's word, 1…`most`; None when it is not such a whole number."""
    if not _DIGITS.fullmatch(word) or not 1 <= int(word) <= most:
        return None
    return int(word)
