"""Use cases of scenes: read their files, say a card at its words, tell what came of it."""

from __future__ import annotations

from groupbot.features.scenes.service.shelf import KIND, here, hush, of, read, refresh
from groupbot.features.scenes.service.showing import deaf, heard, too_much, tried
from groupbot.features.scenes.service.telling import QUESTION, counts, listed, sweep, why
from groupbot.features.scenes.store import KEPT

__all__ = [
    "KEPT",
    "KIND",
    "QUESTION",
    "counts",
    "deaf",
    "heard",
    "here",
    "hush",
    "listed",
    "of",
    "read",
    "refresh",
    "sweep",
    "too_much",
    "tried",
    "why",
]
