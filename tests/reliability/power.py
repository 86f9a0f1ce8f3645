"""Power cuts on SQLite (G17): of what a member was told nothing is lost, and the books stay whole.

    python -m tests.reliability.power [--cuts 1000] [--presses 20000] [--seed 0] [--writers 8] [--record]

The bot handles presses on red packets, in batches, on a database under a layer that notes what SQLite writes
and syncs. Then the power is cut at as many moments of that record: what a disk may hold then is opened as
after a start, and every claim of every batch that had been committed must be there, every account equal to
its postings, every file whole. The same with `synchronous=NORMAL` must lose something, or the cuts cut
nothing. Then the rate of claims on the real disk, and as many processes as `--writers` beside a busy bot:
none is told "locked", and how long each waits for its turn.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from groupbot.engine.clock import chance
from groupbot.engine.migrate import upgrade
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service as ledger
from tests.benchmarks.bank import PRESSES, opened, prepare, pressed
from tests.benchmarks.figures import record
from tests.reliability.disk import Disk, Note, recorded

CLAIMS = "SELECT packet_id, person_id, amount FROM packet_claim"
NAME, CLIENTS = "groupbot.db", 200
BUSY = """
import sys
from groupbot.engine.writer import Writer
from groupbot.features import tables
tables()
writer = Writer(sys.argv[1], bot_id=1)
print("ready", flush=True)
def batch(work):
    notes = work.notes("busy", 1)
    for n in range(60):
        notes.set(f"k{n}", n)
while True:
    writer.write(batch)
    if writer.commits % 50 == 0:
        print(writer.commits, flush=True)
"""
GUEST = """
import json, sys, time
from groupbot.engine.writer import Writer
from groupbot.features import tables
tables()
writer = Writer(sys.argv[1], bot_id=1, guest=True)
took = []
for n in range(int(sys.argv[2])):
    start = time.monotonic()
    writer.write(lambda work: work.notes("guest", 1).set(f"k{n}", n))
    took.append(time.monotonic() - start)
print(json.dumps(took))
"""


class Found(NamedTuple):
    """What became of the cuts."""

    cuts: int
    commits: int  # batches that were told
    lost: int  # cuts after which a claim that had been told was not there
    faults: Counter[str]  # of the books and the files


async def grab(url: str, presses: int, batch: int, told: list[Note], *, sync: str = "FULL") -> float:
    """Handle so many presses; after each commit a note of what was claimed by then. In seconds."""
    writer = Writer(url, rng=chance(1), bot_id=7)
    try:
        bot = await opened(writer)
        if sync != "FULL":
            writer._raw.execute(f"PRAGMA synchronous={sync}")
        commits, started = 0, time.perf_counter()
        async for _ in pressed(bot, 0, presses, CLIENTS, date=int(time.time()), batch=batch):
            commits += 1
            told.append(Note("told", data=writer._raw.execute(CLAIMS).fetchall()))
            if commits % 50 == 0:
                await writer.empty_log()
        return time.perf_counter() - started
    finally:
        writer.close()


def made(place: Path, presses: int) -> str:
    """A database with a packet for every 250 presses; its URL."""
    url = f"sqlite:///{place / NAME}"
    upgrade(url)
    writer = Writer(url, rng=chance(1), bot_id=7)
    writer.write(prepare, -(-presses // PRESSES))
    writer.close()
    return url


def run(place: Path, *, presses: int, cuts: int, seed: int, batch: int = 20, sync: str = "FULL") -> Found:
    """Record the bot, cut the power at moments of the record, look at what is left."""
    rng = random.Random(seed)
    url = made(place, presses)
    before = {NAME: (place / NAME).read_bytes()}
    with recorded() as notes:
        asyncio.run(grab(url, presses, batch, notes, sync=sync))
    moments = Counter(rng.randrange(len(notes)) for _ in range(cuts))
    disk, promised, lost, faults = Disk(before), set[tuple[int, ...]](), 0, Counter[str]()
    for at, note in enumerate(notes):
        disk.play(note)
        if note.kind == "told":
            promised = set(note.data)
        for _ in range(moments[at]):
            kept, wrong = found_after(place / "after", disk.cut(rng))
            lost += not promised <= kept
            faults.update(wrong)
    return Found(cuts, sum(n.kind == "told" for n in notes), lost, faults)


def found_after(place: Path, files: dict[str, bytes]) -> tuple[set[tuple[int, ...]], list[str]]:
    """The claims that are there when the power is back, and what is wrong with books and files."""
    place.mkdir(exist_ok=True)
    for old in place.iterdir():
        old.unlink()
    for name, data in files.items():
        (place / name).write_bytes(data)
    try:
        with closing(sqlite3.connect(place / NAME)) as db:
            claims = db.execute(CLAIMS).fetchall()
            whole = [str(row[0]) for row in db.execute("PRAGMA quick_check") if row[0] != "ok"]
    except sqlite3.DatabaseError as e:
        return set(), [f"not opened: {e}"]
    writer = Writer(f"sqlite:///{place / NAME}", rng=chance(1), bot_id=7)
    try:
        wrong = [*whole, *writer.write(ledger.recount).faults]
    finally:
        writer.close()
    if len({c[:2] for c in claims}) != len(claims):
        wrong.append("claimed twice")
    return set(claims), wrong


def crowd(place: Path, writers: int, turns: int = 60) -> tuple[int, list[float]]:
    """(processes that were told "locked" or failed, seconds each write waited), beside a busy bot."""
    url = f"sqlite:///{place / NAME}"
    upgrade(url)
    busy = subprocess.Popen([sys.executable, "-c", BUSY, url], stdout=subprocess.PIPE, text=True)
    try:
        assert busy.stdout is not None and busy.stdout.readline() == "ready\n"
        words = [sys.executable, "-c", GUEST, url, str(turns)]
        guests = [
            subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for _ in range(writers)
        ]
        said = [guest.communicate(timeout=300) for guest in guests]
    finally:
        busy.kill()
        busy.communicate()
    refused = sum(bool(g.returncode) or "locked" in e for g, (_, e) in zip(guests, said, strict=True))
    return refused, sorted(s for out, _ in said if out for s in json.loads(out.splitlines()[-1]))


def main() -> None:
    """The command."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--cuts", type=int, default=1000)
    options.add_argument("--presses", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--writers", type=int, default=8)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder_:
        place = Path(folder_)
        for name in ("full", "normal", "real", "many"):
            (place / name).mkdir()
        found = run(place / "full", presses=given.presses, cuts=given.cuts, seed=given.seed)
        print(f"{found.cuts:,} power cuts in {found.commits:,} commits: {found.lost} lost something told, "
              f"{found.faults.total()} faults {dict(found.faults) or ''}")  # fmt: skip
        loose = run(place / "normal", presses=given.presses // 4, cuts=200, seed=given.seed, sync="NORMAL")
        print(f"with synchronous=NORMAL: {loose.lost} of {loose.cuts} lost something told")
        told: list[Note] = []
        seconds = asyncio.run(grab(made(place / "real", given.presses), given.presses, 100, told))
        rate = len(told[-1].data) / seconds
        print(f"{len(told[-1].data):,} claims in {given.presses:,} presses, each told after its commit: "
              f"{rate:,.0f} claims a second")  # fmt: skip
        refused, waits = crowd(place / "many", given.writers)
        p99 = waits[int(len(waits) * 0.99)] if waits else float("inf")
        print(f"{given.writers} processes and a busy bot: {refused} refused, {len(waits)} writes, "
              f"p99 {p99 * 1000:.0f} ms, longest {waits[-1] * 1000:.0f} ms")  # fmt: skip
    wrong = found.lost + found.faults.total() + refused
    figure = (f"{found.cuts:,} cuts: {found.lost} lost, {found.faults.total()} faults "
              f"(synchronous=NORMAL: {loose.lost} of {loose.cuts} lost); {rate:,.0f} claims/s; "
              f"{given.writers} writers: {refused} refused, p99 {p99 * 1000:.0f} ms")  # fmt: skip
    whole = given.cuts >= 1000 and given.writers >= 8
    met = not wrong and loose.lost > 0 and rate >= 1000 and p99 <= 1
    record("G17", figure, met=met, seeds=str(given.seed), part="" if whole else "short")
    sys.exit(bool(wrong) or not loose.lost)


if __name__ == "__main__":
    main()
