"""Reads `playbooks/*.yaml`: the operator's folder over the shipped one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from groupbot.engine.work import Work
from groupbot.features.care import service as care
from groupbot.features.lifecycle.domain import FIELDS, Playbook, playbook_of
from groupbot.features.members.domain import Profile
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong, explain, nearest
from groupbot.features.promos.service import files, packs

FOLDER = "playbooks"


def read(folders: Sequence[Path]) -> promos.Read:
    """Every playbook with where it stands, and what does not fit. `folders`: the operator's first."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> promos.Read:
    return files.named(folders, FOLDER, "playbook", playbook_of)


def fits(work: Work, playbook: Playbook) -> None:
    """Does this bot have all its acts?

    Raises:
        Wrong: the first that it has not.
    """
    assert work.content is not None
    folders = work.content.folders
    known = {
        "recipe": set(care.read(folders)[0]),
        "pack": set(packs.read(folders)[0]),
        "command": {c.name for c in work.me.commands},
    }
    for n, act in enumerate(playbook.acts):
        what = act.what.partition(" ")[0] if act.do == "command" else act.what
        if what not in known[act.do] and (act.do != "command" or known["command"]):
            place = f"acts[{n}].{act.do}"
            raise Wrong(place, f"{place}: no {act.do} {what!r}", nearest(what, known[act.do]))


KIND = promos.Kind("playbook", FOLDER, FIELDS, read, fits)


def of_stage(work: Work, stage: str, profile: Profile) -> Playbook | None:
    """The first playbook of this stage that is meant for a group of this kind."""
    every: list[Playbook] = [*promos.resident(work, KIND).values()]
    return next((p for p in every if p.stage == stage and explain(p.only, profile)[0]), None)
