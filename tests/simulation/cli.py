"""`groupbot-sim`: play seeds, print those that fail, play one again, make it short.

uv run groupbot-sim --seeds 1000 --steps 500 [--seed 17] [--jobs 2] [--record]
uv run groupbot-sim --seed 17 --steps 500 --shrink short.json
uv run groupbot-sim --script short.json
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.benchmarks.figures import RECORD, record
from tests.simulation.ground import ground
from tests.simulation.script import Script, script_of
from tests.simulation.shrink import shrunk
from tests.simulation.sim import Sim, Verdict
from tests.simulation.tally import Tally

RECORDING = ["--record"] if RECORD else []


def play(script: Script, *, loud: bool = False) -> Verdict:
    """One run in this process."""
    shared = ground()
    began = time.process_time()
    verdict = Sim(script, shared, loud=loud).run()
    shared.rest()
    verdict.cpu = time.process_time() - began
    return verdict


def play_seed(given: tuple[int, int]) -> Verdict:
    """One seed."""
    return play(script_of(*given))


def played(seeds: Iterable[int], steps: int, jobs: int) -> Iterator[Verdict]:
    """The verdicts of many seeds, in their order."""
    if jobs < 2:
        yield from map(play_seed, ((s, steps) for s in seeds))
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs) as pool:
        yield from pool.imap(play_seed, ((s, steps) for s in seeds), chunksize=4)


def main() -> None:
    """The command."""
    if os.environ.get("PYTHONHASHSEED") != "0":  # sets of words have one order, in every process
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation.cli", *sys.argv[1:], *RECORDING])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, help="the first seed; alone: only this one, told at length")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--shrink", type=Path, help="write the shortest script that still fails")
    parser.add_argument("--script", type=Path, help="play a script written before")
    parser.add_argument("--loud", action="store_true", help="print the trace")
    given = parser.parse_args()
    if given.script or (given.seed is not None and "--seeds" not in sys.argv):
        script = (
            Script.of(given.script.read_text("utf-8")) if given.script else script_of(given.seed, given.steps)
        )
        verdict = play(script, loud=given.loud)
        print("\n".join(verdict.log))
        print(script.options())
        print(f"seed {verdict.seed} trace {verdict.trace} {verdict.events} events {verdict.lives} lives "
              f"{verdict.seconds:.0f} virtual s; faults {dict(verdict.faults)}")  # fmt: skip
        tell(verdict)
        if verdict.wrong and given.shrink:
            short = shrunk(script, lambda s: bool(play(s).kinds & verdict.kinds))
            given.shrink.write_text(short.json(), "utf-8")
            print(f"{len(script.steps)} steps made {len(short.steps)}: {given.shrink}")
        sys.exit(bool(verdict.wrong))
    first = given.seed or 0
    sys.exit(many(range(first, first + given.seeds), given.steps, given.jobs))


def many(seeds: range, steps: int, jobs: int) -> int:
    """Play them all; how many failed."""
    started, failed = time.monotonic(), 0
    faults: Counter[str] = Counter()
    tally = Tally()
    events = calls = commits = lives = 0
    cpu = 0.0
    for n, v in enumerate(played(seeds, steps, jobs), 1):
        faults.update(v.faults)
        tally.add(v)
        cpu += v.cpu
        events, calls, commits, lives = (
            events + v.events,
            calls + v.calls,
            commits + v.commits,
            lives + v.lives,
        )
        if v.wrong:
            failed += 1
            print(f"seed {v.seed} FAILED; again: groupbot-sim --seed {v.seed} --steps {steps}")
            tell(v)
        if n % 100 == 0:
            took = time.monotonic() - started
            print(
                f"{n} seeds, {failed} failed, {took:.0f} s, {cpu / n:.2f} s of processor a seed", flush=True
            )
    took = time.monotonic() - started
    print(f"seeds {seeds.start} to {seeds.stop - 1} × {steps} steps: {failed} failed; "
          f"{took:.0f} s on {jobs} processes, {len(seeds) / took:.2f} seeds a second, "
          f"{cpu / max(1, len(seeds)):.2f} s of processor a seed; "
          f"{events} events, {calls} calls, {commits} commits, {lives} lives, "
          f"{sum(faults.values())} faults of {len(faults)} kinds")  # fmt: skip
    whole = len(seeds) >= 10_000 and steps >= 500
    said = f"{failed} of {len(seeds):,} failed, {steps} steps, {took / 60:.0f} min"
    span = f"{seeds.start} to {seeds.stop - 1}"
    for goal, (figure, _) in tally.told().items():
        print(f"   {goal}: {figure}")
    record("G1", said, met=not failed, seeds=span, part="" if whole else "short")
    tally.record(span, whole=whole)
    return min(1, failed)


def tell(verdict: Verdict) -> None:
    """What was wrong."""
    for kind, what in verdict.wrong[:8]:
        print(f"   {kind}: {what}")


if __name__ == "__main__":
    main()
