"""`groupbot new handler NAME` with a passing test, `groupbot new post NAME` with its plan."""

from __future__ import annotations

import keyword
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
import yaml

from groupbot.cli import _starter
from groupbot.engine.clock import Clock
from groupbot.engine.plugins import load
from groupbot.engine.shipped import content_folders
from groupbot.errors import Misfit
from groupbot.features.promos.domain import Wrong, nearest, plan_of
from groupbot.features.promos.service import files

app = typer.Typer(add_completion=False, no_args_is_help=True)
_NAME = r"[a-z][a-z0-9_]{0,30}"


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
    _write(workspace, made, made | _around(workspace))
    print(
        f"\nNext:\n  pytest                 the test passes (needs: pip install 'groupbot[test]')\n"
        f"  groupbot play          say /{name} in a group; saved changes count at once"
    )


@app.command()
def post(
    name: Annotated[str, typer.Argument(help="Its name: small letters, digits, _.")],
    audience: Annotated[str, typer.Option(help="Who gets it, as in plans/audiences.yaml.")] = "门店",
    start: Annotated[str, typer.Option(help="2027-01-30 10:00; default: tomorrow at ten.")] = "",
    workspace: Annotated[Path, typer.Option(help="The folder with groupbot.toml; default: here.")] = Path(),
) -> None:
    """Write a post's text in two languages and its plan, as a draft."""
    if not re.fullmatch(_NAME, name):
        raise Misfit(f"{name!r} cannot name a file", next=_better(name))
    known = files.read(content_folders(workspace)).audiences
    if audience not in known:
        raise Misfit(f"no audience {audience!r}", where="--audience", next=nearest(audience, known))
    when = start or f"{Clock().now().date() + timedelta(days=1)} 10:00"
    made = _starter.post_files(name, audience, when)
    *_, written = made.values()
    try:
        plan_of(yaml.safe_load(written)[0], known)
    except (Wrong, yaml.YAMLError):  # all but the time was looked at above
        step = "write 2027-01-30 10:00, without a zone"
        raise Misfit(f"{start!r} is no time of a clock", where="--start", next=step) from None
    _write(workspace, made, made)
    text, *_, plan = (workspace / p for p in made)
    print(
        f"\nNext:\n  edit {text}, and state: live in {plan}\n"
        f"  groupbot templates preview posts/{name}    how it reads\n"
        f"  groupbot plan check                  what does not fit\n"
        f"  groupbot play                        type next to move the clock to it"
    )


def _write(workspace: Path, made: dict[str, str], every: dict[str, str]) -> None:
    """Write `every` file, unless one of `made` is there."""
    taken = [p for p in made if (workspace / p).exists()]
    if taken:
        raise Misfit("this file exists", where=str(workspace / taken[0]), next="take another name")
    for path in _starter.write(workspace, every)[0]:
        print(f"wrote  {workspace / path}")


def check(name: str, workspace: Path) -> None:
    """May a handler be called so here?

    Raises:
        Misfit: no name for a file and a command, or taken.
    """
    if not re.fullmatch(_NAME, name) or keyword.iskeyword(name):
        raise Misfit(f"{name!r} cannot name a file and a command", next=_better(name))
    registry = load(workspace / "handlers")
    for router in registry.routers:
        if router.name == name:
            raise Misfit(f"a router is named {name!r} already", where=router.source, next="take another name")
    if name in registry.commands:
        owner = registry.commands[name].router
        raise Misfit(f"/{name} belongs to router {owner!r} already", next="take another name")


def _better(name: str) -> str:
    """What to try in place of a name that does not fit."""
    better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_0123456789")[:31]
    fits = better and not keyword.iskeyword(better)
    return f"try {better}" if fits else "use small letters, digits and _, a letter first"


def _around(workspace: Path) -> dict[str, str]:
    """What tests need once: where the workspace is, and pytest's settings if there are none."""
    own = {"tests/conftest.py": _starter.CONFTEST}
    if not any((workspace / f).exists() for f in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")):
        own["pytest.ini"] = _starter.PYTEST
    return own
