"""The inner side of `planted`: seeds until one fails, then a JSON line."""

from __future__ import annotations

import json
import sys
import time

from tests.simulation.cli import play_seed


def main() -> None:
    """`planted_run SEEDS STEPS SECONDS`."""
    seeds, steps, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
    until = time.monotonic() + seconds
    for seed in range(seeds):
        verdict = play_seed((seed, steps))
        if verdict.wrong:
            kind, what = verdict.wrong[0]
            print(json.dumps({"seed": seed, "by": kind, "what": what[:160], "runs": seed + 1}))
            return
        if time.monotonic() > until:
            break
    print(json.dumps({"seed": None, "by": "", "runs": seed + 1}))


if __name__ == "__main__":
    main()
