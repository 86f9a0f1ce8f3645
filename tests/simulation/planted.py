"""Are the checkers any good? Each patch in `bugs/` plants one bug in a copy of the project.

    python -m tests.simulation.planted [--only NAME ...] [--seeds 2000] [--steps 300] [--seconds 600]
        [--page] [--record]

prints for each bug the seed that caught it, by which check and in how many seconds of processor, and how many
of them all were caught; `--page` writes that as the table in docs/reliability.md. A seed that fails without
the bug as well catches nothing.
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
from collections import Counter
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import RECORD, record
from tests.simulation import figures
from tests.simulation.script import script_of

RECORDING = ["--record"] if RECORD else []
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
        os.execv(
            sys.executable, [sys.executable, "-m", "tests.simulation.planted", *sys.argv[1:], *RECORDING]
        )
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=600.0, help="at most for one bug")
    parser.add_argument("--out", type=Path, help="append what was found, a JSON object a line")
    parser.add_argument("--page", action="store_true", help="write the table in docs/reliability.md")
    given = parser.parse_args()
    patches = [p for p in sorted((HERE / "bugs").glob("*.patch")) if not given.only or p.stem in given.only]
    for name in LIBRARIES:
        importlib.import_module(name)
    found: list[dict[str, Any]] = []
    spoilt: set[int] = set()  # seeds that fail without any bug
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for part in PARTS:
            shutil.copytree(ROOT / part, place / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        shutil.copy(ROOT / "pyproject.toml", place)
        os.environ["GROUPBOT_SIM_DATABASE"] = str(place / "new.db")
        _forked(place, "database", str(place / "new.db"))
        seeds = richest(given.seeds, given.steps)
        for patch in patches:
            fit = fittest(seeds, given.steps, needs(patch))
            one = search(place, patch, fit, given.steps, given.seconds, spoilt)
            found.append(one)
            how = f"caught by seed {one['seed']}: {one['by']}" if one["seed"] is not None else "NOT CAUGHT"
            print(f"{patch.stem}: {how} ({one['runs']} seeds, {one['took']:.0f} s)", flush=True)
            if given.out:
                with given.out.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(one) + "\n")
    caught = sum(f["seed"] is not None for f in found)
    print(f"{caught} of {len(found)} planted bugs were caught")
    if not given.only:
        said = f"{caught} of {len(found)} caught, {given.seconds:.0f} s of processor each at most"
        record("G3", said, met=caught == len(found), part="planted bugs")
    if given.page:
        figures.write("planted", figures.planted(found))
    sys.exit(caught != len(found))


def search(
    place: Path, patch: Path, seeds: list[int], steps: int, seconds: float, spoilt: set[int]
) -> dict[str, Any]:
    """Play seeds on the copy with the bug in it, until one fails that does not fail without."""
    took, runs = 0.0, 0
    while True:
        _patch(place, patch)
        found = _forked(place, "first", seeds[runs:], steps, seconds - took, sorted(spoilt))
        _patch(place, patch, "-R")
        took, runs = took + found["took"], runs + found["runs"]
        if found["seed"] is None or found["seed"] < 0 or _holds(place, found["seed"], steps):
            return {"bug": patch.stem, **found, "runs": runs, "took": round(took, 1)}
        spoilt.add(found["seed"])
        print(f"   (seed {found['seed']} fails without a bug: {found['by']})", flush=True)


def richest(seeds: int, steps: int) -> list[int]:
    """The seeds; of the first 300 those whose scripts hold most different acts and faults come first."""
    acts = {s: len({step[1] for step in script_of(s, steps).steps}) for s in range(min(300, seeds))}
    return [*sorted(acts, key=lambda s: -acts[s]), *range(300, seeds)]


def needs(patch: Path) -> list[str]:
    """The acts and faults that the bug shows in, named in the first line of its patch; mostly none."""
    first = patch.read_text("utf-8").partition("\n")[0]
    return first.removeprefix("needs ").split() if first.startswith("needs ") else []


def fittest(seeds: list[int], steps: int, acts: list[str]) -> list[int]:
    """The seeds; of the first 300 those that have most of the acts which a bug needs come first."""
    if not acts:
        return seeds

    def worth(seed: int) -> int:
        met = Counter(str(step[1]) for step in script_of(seed, steps).steps)
        return min(met[act] for act in acts)

    return [*sorted(seeds[:300], key=worth, reverse=True), *seeds[300:]]


def _holds(place: Path, seed: int, steps: int) -> bool:
    return bool(_forked(place, "holds", seed, steps)["holds"])


def _forked(place: Path, what: str, *given: Any) -> dict[str, Any]:
    """A function of `planted_run`, in a fork of this process, which holds the libraries but nothing of the
    project: it imports the copy."""
    out = place / "found.json"
    out.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        try:
            _play(place, out, what, given)
        except BaseException as e:
            said = f"does not run: {type(e).__name__}: {e}"
            out.write_text(json.dumps({"seed": -1, "by": said, "runs": 0, "took": 0.0, "holds": False}))
        os._exit(0)
    os.waitpid(child, 0)
    made: dict[str, Any] = json.loads(out.read_text("utf-8"))
    return made


def _play(place: Path, out: Path, what: str, given: Any) -> None:
    for name in [m for m in sys.modules if m.split(".")[0] in ("tests", "groupbot", "handlers")]:
        del sys.modules[name]
    os.chdir(place)
    sys.path.insert(0, str(place))
    sys.dont_write_bytecode = True
    run: Any = importlib.import_module("tests.simulation.planted_run")
    out.write_text(json.dumps(getattr(run, what)(*given)), "utf-8")
    run.ground().close()


def _patch(place: Path, patch: Path, *how: str) -> None:
    subprocess.run(
        ["patch", "-p1", "-s", "--no-backup-if-mismatch", *how, "-i", str(patch)], cwd=place, check=True
    )


if __name__ == "__main__":
    main()
