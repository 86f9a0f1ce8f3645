"""The matching language of blocklists: from an entry as people write it to what is looked for.

`?` one letter, `*` any without a space, `**` any, `\\` takes the next letter as it is. `prefix:` at the
beginning, `exact:` nothing else, `re:` a regular expression of a linear engine (RE2). Everything is compared
in the folded form of a text, so case, accents, width, look-alikes and spaces do not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import ahocorasick

from groupbot.features.rules.domain import fold

ONE, MANY, ANY = "?", "*", "**"
LONGEST = 200  # characters of an entry
WILDEST = 12  # wildcards in an entry
LARGEST = 300  # instructions of one expression
TAME = 30_000  # instructions of a chat's entries with wildcards between words
WORK = 1_500  # instructions of its entries that could be made to work at every letter: see `tame`
MOST = 500  # entries of a chat that need the engine
MEMORY = 16 << 20  # bytes the engine may keep for one list

# Where words begin and end is written into the text, for the engine cannot look around. What binds to its
# neighbours is what fold.bounded says: letters and digits, but for scripts that write without spaces.
BEGIN, END = "\x01", "\x02"
_BINDING = r"[^\W_\u0e00-\u109f\u2e80-\U0010ffff]"
_WORDS = re.compile(f"{_BINDING}+")
_BINDS = re.compile(_BINDING)
_HAN = re.compile(f"[{fold.HAN}]")
_NO_SPACE = re.compile(rf" (?=[{fold.HAN}])|(?<=[{fold.HAN}]) ")
_META = re.compile(r"([\\.+*?()|\[\]{}^$])")


class Unfit(ValueError):
    """An entry that cannot be taken; `reason` names why: empty, long, wild, bare, pattern, heavy."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@cache
def engine() -> tuple[Any, Any]:
    """The engine, and its settings: UTF-8, quiet, bounded memory."""
    import re2  # noqa: PLC0415 - 2 MB, only where an entry needs it

    made = re2.Options()
    made.max_mem = MEMORY
    made.log_errors = False
    return re2, made


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


@lru_cache(32_768)
def plain(text: str) -> str | None:
    """The folded text of an entry without wildcards; None when there are some."""
    parts = tokens(text)
    return None if any(w for w, _ in parts) else fold.phrase("".join(s for _, s in parts))


def marked(text: str) -> str:
    """A text in which words begin and end visibly."""
    return _WORDS.sub(f"{BEGIN}\\g<0>{END}", text)


def body(text: str) -> str:
    """The expression of an entry, for marked texts.

    Raises:
        Unfit: nothing but wildcards, or too many of them.
    """
    parts = tokens(text)
    if not any(c.isalnum() for _, s in parts for c in fold.phrase(s)):
        raise Unfit("bare")
    if sum(bool(w) for w, _ in parts) > WILDEST:
        raise Unfit("wild")
    last = len(parts) - 1
    made = [
        _WILD[wild] if wild else _literal(literal, i == 0, i == last)
        for i, (wild, literal) in enumerate(parts)
    ]
    while parts[0][0] in (MANY, ANY):  # at an end they only say that the word may go on
        parts, made = parts[1:], made[1:]
    while parts[-1][0] in (MANY, ANY):
        parts, made = parts[:-1], made[:-1]
    if parts[0][0]:
        made.insert(0, f"(?:^|{BEGIN}| )")
    if parts[-1][0]:
        made.append(f"(?:$|{END}| )")
    return "".join(made)


_WILD = {ONE: f"{END}?[^ {BEGIN}{END}]{BEGIN}?", MANY: "[^ ]*", ANY: ".*"}


def _literal(text: str, first: bool, last: bool) -> str:
    lead, tail = " " * text[0].isspace(), " " * text[-1].isspace()
    core = lead + fold.phrase(text) + tail
    if first:
        core = core.lstrip(" ")
    if last:
        core = core.rstrip(" ")
    made = marked(core)
    if not first:
        made = made.removeprefix(BEGIN)
    if not last:
        made = made.removesuffix(END)
    quoted = _META.sub(r"\\\1", made)
    return _NO_SPACE.sub(" ?", quoted) if _HAN.search(quoted) else quoted


@lru_cache(256)  # of some ten kilobytes each; lists keep their own, and of the rest only the size is asked
def compiled(pattern: str) -> Any:
    """One expression, made ready.

    Raises:
        Unfit: the engine does not take it.
    """
    re2, options = engine()
    try:
        return re2.compile(pattern, options)
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


class Patterns:
    """Many expressions in one pass over a text, each with the entry it stands for."""

    __slots__ = ("_each", "_set")

    def __init__(self, each: Iterable[tuple[str, Any]]) -> None:
        self._each = tuple(each)
        if not self._each:
            return
        re2, options = engine()
        self._set = re2.Set.SearchSet(options)
        for pattern, _ in self._each:
            self._set.Add(pattern)
        self._set.Compile()

    def __len__(self) -> int:
        return len(self._each)

    def find(self, texts: Iterable[str]) -> list[tuple[Any, str, str]]:
        """The entries that hit one of the texts, each with its expression and that text."""
        found: list[tuple[Any, str, str]] = []
        if self._each:
            for text in texts:
                for index in self._set.Match(text) or ():
                    pattern, entry = self._each[index]
                    found.append((entry, pattern, text))
        return found


def written(pattern: str, text: str) -> str:
    """The stretch of a text that an expression hits."""
    m = compiled(pattern).search(text)
    return _MARKERS.sub("", m[0]).strip() if m else ""


def atom(text: str) -> str:
    """A word that stands in every text that an entry hits: its longest."""
    words = [w for _, literal in tokens(text) for w in fold.phrase(literal).split()]
    return max(words, key=len)


class Atoms:
    """Is one of these words anywhere in a text? Far quicker than to look for the entries themselves."""

    __slots__ = ("_automaton",)

    def __init__(self, words: Iterable[str]) -> None:
        self._automaton = ahocorasick.Automaton()
        for word in words:
            self._automaton.add_word(word, word)
        self._automaton.make_automaton()

    def among(self, text: str) -> bool:
        """Does one of them stand there?"""
        return next(self._automaton.iter(text), None) is not None


_MARKERS = re.compile(f"[{BEGIN}{END}]")


def tame(kind: str, text: str) -> bool:
    """Does the engine come through any text quickly with many entries like this? One that begins with a
    word and skips few letters is at rest but where that word stands, and after it only goes on. Others may
    be somewhere in the middle at every letter, and each such place times each letter is work, so a chat
    may have fewer of them."""
    if kind == "re":
        return False
    parts = tokens(text)
    first = next((s for w, s in parts if not w), "").strip()
    begins = not parts[0][0] and first[:1].isalnum()
    return sum(w == ONE for w, _ in parts) <= 3 and (begins or len(first) >= 2 or not first.isascii())


@lru_cache(32_768)
def pattern_of(kind: str, text: str) -> tuple[str, int]:
    """The expression of an entry of these kinds (text, prefix, exact, re), and its instructions.

    Raises:
        Unfit: the entry cannot be taken.
    """
    if kind == "re":
        return expression(text)
    made = body(text)
    if kind == "exact":
        made = f"^ *(?:{made}) *$"
    elif kind == "prefix":
        made = f"^ *(?:{made})"
    made = f"(?s:{made})"
    return made, int(compiled(made).programsize)


_LOOKS = fold._TO_LATIN | str.maketrans("0134578@$!|+", "oieastbasiit")
_AGAIN = re.compile(r"(\S)\1+")
_MARKS = re.compile(r"(?<=\w)[^\w\s]+(?=\w)|_")


def skeleton(folded: str) -> str:
    """What a text looks like at a glance: digits as the letters they stand for, marks between letters and
    doubled letters gone, Cyrillic and Greek ones as the Latin they resemble. Both sides of a `lookalike:`
    are compared so."""
    latin = folded.translate(_LOOKS)
    if not latin.replace(" ", "").isalnum():
        latin = _MARKS.sub("", latin)
    return " ".join(_AGAIN.sub(r"\1", latin.replace("vv", "w").replace("rn", "m")).split())


def glob(text: str) -> str:
    """A file name with wildcards as an expression of the whole name; `.apk` means `*.apk`."""
    text = f"*{text}" if text.startswith(".") else text
    return (
        "(?s:^" + "".join({"*": ".*", "?": "."}.get(c) or _META.sub(r"\\\1", c) for c in text.lower()) + "$)"
    )
