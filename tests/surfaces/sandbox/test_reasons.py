"""Each reason that the bot gives its acts is said in Chinese on the Chinese page."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from groupbot.core.effects import Any_
from groupbot.features.rules.domain import cases, checks
from groupbot.surfaces.sandbox.chat_page import PAGE

ROOT = Path(__file__).parents[3]
NO_EFFECT = {"Kept", "Refusal", "reply", "service.award"}  # they call something else `why`
READ = [
    re.compile(line)
    for line in re.findall(r"^  \[/(\^.+?\$)/,", (PAGE / "reasons.js").read_text("utf-8"), re.M)
]


def spelled(value: ast.expr) -> Iterator[str]:
    """Texts an expression can be, with 7 for what is filled in; none for what is made elsewhere."""
    match value:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            texts = [""]
            for part in parts:
                inner = part.value if isinstance(part, ast.FormattedValue) else part
                said = list(spelled(inner)) or ["7"]
                texts = [t + s for t in texts for s in said]
            yield from texts
        case ast.IfExp(body=one, orelse=other):
            yield from spelled(one)
            yield from spelled(other)


def reasons() -> Iterator[tuple[str, str]]:
    for folder in ("groupbot/features", "groupbot/engine", "handlers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) not in NO_EFFECT:
                    for given in node.keywords:
                        if given.arg == "why":
                            yield from ((text, path.name) for text in spelled(given.value) if text)


def test_every_reason_in_the_code_is_read() -> None:
    found = list(reasons())
    assert len(found) > 50
    assert [(text, file) for text, file in found if not any(r.search(text) for r in READ)] == []


@pytest.mark.parametrize(
    "text",
    [
        "would delete: rule flood v2",
        "restrict not possible: by 5, case 2 (Can't remove chat owner)",
        "send may or may not have arrived: plan tea",
        "rule contact v1 by 42: adverts, case 3",
        "list of federation Tea: sells watches",
        "reported by 3, rule flood v2, case 9",
        "cleaning (purged)",
    ],
)
def test_reason_of_a_case_is_read(text: str) -> None:
    assert any(r.search(text) for r in READ)


def test_every_rule_and_effect_has_a_chinese_name() -> None:
    source = (PAGE / "reasons.js").read_text("utf-8")
    rules, kinds = (
        set(re.findall(r"(\w+): '", source.partition(f"const {name} = {{")[2].partition("};")[0]))
        for name in ("RULES", "KINDS")
    )
    assert {r.id for r in checks.RULES} | {cases.HAND} <= rules
    assert {e.__struct_config__.tag for e in get_args(Any_)} <= kinds
