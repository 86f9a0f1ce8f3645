"""Reads `plans/audiences.yaml` and `plans/*.yaml`: the operator's folder over the shipped one.

What does not fit is a Misfit with file and line, and only that plan is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from msgspec import Struct, field

from groupbot.errors import Misfit
from groupbot.features.promos.domain import Audience, Plan, Wrong, audience_of, plan_of

FOLDER = "plans"
AUDIENCES = "audiences.yaml"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OF_PYYAML = (ValueError, TypeError, LookupError, AttributeError)  # what `!!int many` and the like end in
Stamp = tuple[tuple[str, int, int], ...]


class Shelf(Struct):
    """What the files say. `broken` are files that cannot be read at all, `kept` names of plans that
    were written but do not fit: of both the last good version stays. `lines`: of each plan, the line of each
    field."""

    audiences: dict[str, Audience] = field(default_factory=dict)
    plans: list[tuple[Plan, str]] = field(default_factory=list)  # with file:line
    misfits: list[Misfit] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    kept: set[str] = field(default_factory=set)
    lines: dict[str, dict[str, int]] = field(default_factory=dict)

    def misfit(self, plan: Plan, where: str, wrong: Wrong) -> Misfit:
        """What does not fit in a plan that could be read, at the line of its field where it has one."""
        lines = self.lines.get(plan.name, {})
        first = wrong.field.partition(".")[0]
        line = next((lines[f] for f in (wrong.field, first, "pool") if f and f in lines), None)
        place = f"{where.rpartition(':')[0]}:{line}" if line is not None else where
        return Misfit(wrong.what, where=place, next=wrong.next)


def stamp(folders: Sequence[Path], name: str = FOLDER) -> Stamp:
    """Path, date and size of every file read: equal stamps, equal content."""
    found = []
    for folder in folders:
        try:
            with os.scandir(folder / name) as entries:
                here = [e for e in entries if e.name.endswith(".yaml")]
        except (FileNotFoundError, NotADirectoryError):
            continue
        for entry in sorted(here, key=lambda e: e.name):
            stat = entry.stat()
            found.append((entry.path, stat.st_mtime_ns, stat.st_size))
    return tuple(found)


def templates(folders: Sequence[Path]) -> int:
    """Changes when any template changes."""
    found = [(str(p), p.stat().st_mtime_ns) for f in folders for p in sorted(f.rglob("*.j2"))]
    return hash(tuple(found))


def read(folders: Sequence[Path]) -> Shelf:
    """Everything, checked against itself (not yet against templates). `folders` the operator's first."""
    return _read(tuple(folders), stamp(folders))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: Stamp) -> Shelf:
    shelf = Shelf()
    for folder in reversed(folders):
        _audiences(shelf, folder / FOLDER / AUDIENCES)
    names: dict[str, str] = {}
    for path in in_folder(folders):
        for raw, lines in _plans(shelf, path):
            line = lines.get("name", lines[""])
            try:
                plan = plan_of(raw, shelf.audiences)
                if plan.name in names:
                    raise Wrong("name", f"two plans are named {plan.name}: {names[plan.name]}", "rename one")
            except Wrong as e:
                where = f"{path}:{lines.get(e.field, line)}"
                shelf.misfits.append(Misfit(e.what, where=where, next=e.next))
                if isinstance(raw, dict):
                    shelf.kept.add(str(raw.get("name")))
                continue
            names[plan.name] = f"{path}:{line}"
            shelf.lines[plan.name] = lines
            shelf.plans.append((plan, f"{path}:{line}"))
    return shelf


def in_folder(folders: Sequence[Path], name: str = FOLDER) -> Iterator[Path]:
    """Each file name once, the operator's before the shipped."""
    seen = {AUDIENCES}
    for folder in folders:
        for path in sorted((folder / name).glob("*.yaml")):
            if path.name not in seen:
                seen.add(path.name)
                yield path


def _audiences(shelf: Shelf, path: Path) -> None:
    if not path.is_file():
        return
    try:
        node = compose(path)
        for key, value in pairs(node, path) if node is not None else ():
            name = str(key.value)
            try:
                shelf.audiences[name] = audience_of(name, built(value, path))
            except Wrong as e:
                where = f"{path}:{key.start_mark.line + 1}"
                shelf.misfits.append(Misfit(e.what, where=where, next=e.next))
                shelf.broken.add(str(path))
                shelf.audiences.pop(name, None)  # the one it lies over was not meant
    except Misfit as e:
        shelf.audiences.clear()  # which of them it lies over cannot be known
        shelf.misfits.append(e)
        shelf.broken.add(str(path))


def _plans(shelf: Shelf, path: Path) -> list[tuple[Any, dict[str, int]]]:
    try:
        return items(path, "plan")
    except Misfit as e:
        shelf.misfits.append(e)
        shelf.broken.add(str(path))
        return []


def items(path: Path, one: str) -> list[tuple[Any, dict[str, int]]]:
    """The items of a file that is a list (`one` says of what), each with the line of every field: '' is its
    first line, `steps[1].to` a field further in.

    Raises:
        Misfit: not YAML, or not a list; names file and line.
    """
    node = compose(path)
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise Misfit(f"not a list of {one}s", where=f"{path}:1", next=f"start each {one} with `- name: …`")
    found = []
    for item in node.value:
        lines: dict[str, int] = {}
        _lines(item, "", lines)
        found.append((built(item, path), lines))
    return found


def whole(path: Path) -> tuple[Any, dict[str, int]]:
    """The plain value of a file that is one thing, and the line of every field (`questions[1].ask`).

    Raises:
        Misfit: not YAML; names file and line.
    """
    node = compose(path)
    lines: dict[str, int] = {}
    if node is None:
        return None, lines
    _lines(node, "", lines)
    return built(node, path), lines


class Named(Protocol):
    """What a file is a list of."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


def named(
    folders: Sequence[Path], folder: str, one: str, made_of: Callable[[Any], T]
) -> tuple[dict[str, tuple[T, str]], list[Misfit]]:
    """Every item of every file of a folder by its name, with file:line, and what does not fit.

    `made_of` makes one of the plain values and raises Wrong; `one` says of what the files are lists."""
    found: dict[str, tuple[T, str]] = {}
    misfits: list[Misfit] = []
    for path in in_folder(folders, folder):
        try:
            every = items(path, one)
        except Misfit as e:
            misfits.append(e)
            continue
        for raw, lines in every:
            first = lines.get("name", lines[""])
            try:
                made = made_of(raw)
                if made.name in found:
                    what = f"name: two {one}s are named {made.name}: {found[made.name][1]}"
                    raise Wrong("name", what, "rename one")
            except Wrong as e:
                line = lines.get(e.field) or lines.get(e.field.partition(".")[0]) or first
                misfits.append(Misfit(e.what, where=f"{path}:{line}", next=e.next))
                continue
            found[made.name] = (made, f"{path}:{first}")
    return found, misfits


def _lines(node: yaml.Node, name: str, lines: dict[str, int]) -> None:
    lines.setdefault(name, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{name}.{key.value}" if name else str(key.value)
            lines[inner] = key.start_mark.line + 1
            _lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for n, value in enumerate(node.value):
            _lines(value, f"{name}[{n}]", lines)


def compose(path: Path) -> yaml.Node | None:
    """The file as YAML nodes, which know their lines.

    Raises:
        Misfit: not YAML; names file and line.
    """
    try:
        return yaml.compose(path.read_text("utf-8"), Loader=_LOADER)
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        mark = getattr(e, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        what = getattr(e, "problem", None) or str(e)
        raise Misfit(f"not YAML: {what}", where=f"{path}:{line}", next="mend this line") from None


def pairs(node: yaml.Node, path: Path) -> list[tuple[yaml.Node, yaml.Node]]:
    """The keys and values of a mapping."""
    if not isinstance(node, yaml.MappingNode):
        raise Misfit("not a mapping of names", where=f"{path}:1", next="write `name: {tier: store}`")
    found: list[tuple[yaml.Node, yaml.Node]] = node.value
    return found


def _day(made: yaml.constructor.SafeConstructor, node: Any) -> Any:
    """A day that does not exist stays the text it is: who knows its field names it."""
    try:
        return made.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


class _Values(yaml.constructor.SafeConstructor):
    """YAML's plain values; one that is none of its tag is named by its own line."""

    yaml_constructors = {
        **yaml.constructor.SafeConstructor.yaml_constructors,
        "tag:yaml.org,2002:timestamp": _day,
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """The value of a node."""
        try:
            return super().construct_object(node, deep)
        except _OF_PYYAML as e:
            raise yaml.constructor.ConstructorError(problem=str(e), problem_mark=node.start_mark) from None


def built(node: yaml.Node, path: Path) -> Any:
    """The plain value of a node.

    Raises:
        Misfit: a tag YAML's safe schema does not know, or a value that is none of its tag.
    """
    try:
        return _Values().construct_document(node)
    except yaml.MarkedYAMLError as e:
        where = f"{path}:{(e.problem_mark or node.start_mark).line + 1}"
        raise Misfit(f"not a plain value: {e.problem}", where=where, next="mend this line") from None
