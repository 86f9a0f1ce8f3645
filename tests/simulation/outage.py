"""G14: the bot is away for hours while people go on; what Telegram kept is handled, and it is steady soon.

    python -m tests.simulation.outage [--seeds 100] [--steps 300] [--seed 0] [--jobs 2] [--record]

Each seed is played with its people and without faults: a third of its steps beside the bot; then it dies and
is away, a day less some minutes in even seeds and three days in odd ones, while the other two thirds happen,
spread over the last hours that Telegram keeps and, in odd seeds, over those that it does not. Then all checks
of the simulation hold, and what is due is done within two minutes of the start; posts as their plans say.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sys
from dataclasses import dataclass

from tests.benchmarks.figures import record
from tests.simulation.ground import ground
from tests.simulation.script import PEOPLE, Script, script_of
from tests.simulation.sim import Sim

DAY = 86400.0
STEADY = 120.0  # seconds from the start until nothing waits


@dataclass(frozen=True, slots=True)
class Back:
    """What became of an outage."""

    seed: int
    hours: float
    kept: int  # updates that Telegram still had
    gone: int  # and that it had no more
    steady: float
    wrong: tuple[tuple[str, str], ...]


class Outage(Sim):
    """A bot that dies after a third of its script and comes back when all of it has happened."""

    def __init__(self, seed: int, steps: int) -> None:
        script = script_of(seed, steps)
        rng = random.Random(seed + 2)
        hours = 72.0 if seed % 2 else 23.8
        acts = [s for s in script.steps if s[1] in PEOPLE]
        third, pause = len(acts) // 3, hours * 3600 / max(1, len(acts) - len(acts) // 3)
        for step in acts[third:]:
            step[0] = round(rng.uniform(0.2, 1.7) * pause, 3)
        script.steps = [*acts[:third], [0.1, "go_away"], *acts[third:]]
        super().__init__(Script(seed, script.start, script.tier, script.steps), ground())
        self.hours, self.kept, self.gone, self.steady = hours, 0, 0, 0.0

    def go_away(self) -> None:
        """The bot dies, and nobody starts it."""
        self.met("away")
        self.away = self.hours * 3600
        self.until = self.loop.time() + self.away
        self.process.kill()

    async def _recover(self) -> None:
        if (left := self.until - self.loop.time() - 1) > 0:
            await self._pass(left, parts=2)
        bot = self.world.bots[self.token]
        self.world.drop_old(bot, len(bot.updates))
        self.kept, self.gone = len(self.queue), len(self.world.expired)
        for chat, number in list(self.forbids):  # of what Telegram forgot the bot never hears
            message = self.world.chats[chat].messages.get(number)
            if message is None or self.world.clock.now() - message["date"] > DAY - 5:
                del self.forbids[chat, number]
        while self.process.dead:
            await self._pass(0.5, parts=1)
        self.away = 0.0
        began = self.loop.time()
        await self._quiet(600)
        self.steady = self.loop.time() - began
        if self.steady > STEADY:
            self.wrong("liveness", f"steady only {self.steady:.0f} s after the start: {self.unrest()}")
        await super()._recover()


def gone(given: tuple[int, int]) -> Back:
    """One seed's outage."""
    sim = Outage(*given)
    verdict = sim.run()
    ground().rest()
    return Back(verdict.seed, sim.hours, sim.kept, sim.gone, sim.steady, tuple(verdict.wrong))


def main() -> None:
    """The command."""
    os.environ["PYTHONHASHSEED"] = "0"  # of the processes that play
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    todo = [(seed, given.steps) for seed in range(given.seed, given.seed + given.seeds)]
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        found = pool.map(gone, todo, chunksize=2)
    for back in found:
        for kind, what in back.wrong[:3]:
            print(f"seed {back.seed} ({back.hours:g} h): {kind}: {what}")
    failed = sum(bool(b.wrong) for b in found)
    slowest = max(b.steady for b in found)
    told = (
        f"{len(found)} outages of 24 and 72 h, {sum(b.kept for b in found):,} updates kept,"
        f" {sum(b.gone for b in found):,} no more: {failed} failed, steady in {slowest:.0f} s"
    )
    print(told)
    met = not failed and slowest <= STEADY and any(b.kept for b in found) and any(b.gone for b in found)
    span = f"{given.seed} to {given.seed + given.seeds - 1}"
    record(
        "G14", told, met=met, seeds=span, part="" if given.seeds >= 100 and given.steps >= 300 else "short"
    )
    sys.exit(not met)


if __name__ == "__main__":
    main()
