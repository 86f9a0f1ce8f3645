"""Thousands of phrases looked for at once: an Aho-Corasick automaton over folded text."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import ahocorasick
from msgspec import Struct

from groupbot.features.rules.domain import fold

PHRASE, TRIGGER = 1, 2


folded = lru_cache(65_536)(fold.phrase)  # a list that changes by one entry is folded by one entry


class Entry(Struct, frozen=True):
    """One phrase. `spam` marks what no honest newcomer writes; `kinds` says which rules asked for it."""

    text: str
    spam: bool = False
    kinds: int = PHRASE


class Hit(Struct, frozen=True):
    """A phrase found: in which form of the text, and where."""

    entry: Entry
    form: str
    start: int


class Phrases:
    """A list of phrases made ready, folded unless they are `ready`. Han phrases match as substrings,
    alphabetic ones as whole words."""

    __slots__ = ("_automaton", "size")

    def __init__(self, entries: Iterable[Entry], *, ready: bool = False) -> None:
        merged: dict[str, Entry] = {}
        for e in entries:
            text = e.text if ready else folded(e.text)
            if not text:
                continue
            old = merged.get(text)
            merged[text] = Entry(
                text, e.spam or (old is not None and old.spam), e.kinds | (old.kinds if old else 0)
            )
        self.size = len(merged)
        self._automaton = ahocorasick.Automaton()
        for text, entry in merged.items():
            self._automaton.add_word(text, entry)
        self._automaton.make_automaton()

    def find(self, forms: tuple[str, ...]) -> list[Hit]:
        """Every phrase that stands in one of the forms."""
        found: list[Hit] = []
        if not self.size:
            return found
        for form in forms:
            for last, entry in self._automaton.iter(form):
                start = last + 1 - len(entry.text)
                if fold.bounded(form, start, last + 1):
                    found.append(Hit(entry, form, start))
        return found


@lru_cache(64)
def phrases(entries: tuple[Entry, ...]) -> Phrases:
    """The automaton of a list, made once for all chats that share it."""
    return Phrases(entries)
