"""`groupbot import`: the history of a group, from Telegram Desktop's export."""

from __future__ import annotations

import asyncio
import sys
import time
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

from groupbot.cli._export import Broken, Chat, Heads, chats, heads_of
from groupbot.cli._guest import Guest, visiting
from groupbot.cli._import_groups import chosen, titled
from groupbot.engine import logs
from groupbot.engine.memory import settle
from groupbot.engine.words import zone
from groupbot.errors import Misfit
from groupbot.features.engagement import service
from groupbot.features.engagement.domain.authors import MOST, Authors
from groupbot.features.engagement.domain.history import LATER, History, Told, number_of
from groupbot.features.journey import service as journey
from groupbot.settings import Settings, load

app = typer.Typer(add_completion=False)
SLICE = 1000  # messages of one transaction
LOOK = 50_000  # messages of the first reading between two words of how far it is

UNLED = (
    "nobody is known to run {}: its administrators will be counted as members, and stay so. Better add"
    " the bot there first, leave it running for a minute, and import then (docs/operators.md, An old group)"
)


@dataclass(slots=True)
class Result:
    """What became of a file."""

    chats: int = 0
    read: int = 0
    passed: int = 0  # imported earlier
    later: int = 0  # named somebody at the door, in a file that breaks off
    acts: int = 0
    seconds: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    trouble: str = ""
    unknown: list[str] = field(default_factory=list)  # groups passed over


@app.command()
def import_(
    export: Annotated[Path, typer.Argument(help="result.json of the export, or the folder it lies in.")],
    group: Annotated[
        list[str] | None,
        typer.Option(help="A group of an account's export, by title or id, though the bot does not know it."),
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="The folder with groupbot.toml; default: here.")
    ] = None,
) -> None:
    """Take in who said something when before the bot came: no text is kept. In Telegram Desktop: the
    group's menu, Export chat history, format JSON. The same file twice changes nothing; a broken run goes
    on where it stopped; what happened since the bot is there is left to its own record. Of an account's whole
    export only groups that the bot knows are taken in."""
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
    settle()
    progress = _progress if sys.stderr.isatty() else None
    result = asyncio.run(taken_in(load(workspace), file, progress, groups=group or ()))
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
    if r.unknown:
        titles = ", ".join(r.unknown)
        lines.append(f"passed over, for the bot was never there: {titles}. To take one in: --group TITLE")
    if r.trouble:
        if r.later:
            lines.append(f"{r.later:,} messages tell who came or went by name: that waits for the whole file")
        lines.append(
            f"{r.trouble}; all before it is kept. Export again, then: groupbot import, which goes on there"
        )
    return lines


def _warn(line: str) -> None:
    print(line, file=sys.stderr)


async def taken_in(
    settings: Settings,
    file: Path,
    progress: Callable[[int, int], None] | None = None,
    *,
    groups: Sequence[str] = (),
    warn: Callable[[str], None] = _warn,
) -> Result:
    """Read one file to its end, or to where it is broken: for who bears which name, then for the rest."""
    result = Result()
    start = time.monotonic()
    async with visiting(settings) as guest:
        with file.open("rb") as source:
            size = file.stat().st_size

            def tell(behind: int) -> None:
                if progress is not None:
                    progress(behind + source.tell(), 2 * size)

            heads = heads_of(source)
            choice = await chosen(guest, heads, groups)
            result.unknown = choice.passed
            if choice.unled:
                warn(UNLED.format(", ".join(choice.unled)))
            known = _authors(source, heads, choice.taken, partial(tell, 0))
            try:
                for (chat, messages), authors in zip(chats(source, heads), known, strict=False):
                    if authors is not None:
                        await _messages(guest, chat, authors, messages, result, partial(tell, size))
            except Broken as e:
                result.trouble = str(e)
    if result.chats == 0 and not result.trouble:
        raise Misfit("no group in this file", where=str(file), next="export a group's history as JSON")
    result.seconds = time.monotonic() - start
    return result


def _authors(
    source: BinaryIO, heads: Heads, wanted: list[bool], tell: Callable[[], None]
) -> list[Authors | None]:
    """Of each chat that is wanted, its people by name."""
    known = [Authors(MOST // sum(wanted)) if one else None for one in wanted]
    last = None
    try:
        for (_, messages), last in zip(chats(source, heads), known, strict=False):
            if last is not None:
                for n, m in enumerate(messages, 1):
                    last.see(m)
                    if n % LOOK == 0:
                        tell()
                last.whole = True
    except Broken:
        if last is not None:
            last.whole = False
    return known


async def _messages(
    guest: Guest,
    chat: Chat,
    authors: Authors,
    messages: Iterator[Any],
    result: Result,
    tell: Callable[[], None],
) -> None:
    """The messages of one group, in slices."""
    kind, number = str(chat.type), int(str(chat.id))
    result.chats += 1
    begun = await guest.write("import", lambda w: service.begin(w, kind, number, titled(chat)))
    begun = begun._replace(bots=begun.bots | authors.bots())
    clock = zone(begun.zone)
    history = History(number, lambda: clock, begun.bots, authors)
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
    begins, ends = _apart(spans)
    broken: Broken | None = None
    try:
        for m in messages:
            result.read += 1
            number = number_of(m)
            told_ = history.tell(m)
            if number is not None:
                at = bisect(begins, number)
                passed = at > 0 and number <= ends[at - 1]
                result.passed += passed
                if told_ is LATER:
                    result.later += not passed
                    passed = True
                if passed:
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


def _apart(spans: tuple[tuple[int, int], ...]) -> tuple[list[int], list[int]]:
    """Where spans begin and end, those that overlap as one; they come by their beginnings."""
    begins: list[int] = []
    ends: list[int] = []
    for first, last in spans:
        if ends and first <= ends[-1]:
            ends[-1] = max(ends[-1], last)
        else:
            begins.append(first)
            ends.append(last)
    return begins, ends


def _progress(at: int, size: int) -> None:
    done = min(1.0, at / max(1, size))
    print(
        f"\r  {'█' * round(30 * done):<30} {100 * done:5.1f}%", end="" if done < 1 else "\n", file=sys.stderr
    )
