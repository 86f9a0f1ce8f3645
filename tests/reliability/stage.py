"""What real bot processes play before: a sandbox's groups, people who act all the while, and what must be
true in the end.

A `Load` is a handler of the workspace, what people do, and what must be true at the end: notes written by
a handler, and red packets grabbed by a crowd.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.engine.notes import note
from groupbot.features.ledger import store as books
from groupbot.features.redpacket import store as packets
from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import RIGHTS, World

TOKEN = "700000001:test-token-that-opens-nothing-here-1"

TALLY = """
from groupbot import Command, Message, Router, Send, Work

router = Router("tally", about="Counts what it saw")


@router.observe
def saw(event, work):
    if isinstance(event, Message) and event.text.startswith(("m", "/claim")):
        notes = work.notes("tally", 0)
        notes.set(event.text, notes.get(event.text, 0) + 1)


@router.every(seconds=1)
def beat(work: Work) -> None:
    notes = work.notes("beats", 0)
    notes.set("n", notes.get("n", 0) + 1)


@router.command("claim", about="Pays one point")
def claim(cmd: Command, work: Work) -> None:
    notes = work.notes("paid", 0)
    notes.set(cmd.args, notes.get(cmd.args, 0) + 1)
    notes.set("total", notes.get("total", 0) + 1)
    work.say(Send(chat=work.chat, text=f"paid {cmd.args}"))
"""


@dataclass
class Stage:
    """The sandbox's side: a world with groups, and what was done in it."""

    world: World
    sandbox: Sandbox
    rooms: list[int]
    people: list[int]
    done: list[Any] = field(default_factory=list)

    @property
    def left(self) -> int:
        """Updates the bot has not confirmed."""
        return sum(len(b.updates) for b in self.world.bots.values())

    @property
    def sure(self) -> int:
        """So many of the things done, at least, the bot has confirmed: among what is left may be what was
        there before, as that it was added."""
        return max(0, len(self.done) - self.left)

    def asked(self) -> tuple[object, ...]:
        """Changes with each question of a bot for updates."""
        return tuple((id(b.poller) if b.poller else None, b.last_offset) for b in self.world.bots.values())


@dataclass(frozen=True)
class Load:
    """`act` does the n-th thing; `check` looks at the end at the database and at what the bot said. The
    killing begins when so many things are `under_way`."""

    handler: str
    act: Callable[[Stage, int, random.Random], None]
    check: Callable[[Stage, Any], None]
    under_way: int = 0


def write_or_claim(stage: Stage, n: int, rng: random.Random) -> None:
    text = f"/claim c{n}" if n % 3 == 0 else f"m{n}"
    stage.world.say(rng.choice(stage.people), rng.choice(stage.rooms), text)
    stage.done.append(text)


@dataclass
class Excused:
    """What may be otherwise: `lost` since the backup that was put back, told `again` since, too `late` to be
    answered."""

    lost: set[str] = field(default_factory=set)
    again: set[str] = field(default_factory=set)
    late: set[str] = field(default_factory=set)


def each_once(stage: Stage, sql: Any, excused: Excused | None = None) -> None:
    """Each thing was counted once, each claim paid once and said at most once."""
    excused = excused or Excused()
    rows = sql.execute(sa.select(note.c.key, note.c.value).where(note.c.router == "tally")).all()
    counted = {r.key: r.value for r in rows}
    kept = [t for t in stage.done if t in counted or t not in excused.lost]
    assert counted == dict.fromkeys(kept, 1)
    paid = dict(sql.execute(sa.select(note.c.key, note.c.value).where(note.c.router == "paid")).all())
    assert paid.pop("total", 0) == len(paid)
    claims = [t for t in kept if t.startswith("/claim ")]
    claims = [t.removeprefix("/claim ") for t in claims if t not in excused.late or t[7:] in paid]
    missing, strange = [c for c in claims if c not in paid], {c: n for c, n in paid.items() if n != 1}
    assert not missing, f"{len(missing)} of {len(claims)} not paid, {missing[0]} to {missing[-1]}; {excused}"
    assert (strange, paid.keys() - set(claims)) == ({}, set()), "paid more than once, or to nobody"
    bot = int(TOKEN.split(":")[0])
    said = Counter(
        m["text"]
        for r in stage.rooms
        for m in stage.world.chats[r].messages.values()
        if m["from"]["id"] == bot
    )
    twice = [t.removeprefix("paid ") for t, n in said.items() if n > 1 and t.startswith("paid ")]
    assert [t for t in twice if f"/claim {t}" not in excused.again] == []


NOTES = Load(TALLY, write_or_claim, each_once)

ALL_DAY = """
from groupbot import Command, Router, Work
from groupbot.features.members import service as members
from groupbot.features.redpacket import domain

router = Router("allday", about="Packets at any hour")


@router.command("allday", about="Packets at any hour, as many as the wallet holds")
def allday(cmd: Command, work: Work) -> None:
    for setting, value in ((domain.FROM, 0), (domain.UNTIL, 24), (domain.DAILY, 1000), (domain.TENURE, 0)):
        members.put(work, setting, value)
"""


def _send_or_grab(stage: Stage, n: int, rng: random.Random) -> None:
    """The owner sends packets of eight shares; thirty people press what buttons they see."""
    if n == 0:
        stage.people += [stage.world.add_user(f"P{i}") for i in range(30)]
        for r in stage.rooms:
            members = stage.world.chats[r].members
            members |= {p: type(members[stage.people[0]])() for p in stage.people[3:]}
            stage.world.say(stage.people[0], r, "/allday")
    room = rng.choice(stage.rooms)
    buttons = [
        (mid, b["callback_data"])
        for mid, m in stage.world.chats[room].messages.items()
        for row in m.get("reply_markup", {}).get("inline_keyboard", ())
        for b in row
        if b["text"] in ("抢", "Grab")
    ]
    if buttons and n % 40:
        stage.world.press(rng.choice(stage.people[3:]), room, *buttons[-1])
    elif n % 40 == 0:
        stage.world.say(stage.people[0], room, "/redpacket 100 8")
        return  # presses are what is counted
    else:
        return
    stage.done.append(room)


def _each_share_once(stage: Stage, sql: Any) -> None:
    p, s, c, a = packets.packet.c, packets.share.c, packets.claim.c, books.account.c
    shares = {(r.packet_id, r.seq): r.amount for r in sql.execute(sa.select(s.packet_id, s.seq, s.amount))}
    claims = sql.execute(sa.select(c.packet_id, c.person_id, c.seq, c.amount)).all()
    assert len(claims) > 50
    assert len({(r.packet_id, r.seq) for r in claims}) == len(claims)
    assert [r for r in claims if shares[r.packet_id, r.seq] != r.amount] == []
    paid = sa.select(sa.func.count()).select_from(books.txn).where(books.txn.c.kind == "packet")
    assert sql.scalar(paid) == len(claims)
    assert sql.scalar(sa.select(sa.func.sum(books.posting.c.amount))) == 0
    assert sql.scalar(sa.select(sa.func.sum(a.balance))) == 0
    accounts = sql.execute(sa.select(a.kind, a.chat_id, a.owner_id, a.balance)).all()
    opened = {r.id: r for r in sql.execute(sa.select(p.id, p.chat_id, p.total, p.n))}
    won, given, split = Counter[tuple[int, int]](), Counter[int](), Counter[int]()
    for r in claims:
        won[opened[r.packet_id].chat_id, r.person_id] += r.amount
        given[r.packet_id] += r.amount
    for (number, _), amount in shares.items():
        split[number] += amount
    assert {(x.chat_id, x.owner_id): x.balance for x in accounts if x.kind == "member"} == won
    pots = {x.owner_id: x.balance for x in accounts if x.kind == "pot"}
    assert split == {number: r.total for number, r in opened.items()}
    assert {number: given[number] + left for number, left in pots.items()} == split
    assert [n for n in opened if given[n] == opened[n].total] != []


PACKETS = Load(ALL_DAY, _send_or_grab, _each_share_once, under_way=100)


@asynccontextmanager
async def stage_with(groups: int) -> AsyncIterator[Stage]:
    """A sandbox with so many groups of three people and the bot."""
    world = World()
    world.add_bot(TOKEN)
    people = [world.add_user(n) for n in ("Olga", "Mei", "Li")]
    generous = Methods(world, limits=lambda: Limits(bucket=10_000, rate=10_000, group_minute=10_000))
    sandbox = Sandbox(world, methods=generous)
    async with sandbox.running():
        rooms = []
        for n in range(groups):
            room = world.add_chat(f"Group {n}", people[0])
            for p in people[1:]:
                room.members[p] = type(room.members[people[0]])()
            world.add_bot_to(TOKEN, room.id, people[0], set(RIGHTS))
            rooms.append(room.id)
        yield Stage(world, sandbox, rooms, people)


def workspace(folder: Path, load: Load) -> None:
    (folder / "handlers").mkdir()
    (folder / "handlers" / "tally.py").write_text(load.handler)


@asynccontextmanager
async def acting(
    stage: Stage, load: Load, rng: random.Random, *, a_second: int = 200, first: int = 0
) -> AsyncIterator[None]:
    """People do so many things a second all the while, the first of them number `first`."""

    async def act() -> None:
        n = first
        while True:
            for _ in range(max(1, a_second // 50)):
                load.act(stage, n, rng)
                n += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(act())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
