"""`groupbot quarantine`: what could not be handled, and another try after it was mended."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from pathlib import Path
from typing import Annotated, Any

import sqlalchemy as sa
import typer

from groupbot.cli._guest import there, unwritten
from groupbot.core.events import Event
from groupbot.engine import inbox
from groupbot.engine.content import Content
from groupbot.engine.dispatch import WHOLE, Item, Outcome
from groupbot.engine.inbox import quarantine
from groupbot.engine.plugins import Registry
from groupbot.engine.plugins import load as load_routers
from groupbot.engine.shipped import content_folders
from groupbot.engine.storage import open_engine, reading
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import Misfit
from groupbot.features import tables
from groupbot.settings import Settings, load
from groupbot.surfaces.telegram.bot import introduce, make_bot
from groupbot.surfaces.telegram.outfit import fit_out

app = typer.Typer(add_completion=False, no_args_is_help=True)
Place = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
_q = quarantine.c


@app.command("list")
def list_(
    workspace: Place = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """What is on record, newest last. Shows structure, never members' words."""
    rows = _rows(load(workspace), retried=None)
    for row in rows:
        if as_json:
            print(json.dumps(_shown(row), ensure_ascii=False))
        else:
            done = "  (retried)" if row.retried else ""
            print(f"Q{row.id}  {row.at:%Y-%m-%d %H:%M:%S}  {row.stage}  {row.step}  {row.error}{done}")
    if not rows and not as_json:
        print("nothing on record")


@app.command()
def retry(
    number: Annotated[int | None, typer.Argument(help="The number behind the Q.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that was not retried yet.")] = False,
    workspace: Place = None,
) -> None:
    """Handle again: the step that failed alone, or the whole update where nothing of it was done."""
    if (number is None) != everything:
        raise Misfit("say a number, or --all", next="groupbot quarantine list")
    settings = load(workspace)
    rows = _rows(settings, retried=False if everything else None, number=number)
    if number is not None and not rows:
        raise Misfit(f"Q{number} is not on record", next="groupbot quarantine list")
    again = asyncio.run(_retry(settings, rows))
    raise typer.Exit(1 if again else 0)


def _rows(settings: Settings, *, retried: bool | None, number: int | None = None) -> list[Any]:
    there(settings)
    tables()
    query = sa.select(quarantine).order_by(_q.id)
    if retried is not None:
        query = query.where(_q.retried == retried)
    if number is not None:
        query = query.where(_q.id == number)
    engine = open_engine(settings.database, read_only=True)
    try:
        with reading(engine) as sql:
            return list(sql.execute(query).all())
    finally:
        engine.dispose()


def _shown(row: Any) -> dict[str, Any]:
    return {
        "number": row.id,
        "at": row.at.isoformat(),
        "stage": row.stage,
        "step": row.step,
        "error": row.error,
        "update_id": row.update_id,
        "bytes": len(row.raw),
        "retried": row.retried,
    }


async def _retry(settings: Settings, rows: list[Any]) -> int:
    """How many failed again. A visitor beside the running bot that acts as it; its outbox sends what is
    said."""
    registry = load_routers(settings.folder / "handlers", safe=settings.safe)
    content = Content([p for p in content_folders(settings.folder) if p.is_dir()])
    bot_id, name = await _named(settings)
    failed = 0
    for row in rows:
        reason = _hopeless(registry, row)
        if reason:
            print(f"Q{row.id}: {reason}")
            continue
        writer = Writer(settings.database, bot_id=row.bot_id, guest=True)
        try:
            username = name if row.bot_id == bot_id else _called(row)
            if not username:
                print(f"Q{row.id}: no token of this bot, so links to it will lack its name", file=sys.stderr)
            dispatch, _ = await fit_out(writer, settings, registry, content, username)
            alone = row.step if row.stage == "step" and row.step != "refusal" else WHOLE
            aside = 0 if row.retried else row.id  # what was retried is so again where it is named
            outcome = await dispatch.feed([Item(raw=bytes(row.raw), only=alone, aside=aside)])
            outcome.add(await dispatch.answered())
            failed += outcome.quarantined > 0
            print(f"Q{row.id}: {_said(outcome)}")
            await writer.submit(inbox.done_again, row.id)
        except Lost as e:
            raise unwritten(e) from None
        finally:
            writer.close()
    return failed


async def _named(settings: Settings) -> tuple[int, str]:
    """The token's bot: its id and username, which Telegram is asked for; (0, '') without a token.

    Raises:
        Misfit: the token is refused or the server not reached; nothing was tried.
    """
    if not settings.token.reveal():
        return 0, ""
    bot = make_bot(settings.token.reveal(), settings.base_url)
    try:
        username, bot_id = await introduce(bot, settings.base_url)
    finally:
        await bot.shutdown()
    return bot_id, username


def _called(row: Any) -> str:
    """The bot's name where it was called by it, else ''."""
    named = re.search(rb'"[/!]\w+@(\w+)', row.raw)  # it was for this bot, or no step had failed
    return named[1].decode() if named else ""


def _hopeless(registry: Registry, row: Any) -> str:
    """Why trying again cannot help, or ''."""
    if not row.raw:
        return "not from an update; a tick runs again by itself"
    types = [t for t, pairs in registry.happenings.items() for name, _ in pairs if name == row.step]
    if types and not any(issubclass(t, Event) for t in types):
        return "came of another step, which is done; it cannot be tried alone"
    if (
        row.stage == "step"
        and not row.step.startswith(("handle:", "refusal"))
        and row.step not in registry.steps
    ):
        return f"no router has {row.step} any more"
    return ""


def _said(outcome: Outcome) -> str:
    """What came of another try."""
    if outcome.quarantined:
        return "failed again, on record under a new number"
    if not outcome.parked and any(a.cause.startswith("handle:") for a in outcome.asks):
        return "done, but it asks Telegram, which only the running bot does: have them send it again"
    return "done"
