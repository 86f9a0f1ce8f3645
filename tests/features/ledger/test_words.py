"""What a member reads of each movement of points: a word of their language."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.features.ledger.domain import EARNED

FEATURES = Path(__file__).parents[3] / "groupbot" / "features"


def kinds() -> set[str]:
    """The kinds of movements that features write, but for what the house wallet gets each month."""
    found = {"reverse", *EARNED}
    for path in FEATURES.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name.rpartition(".")[2] == "transfer" and len(node.args) > 2:
                third = node.args[2]
                if isinstance(third, ast.Constant):
                    found.add(str(third.value))
    return found - {"house"}


@pytest.mark.parametrize("template", ["ledger/statement", "ledger/log"])
def test_each_movement_has_a_word_in_both_languages(template: str) -> None:
    assert {"packet", "shop", "quiz", "coupon", "contest", "expire"} <= kinds()
    home = folder("content_templates")
    for kind in sorted(kinds()):
        line = {"at": "2027-01-30 10:00:00+00:00", "kind": kind, "amount": 5, "after": 5, "number": 1}
        data = {"balance": 5, "title": "-", "lines": [line]}
        said = Content([home]).render(template, "zh", data).formatted.text
        assert not said.strip()[-1].isascii(), kind
        assert f'"{kind}": "' in (home / f"{template}.en.html.j2").read_text("utf-8"), kind
