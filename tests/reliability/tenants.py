"""G28: two groups in one bot. All that can be said or pressed in one is, with the other's numbers, names
and ids; nothing of the other may be shown, nothing of it may change. (The name a person shows on Telegram is
theirs, not a group's: who names somebody by id or @name is answered with it.)

    python -m tests.reliability.tenants 100000

makes as many random operations; the suite makes each once or a few times.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import inspect, structs

from groupbot.core import taps
from groupbot.core.events import Chat, Person, Standing
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.content import Content
from groupbot.engine.dispatch import Dispatch, Item
from groupbot.engine.me import me_of
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import load
from groupbot.engine.router import Router
from groupbot.engine.shipped import folder
from groupbot.engine.storage import metadata, open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members.service import Knowledge
from groupbot.surfaces.telegram.intake import decode
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.engine.desk import KEY, Desk
from tests.reliability.cells import RIGHTS, sample

CANARY = "Kanarienvogel"
HERS = {"id": -100501, "type": "supergroup", "title": f"{CANARY} group"}
OURS = {"id": -100502, "type": "supergroup", "title": "Sparrow group"}
HER_OWNER = {"id": 61, "is_bot": False, "first_name": "Hua", "username": "kanarie_owner"}
HER_MEMBER = {"id": 62, "is_bot": False, "first_name": "Ping", "username": "kanarie_member"}
OUR_OWNER = {"id": 71, "is_bot": False, "first_name": "Olga"}
OUR_MEMBER = {"id": 72, "is_bot": False, "first_name": "Mei"}
SEEDS = (  # what her group keeps, each with the canary in it
    f"/save {CANARY}note {CANARY} text",
    f'/filter {CANARY}word "{CANARY} reply"',
    f"/addblocklist {CANARY}bad {CANARY}reason",
    f"/setrules {CANARY} rules",
    f"/allowlist {CANARY}.example",
    f"/lottery {CANARY}prize 1 24h",
    "/redpacket 10 2",
    f"/event {CANARY}event",
    f"/groupbuy {CANARY}buy",
    f"/newfed {CANARY}fed",
    f"/addproduct {CANARY}ware 5",
    f"/setwelcome {CANARY} hello",
)
REPLIES = (f"/warn {CANARY}why", f"/mute 1h {CANARY}why", f"/usernote {CANARY}note", f"/report {CANARY}")
BATCH = 25
NEVER = {"stopall", "resumeall"}  # for operators, about all groups


class Street:
    """Both groups before the shipped bot, on a desk."""

    def __init__(self, writer: Writer) -> None:
        self.shipped = load()
        self.desk = Desk(writer, Router("unused"))
        knowledge = Knowledge(())
        content = Content([folder("content_templates")])
        writer.me = me_of(self.shipped, writer.me.id, "test_bot")
        writer.content = content
        writer.render = content.renderer(knowledge.voice, KEY)
        self.writer = writer
        self.desk.dispatch = Dispatch(
            writer, self.shipped, knowledge, decode=decode, username="test_bot", key=KEY
        )

    async def opens(self) -> None:
        """Owners are known, her group is full of canaries, both people wrote in private."""
        d = self.desk
        for home, owner, member in ((HERS, HER_OWNER, HER_MEMBER), (OURS, OUR_OWNER, OUR_MEMBER)):
            here = Chat(home["id"], home["type"], home["title"])  # type: ignore[arg-type]
            for user in (owner, member):
                await d.feed(d.message("/start", user=user, chat=_private(user)))
                await d.feed(d.message("hello", user=user, chat=home))
                status = "creator" if user is owner else "member"
                person = Person(user["id"], user["first_name"], username=user.get("username"))  # type: ignore[arg-type]
                rights = frozenset(RIGHTS) if user is owner else frozenset()
                event = Standing(at=d.at, chat=here, person=person, status=status, rights=rights)
                await d.feed(Item(event=event))
        for text in SEEDS:
            await d.feed(d.message(text, user=HER_OWNER, chat=HERS))
        said = d.message(f"{CANARY} words", user=HER_MEMBER, chat=HERS)
        await d.feed(said)
        for text in REPLIES:
            await d.feed(d.message(text, user=HER_OWNER, chat=HERS, reply_to_message=said["message"]))
        self.hers = await self.writer.submit(_number, HERS["id"])
        self.ours = await self.writer.submit(_number, OURS["id"])
        self.start = await self.writer.submit(lambda w: w.sql.value(sa.select(sa.func.max(outbox.c.id))))

    def arguments(self, example: str) -> list[str]:
        """What is said after each command: nothing, its example, numbers and names that are hers."""
        own = example.partition(" ")[2]
        return ["", own, "1", "2", "#1", f"{HERS['id']}", "@kanarie_member", f"{HER_MEMBER['id']}",
                f"{CANARY}note".lower(), f"{HERS['id']} 1", f"@kanarie_member {own}"]  # fmt: skip

    def operations(self) -> list[tuple[str, Any]]:
        """Every command with every argument, every button with small numbers; how it is named, and by
        whom in which place."""
        found: list[tuple[str, Any]] = []
        for c in self.shipped.every_command:
            if c.name in NEVER:
                continue
            found += [(f"/{c.name} {a}".strip(), None) for a in dict.fromkeys(self.arguments(c.example))]
        for kind, t in self.shipped.taps.items():
            found += [(kind, _numbered(t.type, n)) for n in (1, 2, 3)]
        return found

    def update(self, what: tuple[str, Any], user: dict[str, Any], *, private: bool) -> Any:
        """One operation by one of our people; None where a button cannot hold its sample."""
        d, (text, tap) = self.desk, what
        where = _private(user) if private else OURS
        if tap is None:
            return d.message(text, user=user, chat=where)
        scope = -user["id"] if private else self.ours
        try:
            return d.tap(taps.pack(tap, text, scope, KEY), user=user, chat=where)
        except ValueError:
            return None

    async def leaks(self) -> list[str]:
        """What was said to our group or our people with a canary in it."""
        ours = sa.or_(outbox.c.chat_id == self.ours, outbox.c.user_id.in_([71, 72]))
        query = sa.select(outbox.c.cause, outbox.c.payload).where(ours, outbox.c.id > self.start)
        rows = await self.writer.submit(lambda w: w.sql.all(query))
        return [f"{r.cause}: {r.payload}" for r in rows if CANARY in r.payload]

    async def belongings(self) -> dict[str, list[Any]]:
        """Every row of her group in every table that knows groups."""
        return await self.writer.submit(_rows_of, self.hers)


def _rows_of(work: Work, chat: int) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for table in metadata.sorted_tables:
        if "chat_id" in table.c and table.name not in ("outbox", "inbox", "quarantine"):
            rows = work.sql.all(sa.select(table).where(table.c.chat_id == chat))
            found[table.name] = sorted(map(repr, map(tuple, rows)))
    return found


def _number(work: Work, telegram_id: int) -> int:
    from groupbot.engine.addresses import chat

    return int(work.sql.value(sa.select(chat.c.id).where(chat.c.telegram_id == telegram_id)))


def _numbered(kind: type[Any], n: int) -> Any:
    made, info = sample(kind), inspect.type_info(kind)
    assert isinstance(info, inspect.StructType)
    ints = [f.name for f in info.fields if type(f.type) is inspect.IntType]
    return structs.replace(made, **dict.fromkeys(ints, n)) if ints else made


def _private(user: dict[str, Any]) -> dict[str, Any]:
    return {"id": user["id"], "type": "private", "first_name": user["first_name"]}


async def run(writer: Writer, n: int, seed: int = 1) -> tuple[int, list[str], list[str]]:
    """`n` random operations: how many, what leaked, which of her tables changed."""
    street, rng = Street(writer), random.Random(seed)
    await street.opens()
    before, operations, leaks = await street.belongings(), street.operations(), []
    waiting: list[Any] = []
    for i in range(n):
        what = operations[i] if n >= len(operations) > i else rng.choice(operations)
        user = rng.choice((OUR_OWNER, OUR_OWNER, OUR_MEMBER))
        waiting.append(street.update(what, user, private=rng.random() < 0.3))
        if len(waiting) == BATCH or i == n - 1:
            await street.desk.feed(*(u for u in waiting if u is not None))
            waiting.clear()
        if i % 1000 == 999:
            leaks += await street.leaks()
            await writer.submit(lambda w: w.sql.run(sa.delete(outbox)))
    leaks += await street.leaks()
    after = await street.belongings()
    return n, leaks, [t for t in before if before[t] != after[t]]


def main() -> None:
    """The long form."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as place:
        url = f"sqlite:///{Path(place) / 't.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        made, leaks, changed = asyncio.run(run(writer, n))
        writer.close()
    print(f"{made} operations, {len(leaks)} leaks, tables changed: {changed or 'none'}")
    record(
        "G28", f"{len(leaks)} of {made:,}", met=not (leaks or changed), part="" if made >= 10**5 else "short"
    )
    print("\n".join(leaks[:20]))
    raise SystemExit(bool(leaks or changed))


if __name__ == "__main__":
    main()
