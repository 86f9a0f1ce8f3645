"""What was measured, as a table in docs/reliability.md: written by the commands themselves.

python -m tests.simulation.figures sim "seeds 0 to 99 × 500 steps" "0 failed" "1.5 s a seed a core"
python -m tests.simulation.figures planted found.jsonl
"""

from __future__ import annotations

import json
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def write(name: str, lines: list[str], page: Path = PAGE) -> None:
    """Replace what stands between the marks of `name` on the page."""
    begin, end = f"<!-- {name}: measured -->", f"<!-- {name}: end -->"
    text = page.read_text("utf-8")
    head, rest = text.split(begin)
    page.write_text(head + "\n".join([begin, *lines, end]) + rest.split(end)[1], "utf-8")


def machine() -> str:
    """Day, Python, cores."""
    day = datetime.now(UTC).date()
    return f"{day}, CPython {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}"


def main() -> None:
    """The command."""
    what, *given = sys.argv[1:]
    if what == "sim":
        cells = [*given, machine()]
        write(
            "sim", ["| seeds | result | speed | measured |", "|---|---|---|---|", f"| {' | '.join(cells)} |"]
        )
        return
    write("planted", planted([json.loads(x) for x in Path(given[0]).read_text("utf-8").splitlines()]))


def planted(found: list[dict[str, Any]]) -> list[str]:
    """The table of planted bugs; the last word on each counts."""
    last = {f["bug"]: f for f in found}
    caught = sum(f["seed"] is not None for f in last.values())
    lines = [f"{caught} of {len(last)} were caught ({machine()}).", ""]
    lines += ["| planted bug | seed | check | seeds played | seconds |", "|---|---|---|---|---|"]
    for f in sorted(last.values(), key=lambda f: str(f["bug"])):
        seed = "**not caught**" if f["seed"] is None else f["seed"]
        lines.append(f"| {f['bug']} | {seed} | {f['by']} | {f['runs']} | {f['took']:.0f} |")
    return lines


if __name__ == "__main__":
    main()
