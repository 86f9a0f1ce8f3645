"""G26: seventeen kinds of people before every command and button that ships, each cell asserted.

    python -m tests.reliability.authority [KIND OF PERSON]

prints the cells by kind of person and those that are not as stated (tests/reliability/cells.py says what is):
every command bare and with each word that has its own authority, by `/`, `!`, its other names, its words
without a slash, forwarded, in the wrong place, through /connect in private, said as the group and proven by
the button, and without each right the bot needs; every button in the group and in private. Then the console
acts (doors.py): files and notes in messages × people, HTTP doors × secrets, commands of the command line.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.testing import conversation
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.reliability import doors
from tests.reliability.cells import ACTORS, RIGHTS, Actor, unstated
from tests.reliability.matrix import Cell, Matrix, bot_rights, buttons, connected, lacking, proven, spoken

Cells = tuple[int, list[str]]  # how many were looked at, and those that are otherwise than stated


async def looked_at(m: Matrix, actor: Actor, *, ways: bool = True) -> Cells:
    """Every cell of one kind of person; without `ways` those of each route alone: bare, by its words, and
    through the private chat of who is connected."""
    n, wrong = 0, []

    async def look(cells: list[Cell]) -> None:
        nonlocal n
        n += len(cells)
        wrong.extend(await m.otherwise(actor, cells))

    await look(list(spoken(m, actor, ways=ways)))
    await look(list(buttons(m, actor)))
    if ways or actor.writes_as != "themselves":
        await look(await proven(m, actor))
    m.connect(actor)
    await look(list(connected(m, actor)))
    for right in bot_rights(m) if ways else ():
        await m.bot_has([r for r in RIGHTS if r != right])
        await look(list(lacking(m, actor, right)))
    return n, wrong


async def all_of(actor: Actor) -> Cells:
    """On a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'authority.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        try:
            m = Matrix(writer)
            await m.people()
            return await looked_at(m, actor)
        finally:
            writer.close()


async def console() -> Cells:
    """What is neither command nor button: messages that are taken up × people, HTTP doors, the command line
    (tests/reliability/doors.py says what may)."""
    n, wrong = 0, sorted(doors.hearing() ^ doors.HEARD.keys())
    for name, actor in ACTORS.items():
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'authority.db'}"
            engine = open_engine(url)
            tables().create_all(engine)
            engine.dispose()
            writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
            try:
                found = await brought(writer, Path(folder), actor)
            finally:
                writer.close()
        n, wrong = n + found[0], [*wrong, *(f"{name}: {w}" for w in found[1])]
    with tempfile.TemporaryDirectory() as folder:
        async with conversation(Path(folder), **doors.listening()) as talk:
            found = await doors.doors(talk)
    lines = [*doors.console()]
    wrong += [*found[1], *(f"groupbot {name}" for name, *is_ in lines if is_ != doors.line_of(name))]
    return n + found[0] + len(lines), wrong


async def brought(writer: Writer, workspace: Path, actor: Actor) -> Cells:
    """The messages of one kind of person that are taken up."""
    m = doors.Brought(writer, workspace)
    await m.people()
    await m.prepare()
    return doors.MESSAGES, await m.cells(actor)


def main() -> None:
    """The command."""
    total, bad = 0, 0
    chosen = sys.argv[1:] or list(ACTORS)
    for name in chosen:
        cells, wrong = asyncio.run(all_of(ACTORS[name]))
        print(f"{name:32} {cells:>5} cells, {len(wrong)} otherwise {wrong or ''}", flush=True)
        total, bad = total + cells, bad + len(wrong)
    open_ = unstated(load())
    print(f"{total - bad:,} of {total:,} cells as stated; routes nobody stated: {len(open_)}")
    if len(chosen) == len(ACTORS):
        record(
            "G26",
            f"{total - bad:,} of {total:,} cells as stated, {len(open_)} routes unstated",
            met=not bad and not open_ and len(ACTORS) >= 16,
            part="commands and buttons",
        )
        n, wrong = asyncio.run(console())
        print(f"{n - len(wrong):,} of {n:,} console acts as stated {wrong or ''}")
        record("G26", f"{n - len(wrong):,} of {n:,} cells as stated", met=not wrong, part="console acts")
        bad += len(wrong)
    sys.exit(1 if bad or open_ else 0)


if __name__ == "__main__":
    main()
