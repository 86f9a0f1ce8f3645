"""Triggers of filters: how they are written, compared and found. Pure.

/filter hello Hi there
/filter "good morning" Good morning, {first}
/filter (hi, hello, "good day") Hello
/filter exact:rules {rules}

A trigger stands in a text as whole words, whatever its case, accents and width, as an entry of a blocklist
does; `?` is one letter, `*` any without a space, `**` any; `prefix:` at the beginning, `exact:` nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import Struct

from groupbot.features.rules.domain import fold, matching
from groupbot.features.rules.domain.matching import Atoms, Patterns, Unfit
from groupbot.features.rules.domain.phrases import Entry, Phrases

_KIND = re.compile(r"(prefix|exact):", re.I)
_QUOTES = {'"': '"', "“": "”", "「": "」"}
_OPEN, _CLOSE, _COMMAS = "(（", ")）", ",，、"
MOST_AT_ONCE = 30


class Trigger(Struct, frozen=True):
    """One trigger. `kind`: text, prefix or exact."""

    kind: str
    text: str

    @property
    def plain(self) -> bool:
        """Is it looked for as it is, without the engine?"""
        return self.kind == "text" and matching.plain(self.text) is not None

    @property
    def key(self) -> str:
        """What makes two triggers the same one."""
        return f"{self.kind}:{matching.plain(self.text) or matching.body(self.text)}"

    @property
    def line(self) -> str:
        """As it is typed; `read` gives it back."""
        kind = "" if self.kind == "text" else f"{self.kind}:"
        bare = not re.search(r"[\s,，、()（）\"“”「」]", self.text)
        return kind + (self.text if bare else '"' + self.text.replace('"', '\\"') + '"')


def read(text: str) -> tuple[list[Trigger], str]:
    """The triggers that a text begins with, and what follows them.

    Raises:
        Unfit: `reason` is empty, open (a quote or bracket without its end), long, wild, bare or many.
    """
    text = text.strip()
    if text[:1] not in _OPEN or not text:
        one, rest = _one(text, "")
        return [_checked(one)], rest.strip()
    found: list[Trigger] = []
    rest = text[1:]
    while True:
        rest = rest.lstrip(" \t\n" + _COMMAS)
        if not rest:
            raise Unfit("open")
        if rest[0] in _CLOSE:
            break
        one, rest = _one(rest, _COMMAS + _CLOSE)
        found.append(_checked(one))
    if not found:
        raise Unfit("empty")
    if len(found) > MOST_AT_ONCE:
        raise Unfit("many")
    return found, rest[1:].strip()


def _one(text: str, ends: str) -> tuple[Trigger, str]:
    m = _KIND.match(text)
    kind, rest = (m[1].lower(), text[m.end() :]) if m else ("text", text)
    if rest[:1] in _QUOTES and rest:
        written, rest = _quoted(rest[1:], _QUOTES[rest[0]])
    else:
        cut = next((i for i, c in enumerate(rest) if (c in ends if ends else c.isspace())), len(rest))
        written, rest = rest[:cut], rest[cut:]
    return Trigger(kind, " ".join(written.split())), rest


def _quoted(text: str, end: str) -> tuple[str, str]:
    made, i = "", 0
    while i < len(text):
        if text[i] == "\\" and text[i + 1 : i + 2] == end:
            made, i = made + end, i + 2
            continue
        if text[i] == end:
            return made, text[i + 1 :]
        made, i = made + text[i], i + 1
    raise Unfit("open")


def _checked(trigger: Trigger) -> Trigger:
    if not trigger.text:
        raise Unfit("empty")
    if len(trigger.text) > matching.LONGEST:
        raise Unfit("long")
    if matching.plain(trigger.text) == "":
        raise Unfit("empty")
    if not trigger.plain:
        matching.compiled(matching.pattern_of(trigger.kind, trigger.text)[0])
    return trigger


class Triggers:
    """All triggers of a chat, looked for in one pass; made with the id each stands for."""

    __slots__ = ("_atoms", "_ids", "_patterns", "_phrases", "left_out")

    def __init__(self, triggers: Iterable[tuple[int, Trigger]]) -> None:
        self._ids: dict[str, int] = {}
        wild: list[tuple[str, tuple[int, int]]] = []
        atoms: list[str] = []
        budget = {True: matching.TAME, False: matching.WORK}
        self.left_out = 0
        for id_, t in triggers:
            plain = matching.plain(t.text)
            if t.kind == "text" and plain is not None:
                self._ids[plain] = id_
                continue
            pattern, size = matching.pattern_of(t.kind, t.text)
            tame = matching.tame(t.kind, t.text)
            budget[tame] -= size
            if budget[tame] < 0 or len(wild) >= matching.MOST:
                self.left_out += 1
                continue
            wild.append((pattern, (len(t.text), id_)))
            atoms.append(matching.atom(t.text))
        self._phrases = Phrases(Entry(k) for k in self._ids)
        self._patterns, self._atoms = Patterns(wild), Atoms(atoms)

    def find(self, text: str) -> list[int]:
        """The ids of what stands in a text, the longest trigger first."""
        forms = fold.forms(fold.fold(text))
        found = [(len(h.entry.text), self._ids[h.entry.text]) for h in self._phrases.find(forms)]
        if len(self._patterns) and any(map(self._atoms.among, forms)):
            found += [hit for hit, _, _ in self._patterns.find(map(matching.marked, forms))]
        return list(dict.fromkeys(id_ for _, id_ in sorted(found, key=lambda f: -f[0])))
