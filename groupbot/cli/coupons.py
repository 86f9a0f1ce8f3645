"""`groupbot coupons import|report`: codes from a CSV into a group, and what became of them."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._guest import chat_named, visiting
from groupbot.cli._sheet import mark_of, text_of
from groupbot.core import spans
from groupbot.engine import logs
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.coupons import service
from groupbot.features.coupons.domain import MOST, MOST_EACH, TITLE, Order, readable
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False, no_args_is_help=True)
Workspace = Annotated[Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")]
Chat = Annotated[str, typer.Option(help="The group's title or Telegram id.")]
SLICE = 100  # codes a transaction: the bot beside us waits no longer


@app.callback()
def coupons() -> None:
    """Coupon codes of a group."""
    logs.set_up("warning")


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A code a line, or a CSV with codes in its first column.")],
    chat: Chat,
    title: Annotated[str, typer.Option(help="What the coupon is for.")],
    claim: Annotated[str, typer.Option(help="How long codes are given out.")] = "7d",
    use: Annotated[str, typer.Option(help="How long codes may be redeemed.")] = "30d",
    each: Annotated[int, typer.Option(help="Codes a member.", min=1, max=MOST_EACH)] = 1,
    price: Annotated[int, typer.Option(help="Points a code costs.", min=0)] = 0,
    workspace: Workspace = None,
) -> None:
    """Seal the codes of FILE and publish their card in the group. Interrupted, it goes on when it is called
    again with the same title."""
    order = Order(title.strip()[:TITLE], _span(claim), max(_span(use), _span(claim)), each, price)
    codes, wrong = readable(_lines(file))
    if wrong:
        raise Misfit(f"{wrong[0][:20]!r} is no code", where=str(file), next="codes have 4 to 64 letters")
    if not 0 < len(codes) <= MOST:
        raise Misfit(f"{len(codes)} codes", where=str(file), next=f"give 1 to {MOST}")
    added, had, before = asyncio.run(_import(load(workspace), chat, order, codes))
    again = f", {had} of them of an import that was interrupted" if had else ""
    known = f"; {before} were known there before" if before else ""
    print(f"{had + added} codes published in {chat}{again}{known}")


@app.command()
def report(chat: Chat, workspace: Workspace = None) -> None:
    """Codes, taken, redeemed and expired, a line a pool."""
    rows = asyncio.run(_report(load(workspace), chat))
    print(f"{'pool':<6}{'codes':>7}{'taken':>7}{'redeemed':>10}{'expired':>9}  title")
    for r in rows:
        counts = f"{r['codes']:>7}{r['taken']:>7}{r['redeemed']:>10}{r['expired']:>9}"
        print(f"{r['number']:<6}{counts}  {r['title']} ({r['state']})")


def _span(text: str) -> Any:
    found = spans.span(text)
    if found is None:
        raise Misfit(f"{text!r} is no span of time", next="write 12h or 7d")
    return found


def _lines(file: Path) -> list[str]:
    text = text_of(file)
    return [line.split(mark_of(text))[0] for line in text.splitlines()]


async def _import(settings: Settings, chat: str, order: Order, codes: list[str]) -> tuple[int, int, int]:
    def begin(work: Work) -> tuple[int, int]:
        work.chat = chat_named(work, chat)
        return service.imported(work, order)

    def publish(work: Work, *, number: int) -> None:
        work.chat = chat_named(work, chat)
        service.publish(work, number)

    added = before = 0
    async with visiting(settings) as guest:
        number, had = await guest.write("coupons:begin", begin)
        for i in range(0, len(codes), SLICE):
            part = partial(service.add, number=number, codes=codes[i : i + SLICE])
            try:
                more, known = await guest.write("coupons:add", part)
            except Refusal:
                raise Misfit(
                    f"a pool holds at most {MOST} codes", next=f"{had} were imported before: give less"
                ) from None
            added, before = added + more, before + known
        try:
            await guest.write("coupons:publish", partial(publish, number=number))
        except Refusal:
            raise Misfit("every code was known there before", next="give new codes") from None
    return added, had, max(0, before - had)


async def _report(settings: Settings, chat: str) -> list[dict[str, Any]]:
    def look(work: Work) -> list[dict[str, Any]]:
        work.chat = chat_named(work, chat)
        return service.report(work)

    async with visiting(settings) as guest:
        return await guest.write("coupons:report", look)
