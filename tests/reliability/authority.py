"""G26: sixteen kinds of people before every command and button that ships, each cell asserted.

    python -m tests.reliability.authority

prints the cells by kind of person and those that are not as stated (tests/reliability/cells.py says what is).
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
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.engine.desk import GROUP
from tests.reliability.cells import ACTORS, Actor, Matrix, may, sample, unstated

Cells = tuple[int, list[str]]  # how many were looked at, and those that are otherwise than stated


async def commands(m: Matrix, actor: Actor) -> Cells:
    """Every command, with no arguments and with those that only administrators may use."""
    private = {"id": actor.id, "type": "private", "first_name": "A"}
    wrong, cells = [], 0
    for route in m.shipped.every_command:
        chat = private if route.where == "private" else GROUP
        for args in ["", *sorted(route.admin_args)[:2]]:
            if chat is private and actor.writes_as != "themselves":
                expected: list[str] = []  # nobody writes as a group or channel in private
                found: list[str] = []
            else:
                expected = [route.name] if may(actor, route, route.who_for(args)) else []
                found = await m.cell(actor, m.message(actor, f"/{route.name} {args}".strip(), chat))
            cells += 1
            if found != expected:
                wrong.append(f"/{route.name} {args}: {found}")
    return cells, wrong


async def buttons(m: Matrix, actor: Actor) -> Cells:
    """Every button, in the group and in private."""
    wrong, cells = [], 0
    for route in m.shipped.taps.values():
        for private in (False, True):
            if private and not hasattr(sample(route.type), "chat") and route.who != "anyone":
                continue  # such a button is never sent in private: there it would act on nothing
            expected = [route.kind] if may(actor, route, route.who) else []
            found = await m.cell(actor, m.press(actor, route, private=private))
            cells += 1
            if found != expected:
                wrong.append(f"{route.kind} private={private}: {found}")
    return cells, wrong


async def all_of(actor: Actor) -> Cells:
    """Both for one kind of person, on a database of its own."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'authority.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        try:
            m = Matrix(writer)
            await m.people()
            (n, wrong), (more, others) = await commands(m, actor), await buttons(m, actor)
        finally:
            writer.close()
    return n + more, wrong + others


def main() -> None:
    """The command."""
    total, bad = 0, 0
    for name, actor in ACTORS.items():
        cells, wrong = asyncio.run(all_of(actor))
        print(f"{name:24} {cells:>5} cells, {len(wrong)} otherwise {wrong or ''}")
        total, bad = total + cells, bad + len(wrong)
    open_ = unstated(load())
    print(f"{total - bad:,} of {total:,} cells as stated; routes nobody stated: {len(open_)}")
    record(
        "G26",
        f"{total - bad:,} of {total:,} cells as stated, {len(open_)} routes unstated",
        met=not bad and not open_ and len(ACTORS) == 16,
        part="commands and buttons",
    )
    sys.exit(1 if bad or open_ else 0)


if __name__ == "__main__":
    main()
