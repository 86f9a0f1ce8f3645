"""The inner side of `planted`: seeds until one fails, then a JSON line."""

from __future__ import annotations

import json
import sys
import time

from tests.simulation.cli import play_seed
from tests.simulation.script import script_of


def richest(seeds: int, steps: int) -> list[int]:
    """The seeds; of the first 300 those whose scripts hold most different acts and faults come first."""
    acts = {s: len({step[1] for step in script_of(s, steps).steps}) for s in range(min(300, seeds))}
    return [*sorted(acts, key=lambda s: -acts[s]), *range(300, seeds)]


def main() -> None:
    """`planted_run SEEDS STEPS SECONDS`."""
    seeds, steps, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    until = time.monotonic() + seconds
    for runs, seed in enumerate(richest(seeds, steps), 1):
        verdict = play_seed((seed, steps))
        if verdict.wrong:
            kind, what = verdict.wrong[0]
            print(json.dumps({"seed": seed, "by": kind, "what": what[:160], "runs": runs}))
            return
        if time.monotonic() > until:
            break
    print(json.dumps({"seed": None, "by": "", "runs": runs}))


if __name__ == "__main__":
    main()
