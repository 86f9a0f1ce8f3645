"""Reads `playbooks/*.yaml`: the operator's folder over the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from groupbot.engine.work import Work
from groupbot.errors import Misfit
from groupbot.features.care import service as care
from groupbot.features.lifecycle.domain import FIELDS, Playbook, playbook_of
from groupbot.features.members.domain import Profile
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong, explain, nearest
from groupbot.features.promos.service import files, packs

FOLDER = "playbooks"


@dataclass(slots=True)
class Shelf:
    """What the files say: playbooks by name with where they stand, and what does not fit."""

    playbooks: dict[str, tuple[Playbook, str]] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)


def read(folders: Sequence[Path]) -> Shelf:
    """Every playbook, checked against itself. `folders`: the operator's first."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> Shelf:
    return Shelf(*files.named(folders, FOLDER, "playbook", playbook_of))


def check(work: Work) -> tuple[Shelf, list[Misfit]]:
    """The shelf, and everything that does not fit: fields, and acts that this bot does not have."""
    shelf = read(work.content.folders) if work.content is not None else Shelf()
    wrong = list(shelf.misfits)
    for playbook, where in shelf.playbooks.values():
        try:
            fits(work, playbook)
        except Wrong as e:
            wrong.append(Misfit(e.what, where=where, next=e.next))
    return shelf, wrong


def fits(work: Work, playbook: Playbook) -> None:
    """Does this bot have all its acts?

    Raises:
        Wrong: the first that it has not.
    """
    assert work.content is not None
    recipes = {n: r for n, (r, _) in care.read(work.content.folders).recipes.items()}
    known = {
        "recipe": set(recipes),
        "pack": set(packs.read(work.content.folders)[0]),
        "command": {c.name for c in work.me.commands},
    }
    for n, act in enumerate(playbook.acts):
        first = act.what.partition(" ")[0]
        what = first if act.do == "command" else act.what
        if what not in known[act.do] and (act.do != "command" or known["command"]):
            place = f"acts[{n}].{act.do}"
            raise Wrong(place, f"{place}: no {act.do} {what!r}", nearest(what, known[act.do]))


def of_stage(work: Work, stage: str, profile: Profile) -> Playbook | None:
    """The first playbook of this stage that is meant for a group of this kind."""
    if work.content is None:
        return None
    every = (p for p, _ in read(work.content.folders).playbooks.values())
    return next((p for p in every if p.stage == stage and explain(p.only, profile)[0]), None)


def _named(folders: Sequence[Path]) -> tuple[dict[str, tuple[Playbook, str]], list[Misfit]]:
    shelf = read(folders)
    return shelf.playbooks, shelf.misfits


KIND = promos.Kind("playbook", FOLDER, FIELDS, _named, fits)
