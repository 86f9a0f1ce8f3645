"""A Jinja2 sandbox that cannot be exhausted either.

Jinja's own sandbox stops escapes; its documentation leaves time and memory to the host. Here loops
are counted, sizes are capped, operators that build huge strings are refused, and tags that recurse or
reach other files are not in the language (RELIABILITY of templates: nested `range`, `'a'*10**8`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from jinja2 import StrictUndefined, nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.sandbox import ImmutableSandboxedEnvironment

SOURCE_LIMIT = 32_000  # characters of a template
OUTPUT_LIMIT = 64_000  # characters rendered
STEP_LIMIT = 10_000  # loop steps of one render, nested loops together

_FORBIDDEN = (
    nodes.Macro,
    nodes.CallBlock,
    nodes.Import,
    nodes.FromImport,
    nodes.Include,
    nodes.Extends,
    nodes.Block,
    nodes.FilterBlock,
)
_KEPT_FILTERS = frozenset(
    [
        "abs",
        "capitalize",
        "d",
        "default",
        "e",
        "escape",
        "first",
        "float",
        "int",
        "join",
        "last",
        "length",
        "list",
        "lower",
        "max",
        "min",
        "round",
        "sort",
        "sum",
        "title",
        "trim",
        "truncate",
        "unique",
        "upper",
    ]
)
_KEPT_TESTS = frozenset(
    [
        "defined",
        "undefined",
        "none",
        "number",
        "string",
        "mapping",
        "odd",
        "even",
        "divisibleby",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
        "in",
        "true",
        "false",
    ]
)
_steps: ContextVar[list[int]] = ContextVar("groupbot_template_steps")


class TooMuch(SecurityError):
    """A template used more steps or made more text than one message may cost."""


def _counted(items: Iterable[Any]) -> Iterator[Any]:
    left = _steps.get(None) or [STEP_LIMIT]
    for item in items:
        left[0] -= 1
        if left[0] < 0:
            raise TooMuch(f"more than {STEP_LIMIT} loop steps")
        yield item


def _short_range(*args: int) -> range:
    made = range(*args)
    if len(made) > 1000:
        raise TooMuch("range() of more than 1000 numbers")
    return made


class LimitedEnvironment(ImmutableSandboxedEnvironment):
    """The language templates are written in."""

    intercepted_binops = frozenset(["**", "*", "%"])

    def __init__(self, filters: dict[str, Callable[..., Any]], globals_: dict[str, Any]) -> None:
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=["jinja2.ext.i18n"],
        )
        self.filters = {n: f for n, f in self.filters.items() if n in _KEPT_FILTERS}
        self.filters.update(filters)
        self.filters["_counted"] = _counted
        self.tests = {n: t for n, t in self.tests.items() if n in _KEPT_TESTS}
        gettext = {n: g for n, g in self.globals.items() if n in ("_", "gettext", "ngettext")}
        self.globals.clear()
        self.globals.update(gettext, range=_short_range, **globals_)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if not all(isinstance(v, int | float) for v in (left, right)):
            raise SecurityError(f"{operator} works on numbers only")
        if operator == "**":
            raise SecurityError("** is not in the template language")
        return super().call_binop(context, operator, left, right)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > SOURCE_LIMIT:
            raise TemplateSyntaxError(f"longer than {SOURCE_LIMIT} characters", 1, name, filename)
        tree = super()._parse(source, name, filename)
        for node in tree.find_all(_FORBIDDEN):
            word = type(node).__name__.lower()
            raise TemplateSyntaxError(f"{word} is not in the template language", node.lineno, name, filename)
        for node in tree.find_all(nodes.For):
            if node.recursive:
                raise TemplateSyntaxError(
                    "recursive loops are not in the template language", node.lineno, name, filename
                )
            node.iter = nodes.Filter(node.iter, "_counted", [], [], None, None, lineno=node.lineno)
        return tree

    def is_safe_callable(self, obj: Any) -> bool:
        """Only what the environment itself offers may be called, and methods of plain values."""
        return super().is_safe_callable(obj) and not isinstance(obj, type)


def render_limited(template: Any, data: dict[str, Any]) -> str:
    """Render under the step and output limits.

    Raises:
        TooMuch: a limit was reached.
        jinja2.TemplateError: undefined names, refused operations.
    """
    token = _steps.set([STEP_LIMIT])
    try:
        out, size = [], 0
        values = {**template.environment.globals, **data}  # quicker than to merge Jinja's ChainMap
        for piece in template.root_render_func(template.new_context(values, shared=True)):
            size += len(piece)
            if size > OUTPUT_LIMIT:
                raise TooMuch(f"more than {OUTPUT_LIMIT} characters")
            out.append(piece)
        return "".join(out)
    finally:
        _steps.reset(token)
