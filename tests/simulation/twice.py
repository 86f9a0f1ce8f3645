"""G2: the same seed, the same run. Each seed is played twice, the second time in the opposite order and with
other runs before it in the process, so that nothing one run leaves behind goes unnoticed.

python -m tests.simulation.twice --seeds 1000 --steps 500 [--seed 0] [--jobs 2] [--record]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable

from tests.benchmarks.figures import record
from tests.simulation.cli import played

Mark = tuple[str, int, int]


def marks(seeds: Iterable[int], steps: int, jobs: int) -> dict[int, Mark]:
    """Of each seed: the hash of its trace, its events and its commits."""
    return {v.seed: (v.trace, v.events, v.commits) for v in played(seeds, steps, jobs)}


def differing(seeds: list[int], steps: int, jobs: int) -> list[int]:
    """The seeds whose second run was another than the first."""
    first, second = marks(seeds, steps, jobs), marks(seeds[::-1], steps, jobs)
    return [s for s in seeds if first[s] != second[s]]


def main() -> None:
    """The command."""
    os.environ["PYTHONHASHSEED"] = "0"  # of the processes that play
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seeds", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0, help="the first")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    seeds = [*range(given.seed, given.seed + given.seeds)]
    other = differing(seeds, given.steps, max(2, given.jobs))
    for seed in other:
        print(f"seed {seed} ran another way the second time")
    same = len(seeds) - len(other)
    print(f"{same} of {len(seeds)} seeds of {given.steps} steps ran the same twice")
    whole = given.seeds >= 1000 and given.steps >= 500
    said = f"{same:,} of {len(seeds):,} of {given.steps} steps"
    span = f"{seeds[0]} to {seeds[-1]}"
    record("G2", said, met=not other, seeds=span, part="" if whole else "short")
    sys.exit(bool(other))


if __name__ == "__main__":
    main()
