"""The admin's guide lists every command there is."""

from __future__ import annotations

from pathlib import Path

from groupbot.core.fillings import FILLINGS, FLAGS
from groupbot.engine.guide import MARK, described
from groupbot.engine.plugins import load

PAGE = Path(__file__).parents[2] / "docs" / "admins.md"


def test_the_guide_lists_every_command_as_it_is() -> None:
    registry = load()
    head, mark, written = PAGE.read_text("utf-8").partition(MARK)
    assert mark, "the mark is gone"
    assert written == "\n" + described(registry), (
        "write it anew: python -c 'from groupbot.engine.guide import rewrite; rewrite()'"
    )
    assert len(registry.every_command) >= 60
    assert [c.name for c in registry.every_command if f"/{c.name}" not in written] == []
    assert [f for f in (*FILLINGS, *FLAGS, "rules") if f"{{{f}}}" not in head] == []
