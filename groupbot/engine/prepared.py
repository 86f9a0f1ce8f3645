"""Templates that are words with names between them, written without Jinja.

A toast like `You got {{ amount }} points` is said thousands of times with other values; to fill in two of
them takes a fortieth of a render. What it gives is what Jinja would: only texts without markup, plain names
and filters that make plain text are prepared, and only whole numbers and short texts are filled in. Those
would be escaped for Telegram's HTML and read back as they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from groupbot.engine.jinja_limits import LimitedEnvironment
from groupbot.engine.words import in_zone

PLAIN = frozenset(("clock", "day", "duration", "lunar", "of", "points", "weekday"))  # filters without markup
ROOM = 8_000  # characters: far below what a render may make, however much of it is escaped
KEPT = 4096  # texts looked at that are kept
_Write = Callable[[Any], Any] | None
_known: dict[tuple[str, str], Prepared | None] = {}


class Prepared:
    """Pieces of a text and the names between them, each with its filter or None; `clocked`: some are."""

    __slots__ = ("clocked", "holes", "pattern")

    def __init__(self, pattern: str, holes: tuple[tuple[str, _Write], ...]) -> None:
        self.pattern, self.holes = pattern, holes
        self.clocked = any(write is not None for _, write in holes)

    @property
    def names(self) -> tuple[str, ...]:
        """What it fills in."""
        return tuple(name for name, _ in self.holes)

    def said(self, data: Mapping[str, Any], zone: str = "UTC") -> str | None:
        """The text, or None where a value is missing or no whole number or text, or all of it is long. Times
        are those of the zone."""
        if not self.clocked:
            return self._filled(data)
        with in_zone(zone):
            return self._filled(data)

    def _filled(self, data: Mapping[str, Any]) -> str | None:
        values = []
        try:
            for name, write in self.holes:
                value = data[name]
                if write is not None:
                    value = write(value)
                if type(value) is not str and (type(value) is not int or not -(10**30) < value < 10**30):
                    return None
                values.append(value)
        except (KeyError, ValueError, TypeError, ArithmeticError):  # Jinja says what is wrong, and where
            return None
        text = (self.pattern % tuple(values)).strip()
        return text if len(text) <= ROOM else None


def prepare(env: LimitedEnvironment, body: str) -> Prepared | None:
    """A template's text as pieces; None for all that is more than words, names and plain filters. What was
    looked at once in a process is not looked at again."""
    if "{%" in body or "<" in body or "&" in body or "{{" not in body:
        return None  # they need not be parsed to see it
    key = (env.dialect, body)
    if key not in _known:
        if len(_known) >= KEPT:
            _known.clear()
        _known[key] = _pieces(env, body)
    return _known[key]


def _pieces(env: LimitedEnvironment, body: str) -> Prepared | None:
    parts: list[str] = []
    holes: list[tuple[str, _Write]] = []
    for output in env.parse(body).body:
        if type(output) is not nodes.Output:
            return None
        for node in output.nodes:
            if type(node) is nodes.TemplateData:
                parts.append(node.data.replace("%", "%%"))
                continue
            write: _Write = None
            if type(node) is nodes.Filter and node.name in PLAIN and (told := _told(node)) is not None:
                write, node = _of_its_value(env.filters[node.name], told), node.node  # type: ignore[assignment]
            if type(node) is not nodes.Name or node.name in env.globals:
                return None
            parts.append("%s")
            holes.append((node.name, write))
    return Prepared("".join(parts), tuple(holes)) if holes else None


def _told(node: nodes.Filter) -> tuple[str, ...] | None:
    """The words that a filter is told beside its value; None where it is told anything else."""
    words = tuple(a.value for a in node.args if type(a) is nodes.Const and type(a.value) is str)
    more = node.kwargs or node.dyn_args or node.dyn_kwargs or len(words) < len(node.args)
    return None if more else words


def _of_its_value(write: Callable[..., Any], told: tuple[str, ...]) -> Callable[[Any], Any]:
    """The filter as a function of its value alone."""
    return (lambda value: write(value, *told)) if told else write
