"""G27: presses and deep links that were forged, mutated, replayed or taken to another chat.

    python -m tests.reliability.forged 1000000

makes as many, puts each before the shipped routers, and counts those that reached a handler.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from groupbot.core import taps
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.storage import open_engine
from groupbot.engine.writer import Writer
from groupbot.features import tables
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.engine.desk import GROUP, KEY, OTHER, pack
from tests.reliability.cells import ACTORS, sample
from tests.reliability.matrix import Matrix

BATCH = 100
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:="
KINDS = (
    "other chat",
    "other key",
    "other kind",
    "one letter",
    "cut",
    "longer",
    "two halves",
    "noise",
    "link",
)


def forgeries(kinds: dict[str, type[Any]], n: int, seed: int) -> Iterator[tuple[str, str]]:
    """`n` pairs of how it was made and the data (for a link: what follows /start)."""
    rng = random.Random(seed)
    names = sorted(kinds)
    good = [taps.pack(sample(kinds[k]), k, 1, KEY) for k in names]
    for i in range(n):
        how = KINDS[i % len(KINDS)]
        name, data = rng.choice(names), rng.choice(good)
        if how == "other chat" and rng.random() < 0.5:
            data = taps.pack(
                sample(kinds[name]), name, rng.choice((2, 3, -21, rng.randrange(4, 1 << 40))), KEY
            )
        elif how == "other key":
            data = taps.pack(sample(kinds[name]), name, 1, rng.randbytes(32))
        elif how == "other kind":
            data = f"{rng.choice([k for k in names if k != data.split(':')[0]])}:{data.split(':', 1)[1]}"
        elif how == "one letter":
            at = rng.randrange(data.index(":") + 1, len(data))
            data = data[:at] + rng.choice([c for c in LETTERS if c != data[at]]) + data[at + 1 :]
        elif how == "cut":
            data = data[: rng.randrange(len(data) - 1)]
        elif how == "longer":
            data = data + "".join(rng.choices(LETTERS, k=rng.randrange(1, 8)))
        elif how == "two halves":
            other = rng.choice([g for g in good if g != data])
            data = f"{data.rsplit('.', 1)[0]}.{other.rsplit('.', 1)[1]}"
        elif how == "noise":
            data = "".join(rng.choices(LETTERS, k=rng.randrange(1, 65)))
        else:
            number = rng.choice((1, 2, rng.randrange(1 << 62), -1))
            data = rng.choice((f"t_store {number}", f"t_dealer {number}", f"T_CONSUMER {number}", "t_store"))
        yield how, data[:64]


async def run(writer: Writer, n: int, seed: int = 1) -> tuple[dict[str, int], int, int]:
    """Put `n` forgeries before the routers: how many of each were made, how many were accepted, and how many
    of the control (good presses, one a kind, and each update once more) were."""
    m = Matrix(writer)
    await m.people()
    d, kinds = m.desk, {t.kind: t.type for t in m.shipped.taps.values()}
    owner, member = ACTORS["owner"], ACTORS["member"]
    presser = {"id": owner.id, "is_bot": False, "first_name": "A"}
    good = {taps.pack(sample(t), k, 1, KEY) for k, t in kinds.items()}
    again = [pack(m.press(owner, t, private=False)) for t in m.shipped.taps.values()]
    m.reached.clear()
    await d.feed(*again)
    control = len(m.reached)
    m.reached.clear()
    made: dict[str, int] = dict.fromkeys(KINDS, 0)
    accepted = 0
    lot: list[bytes] = list(again)  # the very same updates, delivered once more
    for how, data in forgeries(kinds, n, seed):
        made[how] += 1
        if how == "link":
            lot.append(pack(m.message(member, f"/start {data}", GROUP)))
        elif how == "other chat":
            # what is good in this group is pressed in the other one, and what was sealed for others here
            lot.append(pack(d.tap(data, user=presser, chat=OTHER if data in good else GROUP)))
        else:
            lot.append(pack(d.tap(data, user=presser)))
        if len(lot) >= BATCH:
            await d.feed(*lot)
            accepted += _powerful(m)
            lot.clear()
    await d.feed(*lot)
    accepted += _powerful(m)
    return made, accepted, control


def _powerful(m: Matrix) -> int:
    """How many handlers were reached since. /start in a group answers nobody but administrators: the payloads
    of links that fill a tier in are theirs alone."""
    n = len(m.reached)
    m.reached.clear()
    return n


def main() -> None:
    """The command."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'forged.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        try:
            began = time.perf_counter()
            made, accepted, control = asyncio.run(run(writer, n))
            spent = time.perf_counter() - began
        finally:
            writer.close()
    for how, count in made.items():
        print(f"{how:12} {count:>9,}")
    print(f"control: {control} good presses reached their handlers")
    print(f"accepted: {accepted} of {sum(made.values()):,} in {spent:.0f} s")
    told = f"{accepted} of {sum(made.values()):,} accepted"
    record("G27", told, met=not accepted and control > 0, part="" if sum(made.values()) >= 10**6 else "short")
    sys.exit(1 if accepted or not control else 0)


if __name__ == "__main__":
    main()
