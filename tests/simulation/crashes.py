"""G4: killed at every commit and every call of each critical flow, one death a run. The checks of the
simulation hold, and the flow ends as it does without a death, or there is a message that nobody knows the
fate of, which operators are told.

python -m tests.simulation.crashes [--only NAME ...] [--every 1] [--jobs 2] [--record]

`--every 7`: each seventh point only. A point is before or after a commit that writes, before or after a call.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.figures import record
from tests.simulation.flows import FLOWS, Flow
from tests.simulation.ground import ground
from tests.simulation.script import Script
from tests.simulation.sim import Sim

POINTS = ("commit:before", "commit:after", "call:before", "call:after")
NEVER = 10**9
START = "2027-06-15T03:55"  # some minutes before posts are due


@dataclass(frozen=True, slots=True)
class End:
    """How a flow ended."""

    outcome: Any
    wrong: tuple[tuple[str, str], ...]
    unknown: int  # messages of which nobody knows whether they landed: the operators are told
    passes: dict[str, int]  # how often each point was passed
    lives: int


class Crash(Sim):
    """A flow, in which the bot dies at most once."""

    def __init__(self, flow: Flow, point: str = "", at: int = 0) -> None:
        steps: list[Any] = [[0.1, "nothing"] for _ in range(len(flow.steps) + 1)]
        super().__init__(Script(17, START, "consumer", steps), ground())
        self.flow, self.point, self.at, self.turn = flow, point, at, 0
        self.passes: dict[str, int] = {}

    async def _step(self, step: list[Any]) -> None:
        if self.turn == 0:
            self.faults.dead_at = dict.fromkeys(POINTS, NEVER)
            if self.point:
                self.faults.dead_at[self.point] = self.at
        if self.turn < len(self.flow.steps):
            self.note("flow", (self.flow.name, self.turn))
            self.flow.steps[self.turn](self)
            await self._quiet(60)
        elif self.flow.lasts:
            await self._pass(self.flow.lasts, parts=30 if self.flow.lasts < 4000 else 15)
            await self._quiet(60)
        self.turn += 1

    async def _recover(self) -> None:
        self.passes = {p: NEVER - self.faults.dead_at.get(p, NEVER) for p in POINTS}
        await super()._recover()

    def undo_award(self) -> None:
        """The owner takes the newest award back."""
        newest = self.committed("SELECT max(id) FROM txn WHERE kind = 'award'")[0][0]
        self.world.say(self.owner, self.groups()[0].id, f"/undopoints {newest}")

    def end(self) -> End:
        """Play it."""
        verdict = self.run()
        found = [tuple(r) for r in self.committed(self.flow.outcome)] if not verdict.wrong else []
        unknown = self.committed("SELECT count(*) FROM outbox WHERE state = 'unknown'")[0][0]
        outcome = (sorted(found, key=repr), self.flow.world(self))
        return End(outcome, tuple(verdict.wrong), unknown, self.passes, verdict.lives)


def played(given: tuple[str, str, int]) -> End:
    """One run: flow, point (or none) and how often it is passed before the death."""
    name, point, at = given
    return Crash(next(f for f in FLOWS if f.name == name), point, at).end()


def faults(calm: End, killed: End) -> list[str]:
    """What a death has spoilt."""
    said = [f"{kind}: {what}" for kind, what in killed.wrong]
    if not said and killed.outcome != calm.outcome and not killed.unknown:
        said.append(f"ended as {killed.outcome}, without a death as {calm.outcome}")
    if killed.lives < 2:
        said.append("nobody died")
    return said


def main() -> None:
    """The command."""
    os.environ["PYTHONHASHSEED"] = "0"  # of the processes that play
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    flows = [f.name for f in FLOWS if not given.only or f.name in given.only]
    deaths, bad, spared = 0, 0, Counter[str]()
    with multiprocessing.get_context("spawn").Pool(max(1, given.jobs)) as pool:
        calm = dict(zip(flows, pool.imap(played, [(n, "", 0) for n in flows]), strict=True))
        for name, end in calm.items():
            for kind, what in end.wrong:
                bad += 1
                print(f"{name}, without a death: {kind}: {what}")
        runs = [
            (n, point, at)
            for n in flows
            for point in POINTS
            for at in range(0, calm[n].passes.get(point, 0), given.every)
        ]
        for (name, point, at), end in zip(runs, pool.imap(played, runs), strict=True):
            deaths += 1
            spared[name] += 1
            for said in faults(calm[name], end):
                bad += 1
                print(f"{name}, killed {point} {at}: {said}", flush=True)
    for name in flows:
        print(f"{name}: {spared[name]} deaths")
    said = f"{len(flows)} flows, {deaths:,} deaths: {bad} with a fault"
    print(said)
    whole = not given.only and given.every == 1
    record("G4", said, met=not bad and len(flows) >= 15, part="" if whole else "short")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
