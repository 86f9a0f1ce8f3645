"""YAML as it is written and read here: with the line of everything that is wrong. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml
from msgspec import Struct

SHORT = 24  # characters of a value that is kept as written
DEEPEST = 20  # lists and mappings in one another
NULL = "tag:yaml.org,2002:null"
_BREAKS = frozenset("\x85\u2028\u2029")


class Wrong(Struct, frozen=True):
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


# --- writing
def line(key: str, value: Any) -> str:
    """A key with its value, as YAML."""
    same = value is None or isinstance(value, bool | int) or (isinstance(value, str) and len(value) <= SHORT)
    return _same(key, value) if same else _dumped(key, value)


def _dumped(key: str, value: Any) -> str:
    def dump(plain: bool) -> str:
        return yaml.safe_dump({key: value}, allow_unicode=plain, default_flow_style=False, width=1 << 20)

    text = dump(True)
    if set(text) & _BREAKS:  # the library breaks lines at them and reads them back as others
        text = dump(False)
    return text.rstrip("\n")


_same = lru_cache(1024, typed=True)(_dumped)  # most settings of most groups are the same, and each costs 1 ms


# --- reading
def composed(text: str) -> yaml.MappingNode:
    """The nodes of a file.

    Raises:
        Misread: no YAML, no mapping, nested too deep, or with aliases.
    """
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


def at(node: yaml.Node) -> int:
    """The line of a node."""
    return _line_of(node.start_mark)


def pairs(node: yaml.Node, field_: str, wrong: list[Wrong]) -> list[tuple[str, yaml.Node, yaml.Node]]:
    """(name, key node, value node) of a mapping; what is none, or names something twice, is wrong."""
    if not isinstance(node, yaml.MappingNode):
        if node.tag != NULL:
            wrong.append(Wrong(at(node), field_, "a mapping", f"{field_}:"))
        return []
    found: dict[str, tuple[str, yaml.Node, yaml.Node]] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else "?"
        if name in found or name == "?":
            wrong.append(Wrong(at(key), name, "each name once"))
            continue
        found[name] = (name, key, value)
    return list(found.values())


def plain(node: yaml.Node) -> Any:
    """What a node says, as YAML reads it."""
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()
