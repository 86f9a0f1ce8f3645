"""Codes that people type: without letters that look alike, compared without regard to how they are typed."""

from __future__ import annotations

import unicodedata

from groupbot.core.chance import Chance

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
MADE = 10  # letters of a code the bot makes: 31^10, not to be guessed


def fold(code: str) -> str:
    """A code as it is compared: NFKC, capitals, no blanks. Two that differ only in that are one."""
    return "".join(unicodedata.normalize("NFKC", code).upper().split())


def make(rng: Chance, n: int) -> list[str]:
    """So many new codes."""
    return ["".join(rng.choice(LETTERS) for _ in range(MADE)) for _ in range(n)]
