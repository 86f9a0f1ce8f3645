"""`groupbot new handler NAME`: a handler with its template and a passing test."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli import _starter
from groupbot.engine.plugins import load
from groupbot.errors import Misfit

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.callback()
def new() -> None:
    """Write something new into a workspace."""


@app.command()
def handler(
    name: Annotated[str, typer.Argument(help="Its name and command: small letters, digits, _.")],
    workspace: Annotated[Path, typer.Option(help="The folder with handlers/; default: here.")] = Path(),
) -> None:
    """Write handlers/NAME.py, its templates in two languages and a dialog test that passes."""
    check(name, workspace)
    made = _starter.handler_files(name)
    taken = [p for p in made if (workspace / p).exists()]
    if taken:
        raise Misfit("this file exists", where=str(workspace / taken[0]), next="take another name")
    for path in (*_starter.write(workspace, made | _around(workspace))[0],):
        print(f"wrote  {workspace / path}")
    print(
        f"\nNext:\n  pytest                 the test passes (needs: pip install 'groupbot[test]')\n"
        f"  groupbot play          say /{name} in a group; saved changes count at once"
    )


def check(name: str, workspace: Path) -> None:
    """May a handler be called so here?

    Raises:
        Misfit: no name for a file and a command, or taken.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,30}", name) or keyword.iskeyword(name):
        better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_0123456789")[:31]
        fits = better and not keyword.iskeyword(better)
        raise Misfit(
            f"{name!r} cannot name a file and a command",
            next=f"try {better}" if fits else "use small letters, digits and _, a letter first",
        )
    registry = load(workspace / "handlers")
    for router in registry.routers:
        if router.name == name:
            raise Misfit(f"a router is named {name!r} already", where=router.source, next="take another name")
    if name in registry.commands:
        owner = registry.commands[name].router
        raise Misfit(f"/{name} belongs to router {owner!r} already", next="take another name")


def _around(workspace: Path) -> dict[str, str]:
    """What tests need once: where the workspace is, and pytest's settings if there are none."""
    own = {"tests/conftest.py": _starter.CONFTEST}
    if not any((workspace / f).exists() for f in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")):
        own["pytest.ini"] = _starter.PYTEST
    return own
