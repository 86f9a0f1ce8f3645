"""One hot packet on a disk slowed by 2 ms a sync: how many claims one sync carries.

    python -m tests.benchmarks.slow_disk [--late 2.0] [--attempts 3000] [--claimers 256] [--rounds 3]
                                         [--postgres]

A shim, compiled with `cc` and preloaded, sleeps in fsync and fdatasync of this process (and of the
PostgreSQL server with `--postgres`). First the bare syncs a second of a file here; then the whole path of
`tests.benchmarks.claims`. Goal: at least 5 attempts for each sync a plain loop would do (5 × 1/sync): one
transaction a claim cannot pass 1.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

import psycopg

from tests import postgres
from tests.benchmarks.claims import attempts, groupbot, quantile

GOAL = 5.0
SHIM = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
static void late(void) {
    const char *ms = getenv("SYNC_LATE_MS");
    double wait = ms ? atof(ms) : 0;
    struct timespec t = {(time_t)(wait / 1000), (long)(wait * 1000000) % 1000000000L};
    nanosleep(&t, 0);
}
int fsync(int fd) { late(); return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd); }
int fdatasync(int fd) { late(); return ((int (*)(int))dlsym(RTLD_NEXT, "fdatasync"))(fd); }
"""


def again_slowly(late: float) -> int:
    """This command once more under the shim; its exit code."""
    cc = shutil.which("cc")
    if cc is None:
        print("no C compiler here: cc builds the shim that slows the disk")
        return 2
    with tempfile.TemporaryDirectory() as place:
        source, made = Path(place) / "late.c", Path(place) / "late.so"
        source.write_text(SHIM)
        subprocess.run([cc, "-shared", "-fPIC", "-o", str(made), str(source), "-ldl"], check=True)
        env = os.environ | {"LD_PRELOAD": str(made), "SYNC_LATE_MS": str(late)}
        command = [sys.executable, "-m", "tests.benchmarks.slow_disk", *sys.argv[1:]]
        return subprocess.run(command, env=env, check=False).returncode


def syncs(place: Path, n: int = 100) -> float:
    """Syncs a second of one file, one after another."""
    with (place / "bare").open("wb") as file:
        started = time.perf_counter()
        for _ in range(n):
            file.write(b"x" * 4096)
            file.flush()
            os.fdatasync(file.fileno())
        return n / (time.perf_counter() - started)


def main() -> None:
    """Print the syncs, the claims and how many one carries."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--late", type=float, default=2.0, help="milliseconds more for each sync")
    options.add_argument("--attempts", type=int, default=3000)
    options.add_argument("--claimers", type=int, default=256)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--postgres", action="store_true")
    given = options.parse_args()
    if "SYNC_LATE_MS" not in os.environ:
        raise SystemExit(again_slowly(given.late))
    sys.setswitchinterval(0.0005)
    ratios = []
    with postgres.server(durable=True) if given.postgres else nullcontext("") as server:
        for turn in range(given.rounds):
            url = ""
            if server:
                with psycopg.connect(f"{server}/postgres", autocommit=True) as db:
                    db.execute("DROP DATABASE IF EXISTS slow WITH (FORCE)")
                    db.execute("CREATE DATABASE slow")
                url = f"{server}/slow"
            with tempfile.TemporaryDirectory() as folder:
                place = Path(folder)
                bare, people = syncs(place), attempts(given.attempts, turn)
                run = asyncio.run(groupbot(place, people, given.claimers, given.attempts * 2 // 3, url=url))
            rate = len(run.spans) / run.seconds
            ratios.append(rate / bare)
            p99 = quantile(run.spans, 0.99) * 1e3
            print(
                f"  {bare:7.0f} syncs/s   {rate:8,.0f} attempts/s   p99 {p99:7.1f} ms   {ratios[-1]:6.1f} x"
            )
    print(f"attempts a sync, median: {statistics.median(ratios):.1f} (goal: {GOAL:.0f} or more)")


if __name__ == "__main__":
    main()
