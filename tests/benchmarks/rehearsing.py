"""A rehearsal over a week of stored talk: `python -m tests.benchmarks.rehearsing [MESSAGES] [--rule spam]`.

Fills a group's kept texts with seven days of talk and adverts, rehearses a rule on them and prints how long
each turn took, which is how long everything else waits for it (wanted: at most 50 ms of the writer's own time
each), and how long the whole took. A turn's time is this thread's own: what other programs take is not in it.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from groupbot.core.events import Chat, Message, Person
from groupbot.engine import memory
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.plugins import load
from groupbot.engine.storage import open_engine
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features import tables
from groupbot.features.moving import store
from tests.benchmarks.figures import record
from tests.conftest import START
from tests.features.guarding.test_service import Room
from tests.features.moving.test_rehearsing import told
from tests.reliability.raid import ADVERTS, TALK

SPACE = Chat(-1001, "supergroup", "West Lake")
PEOPLE, MOST = 2_000, 0.05
WEEK = timedelta(days=7)


def filled(writer: Writer, chat: int, count: int, seed: int = 7) -> None:
    """A week of talk of PEOPLE, one message in fifty an advert, a tenth of it long."""
    rng = random.Random(seed)

    def keep(work: Work) -> None:
        for n in range(count):
            text = rng.choice(ADVERTS) if n % 50 == 0 else rng.choice(TALK) * (8 if n % 10 == 0 else 1)
            at = START - WEEK + (WEEK * n) / count + timedelta(seconds=1)
            who = rng.randrange(1, PEOPLE)
            m = Message(at=at, chat=SPACE, sender=Person(who), text=text, message_id=n + 1)
            m = msgspec.structs.replace(m, carriers=(("text", text),))
            work.add(store.KEPT, chat, n + 1, at, None, who, msgspec.json.encode(m).decode())

    writer.write(keep)


def run(writer: Writer, chat: int, rule: str) -> tuple[dict[str, Any], list[float], float]:
    """The report, each turn's own time and the whole by the clock, in seconds."""
    began = time.perf_counter()
    report, turns = told(writer, chat, rule, time.thread_time)
    return report, turns, time.perf_counter() - began


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("messages", type=int, nargs="?", default=50_000)
    parser.add_argument("--rule", default="spam")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'rehearsal.db'}"
        engine = open_engine(url)
        tables().create_all(engine)
        engine.dispose()
        writer = Writer(url, clock=FixedClock(START), rng=chance(7), bot_id=700000001)
        writer.me = msgspec.structs.replace(writer.me, settings=load().settings)
        try:
            chat = Room(writer).chat
            filled(writer, chat, given.messages)
            memory.settle()  # as a bot that runs does; what filling left is no part of it
            report, turns, whole = run(writer, chat, given.rule)
        finally:
            writer.close()
    first, turns = turns[0], sorted(turns)
    late = sum(t > MOST for t in turns)
    print(f"{report['messages']:,} messages judged, {report['hits']:,} hits of {report['people']:,} people")
    middle, longest = statistics.median(turns) * 1000, turns[-1] * 1000
    print(
        f"{len(turns)} turns: median {middle:.1f} ms, p99 {turns[int(len(turns) * 0.99)] * 1000:.1f}, ",
        end="",
    )
    print(f"longest {longest:.1f}, the first {first * 1000:.1f}; {late} over 50 ms; {whole:.1f} s in all")
    record(
        "rehearsal",
        f"longest of {len(turns)} turns {longest:.0f} ms, median {middle:.0f}; "
        f"{report['messages']:,} messages in {whole:.0f} s",
        met=not late and report["messages"] >= 50_000,
        part="" if report["messages"] >= 50_000 else "short",
    )


if __name__ == "__main__":
    main()
