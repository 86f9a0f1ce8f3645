"""G18: three days' worth of updates through the whole inbound path: how much memory, and does it grow?

    python -m tests.benchmarks.days [--updates 13000000] [--chats 5000] [--record]

As `tests.benchmarks.soak` (rules with 10,000 phrases, rows, sums, outbox, commits on SQLite, hourly ticks and
sweeps), but as fast as it goes: thirteen million updates at fifty a second are 72 hours of the bot's clock.
The first fifth of them fills caches; growth is the slope over the rest, an hour of that clock.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import psutil

from groupbot.engine.memory import settle
from tests.benchmarks import updates
from tests.benchmarks.bot import Bench, open_bot
from tests.benchmarks.figures import record
from tests.benchmarks.soak import BATCH, hourly, older

HOUR = 180_000  # updates, of which the clock counts fifty a second
BLOCK = 1000  # groups that one batch is about
MOST, SLOPE = 300.0, 1.0  # MB, and MB an hour


async def days(bot: Bench, many: int, chats: int) -> list[tuple[float, float]]:
    """(hours passed, resident MB), four times an hour."""
    me, seen = psutil.Process(), list[tuple[float, float]]()
    for done in range(0, many, BATCH):
        if done % HOUR == 0:
            await hourly(bot)
        if done % (HOUR // 4) == 0:
            seen.append((done / HOUR, me.memory_info().rss / 2**20))
            print(f"hour {seen[-1][0]:.2f}: {seen[-1][1]:.0f} MB", file=sys.stderr, flush=True)
        number, beyond = done + 1000, done // BATCH % (chats // BLOCK) * BLOCK
        bot.clock.at = datetime.fromtimestamp(updates.START + (number + BATCH) // 50, UTC)
        bot.handle(updates.raw(BATCH, seed=done // BATCH % 1000, first=number, beyond=beyond))
    return [*seen, (many / HOUR, me.memory_info().rss / 2**20)]


def slope(seen: list[tuple[float, float]]) -> float:
    """MB an hour, over all but the first fifth."""
    warm = [(t, mb) for t, mb in seen if t >= seen[-1][0] / 5]
    return statistics.linear_regression([t for t, _ in warm], [mb for _, mb in warm])[0]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--updates", type=int, default=13_000_000)
    parser.add_argument("--chats", type=int, default=5000)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        bot = open_bot(Path(folder))
        bot.set_up_groups([-1001000000000 - g for g in range(1, given.chats + 1)], phrases=10_000)
        bot.writer.write(older)
        settle()
        seen = asyncio.run(days(bot, given.updates, given.chats))
        counts = bot.counts()
        bot.close()
    most, grows = max(mb for _, mb in seen), slope(seen)
    print("resident MB: " + " ".join(f"{mb:.0f}" for _, mb in seen[:: max(1, len(seen) // 12)]))
    told = (
        f"{given.updates:,} updates, {seen[-1][0]:.1f} hours, {given.chats:,} chats: {most:.0f} MB at most, "
        f"{grows:+.2f} MB an hour"
    )
    print(f"{told}; {counts}")
    whole = given.updates >= 72 * HOUR and given.chats >= 5000
    record("G18", told, met=most <= MOST and grows <= SLOPE, part="" if whole else "short")


if __name__ == "__main__":
    main()
