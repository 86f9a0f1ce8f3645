"""Reads `recipes/*.yaml`, the operator's folder over the shipped one, and what is switched on where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.care import domain
from groupbot.features.care.domain import Recipe, recipe_of
from groupbot.features.care.domain.recipe import FIELDS
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.promos.domain import close, explain
from groupbot.features.promos.service import files

FOLDER = "recipes"
# what every template is given
AT_HAND = {"name": "…", "names": ["…"], "more": 0, "title": "…", "chat": promos.CHAT, "number": 7}


def read(folders: Sequence[Path]) -> promos.Read:
    """Every recipe with where it stands, and what does not fit. `folders`: the operator's first."""
    return _read(tuple(folders), files.stamp(folders, FOLDER))


@lru_cache(4)
def _read(folders: tuple[Path, ...], _stamp: files.Stamp) -> promos.Read:
    return files.named(folders, FOLDER, "recipe", recipe_of)


def renders(work: Work, recipe: Recipe) -> None:
    """Do the templates of its steps render?

    Raises:
        Wrong: the first that does not.
    """
    for n, step in enumerate(recipe.steps):
        promos.renders(work, step.template, step.data, f"steps[{n}].template", AT_HAND)


KIND = promos.Kind("recipe", FOLDER, FIELDS, read, renders)


def on(work: Work, chat: int) -> tuple[Recipe, ...]:
    """The recipes that run in a chat: switched on there, and it is of their audience."""
    names = members.get(work, chat, domain.ON)
    if not names:
        return ()
    profile = members.profile(work, chat)
    if profile is None:
        return ()
    every = promos.resident(work, KIND)
    return tuple(every[n] for n in names if n in every and explain(every[n].only, profile)[0])


def switch(work: Work, chat: int, name: str, on: bool, by: int | None) -> Recipe:
    """Switch a recipe on or off in a chat; which one.

    Raises:
        Refusal: there is none of this name, or the chat is not of its audience.
    """
    every = promos.resident(work, KIND)
    recipe: Recipe | None = every.get(name)
    if recipe is None:
        raise Refusal("care/no_recipe", name=name[:60], near=close(name, every))
    profile = members.profile(work, chat)
    inside, why = explain(recipe.only, profile) if profile is not None else (False, "not set up yet")
    if on and not inside:
        raise Refusal("care/not_for_here", name=name, why=why)
    names = [n for n in members.get(work, chat, domain.ON) if n != name]
    members.put(work, domain.ON, [*names, name] if on else names, chat=chat, by=by)
    return recipe
