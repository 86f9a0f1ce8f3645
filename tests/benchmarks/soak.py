"""Does memory grow? Updates at a steady pace through the whole inbound path, everything on.

    python -m tests.benchmarks.soak                  # ten minutes at 1,000 updates a second
    python -m tests.benchmarks.soak --minutes 1      # the short form

Bytes → rules with 10,000 phrases → rows, sums, outbox → commit on SQLite, in one process without a network.
5,000 people in about four of 1,000 groups each go on talking; time passes as the updates say (a second in
fifty), and hourly ticks and sweeps run with it, at the start too, as the heartbeat has them. The first fifth
fills caches (SQLite's 32 MB are full from the start); growth is the slope over the rest. Goal: 5 %.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import psutil

from groupbot.engine import retention
from groupbot.engine.memory import settle
from groupbot.engine.schedule import RARE
from groupbot.engine.work import Work
from tests.benchmarks import updates
from tests.benchmarks.bot import Bench, open_bot
from tests.benchmarks.figures import record

BATCH, GOAL = 100, 0.05


def older(work: Work) -> None:
    """More of the past than SQLite's page cache holds, so that its filling up is no growth."""
    work.sql.plain(
        "WITH RECURSIVE s(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM s WHERE i < 500000)"
        " INSERT INTO event (chat_id, at, person_id, kind, units, message_id, staff)"
        " SELECT 1 + i % 1000, strftime('%Y-%m-%d %H:%M:%f000', 1799000000 + i, 'unixepoch'), i % 5000,"
        " 'message', 9, i, 0 FROM s"
    )


async def hourly(bot: Bench) -> None:
    """What the heartbeat does at its start and once an hour."""
    for tick in bot.registry.ticks:
        if tick.seconds >= RARE:
            await bot.dispatch.tick(tick.name, tick.fn, tick.reads)
    await bot.dispatch.tick("tick:engine.sweep", retention.sweep)


async def soak(bot: Bench, rate: int, seconds: float) -> tuple[float, list[tuple[float, float]]]:
    """Updates a second, and (seconds passed, resident MB), twenty times or more."""
    me, seen = psutil.Process(), list[tuple[float, float]]()
    await hourly(bot)
    began = time.monotonic()
    number, hour, told = 1000, 0, 0.0
    while (passed := time.monotonic() - began) < seconds:
        ahead = (number - 1000) / rate - passed
        if ahead > 0:
            await asyncio.sleep(ahead)
        bot.clock.at = datetime.fromtimestamp(updates.START + (number + BATCH) // 50, UTC)
        bot.handle(updates.raw(BATCH, seed=number // BATCH % 200, first=number))
        number += BATCH
        if number // 180_000 > hour:
            hour = number // 180_000
            await hourly(bot)
        if passed >= told:
            seen.append((passed, me.memory_info().rss / 2**20))
            told += seconds / 40
    print(f"{number - 1000:,} updates, {(number - 1000) / seconds:,.0f} a second (asked: {rate:,})")
    return (number - 1000) / seconds, seen


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--rate", type=int, default=1000)
    args = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        bot = open_bot(Path(folder))
        bot.set_up_groups([-1001000000000 - g for g in range(1, 1001)], phrases=10_000)
        bot.writer.write(older)
        settle()
        pace, seen = asyncio.run(soak(bot, args.rate, args.minutes * 60))
        counts = bot.counts()
        bot.close()
    warm = [(t, mb) for t, mb in seen if t >= args.minutes * 12]
    slope, base = statistics.linear_regression([t for t, _ in warm], [mb for _, mb in warm])
    low, high = (slope * t + base for t in (warm[0][0], warm[-1][0]))
    print("resident MB: " + " ".join(f"{mb:.0f}" for _, mb in seen[:: max(1, len(seen) // 12)]))
    print(f"from {low:.1f} to {high:.1f} MB by the slope: {high / low - 1:+.1%} (goal {GOAL:.0%}); {counts}")
    whole = args.minutes >= 10 and pace >= 980  # a busy machine gives less
    record(
        "soak",
        f"{high / low - 1:+.1%} from {low:.0f} MB in {args.minutes:g} minutes at {pace:,.0f} updates/s",
        met=high / low - 1 <= GOAL,
        part="" if whole else "slower or shorter",
    )


if __name__ == "__main__":
    main()
