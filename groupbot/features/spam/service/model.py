"""The shipped model, read once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from groupbot.features.spam.domain.model import Model, loaded


@cache
def shipped() -> Model:
    """The model that comes with the program: trained on real group messages and on the Chinese set of the
    tests (docs/spam.md says from what and how)."""
    return loaded(files("groupbot.features.spam").joinpath("base.model").read_bytes())
