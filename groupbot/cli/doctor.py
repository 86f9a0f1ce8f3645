"""`groupbot doctor`: one line a check, with the next step where something is amiss."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated

import typer

from groupbot.cli._checks import MARKS, Line, bot_lines, chat_lines, local_lines
from groupbot.cli._hidden import hide
from groupbot.cli._vault import unopened
from groupbot.engine import logs
from groupbot.engine.plugins import Registry
from groupbot.errors import Misfit, Trouble
from groupbot.settings import Settings, load
from groupbot.surfaces.telegram.bot import introduce, make_bot
from groupbot.surfaces.telegram.looks import drop_webhook, myself

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    remove_webhook: Annotated[
        bool, typer.Option("--remove-webhook", help="Remove the webhook first; waiting updates are kept.")
    ] = False,
) -> None:
    """Check settings, database, token and rights in every chat. Exit code 1 when something is ✗."""
    logs.set_up("critical")  # what is wrong stands in the lines
    dropped: list[Misfit] = []
    try:
        settings = load(workspace, dropped)
    except Misfit as e:
        lines = [Line("bad", "settings", f"{e.where}: {e.what}; the bot does not run", e.next)]
    else:
        hide(settings)
        lines = [
            Line("bad", "settings", f"{e.where}: {e.what}; the bot runs without it", e.next) for e in dropped
        ]
        found = asyncio.run(examine(settings, remove_webhook=remove_webhook))
        lines += [x for x in found if not (dropped and x.name == "settings" and x.mark == "ok")]
    ok = all(line.mark != "bad" for line in lines)
    if as_json:
        print(
            logs.redact(
                json.dumps({"ok": ok, "checks": [line.asdict() for line in lines]}, ensure_ascii=False)
            )
        )
    else:
        for line in lines:
            step = f" -> {line.next}" if line.next else ""
            print(logs.redact(f"{MARKS[line.mark]} {line.name}: {line.what}{step}"))
    raise typer.Exit(0 if ok else 1)


async def examine(settings: Settings, *, remove_webhook: bool = False) -> list[Line]:
    """All checks of one workspace, in order."""
    registry = Registry()
    lines = local_lines(settings, registry)
    lines += [Line("bad", "vault", f"{e.where}: {e.what}", e.next) for e in unopened(settings)]
    if not settings.token.reveal():
        return [*lines, Line("bad", "token", "none", "@BotFather: /newbot; then export GROUPBOT_TOKEN=...")]
    bot = make_bot(settings.token.reveal(), settings.base_url)
    try:
        await introduce(bot, settings.base_url)
        if remove_webhook:
            await drop_webhook(bot)
        me = await myself(bot)
        lines += bot_lines(settings, me)
        lines += await chat_lines(settings, registry, bot, me)
    except Misfit as e:
        lines.append(Line("bad", "token", f"{e.where}: {e.what}", e.next))
    except Trouble as e:
        lines.append(Line("bad", "Telegram", str(e), "try again in a minute"))
    finally:
        await bot.shutdown()
    return lines
