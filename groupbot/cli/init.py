"""`groupbot init`: writes a workspace. What is there already is kept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli import _starter
from groupbot.cli._places import room
from groupbot.settings import FILE, known

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(help="Where to write it; default: here.")] = Path(),
) -> None:
    """Write a workspace: groupbot.toml, handlers/, content_templates/. Nothing is overwritten."""
    written, kept = _starter.write(room(folder), files())
    for name in written:
        print(f"wrote  {folder / name}")
    for name in kept:
        print(f"kept   {folder / name}")
    go = "" if folder.resolve() == Path.cwd() else f"  cd {folder}\n"
    print(
        f"\nNext:\n{_activate()}{go}  groupbot new post hello      a post with its plan\n"
        "  groupbot new handler riddle  a handler with its template and test\n"
        "  groupbot play                see your templates and handlers work, without a token\n"
        "  groupbot run                 with GROUPBOT_TOKEN in the environment; it says how to get one"
    )


def _activate() -> str:
    """Said by `uv run`, which knows the command only where the checkout is: how it is one everywhere."""
    room = os.environ.get("VIRTUAL_ENV", "")
    if "UV_RUN_RECURSION_DEPTH" not in os.environ or not room:
        return ""
    script = "Scripts\\activate" if os.name == "nt" else "bin/activate"
    return f"  {'' if os.name == 'nt' else 'source '}{Path(room) / script}    once in each terminal\n"


def files() -> dict[str, str]:
    """The workspace's files, by path."""
    return {
        FILE: settings_file(),
        ".gitignore": _starter.GITIGNORE,
        "handlers/README.md": _starter.HANDLERS_README,
        "content_templates/README.md": _starter.CONTENT_README,
        "content_templates/plans/audiences.yaml": _starter.AUDIENCES,
    }


def settings_file() -> str:
    """Every setting with its description, each commented out at its default; secrets only named."""
    lines = [
        "# How this bot runs. Each line shows a default; take its # away to change it.",
        "# A variable GROUPBOT_<NAME> in the environment goes before the line here.",
    ]
    secrets = []
    for name, field in known().items():
        if name == "workspace":
            continue
        if field.secret:
            secrets.append((name, field.about))
            continue
        lines += ["", f"# {field.about}", f"# {name} = {_toml(field.default)}"]
    lines += ["", "# Secrets stand in the environment only:"]
    lines += [f"#   GROUPBOT_{name.upper()}: {about}" for name, about in secrets]
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)
