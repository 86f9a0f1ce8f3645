"""`groupbot run`: the bot itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import structlog
import typer

from groupbot.cli._hidden import hide
from groupbot.engine import logs
from groupbot.errors import Misfit
from groupbot.settings import load

log = structlog.get_logger(__name__)
app = typer.Typer(add_completion=False)
NO_TOKEN = """no token yet.
  1. In Telegram, talk to @BotFather: /newbot, choose a name, copy the token.
  2. There too: /setprivacy, choose the bot, Disable (else it sees only commands).
  3. export GROUPBOT_TOKEN=... and run again.
Without a token: groupbot play (your templates and handlers in a sandbox), groupbot demo (a tour)"""


@app.command()
def run(
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Run the bot by long polling, or by webhook when GROUPBOT_WEBHOOK_URL is set."""
    dropped: list[Misfit] = []
    settings = load(workspace, dropped)
    hide(settings)
    logs.set_up(settings.log_level, as_json=settings.log_json)
    for wrong in dropped:
        log.error("misfit", what=f"{wrong.line()}; until then it does not count")
    if not settings.token.reveal():
        raise Misfit(NO_TOKEN)
    from groupbot.app import App, serve  # half a second of imports, for a bot that can run

    asyncio.run(serve(App(settings, dropped=dropped)))
