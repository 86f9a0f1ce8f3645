"""Reads `recipes/*.yaml`, the operator's folder over the shipped one, and what is switched on where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import structlog

from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.care import domain
from groupbot.features.care.domain import Recipe, recipe_of
from groupbot.features.care.domain.recipe import FIELDS
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import Wrong, explain, nearest
from groupbot.features.promos.service import files

log = structlog.get_logger(__name__)
FOLDER = "recipes"
# what every template is given
AT_HAND = {"name": "…", "names": ["…"], "more": 0, "title": "…", "chat": promos.CHAT, "number": 7}


@dataclass(slots=True)
class Shelf:
    """What the files say: recipes by name with where they stand, and what does not fit."""

    recipes: dict[str, tuple[Recipe, str]] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)


def read(folders: Sequence[Path]) -> Shelf:
    """Every recipe, checked against itself; `check` reads templates too. `folders`: the operator's first."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> Shelf:
    return Shelf(*files.named(folders, FOLDER, "recipe", recipe_of))


def check(work: Work) -> tuple[Shelf, list[Misfit]]:
    """The shelf, and everything that does not fit: fields, and templates that do not render."""
    shelf = read(work.content.folders) if work.content is not None else Shelf()
    wrong = list(shelf.misfits)
    for recipe, where in shelf.recipes.values():
        try:
            renders(work, recipe)
        except Wrong as e:
            wrong.append(Misfit(e.what, where=where, next=e.next))
    return shelf, wrong


def renders(work: Work, recipe: Recipe) -> None:
    """Do the templates of its steps render?

    Raises:
        Wrong: the first that does not.
    """
    for n, step in enumerate(recipe.steps):
        promos.renders(work, step.template, step.data, f"steps[{n}].template", AT_HAND)


def _named(folders: Sequence[Path]) -> tuple[dict[str, tuple[Recipe, str]], list[Misfit]]:
    shelf = read(folders)
    return shelf.recipes, shelf.misfits


KIND = promos.Kind("recipe", FOLDER, FIELDS, _named, renders)


def known(work: Work) -> dict[str, Recipe]:
    """Every recipe by name, as last read; a tick reads them again when a file changed."""
    found: dict[str, Recipe] | None = work.cached("care.recipes").get(0)
    return refresh(work) if found is None else found


def refresh(work: Work) -> dict[str, Recipe]:
    """Read the files again where they changed. A recipe that does not fit any more stays as it was."""
    if work.content is None:
        return {}
    shelf = read(work.content.folders)
    before = work.cached("care.recipes")
    if before.get(1) is shelf:
        return before[0]  # type: ignore[no-any-return]
    for misfit in shelf.misfits:
        log.error("misfit", what=misfit.line())
    made = {name: recipe for name, (recipe, _) in shelf.recipes.items()}
    if shelf.misfits:
        made = {**before.get(0, {}), **made}
    work.put("care.recipes", 0, made)
    work.put("care.recipes", 1, shelf)
    return made


def on(work: Work, chat: int) -> tuple[Recipe, ...]:
    """The recipes that run in a chat: switched on there, and it is of their audience."""
    names = members.get(work, chat, domain.ON)
    if not names:
        return ()
    profile = members.profile(work, chat)
    if profile is None:
        return ()
    every = known(work)
    return tuple(every[n] for n in names if n in every and explain(every[n].only, profile)[0])


def switch(work: Work, chat: int, name: str, on: bool, by: int | None) -> Recipe:
    """Switch a recipe on or off in a chat; which one.

    Raises:
        Refusal: there is none of this name, or the chat is not of its audience.
    """
    every = known(work)
    recipe = every.get(name)
    if recipe is None:
        raise Refusal("care/no_recipe", name=name[:60], next=nearest(name, every))
    profile = members.profile(work, chat)
    inside, why = explain(recipe.only, profile) if profile is not None else (False, "not set up yet")
    if on and not inside:
        raise Refusal("care/not_for_here", name=name, why=why)
    names = [n for n in members.get(work, chat, domain.ON) if n != name]
    members.put(work, domain.ON, [*names, name] if on else names, chat=chat, by=by)
    return recipe
