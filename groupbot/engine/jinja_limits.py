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
from jinja2.runtime import markup_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

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
    nodes.AssignBlock,
)
NUMBER_LIMIT = 10**30
TEXT_LIMIT = 8_000  # characters of a text that a template puts together
# methods of plain values that cannot make them grow
_METHODS = frozenset(
    [
        "items",
        "keys",
        "values",
        "get",
        "lower",
        "upper",
        "strip",
        "lstrip",
        "rstrip",
        "startswith",
        "endswith",
    ]
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


def _counted(items: Iterable[Any], cost: int = 1) -> Iterator[Any]:
    left = _steps.get(None) or [STEP_LIMIT]
    for item in items:
        left[0] -= cost
        if left[0] < 0:
            raise TooMuch(f"more than {STEP_LIMIT} loop steps")
        yield item


def _short_range(*args: int) -> range:
    made = range(*args)
    if len(made) > 1000:
        raise TooMuch("range() of more than 1000 numbers")
    return made


def _short(text: Any) -> Any:
    if len(text) > TEXT_LIMIT:
        raise TooMuch(f"a text of more than {TEXT_LIMIT} characters")
    return text


def _concat(items: Iterable[Any]) -> Any:
    """`a ~ b`: texts and numbers, a short whole."""
    parts = list(items)
    for part in parts:
        if not isinstance(part, str | int | float | None) and not hasattr(part, "__html__"):
            raise SecurityError("~ joins texts and numbers only")
    return _short(markup_join(parts))


def _join(value: Iterable[Any], d: str = "") -> Any:
    """Texts and numbers with `d` between."""
    parts: list[Any] = []
    for item in value:
        if parts:
            parts.append(d)
        parts.append(item)
        if len(parts) > 2000:
            raise TooMuch("join of more than 1000 items")
    return _concat(parts)


def _round(value: Any, digits: int = 0) -> Any:
    return round(float(value), max(-12, min(12, int(digits))))


def _sum(value: Iterable[Any]) -> Any:
    items = list(value)
    if not all(isinstance(v, int | float) for v in items):
        raise SecurityError("sum works on numbers only")
    return sum(items)


def _printable(value: Any) -> Any:
    """What may stand in {{ }}: no containers, whose texts can be endless."""
    if type(value) is str:
        return value
    if isinstance(value, dict | list | tuple | set | frozenset):
        raise SecurityError("a list cannot be written as it is: use join or a loop")
    return value


MADE = 4096  # compiled texts kept
_made: dict[Any, Any] = {}


class LimitedEnvironment(ImmutableSandboxedEnvironment):
    """The language templates are written in. What is compiled once in a process is not compiled again:
    `dialect` names environments with the same filters (a language)."""

    intercepted_binops = frozenset(["**", "*", "%", "+"])

    def __init__(
        self, filters: dict[str, Callable[..., Any]], globals_: dict[str, Any], dialect: str = ""
    ) -> None:
        self.dialect = dialect
        super().__init__(
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            finalize=_printable,
            extensions=["jinja2.ext.i18n"],
        )
        self.filters = {n: f for n, f in self.filters.items() if n in _KEPT_FILTERS}
        self.filters.update(filters)
        self.filters.update(_counted=_counted, _concat=_concat, join=_join, round=_round, sum=_sum)
        self.tests = {n: t for n, t in self.tests.items() if n in _KEPT_TESTS}
        gettext = {n: g for n, g in self.globals.items() if n in ("_", "gettext", "ngettext")}
        self.globals.clear()
        self.globals.update(gettext, range=_short_range, **globals_)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "+" and isinstance(left, str) and isinstance(right, str):
            return _short(left + right)
        if not all(isinstance(v, int | float) for v in (left, right)):
            raise SecurityError(f"{operator} works on numbers only")
        if operator == "**":
            raise SecurityError("** is not in the template language")
        made = super().call_binop(context, operator, left, right)
        if isinstance(made, int) and abs(made) > NUMBER_LIMIT:
            raise TooMuch("a number of more than 30 digits")
        return made

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        if len(source) > SOURCE_LIMIT:
            raise TemplateSyntaxError(f"longer than {SOURCE_LIMIT} characters", 1, name, filename)
        try:
            tree = super()._parse(source, name, filename)
        except (ValueError, RecursionError) as e:
            raise TemplateSyntaxError(f"{type(e).__name__}: {e}", 1, name, filename) from None
        for node in tree.find_all(_FORBIDDEN):
            word = type(node).__name__.lower()
            raise TemplateSyntaxError(f"{word} is not in the template language", node.lineno, name, filename)
        for literal in tree.find_all((nodes.List, nodes.Tuple, nodes.Dict)):
            if getattr(literal, "ctx", "load") == "load" and any(
                isinstance(n, nodes.Name | nodes.Call | nodes.Filter | nodes.Getattr | nodes.Getitem)
                for n in literal.find_all(nodes.Expr)
            ):
                raise TemplateSyntaxError(
                    "a list in a template holds only plain values", literal.lineno, name, filename
                )
        size = len(source) // 200
        for node in tree.find_all(nodes.For):
            if node.recursive:
                raise TemplateSyntaxError(
                    "recursive loops are not in the template language", node.lineno, name, filename
                )
            cost = 1 + size + sum(1 for _ in node.find_all(nodes.Node)) // 20
            node.iter = nodes.Filter(
                node.iter, "_counted", [nodes.Const(cost)], [], None, None, lineno=node.lineno
            )
        changed = _Joined().visit(tree)
        assert isinstance(changed, nodes.Template)
        return changed

    def compile(self, source: Any, *args: Any, **more: Any) -> Any:
        """As Jinja's; what Python's compiler cannot swallow is a syntax error too."""
        key = (self.dialect, source) if self.dialect and not args and not more else None
        if key in _made:
            return _made[key]
        try:
            made = super().compile(source, *args, **more)
        except (SyntaxError, RecursionError, MemoryError, ValueError) as e:
            raise TemplateSyntaxError(f"too deeply nested: {type(e).__name__}", 1) from None
        if key is not None:
            if len(_made) >= MADE:
                _made.clear()
            _made[key] = made
        return made

    def is_safe_callable(self, obj: Any) -> bool:
        """Only what the environment itself offers may be called, and methods that make nothing grow."""
        if isinstance(obj, type) or not super().is_safe_callable(obj):
            return False
        return any(obj is g for g in self.globals.values()) or getattr(obj, "__name__", "") in _METHODS


class _Joined(NodeTransformer):
    """`a ~ b` as a filter that looks at sizes."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:
        self.generic_visit(node)
        return nodes.Filter(
            nodes.List(node.nodes, lineno=node.lineno), "_concat", [], [], None, None, lineno=node.lineno
        )


def render_limited(template: Any, data: dict[str, Any]) -> str:
    """Render under the step and output limits.

    Raises:
        TooMuch: a limit was reached.
        jinja2.TemplateError: undefined names, refused operations.
    """
    token = _steps.set([STEP_LIMIT])
    try:
        out, size = [], 0
        env = template.environment
        values = {**env.globals, **data}  # quicker than to merge Jinja's ChainMap, and to read its names
        context = env.context_class(env, values, template.name, template.blocks)
        for piece in template.root_render_func(context):
            size += len(piece)
            if size > OUTPUT_LIMIT:
                raise TooMuch(f"more than {OUTPUT_LIMIT} characters")
            out.append(piece)
        return "".join(out)
    finally:
        _steps.reset(token)
