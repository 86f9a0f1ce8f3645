"""G22: is moderation there? Each minute of a month somebody says a forbidden word, and it must go in time.

    python -m tests.simulation.month [--days 30] [--day 0] [--jobs 2] [--record]

Each day is a run of its own: 1,440 probes beside people who talk, and all that goes wrong on our side of the
line, a good deal oftener than it should (`OURS`, times a day). Nothing of Telegram's fails. A probe is served
when its message is gone within `IN_TIME`; time is virtual, so that what a start takes is added (`AWAY`).
All checks of the simulation hold besides.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import sys
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.figures import record
from tests.simulation.ground import ground
from tests.simulation.people import pick
from tests.simulation.script import MOMENTS, Script, Step
from tests.simulation.sim import Sim

GOAL = 0.9995
IN_TIME = 10.0  # seconds; G13: none is left longer, in a raid either
AWAY = 6.0  # seconds from a death to the first update: a supervisor's pause and a start (G6: 2.8 s)
STRIDE = 30.0  # seconds between two beats of the heart, which has little to do with what a member says
TALK = 0.5  # messages a minute of others
OURS = {
    "kill": 4.0,
    "kill_commit_before": 1.0,
    "kill_commit_after": 1.0,
    "kill_call_before": 1.0,
    "kill_call_after": 1.0,
    "freeze": 0.2,  # two seconds to two minutes
    "db_begin": 6.0,
    "db_commit": 6.0,
    "db_full": 1.0,
    "db_refuse": 2.0,
    "step_clock": 0.5,
    "unknown": 4.0,
    "malformed": 4.0,
    "unstorable": 2.0,
}


@dataclass(frozen=True, slots=True)
class Served:
    """What became of a day's probes."""

    day: int
    probes: int
    late: int  # gone after `IN_TIME`, or never
    slowest: float  # seconds, of those that went
    lives: int
    wrong: tuple[tuple[str, str], ...]


def script_of_day(day: int, minutes: int, often: float) -> Script:
    """A probe in each minute; the rest by chance, each kind so often."""
    rng = random.Random(day + 3)
    acts: list[tuple[float, str]] = [(60 * (n + rng.random()), "say_forbidden") for n in range(minutes)]
    for act, times in {"talk": TALK * 1440, **{k: v * often for k, v in OURS.items()}}.items():
        at = rng.expovariate(times / 86400)
        while at < minutes * 60:
            acts.append((at, act))
            at += rng.expovariate(times / 86400)
    steps: list[Step] = []
    before = 0.0
    for at, act in sorted(acts):
        numbers = [round(rng.random(), 6) for _ in range(4)]
        if act == "freeze":
            numbers[1] = 0.0  # not the sleep of a machine
        steps.append([round(at - before, 3), act, *numbers])
        before = at
    return Script(day, MOMENTS[day % len(MOMENTS)], "consumer", steps)


class Day(Sim):
    """One day of the probe."""

    def __init__(self, day: int, minutes: int = 1440, often: float = 1.0, away: float = AWAY) -> None:
        super().__init__(script_of_day(day, minutes, often), ground())
        self.away = away
        self.probed: dict[tuple[int, int], float] = {}  # (chat, message) → when it was said
        self.waits: list[float] = []

    async def _set_up(self) -> None:
        await super()._set_up()
        for room in self.groups():  # else who says the word each minute is silenced
            self.world.say(self.owner, room.id, "/blocklistmode del")
        await self._quiet(60)
        self.stride = STRIDE

    def say_forbidden(self, a: float, b: float, c: float, d: float) -> None:
        """The probe."""
        room = pick(self.groups(), a)
        assert room is not None
        user = pick(self.plain(room), b)
        assert user is not None
        message = self._say(user, room, f"{self.words[self.home(room)]} {int(c * 1e6)}")
        self.forbid(message)
        self.probed[room.id, message["message_id"]] = self.loop.time()
        if len(self.probed) % 100 == 0:
            gc.collect()  # a run is collected after it, and a day is long

    def heard(self, kind: str, body: dict[str, Any]) -> None:
        if kind == "removed" and body["by"] == self.bot:
            said = self.probed.get((body["chat"], body["message_id"]))
            if said is not None:
                self.waits.append(self.loop.time() - said)
        super().heard(kind, body)

    def served(self) -> Served:
        """Play the day."""
        verdict = self.run()
        ground().rest()
        in_time = sum(w <= IN_TIME for w in self.waits)
        slowest = max(self.waits, default=0.0)
        late = len(self.probed) - in_time
        return Served(self.seed, len(self.probed), late, slowest, verdict.lives, tuple(verdict.wrong))


def one(day: int) -> Served:
    """One day of the month."""
    return Day(day).served()


def main() -> None:
    """The command."""
    os.environ["PYTHONHASHSEED"] = "0"  # of the processes that play
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--day", type=int, default=0, help="the first")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    with multiprocessing.get_context("spawn").Pool(given.jobs) as pool:
        found = pool.map(one, range(given.day, given.day + given.days), chunksize=1)
    for day in found:
        told = f"{day.probes} probes, {day.late} late, slowest {day.slowest:.1f} s, {day.lives} lives"
        print(f"day {day.day}: {told}")
        for kind, what in day.wrong[:3]:
            print(f"   {kind}: {what}")
    probes, late = sum(d.probes for d in found), sum(d.late for d in found)
    deaths, failed = sum(d.lives - 1 for d in found), sum(bool(d.wrong) for d in found)
    share = 1 - late / max(1, probes)
    told = (
        f"{probes:,} probes in {len(found)} days with {deaths} deaths of the bot: {late} not gone within"
        f" {IN_TIME:.0f} s ({share:.3%} served), {failed} days on which a check failed"
    )
    print(told)
    met = share >= GOAL and not failed and probes > 0
    record("G22", told, met=met, part="" if len(found) >= 30 else "short")
    sys.exit(not met)


if __name__ == "__main__":
    main()
