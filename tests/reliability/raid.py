"""A raid on the whole bot, through the embedded Telegram, in real time (RELIABILITY G13).

    python -m tests.reliability.raid [--joins 2000] [--messages 1000] [--seconds 60]

prints how long the slowest raider stayed, how many notices a minute the group read, how many of the
group's own people were touched, and what one undo gave back. Nothing leaves this machine. Where the real
Telegram answers 429 to so many bans the bot waits as long as it says; the embedded one does not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groupbot.features.members import service as members
from groupbot.surfaces.sandbox.world import Forbidden
from groupbot.testing import Talk, conversation
from tests.benchmarks.figures import record

OWN = 400  # people of the group
TALK = (
    "早上好", "恭喜恭喜", "今天有货吗", "谢谢", "收到", "小周在吗", "山楂陈皮好喝", "明天几点开门", "哈哈哈",
    "我也要两提", "地址在哪里", "好的好的", "下雨了注意安全", "这个多少钱", "周末有活动吗", "已经到了",
)  # fmt: skip
ADVERTS = (
    "兼职日结 加薇信 jdd886",
    "代開發票 加 V 信 kk7788",
    "高薪招聘 联系 wx: abc8899",
    "低价出号 +q 12345678",
)


@dataclass(slots=True)
class Figures:
    """What a raid did. Times in seconds."""

    joins: int
    messages: int
    longest_stay: float = 0.0
    left_over: int = 0
    adverts_left: int = 0
    notices_a_minute: int = 0
    own: int = 0
    own_touched: int = 0
    let_back: int = 0
    undo_seconds: float = 0.0
    calls: int = 0


class Watch:
    """Who came and went when, by the embedded Telegram's own word."""

    def __init__(self, chat: Talk) -> None:
        self.chat = chat
        self.came: dict[int, float] = {}
        self.went: dict[int, float] = {}
        self.touched: set[int] = set()
        self.own_messages: dict[int, int] = {}
        chat.world.listeners.append(self.heard)

    def heard(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "member" and body["chat"] == self.chat.id:
            user, status = body["member"]["user"]["id"], body["member"]["status"]
            if user in self.came:
                if status == "kicked":
                    self.went.setdefault(user, time.monotonic())
            elif status in ("kicked", "restricted"):
                self.touched.add(user)
        elif kind == "removed" and body["message_id"] in self.own_messages:
            self.touched.add(self.own_messages[body["message_id"]])


async def until(done: Any, seconds: float) -> None:
    """Wait for `done()`, no longer than `seconds`."""
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        await asyncio.sleep(0.05)


async def raid(folder: Path, joins: int, messages: int, seconds: float, *, seed: int = 7) -> Figures:
    """One raid; returns what became of it."""
    chance = random.Random(seed)
    figures = Figures(joins, messages, own=OWN)
    async with conversation(folder, language="zh", paced=True) as chat:

        def write(work: Any) -> None:
            for p in members.profiles(work):
                members.set_profile(work, p.chat, tier="consumer", owner=chat.owner)

        await chat.app.writer.submit(write)
        for line in ("/rules on", "/autoantiraid 15", "/flood crowd 5"):
            await chat.says(chat.owner, line)
        own = [chat.person(f"Own{i}") for i in range(OWN)]
        watch = Watch(chat)
        bot = next(iter(chat.world.bots.values())).user
        notices: list[tuple[float, str]] = []

        def noticed(kind: str, body: dict[str, Any]) -> None:
            said = body.get("message") or {}
            here = kind == "message" and said["chat"]["id"] == chat.id
            if here and said["from"]["id"] == bot and "text" in said:
                notices.append((time.monotonic(), said["text"]))

        chat.world.listeners.append(noticed)
        calls = chat.app.gateway.calls
        begun = time.monotonic()
        acts = sorted(
            [(chance.uniform(0, seconds), "join", i) for i in range(joins)]
            + [(chance.uniform(0, seconds), "say", i) for i in range(messages)]
        )
        raiders: list[int] = []
        adverts: list[int] = []
        for at, what, i in acts:
            pause = begun + at - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            if what == "join":
                user = chat.world.add_user(f"Raider{i}", language="zh")
                watch.came[user] = time.monotonic()
                chat.world.join(user, chat.id)
                raiders.append(user)
            elif i % 3 and raiders:
                speaker = raiders[-1 - chance.randrange(min(20, len(raiders)))]
                try:
                    made = chat.world.say(speaker, chat.id, chance.choice(ADVERTS))
                    adverts.append(made["message_id"])
                except Forbidden:
                    pass  # gone already
            else:
                speaker = chance.choice(own)
                made = chat.world.say(speaker, chat.id, chance.choice(TALK))
                watch.own_messages[made["message_id"]] = speaker
            if i % 20 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(watch.went) == joins and not any(map(chat.stands, adverts)), 180)
        figures.longest_stay = round(
            max((watch.went.get(u, time.monotonic()) - t for u, t in watch.came.items()), default=0.0), 2
        )
        figures.left_over = joins - len(watch.went)
        figures.adverts_left = sum(map(chat.stands, adverts))
        figures.notices_a_minute = max(
            (sum(t <= other < t + 60 for other, _ in notices) for t, _ in notices), default=0
        )
        figures.own_touched = len(watch.touched)
        figures.calls = chat.app.gateway.calls - calls
        began = time.monotonic()
        chat.world.say(chat.owner, chat.id, "/raidundo")
        await until(lambda: all(chat.status(u) == "left" for u in raiders), 300)
        figures.undo_seconds = round(time.monotonic() - began, 2)
        figures.let_back = sum(chat.status(u) == "left" for u in raiders)
    return figures


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--joins", type=int, default=2000)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(raid(Path(folder), given.joins, given.messages, given.seconds))
    print(json.dumps(asdict(made), ensure_ascii=False, indent=1))
    innocent, stay = made.own_touched / made.own, made.longest_stay
    record(
        "G13",
        f"{made.joins:,} joins: the longest stayed {stay:.1f} s, {made.left_over} left, {innocent:.1%} "
        f"innocents, {made.notices_a_minute} notices a minute, {made.let_back:,} back in one act",
        met=made.longest_stay <= 10
        and not made.left_over + made.adverts_left
        and innocent <= 0.005
        and made.notices_a_minute <= 1
        and made.let_back == made.joins,
        part="a raid" if made.joins >= 2000 and given.seconds <= 60 else "a raid, short",
    )


if __name__ == "__main__":
    main()
