"""Are the checkers any good? Each patch in `bugs/` plants one bug in a copy of the project.

    python -m tests.simulation.planted [--only NAME ...] [--seeds 2000] [--steps 200] [--seconds 600]

prints for each bug the seed that caught it and by which check, and how many of them all were caught.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PARTS = ("groupbot", "handlers", "content_templates", "migrations", "tests")


LIBRARIES = (
    *(
        "telegram.ext",
        "sqlalchemy",
        "alembic.config",
        "jinja2",
        "structlog",
        "apscheduler.schedulers.asyncio",
    ),
    *(
        "starlette.applications",
        "uvicorn",
        "aiohttp",
        "msgspec",
        "polib",
        "yaml",
    ),
    *(
        "dateutil.rrule",
        "re2",
        "ahocorasick",
        "opencc",
        "holidays",
        "lunar_python",
        "psycopg",
        "typer",
    ),
    *("numpy", "PIL.Image", "matplotlib.figure"),
)


def main() -> None:
    """The command."""
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "tests.simulation.planted", *sys.argv[1:]])
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=600.0, help="at most for one bug")
    parser.add_argument("--out", type=Path, help="append what was found, a JSON object a line")
    given = parser.parse_args()
    patches = [p for p in sorted((HERE / "bugs").glob("*.patch")) if not given.only or p.stem in given.only]
    for name in LIBRARIES:
        importlib.import_module(name)
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


def search(place: Path, patch: Path, seeds: int, steps: int, seconds: float) -> dict[str, Any]:
    """Play seeds on the copy with the bug in it, until one fails. The copy is imported by a fork of this
    process, which holds the libraries but nothing of the project."""
    started = time.monotonic()
    _patch(place, patch)
    out = place / "found.json"
    out.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            _play(place, out, seeds, steps, seconds)
        except BaseException as e:
            out.write_text(
                json.dumps({"seed": -1, "by": f"does not run: {type(e).__name__}: {e}", "runs": 0})
            )
        os._exit(0)
    os.waitpid(child, 0)
    _patch(place, patch, "-R")
    found = json.loads(out.read_text("utf-8"))
    return {"bug": patch.stem, **found, "took": round(time.monotonic() - started)}


def _play(place: Path, out: Path, seeds: int, steps: int, seconds: float) -> None:
    for name in [m for m in sys.modules if m.split(".")[0] in ("tests", "groupbot", "handlers")]:
        del sys.modules[name]
    os.chdir(place)
    sys.path.insert(0, str(place))
    sys.dont_write_bytecode = True
    run: Any = importlib.import_module("tests.simulation.planted_run")
    out.write_text(json.dumps(run.first(seeds, steps, seconds)), "utf-8")
    run.ground().close()


def _patch(place: Path, patch: Path, *how: str) -> None:
    subprocess.run(
        ["patch", "-p1", "-s", "--no-backup-if-mismatch", *how, "-i", str(patch)], cwd=place, check=True
    )


if __name__ == "__main__":
    main()
