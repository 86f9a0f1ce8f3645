"""Front matter: the YAML at the head of a template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from groupbot.errors import Misfit

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built: ten times as fast


def split_front(text: str, path: Path) -> tuple[dict[str, Any], str, int]:
    """Front matter, body, and the line the body starts on."""
    if not text.startswith("---\n"):
        return {}, text, 1
    end = text.find("\n---\n", 3)
    if end < 0:
        raise Misfit("the front matter is not closed by ---", where=f"{path}:1", next="add a line ---")
    try:
        front = yaml.load(text[4 : end + 1], Loader=_LOADER) or {}
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        line = mark.line + 2 if mark is not None else 1
        raise Misfit(
            f"front matter: {getattr(e, 'problem', e)}",
            where=f"{path}:{line}",
            next="mend the YAML",
        ) from None
    if not isinstance(front, dict):
        raise Misfit("the front matter is not a mapping", where=f"{path}:1", next="write `name: value` lines")
    return front, text[end + 5 :], text[: end + 5].count("\n") + 1


def labels_of(front: dict[str, Any], path: Path) -> dict[str, Any]:
    """The button labels of a front matter. YAML reads on, off, yes and no as true and false."""
    labels = front.get("buttons") or {}
    for name in labels:
        if not isinstance(name, str):
            raise Misfit(
                f"the button name {str(name).lower()} is no text for YAML",
                where=f"{path}:1",
                next="write it in quotes, or take another word than on, off, yes, no",
            )
    return dict(labels)
