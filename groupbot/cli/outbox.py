"""`groupbot outbox`: what could not be sent or may have arrived, and the operator's word on it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from msgspec import to_builtins

from groupbot.cli._guest import bot_of, there, visiting
from groupbot.engine.reader import looking
from groupbot.errors import Misfit, Refusal
from groupbot.features import tables
from groupbot.features.operations import service
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Place = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
Number = Annotated[int, typer.Argument(help="The number behind the #.")]


@app.command("list")
def list_(
    workspace: Place = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """What waits for a word: dead (failed for good) and unknown (may have arrived), oldest first."""
    settings = load(workspace)
    there(settings)
    tables()
    with looking(settings.database, bot_id=bot_of(settings)) as work:
        found = service.letters(work)
    for f in found:
        if as_json:
            print(json.dumps(to_builtins(f), ensure_ascii=False))
        else:
            what = f"{f.kind} to {f.chat}" if f.chat else f.kind
            print(f"#{f.id}  {f.done_at:%Y-%m-%d %H:%M:%S}  {f.state}  {what}  {f.cause}  {f.error}")
    if not found and not as_json:
        print("nothing waits for a word")


@app.command()
def retry(number: Number, workspace: Place = None) -> None:
    """Send it again. An unknown one may then stand there twice: look into the group first."""
    _decide(load(workspace), number, again=True)
    print(f"#{number}: leaves now; the running bot sends it")


@app.command()
def drop(number: Number, workspace: Place = None) -> None:
    """Let it be: it arrived, or nobody needs it any more. Its words are emptied."""
    _decide(load(workspace), number, again=False)
    print(f"#{number}: let be")


@app.command()
def trace(
    update: Annotated[int, typer.Argument(help="The update id, as logs and quarantine tell it.")],
    workspace: Place = None,
) -> None:
    """What came of an update: step, effect, receipt."""
    settings = load(workspace)
    there(settings)
    tables()
    with looking(settings.database, bot_id=bot_of(settings)) as work:
        rows = service.trace(work, update)
    for r in rows:
        where = f" in {r.title}" if r.title else ""
        receipt = f"message {r.message_id}" if r.message_id else (r.error or "")
        print(f"update {update} -> {r.cause} -> #{r.id} {r.kind}{where} -> {r.state} {receipt}".rstrip())
    if not rows:
        print("nothing was said for it")


def _decide(settings: Settings, number: int, *, again: bool) -> None:
    async def once() -> None:
        async with visiting(settings) as guest:

            def step(work: Any) -> None:
                try:
                    if again:
                        service.send_again(work, number)
                    else:
                        service.let_be(work, number, "console")
                except Refusal:
                    raise Misfit(f"#{number} waits for no word", next="groupbot outbox list") from None

            await guest.write("outbox", step)

    asyncio.run(once())
