"""`groupbot import`: the history of a group, from Telegram Desktop's export."""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from groupbot.cli._export import Broken, Chat, chats
from groupbot.cli._guest import Guest, visiting
from groupbot.engine import logs
from groupbot.engine.words import zone
from groupbot.errors import Misfit
from groupbot.features.engagement import service
from groupbot.features.engagement.domain.history import History, Told, is_group, number_of, plain
from groupbot.features.journey import service as journey
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)
SLICE = 1000  # messages of one transaction


@dataclass(slots=True)
class Result:
    """What became of a file."""

    chats: int = 0
    read: int = 0
    passed: int = 0  # imported earlier
    acts: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    trouble: str = ""


@app.command()
def import_(
    export: Annotated[Path, typer.Argument(help="result.json of the export, or the folder it lies in.")],
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Take in who said something when before the bot came: no text is kept. In Telegram Desktop: the
    group's menu, Export chat history, format JSON. The same file twice changes nothing; a broken run goes
    on where it stopped; what happened since the bot is there is left to its own record."""
    logs.set_up("warning")
    file = export / "result.json" if export.is_dir() else export
    if not file.is_file():
        raise Misfit("no such file", where=str(file), next="export as JSON; the file is called result.json")
    with file.open("rb") as source:
        if not source.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            raise Misfit(
                "this is no JSON",
                where=str(file),
                next="in Telegram Desktop choose the format JSON, not HTML",
            )
    result = asyncio.run(taken_in(load(workspace), file, _progress if sys.stderr.isatty() else None))
    for line in told(result):
        print(line)
    if result.trouble:
        raise typer.Exit(1)


def told(r: Result) -> list[str]:
    """The result in words."""
    pace = f", {r.read / r.seconds:,.0f} a second" if r.seconds > 1 else ""
    lines = [
        f"{r.read:,} messages of {r.chats} groups read{pace}: {r.acts:,} acts new, {r.passed:,} known already"
    ]
    for title, known in (("counted", False), ("not understood", True)):
        some = sorted((k, n) for k, n in r.counts.items() if k.startswith("unknown") is known and n)
        lines += (
            [f"{title}: " + ", ".join(f"{k.removeprefix('unknown: ')} {n:,}" for k, n in some)]
            if some
            else []
        )
    if r.trouble:
        lines.append(
            f"{r.trouble}; all before it is kept. Export again, then: groupbot import, which goes on there"
        )
    return lines


async def taken_in(
    settings: Settings, file: Path, progress: Callable[[int, int], None] | None = None
) -> Result:
    """Read one file to its end, or to where it is broken."""
    result = Result()
    start = time.monotonic()
    async with visiting(settings) as guest:
        with file.open("rb") as source:
            size = file.stat().st_size

            def tell() -> None:
                if progress is not None:
                    progress(source.tell(), size)

            try:
                for chat, messages in chats(source):
                    await _messages(guest, chat, messages, result, tell)
            except Broken as e:
                result.trouble = str(e)
    if result.chats == 0 and not result.trouble:
        raise Misfit("no group in this file", where=str(file), next="export a group's history as JSON")
    result.seconds = time.monotonic() - start
    return result


async def _messages(
    guest: Guest, chat: Chat, messages: Iterator[Any], result: Result, tell: Callable[[], None]
) -> None:
    """The messages of one chat, in slices. Chats that are no groups are passed over."""
    kind, number = str(chat.type), chat.id
    if not is_group(kind) or type(number) is not int:
        return
    result.chats += 1
    begun = await guest.write("import", lambda w: service.begin(w, kind, number, plain(chat.name) or "…"))
    clock = zone(begun.zone)
    history = History(number, lambda: clock, begun.bots)
    history.counts = result.counts
    try:
        for span, some, n in _slices(messages, history, begun.spans, result):
            result.acts += await guest.write(
                "import", partial(_bring, begun=begun, span=span, told=some, read=n)
            )
            tell()
    finally:
        tell()


def _bring(work: Any, *, begun: service.Begun, span: tuple[int, int], told: list[Told], read: int) -> int:
    journey.again(work, begun.chat)
    return service.bring(work, begun, span, told, read)


def _slices(
    messages: Iterator[Any], history: History, spans: tuple[tuple[int, int], ...], result: Result
) -> Iterator[tuple[tuple[int, int], list[Told], int]]:
    """Slices of new messages with the span of ids from the run's first; what came before a break is kept."""
    some: list[Told] = []
    first = last = None
    n = 0
    broken: Broken | None = None
    try:
        for m in messages:
            result.read += 1
            number = number_of(m)
            told_ = history.tell(m)
            if number is not None:
                if any(a <= number <= z for a, z in spans):
                    result.passed += 1
                    if first is not None and last is not None:  # a gap: the next span begins behind it
                        yield (first, last), some, n
                        some, first, last, n = [], None, None, 0
                    continue
                first = number if first is None else min(first, number)
                last = number if last is None else max(last, number)
                n += 1
            if told_ is not None:
                some.append(told_)
            if n >= SLICE and first is not None and last is not None:
                yield (first, last), some, n
                some, n = [], 0
    except Broken as e:
        broken = e
    if first is not None and last is not None and (n or some):
        yield (first, last), some, n
    if broken is not None:
        raise broken


def _progress(at: int, size: int) -> None:
    done = min(1.0, at / max(1, size))
    print(
        f"\r  {'█' * round(30 * done):<30} {100 * done:5.1f}%", end="" if done < 1 else "\n", file=sys.stderr
    )
