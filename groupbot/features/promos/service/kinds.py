"""What a YAML file of operators can be, recognised by what stands in it, each read by its own reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory
from typing import Any

import structlog
from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.members import service as members
from groupbot.features.promos.domain import Wrong, explain
from groupbot.features.promos.domain import plan as plans
from groupbot.features.promos.domain.pack import FIELDS as PACK
from groupbot.features.promos.domain.pushing import AUDIENCES, kind_of
from groupbot.features.promos.service import files, packs
from groupbot.features.promos.service.load import check, tell_wrong

log = structlog.get_logger(__name__)
Read = tuple[Mapping[str, tuple[Any, str]], list[Misfit]]  # items with file:line; misfits


class Kind(Struct, frozen=True):
    """One kind of list: what an item is called, its folder and its fields; `read` reads all of them over
    these folders, `check` looks at one with what it needs elsewhere (templates) and raises Wrong. What is
    kept `resident` is told from a changed one by identity: `read` gives the same again while no file
    changes. `whole`: a file is one item, a mapping of these fields, and has its name."""

    one: str
    folder: str
    fields: Sequence[str]
    read: Callable[[Sequence[Path]], Read]
    check: Callable[[Work, Any], None]
    whole: bool = False


def checked(work: Work, kind: Kind) -> Read:
    """Every item of the workspace, and everything that does not fit, what it needs elsewhere too."""
    found, misfits = kind.read(work.content.folders) if work.content is not None else ({}, [])
    wrong = list(misfits)
    for made, where in found.values():
        try:
            kind.check(work, made)
        except Wrong as e:
            wrong.append(Misfit(e.what, where=where, next=e.next))
    return found, wrong


def resident(work: Work, kind: Kind) -> Mapping[str, Any]:
    """Every item by name, as last read; a tick reads them again where a file changed."""
    if 0 not in work.cached(f"{kind.folder}.known"):
        reread(work, kind)
    found: Mapping[str, Any] = work.cached(f"{kind.folder}.known").get(0, {})
    return found


def reread(work: Work, kind: Kind) -> bool:
    """Read the files again; have any changed? What does not fit any more stays as it was."""
    if work.content is None:
        return False
    last = kind.read(work.content.folders)
    before = work.cached(f"{kind.folder}.known")
    if before.get(1) is last:
        return False
    found, misfits = last
    for misfit in misfits:
        log.error("misfit", what=misfit.line())
    if work.me.ops_chat:  # a command line only looks, and has none
        tell_wrong(work, kind.folder, misfits)
    made = {name: item for name, (item, _) in found.items()}
    work.put(f"{kind.folder}.known", 0, {**before.get(0, {}), **made} if misfits else made)
    work.put(f"{kind.folder}.known", 1, last)
    return True


def place(text: str, file_name: str, kinds: Sequence[Kind]) -> str:
    """Where a YAML file belongs below `content_templates`, by what stands in it.

    Raises:
        Misfit: not YAML, or none of the kinds; names file and line.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / file_name
        path.write_text(text, "utf-8")
        try:
            node = files.compose(path)
            raw = files.built(node, path) if node is not None else None
        except Misfit as e:
            raise Misfit(e.what, where=e.where.replace(str(path), file_name), next=e.next) from None
    every = {k.one: k for k in (*OWN, *kinds)}
    try:
        lists = {k.one: k.fields for k in every.values() if not k.whole}
        one = kind_of(raw, lists, {k.one: k.fields for k in every.values() if k.whole})
    except Wrong as e:
        raise Misfit(e.what, where=f"{file_name}:1", next=e.next) from None
    if one in every:
        return f"{every[one].folder}/{file_name}"
    if file_name != AUDIENCES:
        raise Misfit(
            "audiences, which stand in one file",
            where=f"{file_name}:1",
            next=f"send all of them as {AUDIENCES}",
        )
    return f"{files.FOLDER}/{AUDIENCES}"


def look(work: Work, path: str, text: str, kinds: Sequence[Kind]) -> tuple[list[str], list[str], list[str]]:
    """What would be wrong were the file at `path`, there or in another one because of it; what it holds, a
    line each; the plans in it. The operator's lists are laid out in a folder of their own with it among them,
    so that all that belongs together is read."""
    content = work.content
    assert content is not None
    every = (*OWN, *kinds)
    audiences = path == f"{files.FOLDER}/{AUDIENCES}"
    with TemporaryDirectory() as folder:
        there = [Path(folder), *content.folders[1:]]
        _lay(content.folders[0], there[0], {k.folder for k in every})
        laid = there[0] / path
        laid.parent.mkdir(parents=True, exist_ok=True)
        laid.write_text(text, "utf-8")
        wrong: list[str] = []
        lines: list[str] = []
        named: list[str] = []
        for kind in every:
            if not audiences and path.rpartition("/")[0] != kind.folder:
                continue
            before = _lines(kind.read(content.folders)[1], content.folders)
            found, misfits = kind.read(there)
            wrong += [m for m in _lines(misfits, there) if m.startswith(f"{path}:") or m not in before]
            for name, (made, where) in found.items():
                if not where.startswith(f"{laid}:"):
                    continue
                try:
                    kind.check(work, made)
                except Wrong as e:
                    wrong += _lines([Misfit(e.what, where=where, next=e.next)], there)
                named += [name] if kind.one == "plan" else []
                lines.append(_line(work, name, made))
        if audiences:
            all_of_them = files.read(there).audiences
            lines = [f"{name} {_chats(work, whom)}" for name, whom in all_of_them.items()]
    return list(dict.fromkeys(wrong)), lines, named


def _lay(folder: Path, there: Path, below: set[str]) -> None:
    """Copies the lists of these folders."""
    for name in below:
        for path in (folder / name).glob("*.yaml"):
            (there / name).mkdir(parents=True, exist_ok=True)
            copyfile(path, there / name / path.name)


def _lines(misfits: Sequence[Misfit], folders: Sequence[Path]) -> list[str]:
    """As lines that name files below `content_templates`."""
    found = []
    for misfit in misfits:
        line = misfit.line()
        for folder in folders:
            line = line.replace(f"{folder}/", "")
        found.append(line)
    return found


def _line(work: Work, name: str, made: Any) -> str:
    if isinstance(made, plans.Plan):
        return f"{name} → {made.whom.name} {_chats(work, made.whom)}"
    return name


def _chats(work: Work, whom: Any) -> int:
    return sum(explain(whom, p)[0] for p in members.profiles(work))


def _plans(folders: Sequence[Path]) -> Read:
    shelf = files.read(folders)
    return {plan.name: (plan, where) for plan, where in shelf.plans}, shelf.misfits


def _nothing(work: Work, pack: Any) -> None:
    """A pack is looked at as its posts are taken over."""


OWN = (
    Kind("plan", files.FOLDER, plans.FIELDS, _plans, check),
    Kind("pack", packs.FOLDER, PACK, packs.named, _nothing),
)
