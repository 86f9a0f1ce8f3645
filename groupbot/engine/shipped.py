"""Where the shipped folders are: inside the package (wheel) or beside it (checkout)."""

from __future__ import annotations

from pathlib import Path

from groupbot.errors import Misfit

_PACKAGE = Path(__file__).resolve().parent.parent


def folder(name: str) -> Path:
    """The shipped `handlers`, `content_templates` or `migrations`.

    Raises:
        Misfit: the installation is broken.
    """
    for place in (_PACKAGE / "_shipped" / name, _PACKAGE.parent / name):
        if place.is_dir():
            return place
    raise Misfit(f"the shipped folder {name} is missing", where=str(_PACKAGE), next="install groupbot again")


def content_folders(workspace: Path) -> list[Path]:
    """Where templates and lists are looked for: the operator's before the shipped."""
    return [workspace / "content_templates", folder("content_templates")]
