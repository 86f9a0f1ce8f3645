"""The matching language of blocklists: from an entry as people write it to what is looked for.

`?` one letter, `*` any without a space, `**` any, `\\` takes the next letter as it is. `prefix:` at the
beginning, `exact:` nothing else, `re:` a regular expression of a linear engine (RE2). Everything is compared
in the folded form of a text, so case, accents, width, look-alikes and spaces do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import re2

from groupbot.features.rules.domain import fold

ONE, MANY, ANY = "?", "*", "**"
LONGEST = 200  # characters of an entry
WILDEST = 12  # wildcards in an entry
LARGEST = 300  # instructions of one expression
ALL_LARGEST = 3_000  # instructions of all `re:` entries of a chat
MOST = 500  # entries of a chat that need the engine
MEMORY = 16 << 20  # bytes the engine may keep for one list

# Scripts without spaces have no word boundaries: the same as fold.bounded, in the engine's own words.
_FREE = r"[^\pL\pN]|[\x{0E00}-\x{109F}\x{2E80}-\x{10FFFF}]"
_HAN = re.compile(f"[{fold.HAN}]")
_NO_SPACE = re.compile(rf" (?=[{fold.HAN}])|(?<=[{fold.HAN}]) ")
_META = re.compile(r"([\\.+*?()|\[\]{}^$])")


class Unfit(ValueError):
    """An entry that cannot be taken; `reason` names why: empty, long, wild, bare, pattern, heavy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def options() -> Any:
    """The engine's settings: UTF-8, quiet, bounded memory."""
    made = re2.Options()
    made.max_mem = MEMORY
    made.log_errors = False
    return made


_OPTIONS = options()


def tokens(text: str) -> list[tuple[str, str]]:
    """An entry in pieces: ("", literal) or (wildcard, "")."""
    made: list[tuple[str, str]] = []
    literal, i = "", 0
    while i < len(text):
        c = text[i]
        if c == "\\" and i + 1 < len(text):
            literal, i = literal + text[i + 1], i + 2
            continue
        if c not in "?*":
            literal, i = literal + c, i + 1
            continue
        if literal:
            made.append(("", literal))
            literal = ""
        wild = ANY if text.startswith(ANY, i) else c
        made.append((wild, ""))
        i += len(wild)
    if literal:
        made.append(("", literal))
    return made


def plain(text: str) -> str | None:
    """The folded text of an entry without wildcards; None when there are some."""
    parts = tokens(text)
    return None if any(w for w, _ in parts) else fold.phrase("".join(s for _, s in parts))


def body(text: str) -> str:
    """The expression of an entry with wildcards.

    Raises:
        Unfit: nothing but wildcards, or too many of them.
    """
    parts = tokens(text)
    if not any(c.isalnum() for _, s in parts for c in s):
        raise Unfit("bare")
    if sum(bool(w) for w, _ in parts) > WILDEST:
        raise Unfit("wild")
    made = []
    for wild, literal in parts:
        if wild:
            made.append({ONE: "[^ ]", MANY: "[^ ]*", ANY: ".*?"}[wild])
        else:
            made.append(_literal(literal))
    return "".join(made).strip(" ")


def _literal(text: str) -> str:
    edge = lambda c: " " if c.isspace() else ""  # noqa: E731
    quoted = _META.sub(r"\\\1", edge(text[0]) + fold.phrase(text) + edge(text[-1]))
    return _NO_SPACE.sub(" ?", quoted) if _HAN.search(quoted) else quoted


@lru_cache(4096)
def compiled(pattern: str) -> Any:
    """One expression, made ready.

    Raises:
        Unfit: the engine does not take it.
    """
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error:
        raise Unfit("pattern") from None


@lru_cache(4096)
def expression(text: str) -> tuple[str, int]:
    """A `re:` entry ready for the engine, and its instructions.

    Raises:
        Unfit: not an expression, too large, or one that fits everything.
    """
    made = f"(?is:{text})"
    found = compiled(made)
    if found.programsize > LARGEST:
        raise Unfit("heavy")
    if found.search("") is not None:
        raise Unfit("bare")
    return made, int(found.programsize)


class Pattern:
    """One expression and how its hit is made sure of: `words` that it stands on word boundaries."""

    __slots__ = ("entry", "pattern", "words")

    def __init__(self, entry: Any, pattern: str, words: bool) -> None:
        self.entry, self.pattern, self.words = entry, pattern, words

    def search(self, text: str) -> str | None:
        """What it hits in the text."""
        m = compiled(self.pattern).search(text)
        if m is None:
            return None
        if not self.words or fold.bounded(text, m.start(), m.end()):
            return str(m[0])
        m = compiled(f"(?s)(?:^|{_FREE})({self.pattern})(?:$|{_FREE})").search(text)
        return None if m is None else str(m[1])


class Patterns:
    """Many expressions in one pass over a text."""

    __slots__ = ("_each", "_set")

    def __init__(self, each: Iterable[Pattern]) -> None:
        self._each = tuple(each)
        self._set = re2.Set.SearchSet(_OPTIONS)
        for p in self._each:
            self._set.Add(p.pattern)
        if self._each:
            self._set.Compile()

    def __len__(self) -> int:
        return len(self._each)

    def find(self, texts: Iterable[str]) -> list[tuple[Any, str]]:
        """The entries that hit one of the texts, each with what it hit."""
        found: list[tuple[Any, str]] = []
        if self._each:
            for text in texts:
                for index in self._set.Match(text) or ():
                    hit = self._each[index].search(text)
                    if hit is not None:
                        found.append((self._each[index].entry, hit))
        return found


def pattern_of(kind: str, text: str) -> tuple[str, bool]:
    """The expression of an entry of these kinds (text, prefix, exact, re), and whether its ends are those
    of words.

    Raises:
        Unfit: the entry cannot be taken.
    """
    if kind == "re":
        return expression(text)[0], False
    made = body(text)
    if kind == "exact":
        return f"(?s:^(?:{made})$)", False
    return (f"(?s:^(?:{made}))", True) if kind == "prefix" else (f"(?s:{made})", True)


_DIGITS = str.maketrans("0134578@$!|+", "oieastbasiit")
_AGAIN = re.compile(r"(.)\1+")
_MARKS = re.compile(r"(?<=\w)[^\w\s]+(?=\w)|_")


def skeleton(folded: str) -> str:
    """What a text looks like at a glance: digits as the letters they stand for, marks between letters and
    doubled letters gone. Both sides of a `lookalike:` are compared so."""
    return _AGAIN.sub(r"\1", _MARKS.sub("", folded.translate(_DIGITS)).replace("vv", "w").replace("rn", "m"))


def glob(text: str) -> str:
    """A file name with wildcards as an expression of the whole name; `.apk` means `*.apk`."""
    text = f"*{text}" if text.startswith(".") else text
    return "(?s:^" + "".join({"*": ".*", "?": "."}.get(c) or _META.sub(r"\\\1", c) for c in text.lower()) + "$)"
