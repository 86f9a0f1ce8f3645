"""Recipes as written, when their steps come, and what a day means to a person. Pure."""

from __future__ import annotations

from groupbot.features.care.domain.days import birthday_of, falls_on
from groupbot.features.care.domain.recipe import (
    LAWS,
    MILESTONES,
    STOPS,
    TESTS,
    TRIGGERS,
    WAYS,
    Recipe,
    Step,
    passed,
    recipe_of,
)
from groupbot.features.care.domain.settings import ON, SETTINGS

__all__ = [
    "LAWS",
    "MILESTONES",
    "ON",
    "SETTINGS",
    "STOPS",
    "TESTS",
    "TRIGGERS",
    "WAYS",
    "Recipe",
    "Step",
    "birthday_of",
    "falls_on",
    "passed",
    "recipe_of",
]
