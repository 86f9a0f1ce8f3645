"""Mutants of a module: one small fault each, as byte code for the function it is in."""

from __future__ import annotations

import ast
import gc
import types
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_COMPARES: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_SUMS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr, ast.Mod: ast.Mult,
}  # fmt: skip
Change = tuple[Callable[[], None], Callable[[], None], int, str]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: where, what, and the code of the whole function (or method) with it."""

    module: str
    path: str
    line: int
    what: str  # "0 → 1 (2)": the second of its kind in the line
    function: str  # the qualified name of the outermost function
    code: types.CodeType
    text: str  # of the line, without its indent
    near: tuple[int, ...]  # the lines of the statement it is in, but for those of its body


def mutants(module: types.ModuleType) -> list[Mutant]:
    """All mutants of a module's functions and methods."""
    assert module.__file__ is not None
    source = Path(module.__file__).read_text("utf-8")
    tree, lines = ast.parse(source), source.splitlines()
    found = []
    seen: Counter[tuple[int, str]] = Counter()
    for name, function in _functions(tree):
        near = _near(function)
        for put, undo, line, what in [c for node in _places(function) for c in _changes(node)]:
            put()
            made = compile(ast.fix_missing_locations(tree), module.__file__, "exec", dont_inherit=True)
            undo()
            code = _code(made, name)
            seen[line, what] += 1
            if seen[line, what] > 1:
                what = f"{what} ({seen[line, what]})"
            if code is not None:
                text = lines[line - 1].strip()
                found.append(
                    Mutant(module.__name__, module.__file__, line, what, name, code, text, near[line])
                )
    return found


def at_import(module: types.ModuleType) -> set[str]:
    """The functions a module calls while it is imported: what they made stands already."""
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    lines = [n for n in tree.body if not isinstance(n, Function | ast.ClassDef)]
    return {n.id for line in lines for n in ast.walk(line) if isinstance(n, ast.Name)}


def held(paths: Iterable[str]) -> dict[tuple[str, str, int], list[types.FunctionType]]:
    """The functions of these files, wherever they are held, by file, qualified name and first line."""
    gc.unfreeze()  # a bot that ran froze what was there: it would not be listed
    wanted = set(paths)
    found: dict[tuple[str, str, int], list[types.FunctionType]] = {}
    for f in gc.get_objects():
        if isinstance(f, types.FunctionType) and f.__code__.co_filename in wanted:
            code = f.__code__
            found.setdefault((code.co_filename, code.co_qualname, code.co_firstlineno), []).append(f)
    return found


def place(mutant: Mutant) -> tuple[str, str, int]:
    """Where `held` keeps the function of a mutant."""
    return mutant.path, mutant.function, mutant.code.co_firstlineno


def _functions(tree: ast.Module) -> list[tuple[str, Function]]:
    """The functions of a module by qualified name; those within functions belong to the outer one."""
    found: list[tuple[str, Function]] = []
    for node in tree.body:
        if isinstance(node, Function):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{n.name}", n) for n in node.body if isinstance(n, Function)]
    return found


def _near(function: Function) -> dict[int, tuple[int, ...]]:
    """For each line those of the innermost statement it is in, without the statements within that."""
    near: dict[int, tuple[int, ...]] = {}
    for node in ast.walk(function):  # outer ones first
        if isinstance(node, ast.stmt):
            body = getattr(node, "body", None)
            end = body[0].lineno - 1 if isinstance(body, list) else node.end_lineno or node.lineno
            lines = tuple(range(node.lineno, max(end, node.lineno) + 1))
            near |= dict.fromkeys(range(node.lineno, (node.end_lineno or node.lineno) + 1), lines)
    return near


def _code(module: types.CodeType, name: str) -> types.CodeType | None:
    for const in module.co_consts:
        if isinstance(const, types.CodeType):
            if const.co_qualname == name:
                return const
            found = _code(const, name) if name.startswith(f"{const.co_qualname}.") else None
            if found is not None:
                return found
    return None


def _places(function: Function) -> Iterator[ast.AST]:
    """The nodes that may be changed: no words for people, no logs, no annotations, no docstrings."""
    stack: list[ast.AST] = list(reversed(function.body))
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Expr) and _logs(node.value):
            continue
        yield node
        for name, value in reversed(list(ast.iter_fields(node))):
            if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(node, ast.Call):
                continue
            below = value if isinstance(value, list) else [value]
            stack += [v for v in reversed(below) if isinstance(v, ast.AST)]


def _logs(node: ast.expr) -> bool:
    while isinstance(node, ast.Await):
        node = node.value
    if not isinstance(node, ast.Call):
        return False
    named = {n.id for n in ast.walk(node.func) if isinstance(n, ast.Name)}
    return "log" in named


def _changes(node: ast.AST) -> Iterator[Change]:
    """(put the fault in, take it out, line, what it is) of one node."""
    line = getattr(node, "lineno", 0)

    def swap(field: str, new: object, what: str) -> Change:
        old = getattr(node, field)
        return (lambda: setattr(node, field, new), lambda: setattr(node, field, old), line, what)

    if isinstance(node, ast.Compare):
        for n, op in enumerate(node.ops):
            if type(op) in _COMPARES:
                new = _COMPARES[type(op)]()
                ops = [*node.ops[:n], new, *node.ops[n + 1 :]]
                yield swap("ops", ops, f"{type(op).__name__} → {type(new).__name__}")
    elif isinstance(node, ast.BoolOp):
        other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        yield swap("op", other, f"{type(node.op).__name__} → {type(other).__name__}")
    elif isinstance(node, ast.BinOp | ast.AugAssign) and type(node.op) in _SUMS:
        new_op = _SUMS[type(node.op)]()
        yield swap("op", new_op, f"{type(node.op).__name__} → {type(new_op).__name__}")
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield swap("operand", ast.UnaryOp(ast.Not(), node.operand), "not left out")
    elif isinstance(node, ast.Constant):
        if isinstance(node.value, bool):
            yield swap("value", not node.value, f"{node.value} → {not node.value}")
        elif isinstance(node.value, int | float):
            yield swap("value", node.value + 1, f"{node.value} → {node.value + 1}")
        elif isinstance(node.value, str) and node.value.isidentifier():
            yield swap("value", node.value + "x", f"{node.value!r} → {node.value + 'x'!r}")
    elif isinstance(node, ast.If | ast.While | ast.IfExp):
        if not isinstance(node.test, ast.Constant):
            yield swap("test", ast.UnaryOp(ast.Not(), node.test), "condition negated")
    elif isinstance(node, ast.Return):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield swap("value", ast.Constant(None), "returns None")
    elif isinstance(node, ast.Expr):
        yield swap("value", ast.Constant(None), "statement left out")
