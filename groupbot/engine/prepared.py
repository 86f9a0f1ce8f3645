"""Templates that are words with numbers between them, written without Jinja.

A toast like `You got {{ amount }} points` is said thousands of times with other numbers; to fill in two
numbers takes a fortieth of a render. What it gives is what Jinja would: only texts without markup and
plain names are prepared, and only whole numbers are filled in.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, nodes


class Prepared:
    """Pieces of a text and the names between them."""

    __slots__ = ("names", "pattern")

    def __init__(self, pattern: str, names: tuple[str, ...]) -> None:
        self.pattern, self.names = pattern, names

    def said(self, data: Mapping[str, Any]) -> str | None:
        """The text, or None where a value is missing or no whole number."""
        values = []
        for name in self.names:
            value = data.get(name)
            if type(value) is not int or not -(10**30) < value < 10**30:
                return None
            values.append(value)
        return self.pattern % tuple(values)


def prepare(env: Environment, body: str) -> Prepared | None:
    """A template's text as pieces; None for all that is more than words and names."""
    if "{%" in body or "<" in body or "|" in body or "&" in body:
        return None  # most are; they need not be parsed to see it
    parts: list[str] = []
    names: list[str] = []
    for output in env.parse(body).body:
        if type(output) is not nodes.Output:
            return None
        for node in output.nodes:
            if type(node) is nodes.TemplateData:
                parts.append(node.data.replace("%", "%%"))
            elif type(node) is nodes.Name and node.name not in env.globals:
                parts.append("%d")
                names.append(node.name)
            else:
                return None
    return Prepared("".join(parts).strip(), tuple(names)) if names else None
