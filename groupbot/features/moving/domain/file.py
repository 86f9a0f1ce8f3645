"""A chat's settings as one YAML file: written with what each means, read with line numbers, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from msgspec import Struct, field

from groupbot.core.setting import Setting, Unfit
from groupbot.features.moving.domain import books
from groupbot.features.moving.domain.books import BOOKS, Books
from groupbot.features.moving.domain.nodes import NULL, Misread, Wrong, at, composed, line, pairs, plain

__all__ = ["Change", "File", "Misread", "Moved", "Wrong", "changes", "movable", "read", "written"]
VERSION = 1
MOST = 1 << 20  # characters
_TOP = ("groupbot", "bot", "chat", "whole", "settings", "topics", *BOOKS)
_JSON = ("map", "rows")
Own = Mapping[int | None, Mapping[str, Any]]  # topic (None: the chat) → key → value


class Change(Struct, frozen=True):
    """One value that would change; None is inherited, in a `book` it is nothing."""

    topic: int | None
    key: str
    before: Any
    after: Any
    book: str = ""


class Moved(Struct, frozen=True):
    """A file went or came: exported, imported, reset; `n` values changed."""

    chat: int
    kind: str
    n: int
    by: int | None


class File(Struct):
    """What a file says: values by topic (None: the chat) and key; a value None is to be inherited again.
    `whole`: what it does not name is inherited too, and of the books it names only that stays. `bot` wrote
    it: only that one can open its files."""

    whole: bool = False
    chat: str = ""
    bot: int = 0
    values: dict[int | None, dict[str, Any]] = field(default_factory=dict)
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)  # where in it a note, a filter or a code stands


def movable(known: Mapping[str, Setting], modules: Iterable[str] = ()) -> dict[str, Setting]:
    """The settings that may leave or enter by file: no secrets, nothing the bot keeps for itself."""
    wanted = set(modules)
    return {
        k: s for k, s in known.items() if not s.inner and not s.secret and (not wanted or s.module in wanted)
    }


# --- writing
def written(
    title: str,
    own: Own,
    inherited: Mapping[str, Any],
    known: Mapping[str, Setting],
    *,
    whole: bool = True,
    held: Books | None = None,
    bot: int = 0,
) -> str:
    """The file of a chat. What it set stands as it is, what it inherits as a comment beside its meaning; its
    books follow."""
    lines = [
        "# Settings of a Telegram group, for groupbot.",
        f"groupbot: {VERSION}",
        *([f"bot: {bot}  # files in notes and filters open for this bot only"] if bot else []),
        line("chat", title),
        f"whole: {'true' if whole else 'false'}  # true: what is not named below is inherited again",
        "settings:",
    ]
    near = own.get(None) or {}
    module = ""
    for s in sorted(known.values(), key=lambda s: (s.module, s.key)):
        if s.module != module:
            module = s.module
            lines += ["", f"  # --- {module}"]
        lines.append(f"  # {s.about} ({s.expected})")
        if s.key in near:
            lines.append(_entry(s, near[s.key], "  "))
        else:
            lines.append("  # " + _entry(s, inherited.get(s.key), "").replace("\n", "\n  # "))
    if not any(k in known for k in near):
        lines.append("  {}")
    topics = {t: {k: v for k, v in rows.items() if k in known} for t, rows in own.items() if t is not None}
    if any(topics.values()):
        lines += ["", "topics:  # by number: values that hold in one topic only"]
        for topic in sorted(t for t, rows in topics.items() if rows):
            lines.append(f"  {topic}:")
            lines += [_entry(known[k], v, "    ") for k, v in sorted(topics[topic].items())]
    return "\n".join(lines + books.written(held or {})) + "\n"


def _entry(s: Setting, value: Any, indent: str) -> str:
    value = s.bounded(value)  # as it counts, so that it is read again
    shown = s.show(value) if s.type == "duration" and isinstance(value, int) else value
    return "\n".join(indent + part for part in line(s.key, shown).split("\n"))


# --- reading
def read(text: str, known: Mapping[str, Setting]) -> File:
    """What the file says.

    Raises:
        Misread: names line, field, what was expected and an example.
    """
    wrong: list[Wrong] = []
    if len(text) > MOST:
        raise Misread([Wrong(1, "file", f"at most {MOST} characters")])
    root = composed(text)
    file = File()
    for name, key, node in pairs(root, "file", wrong):
        if name == "groupbot":
            if node.value != str(VERSION):
                wrong.append(Wrong(at(node), name, str(VERSION), f"groupbot: {VERSION}"))
        elif name == "whole":
            file.whole = str(node.value).lower() in ("true", "yes", "on")
        elif name == "settings":
            file.values.setdefault(None, {}).update(_values(node, known, wrong))
        elif name == "topics":
            _topics(node, known, file, wrong)
        elif name == "chat":
            file.chat = str(node.value)
        elif name == "bot":
            file.bot = int(node.value) if books.is_id(str(node.value)) else 0
        elif name in BOOKS:
            file.books[name] = books.read(name, node, wrong, file.lines)
        else:
            wrong.append(Wrong(at(key), name, "one of " + ", ".join(_TOP), "settings:"))
    if not file.books and "settings" not in (k.value for k, _ in root.value) and not wrong:
        wrong.append(Wrong(1, "settings", "a mapping of settings", "settings: {rules_mode: shadow}"))
    if wrong:
        raise Misread(sorted(wrong, key=lambda w: w.line))
    return file


def _topics(node: yaml.Node, known: Mapping[str, Setting], file: File, wrong: list[Wrong]) -> None:
    for name, key, rows in pairs(node, "topics", wrong):
        if not (name.isascii() and name.isdigit() and 0 < len(name) < 16):
            wrong.append(Wrong(at(key), name, "the number of a topic", "12:"))
            continue
        file.values.setdefault(int(name), {}).update(_values(rows, known, wrong))


def _values(node: yaml.Node, known: Mapping[str, Setting], wrong: list[Wrong]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, key, value in pairs(node, "settings", wrong):
        s = known.get(name)
        if s is None:
            wrong.append(Wrong(at(key), name, "the key of a setting", _near(name, known)))
            continue
        try:
            made[name] = None if value.tag == NULL else _value(s, value)
        except Unfit as e:
            wrong.append(Wrong(at(value), name, e.expected, f"{name}: {e.example}"))
    return made


def _near(name: str, known: Mapping[str, Setting]) -> str:
    common = (sum(a == b for a, b in zip(name, k, strict=False)) - abs(len(name) - len(k)) / 2 for k in known)
    best = max(zip(common, known, strict=True), default=(0, "rules_mode"))
    return f"{best[1]}: …"


def _value(s: Setting, node: yaml.Node) -> Any:
    """A value as its setting keeps it. Scalars are read as they are written: YAML's own idea of `on` or
    `12:30` does not matter."""
    if isinstance(node, yaml.ScalarNode):
        return s.check(node.value) if s.type in ("text", "zone") else s.parse(node.value)
    if isinstance(node, yaml.SequenceNode) and s.type == "texts":
        if not all(isinstance(n, yaml.ScalarNode) for n in node.value):
            raise s.unfit()
        return s.check([n.value for n in node.value])
    if isinstance(node, yaml.MappingNode if s.type == "map" else yaml.SequenceNode) and s.type in _JSON:
        try:
            return s.check(plain(node))
        except (yaml.YAMLError, RecursionError):
            raise s.unfit() from None
    raise s.unfit()


# --- comparing
def changes(file: File, own: Own, known: Mapping[str, Setting], held: Books | None = None) -> list[Change]:
    """What taking the file would change of what a chat set itself, the chat first, then its topics, then
    the books that it `held`."""
    found = []
    topics = {*file.values, *(own if file.whole else ())}
    for topic in sorted(topics, key=lambda t: (t is not None, t or 0)):
        now, then = own.get(topic) or {}, file.values.get(topic) or {}
        keys = {*then, *(now if file.whole else ())} & known.keys()
        for key in sorted(keys):
            before, after = now.get(key), then.get(key)
            if before != after:
                found.append(Change(topic, key, before, after))
    for book, rows in (held or {}).items():
        if book in file.books:
            some = books.differing(book, rows, file.books[book], whole=file.whole)
            found += [Change(None, name, before, after, book) for name, before, after in some]
    return found
