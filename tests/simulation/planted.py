"""Are the checkers any good? Each patch in `bugs/` plants one bug in a copy of the project.

    python -m tests.simulation.planted [--only NAME ...] [--seeds 2000] [--steps 200] [--seconds 600]

prints for each bug the seed that caught it and by which check, and how many of them all were caught.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PARTS = ("groupbot", "handlers", "content_templates", "migrations", "tests")


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600.0, help="at most for one bug")
    parser.add_argument("--out", type=Path, help="append what was found, a JSON object a line")
    given = parser.parse_args()
    patches = [p for p in sorted((HERE / "bugs").glob("*.patch")) if not given.only or p.stem in given.only]
    caught = 0
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for part in PARTS:
            shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        shutil.copy(ROOT / "pyproject.toml", place)
        for patch in patches:
            found = search(place, patch, given.seeds, given.steps, given.seconds)
            caught += found["seed"] is not None
            how = (
                f"caught by seed {found['seed']}: {found['by']}"
                if found["seed"] is not None
                else "NOT CAUGHT"
            )
            print(f"{patch.stem}: {how} ({found['runs']} seeds, {found['took']:.0f} s)", flush=True)
            if given.out:
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(found) + "\n")
    print(f"{caught} of {len(patches)} planted bugs were caught")
    sys.exit(caught != len(patches))


def search(place: Path, patch: Path, seeds: int, steps: int, seconds: float) -> dict[str, object]:
    """Play seeds on the copy with the bug in it, until one fails."""
    started = time.monotonic()
    _patch(place, patch)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tests.simulation.planted_run", str(seeds), str(steps), str(seconds)],
            cwd=place,
            env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(place)},
            capture_output=True,
            text=True,
        )
    finally:
        _patch(place, patch, "-R")
    lines = done.stdout.strip().splitlines()
    found = (
        json.loads(lines[-1])
        if lines
        else {"seed": None, "by": f"it does not run: {done.stderr[-200:]}", "runs": 0}
    )
    return {"bug": patch.stem, **found, "took": time.monotonic() - started}


def _patch(place: Path, patch: Path, *how: str) -> None:
    subprocess.run(
        ["patch", "-p1", "-s", "--no-backup-if-mismatch", *how, "-i", str(patch)], cwd=place, check=True
    )


if __name__ == "__main__":
    main()
