"""What /case shows is told in words: every act, every kind of message, every place in one, every appeal."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import polib
import pytest

import groupbot
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.features.guarding.domain import acts as acts_of
from groupbot.features.rules.domain import flood, ladder
from groupbot.features.rules.domain.checks import RULES
from groupbot.features.rules.domain.locks import LOCKS
from groupbot.features.rules.service.locking import about
from groupbot.surfaces.telegram.carriers import KINDS, visible_text
from tests.features.rules.test_evasion import CARRIERS

HERE = folder("content_templates")
ACT = {  # where the functions that make a case take its act
    "by_hand": 2, "by_rule": 3, "by_list": 2, "record": 2, "perform": 1, "sanction": 2, "lift": 2,
    "Turned": 4,
}  # fmt: skip
APPEALS = ("open", "upheld", "granted")
TOMORROW = {"words", "scent", "t"}  # fields nobody knows yet


def strings(node: ast.AST | None) -> set[str]:
    """The texts an expression may be."""
    match node:
        case ast.Constant(value=str(text)) if text:
            return {text}
        case ast.IfExp(body=one, orelse=other):
            return strings(one) | strings(other)
    return set()


def acts() -> set[str]:
    """Every act a case is written with."""
    root = Path(groupbot.__file__).parent
    found = {ladder.FLAG, ladder.REMOVE, ladder.AGAIN, ladder.MUTE, ladder.HUMAN, ladder.BAN}
    for file in (*(root / "features").rglob("*.py"), *(root.parent / "handlers").glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "attr", None) or getattr(node.func, "id", "")
            if called in ACT and len(node.args) > ACT[called]:
                found |= strings(node.args[ACT[called]])
            found |= {s for k in node.keywords if k.arg == "the_action" for s in strings(k.value)}
    return found


def parts() -> set[str]:
    """Every kind of message, and every place in one that words were seen in."""
    seen = {key for made in CARRIERS.values() for key, _ in visible_text(made("x"))}
    sources = {"via bot", "forward", "sticker", "file_name", "caption", "url", "raid"}
    return {*KINDS, "unknown", *flood.KINDS, *sources, *seen} - TOMORROW - {"text"}


def rules() -> set[str]:
    """Every rule a case is written with but `hand`."""
    return {r.id for r in RULES} | {
        "flood",
        "reports",
        "captcha",
        "federation",
        acts_of.RAID,
        acts_of.CHANNELS,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_a_case_holds_has_its_word(lang: str) -> None:
    made = polib.pofile((HERE / "locale" / f"{lang}.po").read_text("utf-8"))
    known = {m.msgid for m in made.translated_entries()}
    assert {"warn", "kick", "decline", "hold", "pending", "exempt", "raid", "promote", "unban"} <= acts()
    assert sorted({f"case.{a}" for a in acts()} - known) == []
    assert sorted({f"part.{p}" for p in parts()} - known) == []
    assert sorted({f"appeal.{a}" for a in APPEALS} - known) == []
    assert sorted({f"ruled.{r}" for r in rules()} - known) == []
    if lang == "zh":
        assert {"captcha failed", "captcha: time is up"} <= known
        assert sorted({about(lock) for lock in LOCKS} - known) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_case_is_told_in_words(lang: str) -> None:
    content = Content([HERE])
    sample = content.sources("rules/case", lang)[0].front["sample"]

    def said(**data: Any) -> str:
        return content.render("rules/case", lang, {**sample, **data}).formatted.text

    for act in acts():
        assert content.gettext(lang, f"case.{act}") in said(action=act)
    for part in parts():
        word = content.gettext(lang, f"part.{part}")
        assert f" · {word}" in said(kind=part)
        assert f" · {word}" in said(carrier=part, kind="")
    for rule in rules():
        assert f"{content.gettext(lang, f'ruled.{rule}')} v1" in said(rule=rule)
    for appeal in APPEALS:
        assert content.gettext(lang, f"appeal.{appeal}") in said(appeal=appeal)
    assert content.gettext(lang, "part.other") in said(carrier="scent")
    assert f"{content.gettext(lang, 'part.raid')} 3" in said(
        action="raid", id=0, name="", carrier="antiraid 3"
    )
    assert "f3a9" in said(rule="federation", carrier="f3a9")
    word = content.gettext(lang, "part.photo")
    assert said(kind="photo", carrier="photo").count(word) == 1


def test_the_evidence_of_a_flood_is_read_again() -> None:
    for kind in flood.KINDS:
        for span in (15, 120):
            made = flood.Flood(kind, 7, timedelta(seconds=span)).matched
            assert flood.told(made) == (7, 0 if kind == "row" else span)
    assert flood.told("薇信") is None
