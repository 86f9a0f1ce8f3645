"""Reads `scenes/*.yaml`, the operator's folder over the shipped one, and which scenes stand in a chat."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.notes.domain.triggers import Triggers
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import close, explain
from groupbot.features.promos.service import files
from groupbot.features.scenes import domain
from groupbot.features.scenes.domain import FIELDS, SELLING, Scene, scene_of

FOLDER = "scenes"
AT_HAND = {"scene": "…", "title": "…", "chat": promos.CHAT}  # what every template is given


class Here(Struct, frozen=True):
    """The scenes of a chat, all their phrases in one pass."""

    scenes: tuple[Scene, ...]
    triggers: Triggers

    def find(self, text: str) -> Scene | None:
        """The scene that a text speaks of: that of its longest phrase."""
        found = self.triggers.find(text)
        return self.scenes[found[0]] if found else None


def read(folders: Sequence[Path]) -> promos.Read:
    """Every scene with where it stands, and what does not fit: fields, and phrases that two claim.
    `folders`: the operator's first."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> promos.Read:
    found, misfits = files.named(folders, FOLDER, "scene", scene_of)
    return found, [*misfits, *_claimed(found)]


def renders(work: Work, scene: Scene) -> None:
    """Does its card render?

    Raises:
        Wrong: it does not.
    """
    promos.renders(work, scene.template, scene.data, "template", AT_HAND)


def _claimed(found: dict[str, tuple[Scene, str]]) -> list[Misfit]:
    """Phrases that two scenes claim."""
    wrong, first = [], dict[str, str]()
    for name, (scene, where) in found.items():
        for phrase in scene.phrases:
            other = first.setdefault(phrase.key, name)
            if other != name:
                what = f"phrases: {phrase.line} stands for {other} already"
                wrong.append(Misfit(what, where=where, next="let one scene have it"))
    return wrong


KIND = promos.Kind("scene", FOLDER, FIELDS, read, renders)


def refresh(work: Work) -> None:
    """Read the files again where they changed."""
    if promos.reread(work, KIND):
        work.clear("scenes.here")


def here(work: Work, chat: int) -> Here | None:
    """The scenes that stand in a chat, None for none: it is one that sells, they are switched on, and the
    chat is of their audience. Kept until its settings, its profile or a file changes."""
    layers, profile = members.layers(work, chat), members.profile(work, chat)
    kept = work.cached("scenes.here").get(chat)
    if kept is not None and kept[0] is layers and kept[1] is profile:
        return kept[2]  # type: ignore[no-any-return]
    standing = [s for s, muted in of(work, chat) if not muted] if members.get(work, chat, domain.ON) else []
    made = None
    if standing:
        pairs = [(n, p) for n, s in enumerate(standing) for p in s.phrases]
        made = Here(tuple(standing), Triggers(pairs))
    work.put("scenes.here", chat, (layers, profile, made))
    return made


def of(work: Work, chat: int) -> list[tuple[Scene, bool]]:
    """The scenes that are meant for a chat, each with whether it is muted there."""
    profile = members.profile(work, chat)
    if profile is None or profile.type != SELLING:
        return []
    muted = set(members.get(work, chat, domain.MUTED))
    return [(s, s.name in muted) for s in promos.resident(work, KIND).values() if explain(s.only, profile)[0]]


def hush(work: Work, chat: int, name: str, by: int | None, *, again: bool = False) -> str:
    """One scene's card is said here no more, or `again`; its name.

    Raises:
        Refusal: there is none of this name.
    """
    every = promos.resident(work, KIND)
    if name not in every:
        raise Refusal("scenes/unknown", name=name[:60], near=close(name, every))
    muted = [n for n in members.get(work, chat, domain.MUTED) if n != name]
    members.put(work, domain.MUTED, muted if again else [*muted, name], chat=chat, by=by)
    return name
