"""A chat's settings as one YAML file: written with what each means, read with line numbers, compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from groupbot.core.setting import Setting, Unfit

VERSION = 1
MOST = 1 << 20  # characters
_TOP = ("groupbot", "chat", "whole", "settings", "topics")
_JSON = ("map", "rows")
_BREAKS = frozenset("\x85\u2028\u2029")
DEEPEST = 20  # lists and mappings in one another
_NULL = "tag:yaml.org,2002:null"
Own = Mapping[int | None, Mapping[str, Any]]  # topic (None: the chat) → key → value


@dataclass(frozen=True, slots=True)
class Wrong:
    """What does not fit: where, and what would."""

    line: int
    field: str
    expected: str
    example: str = ""

    def text(self) -> str:
        """One line for people."""
        more = f", for example {self.example}" if self.example else ""
        return f"line {self.line}: {self.field}: expected {self.expected}{more}"


class Misread(ValueError):
    """The file cannot be taken; everything that is `wrong` with it, in order of lines."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__("; ".join(w.text() for w in wrong))
        self.wrong = wrong


@dataclass(frozen=True, slots=True)
class Change:
    """One value that would change; None is inherited."""

    topic: int | None
    key: str
    before: Any
    after: Any


@dataclass(slots=True)
class File:
    """What a file says: values by topic (None: the chat) and key; a value None is to be inherited again.
    `whole`: what it does not name is inherited too."""

    whole: bool = False
    chat: str = ""
    values: dict[int | None, dict[str, Any]] = field(default_factory=dict)


def movable(known: Mapping[str, Setting], modules: Iterable[str] = ()) -> dict[str, Setting]:
    """The settings that may leave or enter by file: no secrets, nothing the bot keeps for itself."""
    wanted = set(modules)
    return {
        k: s for k, s in known.items() if not s.inner and not s.secret and (not wanted or s.module in wanted)
    }


# --- writing
def written(
    title: str, own: Own, inherited: Mapping[str, Any], known: Mapping[str, Setting], *, whole: bool = True
) -> str:
    """The file of a chat. What it set stands as it is, what it inherits as a comment beside its meaning."""
    lines = [
        "# Settings of a Telegram group, for groupbot.",
        f"groupbot: {VERSION}",
        _line("chat", title),
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
    return "\n".join(lines) + "\n"


def _entry(s: Setting, value: Any, indent: str) -> str:
    shown = s.show(value) if s.type == "duration" and isinstance(value, int) else value
    return "\n".join(indent + part for part in _line(s.key, shown).split("\n"))


def _line(key: str, value: Any) -> str:
    def dump(plain: bool) -> str:
        return yaml.safe_dump({key: value}, allow_unicode=plain, default_flow_style=False, width=1 << 20)

    text = dump(True)
    if set(text) & _BREAKS:  # the library breaks lines at them and reads them back as others
        text = dump(False)
    return text.rstrip("\n")


# --- reading
def read(text: str, known: Mapping[str, Setting]) -> File:
    """What the file says.

    Raises:
        Misread: names line, field, what was expected and an example.
    """
    wrong: list[Wrong] = []
    if len(text) > MOST:
        raise Misread([Wrong(1, "file", f"at most {MOST} characters")])
    root = _composed(text)
    file = File()
    for name, key, node in _pairs(root, "file", wrong):
        if name == "groupbot":
            if node.value != str(VERSION):
                wrong.append(Wrong(_at(node), name, str(VERSION), f"groupbot: {VERSION}"))
        elif name == "whole":
            file.whole = str(node.value).lower() in ("true", "yes", "on")
        elif name == "settings":
            file.values.setdefault(None, {}).update(_values(node, known, wrong))
        elif name == "topics":
            _topics(node, known, file, wrong)
        elif name == "chat":
            file.chat = str(node.value)
        else:
            wrong.append(Wrong(_at(key), name, "one of " + ", ".join(_TOP), "settings:"))
    if "settings" not in (k.value for k, _ in root.value) and not wrong:
        wrong.append(Wrong(1, "settings", "a mapping of settings", "settings: {rules_mode: shadow}"))
    if wrong:
        raise Misread(sorted(wrong, key=lambda w: w.line))
    return file


def _composed(text: str) -> yaml.MappingNode:
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise Misread([Wrong(_line_of(event.start_mark), "YAML", "less nesting", "settings:")])
            if isinstance(event, yaml.AliasEvent):  # shared parts could be blown up
                raise Misread([Wrong(_line_of(event.start_mark), f"*{event.anchor}", "no aliases")])
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as e:
        line = _line_of(e.problem_mark or e.context_mark)
        raise Misread([Wrong(line, "YAML", str(e.problem or e.context), "settings:")]) from None
    except yaml.YAMLError as e:
        raise Misread([Wrong(1, "YAML", str(e).split("\n")[0], "settings:")]) from None
    except RecursionError:
        raise Misread([Wrong(1, "YAML", "less nesting", "settings:")]) from None
    if not isinstance(root, yaml.MappingNode):
        raise Misread([Wrong(1, "file", "a mapping", "settings:\n  rules_mode: shadow")])
    return root


def _line_of(mark: Any) -> int:
    return 1 if mark is None else int(mark.line) + 1


def _at(node: yaml.Node) -> int:
    return _line_of(node.start_mark)


def _pairs(node: yaml.Node, field_: str, wrong: list[Wrong]) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """(name, key node, value node) of a mapping; what is none, or names something twice, is wrong."""
    if not isinstance(node, yaml.MappingNode):
        if node.tag != _NULL:
            wrong.append(Wrong(_at(node), field_, "a mapping", f"{field_}:"))
        return []
    found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in found or name == "?":
            wrong.append(Wrong(_at(key), name, "each name once"))
            continue
        found[name] = (name, key, value)
    return list(found.values())


def _topics(node: yaml.Node, known: Mapping[str, Setting], file: File, wrong: list[Wrong]) -> None:
    for name, key, rows in _pairs(node, "topics", wrong):
        if not (name.isascii() and name.isdigit() and 0 < len(name) < 16):
            wrong.append(Wrong(_at(key), name, "the number of a topic", "12:"))
            continue
        file.values.setdefault(int(name), {}).update(_values(rows, known, wrong))


def _values(node: yaml.Node, known: Mapping[str, Setting], wrong: list[Wrong]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, key, value in _pairs(node, "settings", wrong):
        s = known.get(name)
        if s is None:
            wrong.append(Wrong(_at(key), name, "the key of a setting", _near(name, known)))
            continue
        try:
            made[name] = None if value.tag == _NULL else _value(s, value)
        except Unfit as e:
            wrong.append(Wrong(_at(value), name, e.expected, f"{name}: {e.example}"))
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
            return s.check(_plain(node))
        except (yaml.YAMLError, RecursionError):
            raise s.unfit() from None
    raise s.unfit()


def _plain(node: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


# --- comparing
def changes(file: File, own: Own, known: Mapping[str, Setting]) -> list[Change]:
    """What taking the file would change of what a chat set itself, the chat first, then its topics."""
    found = []
    topics = {*file.values, *(own if file.whole else ())}
    for topic in sorted(topics, key=lambda t: (t is not None, t or 0)):
        now, then = own.get(topic) or {}, file.values.get(topic) or {}
        keys = {*then, *(now if file.whole else ())} & known.keys()
        for key in sorted(keys):
            before, after = now.get(key), then.get(key)
            if before != after:
                found.append(Change(topic, key, before, after))
    return found
