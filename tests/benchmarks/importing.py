"""How fast a history is taken in, and how much memory it takes.

    python -m tests.benchmarks.importing [--messages 300000]

Writes an invented export, imports it into a fresh SQLite workspace (bots's own settings, synchronous=FULL)
in this process, and prints messages a second and the peak of resident memory above the start's.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from pathlib import Path

from groupbot.cli.import_ import taken_in
from groupbot.engine.memory import settle
from groupbot.engine.migrate import upgrade
from groupbot.features import tables
from groupbot.settings import load
from tests.features.engagement import exports


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=300_000)
    n = parser.parse_args().messages
    os.environ["GROUPBOT_TOKEN"] = "700000001:test"
    with tempfile.TemporaryDirectory() as folder:
        settings = load(Path(folder))
        tables()
        upgrade(settings.database)
        file = exports.write(Path(folder) / "result.json", exports.many(n))
        size = file.stat().st_size / 1e6
        settle()  # as the command does
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start, worked = time.perf_counter(), time.process_time()
        result = asyncio.run(taken_in(settings, file))
        took = time.perf_counter() - start
        cpu = time.process_time() - worked
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        again = time.perf_counter()
        asyncio.run(taken_in(settings, file))
        again = time.perf_counter() - again
    print(f"{result.read:,} messages, {size:.0f} MB: {took:.1f} s, {result.read / took:,.0f} messages/s")
    print(f"{result.read / cpu:,.0f} messages a second of processor time; the same file again {again:.1f} s")
    print(f"peak of memory {after:.0f} MB, {after - before:+.0f} MB by the import")


if __name__ == "__main__":
    main()
