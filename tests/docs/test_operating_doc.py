"""What docs/ names must exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from groupbot.cli import COMMANDS
from groupbot.core.pacing import Pace
from groupbot.core.text import CAPTION_LIMIT, TEXT_LIMIT, TOAST_LIMIT
from groupbot.engine.inbox import KEEP_QUARANTINE
from groupbot.settings import known

HERE = Path(__file__).parents[2] / "docs"
DOCS = [HERE / "operating.md", HERE / "operators.md", HERE / "plugins.md"]


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.name)
def test_commands_settings_and_links_in_the_docs_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    named = set(re.findall(r"(?:`|\$ |&& )groupbot ([a-z]+)", text))
    assert named and named <= set(COMMANDS)
    variables = set(re.findall(r"GROUPBOT_([A-Z_]+)", text))
    assert {v.lower() for v in variables} <= set(known())
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("https://") or (path.parent / link).is_file(), link


def test_the_limits_named_are_those_in_the_code() -> None:
    text = (Path(__file__).parents[2] / "docs" / "operating.md").read_text("utf-8")
    assert f"| `rate = {known()['rate'].default}` |" in text
    assert f"| {Pace().chat_minute} a minute, one a second |" in text
    assert f"| {TEXT_LIMIT}, {CAPTION_LIMIT}, {TOAST_LIMIT} characters |" in text
    assert f"kept for {KEEP_QUARANTINE.days} days" in text


@pytest.mark.parametrize("path", sorted(HERE.glob("*.md")), ids=lambda p: p.name)
def test_no_row_of_a_table_stands_apart_from_it(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    rows = [line.startswith("|") for line in lines]
    for n in range(1, len(lines)):
        if rows[n] and not rows[n - 1]:
            assert n + 1 < len(lines) and lines[n + 1].startswith(("|-", "| -", "|:")), f"{path.name}:{n + 1}"
