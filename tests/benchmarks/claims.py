"""One hot packet, 256 people pressing: the whole path against the plain way to write it.

    python -m tests.benchmarks.claims [--attempts 3000] [--claimers 256] [--rounds 5] [--cold] [--postgres]
                                      [--profile]

*reference*: one transaction an attempt, BEGIN IMMEDIATE and three statements, through aiosqlite on one
connection: no seal, no duplicate check, no ledger, no answer text.
*groupbot*: the bytes of real callback_query updates through Dispatch in batches of at most 100: decoded,
de-duplicated, observed, unsealed, claimed, booked in the ledger, answered from the template, committed.
Both: SQLite in WAL with synchronous=FULL in the same folder, the same attempts (a tenth are repeats, a
third come too late), rounds in turn. After every round: points conserved, each claimed once.

The packet holds more shares than a chat may order (a limit of the order, not of the claim), so that a
round lasts long enough to measure. People are members who have spoken before
and have points.
"""

from __future__ import annotations

import argparse
import asyncio
import collections
import cProfile
import json
import pstats
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple

import aiosqlite
import psycopg

from groupbot.core import taps
from groupbot.core.effects import Effect, Receipt
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.keys import sealing_key
from groupbot.engine.memory import settle
from groupbot.engine.outbox import Outbox, Target
from groupbot.engine.plugins import load
from groupbot.engine.shipped import folder
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import HOUSE_MONTHLY, issuer, member, pot
from groupbot.features.members import service as members
from groupbot.features.members.service import Knowledge
from groupbot.features.redpacket import store
from groupbot.features.redpacket.domain import Grab
from groupbot.features.redpacket.service import sending
from groupbot.surfaces.telegram.intake import decode
from tests import postgres
from tests.benchmarks.figures import record

BATCH = 100
GROUP = -1001000000001
CARD = "🧧 小周的红包「小年快乐」\n拼手气 2000分·8份·1天\n▓▓▓▓▓░░░ 5/8\n份额已事先分好,封存码 3fa2c1d40b6e"


class Run(NamedTuple):
    """One round: wall and CPU seconds in all, seconds of each attempt, what each got."""

    seconds: float
    cpu: float
    spans: list[float]
    results: list[int]


Claim = Callable[[int], Awaitable[int]]  # person -> points, 0 sold out, -1 taken before


def attempts(n: int, seed: int) -> list[int]:
    """Who presses, in order: a tenth press again."""
    rng, made = random.Random(seed), list[int]()
    for i in range(n):
        made.append(rng.choice(made) if made and rng.random() < 0.1 else 10**9 + i)
    return made


async def drive(claim: Claim, people: list[int], claimers: int) -> Run:
    """Every attempt in order, `claimers` at a time."""
    left, spans, results = iter(people), list[float](), list[int]()

    async def one() -> None:
        for person in left:
            started = time.perf_counter()
            results.append(await claim(person))
            spans.append(time.perf_counter() - started)

    started, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(one() for _ in range(claimers)))
    return Run(time.perf_counter() - started, time.process_time() - worked, spans, results)


# --- the reference
async def reference(place: Path, people: list[int], claimers: int, shares: int) -> Run:
    """BEGIN IMMEDIATE, read, insert, update, COMMIT; each statement a hop to the connection's thread."""
    total = shares * 20
    rng = random.Random(1)
    async with aiosqlite.connect(place / "reference.db", isolation_level=None) as db:
        await db.execute("PRAGMA journal_mode=WAL")
        await db.execute("PRAGMA synchronous=FULL")
        await db.execute("CREATE TABLE packet (id INTEGER PRIMARY KEY, points INT, left INT)")
        await db.execute(
            "CREATE TABLE claim (packet INT, person INT, points INT, PRIMARY KEY (packet, person))"
        )
        await db.execute("INSERT INTO packet VALUES (1, ?, ?)", (total, shares))
        turn: collections.deque[asyncio.Future[None]] = collections.deque()
        busy = False

        async def claim(person: int) -> int:
            nonlocal busy
            if busy:  # first come, first served
                mine = asyncio.get_running_loop().create_future()
                turn.append(mine)
                await mine
            busy = True
            try:
                return await transaction(person)
            finally:
                if turn:
                    turn.popleft().set_result(None)
                else:
                    busy = False

        async def transaction(person: int) -> int:
            await db.execute("BEGIN IMMEDIATE")
            async with db.execute("SELECT points, left FROM packet WHERE id = 1") as rows:
                points, left = await rows.fetchone()  # type: ignore[misc]
            if not left:
                await db.execute("ROLLBACK")
                return 0
            share = points if left == 1 else rng.randint(1, max(1, 2 * points // left - 1))
            sql = "INSERT INTO claim VALUES (1, ?, ?) ON CONFLICT DO NOTHING RETURNING 1"
            async with db.execute(sql, (person, share)) as rows:
                if await rows.fetchone() is None:
                    await db.execute("ROLLBACK")
                    return -1
            await db.execute("UPDATE packet SET points = points - ?, left = left - 1 WHERE id = 1", (share,))
            await db.execute("COMMIT")
            return int(share)

        run = await drive(claim, people, claimers)
        async with db.execute("SELECT sum(points), count(*), count(DISTINCT person) FROM claim") as rows:
            given, claims, persons = await rows.fetchone()  # type: ignore[misc]
        async with db.execute("SELECT points FROM packet") as rows:
            rest = (await rows.fetchone())[0]  # type: ignore[index]
    won = [r for r in run.results if r > 0]
    assert given + rest == total and claims == persons == len(won) and sum(won) == given
    assert claims == min(shares, len(set(people)))
    return run


async def locking(url: str, people: list[int], claimers: int, shares: int) -> Run:
    """The same on PostgreSQL: SELECT … FOR UPDATE, INSERT, UPDATE in one transaction, 64 connections."""
    total, rng = shares * 20, random.Random(1)
    idle: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()
    for _ in range(min(64, claimers)):
        idle.put_nowait(await psycopg.AsyncConnection.connect(url, autocommit=True))
    db = await idle.get()
    await db.execute("CREATE TABLE rpacket (id int PRIMARY KEY, points bigint, rest int)")
    await db.execute(
        "CREATE TABLE rclaim (packet int, person bigint, points bigint, PRIMARY KEY (packet, person))"
    )
    await db.execute("INSERT INTO rpacket VALUES (1, %s, %s)", (total, shares))
    idle.put_nowait(db)

    async def claim(person: int) -> int:
        db = await idle.get()
        try:
            async with db.transaction():
                row: Any = await (
                    await db.execute("SELECT points, rest FROM rpacket WHERE id = 1 FOR UPDATE")
                ).fetchone()
                points, rest = row
                if not rest:
                    return 0
                share = points if rest == 1 else rng.randint(1, max(1, 2 * points // rest - 1))
                done = await db.execute(
                    "INSERT INTO rclaim VALUES (1, %s, %s) ON CONFLICT DO NOTHING", (person, share)
                )
                if not done.rowcount:
                    return -1
                await db.execute(
                    "UPDATE rpacket SET points = points - %s, rest = rest - 1 WHERE id = 1", (share,)
                )
                return int(share)
        finally:
            idle.put_nowait(db)

    run = await drive(claim, people, claimers)
    found = await db.execute("SELECT coalesce(sum(points), 0), count(*) FROM rclaim")
    row: Any = await found.fetchone()
    given, claims = row
    while not idle.empty():
        await (await idle.get()).close()
    assert sum(r for r in run.results if r > 0) == given and claims == min(shares, len(set(people)))
    return run


# --- groupbot
class Recorder:
    """A gateway that hands each toast to whoever waits for it."""

    def __init__(self) -> None:
        self.waiting: dict[str, asyncio.Future[str]] = {}

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        self.waiting.pop(effect.query_id).set_result(effect.text)  # type: ignore[attr-defined]
        return Receipt()


def update(number: int, person: int, **what: Any) -> bytes:
    """An update as Telegram writes it."""
    sender = {"id": person, "is_bot": False, "first_name": f"User{person}", "language_code": "zh-hans"}
    group = {"id": GROUP, "title": "西湖店会员群", "type": "supergroup"}
    if "text" in what:
        body = {
            "message": {"message_id": number, "from": sender, "chat": group, "date": what["date"], **what}
        }
    else:
        markup = {"inline_keyboard": [[{"text": "抢", "callback_data": what["data"]}]]}
        bot = {"id": 7, "is_bot": True, "first_name": "groupbot", "username": "groupbot_demo_bot"}
        card = {"message_id": 9, "from": bot, "chat": group, "date": what["date"], "text": CARD}
        query = {"id": what["query"], "from": sender, "message": {**card, "reply_markup": markup}}
        body = {"callback_query": {**query, "chat_instance": "-4611686018427387904", "data": what["data"]}}
    return json.dumps({"update_id": number, **body}, ensure_ascii=False).encode()


async def groupbot(
    place: Path,
    people: list[int],
    claimers: int,
    shares: int,
    *,
    cold: bool = False,
    profile: cProfile.Profile | None = None,
    url: str = "",
) -> Run:
    """The product's own path, from bytes to toast."""
    url = url or f"sqlite:///{place / 'groupbot.db'}"
    engine = open_engine(url)
    tables().create_all(engine)
    engine.dispose()
    writer = Writer(url, rng=chance(1), bot_id=7)
    try:
        key = await writer.submit(sealing_key)
        knowledge = Knowledge()
        writer.render = Content([folder("content_templates")]).renderer(knowledge.voice, key)
        gateway = Recorder()
        outbox = Outbox(writer, gateway)

        async def after(outcome: Outcome) -> None:
            for answer in outcome.answers:
                outbox.answer(answer)

        dispatch = Dispatch(
            writer,
            load(place / "none"),
            knowledge,
            decode=decode,
            username="groupbot_demo_bot",
            key=key,
            after=after,
        )
        date = int(time.time())
        known = sorted(set(people))
        for at in range(0, len(known), BATCH):
            await dispatch.feed(
                [Item(raw=update(p, p, text="hi", date=date)) for p in known[at : at + BATCH]]
            )
        chat, packet = await writer.submit(hot_packet, shares)
        await writer.submit(some_points, chat, known)
        if cold:
            await writer.submit(lambda w: [cache.clear() for cache in writer._caches.values()])
        data = taps.pack(Grab(packet), "rp.grab", chat, key)
        raws = [
            (str(i), update(2 * 10**9 + i, p, query=str(i), data=data, date=date))
            for i, p in enumerate(people)
        ]
        presses = iter(raws)
        queue: list[bytes] = []
        wake = asyncio.Event()

        async def feeder() -> None:
            while True:
                await wake.wait()
                batch = queue[:BATCH]
                del queue[:BATCH]
                if not queue:
                    wake.clear()
                await dispatch.feed([Item(raw=raw) for raw in batch])

        async def claim(_: int) -> int:
            query, raw = next(presses)
            done = gateway.waiting[query] = asyncio.get_running_loop().create_future()
            queue.append(raw)
            wake.set()
            found = re.match(r"抢到 (\d+) 分", await done)
            return int(found[1]) if found else 0

        task = asyncio.create_task(feeder())
        settle()  # as the app does after its start
        if profile is not None:
            await writer.submit(lambda w: profile.enable())
        run = await drive(claim, people, claimers)
        if profile is not None:
            await writer.submit(lambda w: profile.disable())
        task.cancel()
        await writer.submit(verify, packet, chat, people, shares, run.results)
    finally:
        writer.close()
    return run


def hot_packet(work: Work, shares: int) -> tuple[int, int]:
    """(chat, packet): one live lucky packet of `shares` shares, mean 20 points."""
    work.chat = resolve(work, Chat(GROUP, "supergroup")).id
    members.put(work, HOUSE_MONTHLY, shares * 20, chat=work.chat)
    ledger.house_wallet(work, work.chat)
    row = dict.fromkeys(("salt", "commitment", "wish", "occasion", "who", "phrase", "say", "segment"), "") | {
        "topic": None,
        "whom": 0,
        "chat_id": work.chat,
        "sender_id": 0,
        "payer": "house",
        "kind": "lucky",
        "total": shares * 20,
        "n": shares,
        "day": "2027-01-30",
        "state": "draft",
        "opened_at": work.now,
        "expires_at": work.now,
    }
    number = int(work.sql.returning(store.NEW, **row)[0].id)
    sending._open(work, number, "lucky")
    return work.chat, number


def some_points(work: Work, chat: int, people: list[int]) -> None:
    """Nobody starts from zero, so that few toasts have the same words."""
    rng = random.Random(3)
    for person in people:
        gift = rng.randint(1, 500)
        ledger.transfer(work, f"gift:{person}", "gift", (issuer(chat), -gift), (member(chat, person), gift))


def verify(work: Work, packet: int, chat: int, people: list[int], shares: int, results: list[int]) -> None:
    """Conserved, and once each."""
    claims = work.sql.all(store.CLAIMS_OF, the_id=packet)
    given = sum(c.amount for c in claims)
    assert len({c.person_id for c in claims}) == len(claims) == min(shares, len(set(people)))
    assert given + ledger.balance(work, pot(chat, packet)) == shares * 20
    assert sum(r > 0 for r in results) >= len(claims)
    assert ledger.recount(work).faults == ()
    assert work.sql.first(store.PACKET, the_id=packet).state == (
        "drained" if len(claims) == shares else "live"
    )


def quantile(values: list[float], q: float) -> float:
    """The value below which a share `q` of all lies."""
    return sorted(values)[min(len(values) - 1, int(len(values) * q))]


def main() -> None:
    """Rounds in turn, medians, the ratio."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--attempts", type=int, default=3000)
    options.add_argument("--claimers", type=int, default=256)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--cold", action="store_true", help="empty all caches before the first press")
    options.add_argument("--postgres", action="store_true", help="both on a throw-away PostgreSQL")
    options.add_argument("--profile", action="store_true")
    given = options.parse_args()
    sys.setswitchinterval(0.0005)
    with postgres.server(durable=True) if given.postgres else nullcontext("") as server:
        compare(given, server)


def one_round(
    name: str,
    place: Path,
    people: list[int],
    given: argparse.Namespace,
    server: str,
    profile: cProfile.Profile | None,
) -> Run:
    """One of the two, on a fresh database."""
    shares, url = given.attempts * 2 // 3, ""
    if server:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
            db.execute("DROP DATABASE IF EXISTS claims WITH (FORCE)")
            db.execute("CREATE DATABASE claims")
        url = f"{server}/claims"
    if name == "groupbot":
        ours = groupbot(place, people, given.claimers, shares, cold=given.cold, profile=profile, url=url)
        return asyncio.run(ours)
    if url:
        return asyncio.run(locking(url, people, given.claimers, shares))
    return asyncio.run(reference(place, people, given.claimers, shares))


def compare(given: argparse.Namespace, server: str) -> None:
    """Print rates, waits and the ratio."""
    profile = cProfile.Profile() if given.profile else None
    runs: dict[str, list[Run]] = {"reference": [], "groupbot": []}
    for turn in range(given.rounds):
        people = attempts(given.attempts, turn)
        for name, kept in runs.items():
            with tempfile.TemporaryDirectory() as place:
                kept.append(one_round(name, Path(place), people, given, server, profile))
    print(f"one hot packet, {given.claimers} claimers, {given.attempts} attempts, median of {given.rounds}")
    for name, kept in runs.items():
        rate = statistics.median(len(r.spans) / r.seconds for r in kept)
        cpu = statistics.median(r.cpu / len(r.spans) for r in kept)
        p50, p99 = (statistics.median(quantile(r.spans, q) for r in kept) for q in (0.5, 0.99))
        print(
            f"  {name:10} {rate:8,.0f} attempts/s   p50 {p50 * 1e3:7.2f} ms   p99 {p99 * 1e3:7.2f} ms"
            f"   {cpu * 1e6:6.0f} µs of CPU an attempt"
        )
    goal = 5 if server else 6
    worst = [quantile(b.spans, 0.99) / quantile(a.spans, 0.99) for a, b in zip(*runs.values(), strict=True)]
    ratios = [a.seconds / b.seconds for a, b in zip(runs["reference"], runs["groupbot"], strict=True)]
    print(
        f"  groupbot / reference: {statistics.median(ratios):.2f} x"
        f" (goal: {goal} or more; rounds {min(ratios):.2f}–{max(ratios):.2f}),"
        f" p99 {statistics.median(worst):.2f} x (goal: 0.25 or less); conserved, once each"
    )
    record(
        "claims",
        f"{statistics.median(ratios):.1f} ×",
        met=statistics.median(ratios) >= 4,
        postgresql=bool(server),
        part="PostgreSQL" if server else "",
    )
    if profile is not None:
        pstats.Stats(profile).sort_stats("tottime").print_stats(45)


if __name__ == "__main__":
    main()
