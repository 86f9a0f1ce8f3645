"""`python -m tests.mutation [areas] [--sample N] [--seed N] [--jobs N] [--record]`."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys

from tests.benchmarks.figures import RECORD, record
from tests.mutation.areas import AREAS
from tests.mutation.mutants import Mutant

GOAL = 85.0  # percent killed


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    asked.add_argument("areas", nargs="*", choices=[*AREAS, []], help=", ".join(AREAS))
    asked.add_argument("--sample", type=int, default=0, help="so many mutants of each area; 0: all")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    args = asked.parse_args()
    areas = args.areas or list(AREAS)
    if len(areas) > 1:  # each collects its own tests, in a process of its own
        rest = ["--sample", str(args.sample), "--seed", str(args.seed), "--jobs", str(args.jobs)]
        rest += ["--record"] if RECORD else []
        return max(
            subprocess.run([sys.executable, "-m", "tests.mutation", a, *rest]).returncode for a in areas
        )
    from tests.mutation.running import run

    def heard(mutant: Mutant, word: str) -> None:
        where = os.path.relpath(mutant.path)
        print(f"{where}:{mutant.line} {mutant.function}: {mutant.what}: {word}", flush=True)

    area = AREAS[areas[0]]
    trial = run(area, sample=args.sample, seed=args.seed, jobs=args.jobs, heard=heard)
    whole = [0, 0]
    for module in area.modules:
        killed, all_ = trial.told.of(module)
        whole = [whole[0] + killed, whole[1] + all_]
        print(f"{module}: {killed} of {all_} killed, {percent(killed, all_)}")
    print(
        f"{areas[0]}: {whole[0]} of {whole[1]} killed, {percent(*whole)}; {trial.told.skipped} at import, "
        f"{trial.told.equivalent} equivalent"
    )
    if trial.failed:
        print("failed without any mutant:", *trial.failed, sep="\n  ")
    met = not trial.failed and 100.0 * whole[0] >= GOAL * whole[1] > 0
    part = f"mutants of {areas[0]}" + (f", a sample of {whole[1]}" if args.sample else "")
    record("G3", f"{whole[0]} of {whole[1]} killed, {percent(*whole)}", met=met, part=part)
    return int(not met)


def percent(part: int, whole: int) -> str:
    """`87 %`."""
    return f"{100 * part // whole} %" if whole else "none"


if __name__ == "__main__":
    sys.exit(main())
