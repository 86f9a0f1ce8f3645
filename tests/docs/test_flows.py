"""Every room that docs/flows.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_room_of_the_flows_is_there() -> None:
    missing, rooms = [], 0
    for line in (ROOT / "docs/flows.md").read_text("utf-8").splitlines():
        cells = line.strip("|").split("|") if line.startswith("|") else []
        source = ""
        for word in re.findall(r"`([^`]+)`", cells[1]) if len(cells) == 2 else ():
            if "/" in word:
                path = ROOT / word
                source = path.read_text("utf-8") if path.is_file() else ""
                found = path.is_file()
            else:
                found = (
                    re.search(rf'(?:def|class) {word}\b|^{word}\b.* = |^    "{word}",$', source, re.M)
                    is not None
                )
            rooms += 1
            missing += [] if found else [(word, cells[0].strip())]
    assert rooms > 70
    assert missing == []
