"""One group's data is never read or changed from another, whatever ids are named there.

The short form of RELIABILITY G28: every command and every button that ships, in one group, with the numbers
of the other group's packets, draws, cases, reports and people. `python -m tests.reliability.test_tenants
100000` is the long one.
"""

from __future__ import annotations

import asyncio
import random
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import inspect

from groupbot.core import taps
from groupbot.core.events import Chat, Person, Standing
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.dispatch import Dispatch, Item, Outcome
from groupbot.engine.me import me_of
from groupbot.engine.plugins import Registry, load
from groupbot.engine.router import Router
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.members.service import Knowledge
from groupbot.surfaces.telegram.intake import decode
from tests.conftest import START, make_tables
from tests.engine.desk import GROUP, KEY, OTHER, Desk

CANARY = "kanarienvogel"
OURS, THEIRS = 1, 2  # our ids of the two groups, in the order they are seen
OWNER = {"id": 21, "is_bot": False, "first_name": "Olga", "language_code": "en"}
MEMBER = {"id": 31, "is_bot": False, "first_name": f"Ann {CANARY}", "language_code": "en"}
STRANGER = {"id": 22, "is_bot": False, "first_name": "Wu", "language_code": "en"}
VISITOR = {"id": 32, "is_bot": False, "first_name": "Vi", "language_code": "en"}
RIGHTS = frozenset({"delete", "restrict", "pin", "invite", "promote", "info", "manage", "topics"})
# What belongs to a chat through its draw, packet, raid or report.
UNDER = {
    "gathering_id": "gathering",
    "lottery_id": "lottery",
    "packet_id": "packet",
    "raid_id": "raid",
    "report_id": "report",
}


class Two:
    """Two groups of different people on one bot; the first has something of everything."""

    def __init__(self, url: str) -> None:
        self.registry: Registry = load()
        self.writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        self.desk = Desk(self.writer, Router("empty"))
        self.desk.dispatch = Dispatch(
            self.writer, self.registry, Knowledge(()), decode=decode, username="test_bot", key=KEY
        )
        kept = tuple(k for r in self.registry.routers for k in r.kept)
        self.writer.me = me_of(self.registry, 700000001, "test_bot", kept=kept)
        self.writer.content = self.desk.content

    async def fill(self) -> None:
        """The first group's life, with the canary in everything people wrote."""
        d = self.desk
        for chat, owner in ((GROUP, OWNER), (OTHER, STRANGER)):
            await d.feed(d.message("hello", user=owner, chat=chat))
            here = Chat(chat["id"], chat["type"], chat["title"])  # type: ignore[arg-type]
            who = Person(owner["id"], owner["first_name"])  # type: ignore[arg-type]
            await d.feed(
                Item(event=Standing(at=d.at, chat=here, person=who, status="creator", rights=RIGHTS))
            )
        await d.feed(d.message(CANARY, user=MEMBER))
        await d.feed(d.message("hi", user=VISITOR, chat=OTHER))
        said = {"message_id": 77, "date": int(d.at.timestamp()), "chat": GROUP, "from": MEMBER, "text": "x"}
        for text in (
            f"/lottery {CANARY} x1 24h",
            f"/redpacket 50 5 {CANARY}",
            f"/warn {CANARY}",
            f"/note 31 {CANARY}",
            f"/addblocklist {CANARY}",
            f"/approve 31 {CANARY}",
            f"/setrules {CANARY}",
            f"/setwelcome {CANARY}",
            f"/save {CANARY} {CANARY}",
            f"/filter {CANARY} {CANARY}",
            f"/shop add 5 3 {CANARY}",
            f"/groupbuy 2 24h {CANARY}",
            "/checkin",
        ):
            await d.feed(d.message(text, user=OWNER, reply_to_message=said))
        await d.feed(d.tap(self.button("lt.enter", 1, OURS), user=MEMBER))
        await d.feed(d.tap(self.button("rp.grab", 1, OURS), user=MEMBER))
        await d.feed(d.message(f"/report {CANARY}", user=MEMBER, reply_to_message=said | {"from": OWNER}))

    def button(self, kind: str, number: int, chat: int) -> str:
        """The sealed data of a button of this kind, with this number wherever it holds one."""
        route = next(t for t in self.registry.taps.values() if t.kind == kind)
        found = inspect.type_info(route.type)
        assert isinstance(found, inspect.StructType)
        made: dict[type[Any], Any] = {
            inspect.IntType: number,
            inspect.StrType: "a",
            inspect.BoolType: True,
            inspect.FloatType: 1.0,
        }
        values = {f.name: made[type(f.type)] for f in found.fields if type(f.type) in made}
        return taps.pack(route.type(**values), route.kind, chat, KEY)

    def ours(self) -> dict[str, list[Any]]:
        """Every row of the first group."""
        found: dict[str, list[Any]] = {}
        every = tables().tables

        def look(work: Any) -> None:
            for name, table in every.items():
                if "chat_id" in table.c:
                    where = table.c.chat_id == OURS
                else:
                    parent = next((c for c in UNDER if c in table.c), None)
                    if parent is None:
                        continue
                    above = every[UNDER[parent]]
                    where = table.c[parent].in_(sa.select(above.c.id).where(above.c.chat_id == OURS))
                rows = work.sql.all(sa.select(table).where(where))
                if rows:
                    found[name] = sorted(map(repr, rows))

        self.writer.write(look)
        return found

    async def silence(self) -> None:
        """A button in private may name any group: then Telegram is asked whether its presser may act there,
        and what waits for that is refused when no word comes."""
        if not self.desk.parked():
            return
        for chat in (GROUP, OTHER):
            here = Chat(chat["id"], chat["type"], chat["title"])  # type: ignore[arg-type]
            for who in (STRANGER, VISITOR):
                person = Person(who["id"], "")  # type: ignore[arg-type]
                nothing = Standing(at=self.desk.at, chat=here, person=person, status="")
                await self.desk.feed(Item(event=nothing, undecided=True))

    def told(self) -> list[str]:
        """What was said elsewhere that holds the first group's words, and what was said to the first group
        while nobody there did anything."""
        box = tables().tables["outbox"].c
        elsewhere = sa.select(box.payload).where(
            sa.func.coalesce(box.chat_id, 0) != OURS, box.payload.contains(CANARY)
        )
        return [str(r[0])[:300] for r in self.writer.write(lambda w: w.sql.all(elsewhere))]

    async def one(self, rng: random.Random) -> tuple[str, Outcome]:
        """One act in the second group, or in private, with numbers of the first."""
        d = self.desk
        who = rng.choice((STRANGER, VISITOR))
        number = rng.choice((1, 1, 1, 2, OURS, 21, 31, 77, -100500))
        place = rng.choice(
            (OTHER, OTHER, OTHER, {"id": who["id"], "type": "private", "first_name": who["first_name"]})
        )
        if rng.random() < 0.4:
            route = rng.choice(list(self.registry.taps.values()))
            scope = THEIRS if place is OTHER else -int(str(who["id"]))
            data = self.button(route.kind, number, scope)
            return f"{route.kind} {number}", await d.feed(d.tap(data, user=who, chat=place))
        command = rng.choice([c for c in self.registry.every_command if c.name != "connect"])
        words = rng.choice(
            ("", f"{number}", f"#{number}", f"close {number}", f"show {number}", f"{number} 5")
        )
        text = f"/{command.name} {words}".strip()
        more: dict[str, Any] = {}
        if rng.random() < 0.3:
            more["reply_to_message"] = {
                "message_id": 77,
                "date": int(d.at.timestamp()),
                "chat": place,
                "from": VISITOR,
                "text": "x",
            }
        return text, await d.feed(d.message(text, user=who, chat=place, **more))


async def across(url: str, acts: int, seed: int) -> tuple[list[str], dict[str, int]]:
    """What went wrong in so many acts, and how many rows the first group has by table."""
    two = Two(url)
    wrong: list[str] = []
    try:
        await two.fill()
        before = two.ours()
        rng = random.Random(seed)
        for _ in range(acts):
            what, outcome = await two.one(rng)
            await two.silence()
            wrong += [f"{what}: {a.text}" for a in outcome.answers if CANARY in a.text]
            if outcome.quarantined:
                wrong.append(f"{what}: an error")
        after = two.ours()
        wrong += [f"changed: {t}" for t in {*before, *after} if before.get(t) != after.get(t)]
        wrong += [f"told: {t}" for t in two.told()]
        return wrong, {t: len(rows) for t, rows in before.items()}
    finally:
        two.writer.close()


async def test_no_act_in_one_group_reads_or_changes_another(lite_tables: Path, tmp_path: Path) -> None:
    shutil.copyfile(lite_tables, tmp_path / "two.db")
    wrong, rows = await across(f"sqlite:///{tmp_path / 'two.db'}", 400, 11)
    assert wrong == []
    assert {"account", "event", "lottery", "lottery_entry", "packet", "packet_claim", "verdict"} <= set(rows)
    assert {"chat_filter", "chat_note", "checkin", "gathering", "shop_item"} <= set(rows)
    assert len(rows) >= 20


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        where = f"sqlite:///{folder}/two.db"
        make_tables(where)
        faults, _ = asyncio.run(across(where, int(sys.argv[1]) if len(sys.argv) > 1 else 1000, 12))
        print("\n".join(faults) or "0 reads or writes across")
        sys.exit(bool(faults))
