"""Forbidden messages in a stream of talk, through the embedded Telegram, in real time (RELIABILITY G13).

    python -m tests.reliability.stream [--groups 20] [--rate 200] [--seconds 60]

Members of several groups write `rate` messages a second together, one in twenty an advert that a rule puts
away; printed is how long the adverts stood. The bot keeps to Telegram's limits as it does in real life.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from groupbot.features.members import service as members
from groupbot.features.rules import service as rules
from groupbot.surfaces.sandbox.world import RIGHTS, Forbidden
from groupbot.testing import TOKEN, conversation
from tests.benchmarks.figures import record
from tests.reliability.raid import ADVERTS, TALK, until

WITHIN = 1.5  # seconds, of 99 in 100
ADVERT = 20  # one message in so many
CONTACTS = ADVERTS[:3]  # what the rule on contact details names


@dataclass(slots=True)
class Stream:
    """What became of a stream. Times in seconds."""

    groups: int
    messages: int
    rate: float = 0.0
    adverts: int = 0
    left: int = 0
    median: float = 0.0
    p99: float = 0.0
    longest: float = 0.0
    innocent_gone: int = 0
    cases: str = ""


async def stream(folder: Path, groups: int, rate: int, seconds: float, *, seed: int = 7) -> Stream:
    """One stream of so many messages a second."""
    chance = random.Random(seed)
    made = Stream(groups, int(rate * seconds))
    async with conversation(folder, language="zh", paced=True) as chat:
        rooms = [chat.room.id]
        for n in range(1, groups):
            room = chat.world.add_chat(f"Group {n}", chat.owner, type="supergroup")
            chat.world.add_bot_to(TOKEN, room.id, chat.owner, set(RIGHTS))
            rooms.append(room.id)
        await chat.settle()

        def write(work: Any) -> None:
            for p in members.profiles(work):
                members.set_profile(work, p.chat, tier="consumer", owner=chat.owner)
                rules.set_mode(work, p.chat, "on", chat.owner)

        await chat.app.writer.submit(write)
        people = {room: [chat.person(f"P{n}-{room}", joins=False) for n in range(100)] for room in rooms}
        for room, those in people.items():
            for one in those:
                chat.world.join(one, room)
        await chat.settle()
        said: dict[tuple[int, int], float] = {}
        gone: dict[tuple[int, int], float] = {}

        def removed(kind: str, body: dict[str, Any]) -> None:
            if kind == "removed":
                gone.setdefault((body["chat"], body["message_id"]), time.monotonic())

        chat.world.listeners.append(removed)
        plain: set[tuple[int, int]] = set()
        told: Counter[tuple[int, bool]] = Counter()
        begun = time.monotonic()
        for n in range(made.messages):
            pause = begun + n / rate - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            else:
                await asyncio.sleep(0)
            room, advert = chance.choice(rooms), chance.random() < 1 / ADVERT
            # an advert by somebody new each time; the others in turn: nobody floods
            turn = told[room, advert]
            who = people[room][turn % 50 if advert else 50 + turn % 50]
            told[room, advert] += 1
            words = chance.choice(CONTACTS) if advert else f"{chance.choice(TALK)} {n}"
            try:
                message = chat.world.say(who, room, words)
            except Forbidden:
                continue
            key = (room, int(message["message_id"]))
            if advert:
                said[key] = time.monotonic()
            else:
                plain.add(key)
        made.rate = round(made.messages / (time.monotonic() - begun), 1)
        await until(lambda: said.keys() <= gone.keys(), 30)
        stood = sorted(gone.get(k, time.monotonic()) - at for k, at in said.items())
        made.adverts, made.left = len(said), len(said.keys() - gone.keys())
        made.median, made.p99 = (round(stood[int(len(stood) * q)], 3) for q in (0.5, 0.99))
        made.longest, made.innocent_gone = round(stood[-1], 3), len(plain & gone.keys())
        rows = chat.rows("SELECT rule, action, count(*) FROM verdict GROUP BY rule, action ORDER BY 3 DESC")
        made.cases = ", ".join(f"{rule} {action} {n}" for rule, action, n in rows)
    return made


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--groups", type=int, default=20)
    parser.add_argument("--rate", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = asyncio.run(stream(Path(folder), given.groups, given.rate, given.seconds))
    print(json.dumps(asdict(made), ensure_ascii=False, indent=1))
    whole = given.rate >= 200 and given.seconds >= 60
    record(
        "G13",
        f"{made.rate:.0f} messages/s: {made.adverts} forbidden ones gone in {made.median:.2f} s, p99 "
        f"{made.p99:.2f}, {made.left} left",
        met=made.p99 <= WITHIN and not made.left and made.rate >= 0.95 * given.rate,
        part="in calm" if whole else "in calm, short",
    )


if __name__ == "__main__":
    main()
