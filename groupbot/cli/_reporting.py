"""What the commands of `groupbot report` share: options, the workspace, and how they answer."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._guest import bot_of, there
from groupbot.engine import logs
from groupbot.engine.reader import looking
from groupbot.settings import Settings, load

Where = Annotated[
    Path | None, typer.Option("--workspace", help="The folder with groupbot.toml; default: here.")
]
Group = Annotated[str, typer.Option("--group", help="Part of a group's title; default: all.")]
Until = Annotated[str, typer.Option("--until", help="The last day, 2027-01-31; default: yesterday.")]
Beside = Annotated[bool, typer.Option("--sql", help="Print the SQL of each number beside it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, with the SQL of each number.")]
Days = Annotated[int, typer.Option("--days", help="7 for a week, 28 for a month.", min=1, max=366)]
Lang = Annotated[
    str, typer.Option("--lang", help="zh or en; default: one group's own, of all the operators'.")
]


def settings_of(workspace: Path | None) -> Settings:
    """The workspace's, with the log quiet."""
    logs.set_up("warning")
    return load(workspace)


def work_of(settings: Settings) -> Any:
    """A look at its database."""
    there(settings)
    return looking(settings.database, bot_id=bot_of(settings))


def say(found: Any, as_json: bool, told: list[str]) -> None:
    """The numbers, or their lines."""
    if as_json:
        say_json(found)
    else:
        print("\n".join(told))


def say_json(found: Any) -> None:
    """With English keys, whatever the language."""
    json.dump(found, sys.stdout, ensure_ascii=False, indent=1, default=str)
    print()
