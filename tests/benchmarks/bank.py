"""Claims under kills: presses of many clients on many packets, the bot killed (SIGKILL) again and again.

    python -m tests.benchmarks.bank [--presses 2000000 | --claims 2000000] [--clients 200]
                                    [--kill 2.0] [--postgres]

Each press is an update with an id. A batch is confirmed to Telegram only after its commit; what was not
confirmed when the bot was killed is delivered again, with fifty older ones on top. In the end: every
account equals its postings, all sums are zero, nobody claimed twice, no packet gave more than it held,
nobody was refused a share while there was one. The short form (20,000 presses) runs with the tests.
"""

from __future__ import annotations

import argparse
import asyncio
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa

from groupbot.core import taps
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item
from groupbot.engine.keys import sealing_key
from groupbot.engine.memory import settle
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import HOUSE_MONTHLY
from groupbot.features.members import service as members
from groupbot.features.members.service import Knowledge
from groupbot.features.redpacket import store
from groupbot.features.redpacket.domain import Grab
from groupbot.features.redpacket.service import sending
from groupbot.surfaces.telegram.intake import decode
from tests import postgres
from tests.benchmarks.claims import GROUP, update
from tests.benchmarks.figures import record

SHARES, PRESSES = 100, 250  # of one packet
BATCH, AGAIN = 100, 50


class Found(NamedTuple):
    """What a run ended with."""

    presses: int
    kills: int
    claims: int
    seconds: float
    faults: tuple[str, ...]


def person_of(press: int, clients: int) -> int:
    """Who presses: spread by a multiplicative hash, so that many press twice."""
    return 10**9 + ((press * 2654435761) >> 7) % clients


def prepare(work: Work, packets: int) -> None:
    """So many live packets of 100 shares."""
    work.chat = resolve(work, Chat(GROUP, "supergroup")).id
    members.put(work, HOUSE_MONTHLY, packets * SHARES * 20, chat=work.chat)
    ledger.house_wallet(work, work.chat)
    row: dict[str, Any] = dict.fromkeys(
        ("salt", "commitment", "wish", "occasion", "who", "phrase", "say", "segment"), ""
    )
    row |= {"chat_id": work.chat, "topic": None, "sender_id": 0, "whom": 0, "payer": "house", "kind": "lucky"}
    row |= {"total": SHARES * 20, "n": SHARES, "day": "2027-01-30", "state": "draft"}
    for _ in range(packets):
        made = work.sql.returning(store.NEW, **row, opened_at=work.now, expires_at=work.now)
        sending._open(work, int(made[0].id), "lucky")


class Bot(NamedTuple):
    """What handles presses: for a chat, by the key of its buttons."""

    dispatch: Dispatch
    chat: int
    key: bytes


async def opened(writer: Writer) -> Bot:
    """The bot on a database that is prepared."""
    key = await writer.submit(sealing_key)
    knowledge = Knowledge()
    writer.render = Content([folder("content_templates")]).renderer(knowledge.voice, key)
    dispatch = Dispatch(
        writer, load(Path("none")), knowledge, decode=decode, username="groupbot_demo_bot", key=key
    )
    chat = await writer.submit(lambda w: resolve(w, Chat(GROUP, "supergroup")).id)
    settle()
    return Bot(dispatch, chat, key)


async def pressed(
    bot: Bot, start: int, presses: int, clients: int, *, date: int, batch: int = BATCH
) -> AsyncIterator[int]:
    """Presses from `start` on, in batches; after each commit how many there have been."""
    buttons: dict[int, str] = {}
    for at in range(start, presses, batch):
        items = []
        for i in range(at, min(at + batch, presses)):
            packet = i // PRESSES + 1
            if packet not in buttons:
                buttons[packet] = taps.pack(Grab(packet), "rp.grab", bot.chat, bot.key)
            raw = update(i + 1, person_of(i, clients), query=str(i), data=buttons[packet], date=date)
            items.append(Item(raw=raw))
        await bot.dispatch.feed(items)
        yield min(at + batch, presses)


async def bot(url: str, start: int, presses: int, clients: int, date: int) -> None:
    """One life of the bot: from press `start` on, each commit is told on standard output."""
    writer = Writer(url, rng=chance(), bot_id=7)
    async for done in pressed(await opened(writer), start, presses, clients, date=date):
        sys.stdout.write(f"{done}\n")
        sys.stdout.flush()
    writer.close()


def run(url: str, presses: int, clients: int, kill: float, at: tuple[int, ...] = ()) -> Found:
    """Lives of the bot until every press is confirmed; then the audit. It is killed after `kill` seconds of
    work, and when it has confirmed as many presses as `at` says."""
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    packets = -(-presses // PRESSES)
    writer = Writer(url, rng=chance(1), bot_id=7)
    writer.write(prepare, packets)
    writer.close()
    done, kills, started, date = 0, 0, time.monotonic(), int(time.time())
    while done < presses:
        start = max(0, done - AGAIN)
        words = [url, str(start), str(presses), str(clients), str(date)]
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.bank", "--bot", *words], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        first: float | None = None
        while True:
            ready, _, _ = select.select([child.stdout], [], [], 0.05)
            line = child.stdout.readline() if ready else b"\n"
            if line.strip():
                first = first or time.monotonic()
                done = max(done, int(line))
            if not line or done >= presses:
                break
            late = first is not None and time.monotonic() - first > kill
            if late or (kills < len(at) and done >= at[kills]):
                child.kill()
                kills += 1
                break
        child.wait()
        child.stdout.close()
        assert first is not None or done >= presses, "the bot did not start"
    writer = Writer(url, rng=chance(1), bot_id=7)
    try:
        claims, faults = writer.write(audit, presses, clients)
    finally:
        writer.close()
    return Found(presses, kills, claims, time.monotonic() - started, faults)


def audit(work: Work, presses: int, clients: int) -> tuple[int, tuple[str, ...]]:
    """(claims, what is wrong): the ledger recounted, each packet against who pressed for it."""
    faults = list(ledger.recount(work).faults)
    c, every = store.claim.c, 0
    for packet in range(1, -(-presses // PRESSES) + 1):
        rows = work.sql.all(sa.select(c.person_id, c.seq, c.amount).where(c.packet_id == packet))
        span = range((packet - 1) * PRESSES, min(packet * PRESSES, presses))
        pressed = {person_of(i, clients) for i in span}
        if len({r.person_id for r in rows}) != len(rows) or len({r.seq for r in rows}) != len(rows):
            faults.append(f"packet {packet}: claimed twice")
        if sum(r.amount for r in rows) > SHARES * 20 or len(rows) != min(SHARES, len(pressed)):
            faults.append(f"packet {packet}: {len(rows)} claims for {len(pressed)} people")
        every += len(rows)
    return every, tuple(faults)


def main() -> None:
    """Print what happened."""
    if sys.argv[1:2] == ["--bot"]:
        url, *numbers = sys.argv[2:]
        start, presses, clients, date = map(int, numbers)
        asyncio.run(bot(url, start, presses, clients, date))
        return
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--presses", type=int, default=2_000_000)
    options.add_argument("--clients", type=int, default=200)
    options.add_argument(
        "--kill", type=float, default=2.0, help="seconds of work after which the bot is killed"
    )
    options.add_argument("--postgres", action="store_true")
    options.add_argument("--claims", type=int, default=0, help="press until so many were claimed instead")
    given = options.parse_args()
    if given.claims:
        given.presses = -(-given.claims // SHARES) * PRESSES
    with (
        postgres.server(durable=True) if given.postgres else nullcontext("") as server,
        tempfile.TemporaryDirectory() as place,
    ):
        url = f"sqlite:///{place}/bank.db"
        if server:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
                db.execute("CREATE DATABASE bank")
            url = f"{server}/bank"
        found = run(url, given.presses, given.clients, given.kill)
    print(
        f"{found.presses:,} presses by {given.clients} clients, {found.kills} kills, {found.claims:,} claims,"
        f" {found.seconds:.0f} s: {len(found.faults)} faults"
    )
    for fault in found.faults:
        print(f"  {fault}")
    told = (
        f"{found.presses:,} presses, {found.claims:,} claims, {found.kills} kills: {len(found.faults)} faults"
    )
    record(
        "G9",
        told,
        met=not found.faults,
        postgresql=bool(server),
        part="" if found.claims >= 2_000_000 else "short",
    )


if __name__ == "__main__":
    main()
