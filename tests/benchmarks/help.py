"""Wall time of `groupbot --help`: `python -m tests.benchmarks.help`. Goal: 0.35 s, median of nine runs."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.figures import record

RUNS = 9
GOAL = 0.35


def measure() -> list[float]:
    """Seconds of each run, process start included."""
    script = Path(sys.executable).parent / "groupbot"
    spent = []
    for _ in range(RUNS):
        began = time.perf_counter()
        subprocess.run([str(script), "--help"], check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - began)
    return spent


if __name__ == "__main__":
    spent = measure()
    median = statistics.median(spent)
    print(f"groupbot --help: median {median:.3f} s, slowest {max(spent):.3f} s (goal {GOAL} s)")
    record("help", f"{median:.2f} s", met=median <= GOAL)
