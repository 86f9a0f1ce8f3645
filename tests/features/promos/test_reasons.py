"""Why a post was left out: every reason the code gives has a word in both languages, wherever it is told."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import polib
import pytest

import groupbot
from groupbot.cli._tongue import tongue
from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.features.campaigns.service.watching import GONE
from groupbot.features.promos.service.gates import NOT_OPEN

HERE = folder("content_templates")
FEATURES = Path(groupbot.__file__).parent / "features"
LIMITS = ("hold.py", "budget.py", "room.py")  # their functions return (reason, detail)


def codes(node: ast.AST | None) -> set[str]:
    """The reasons an expression may be."""
    match node:
        case ast.Constant(value=str(code)) if code:
            return {code}
        case ast.IfExp(body=one, orelse=other):
            return codes(one) | codes(other)
        case ast.Tuple(elts=[one, _]):
            return codes(one)
    return set()


def given(file: Path) -> set[str]:
    """The reasons a file of the code gives."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id="Unsaid"), args=[one, *_]):
                found |= codes(one)
            case ast.keyword(arg="reason", value=one):
                found |= codes(one)
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id="reason"), _])], value=one):
                found |= codes(one)
            case ast.Assign(targets=[ast.Name(id="reason")], value=one):
                found |= codes(one)
            case ast.Return(value=ast.Tuple() as one) if file.name in LIMITS:
                found |= codes(one)
            case ast.FunctionDef(name="find" | "stand_in"):
                for each in (n for n in ast.walk(node) if isinstance(n, ast.Return)):
                    found |= codes(each.value)
    return found


def reasons() -> list[str]:
    """All of them: also `plan` of a plan that cannot be read, and the state of a post nobody approved yet."""
    files = [*(FEATURES / "promos" / "service").glob("*.py"), FEATURES / "promos" / "domain" / "budget.py",
             FEATURES / "experts" / "service" / "register.py"]  # fmt: skip
    found = {"plan", "held"}.union(*map(given, files)) - {"nothing"}
    assert {"unready", "spacing", "repeat", "coupon", "expert", "session", "digest", "out"} <= found
    assert {"restored", "setting", "expired", "late", "overtaken", "quiet", "gap", "approval"} <= found
    return sorted(found)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_reason_has_its_word(lang: str) -> None:
    made = polib.pofile((HERE / "locale" / f"{lang}.po").read_text("utf-8"))
    assert sorted({f"held.{r}" for r in reasons()} - {m.msgid for m in made.translated_entries()}) == []
    told = tongue(lang).names("held", reasons())
    assert "还没开放促销" in told if lang == "zh" else "not open to promotions" in told


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("template", ["campaigns/review", "engagement/review_posts", "scenes/list"])
def test_every_reason_is_told_in_words(template: str, lang: str) -> None:
    content = Content([HERE])
    sample = content.sources(template, lang)[0].front["sample"]
    every = reasons()
    for n, reason in enumerate(every):
        data: dict[str, Any] = {
            "campaigns/review": {
                "posts": [{**sample.get("posts", [{}])[0], "left": 1, "why": [[reason, n]]}]
            },
            "engagement/review_posts": {"plans": [{"plan": "x", "due": 2, "said": 1, "why": [[reason, n]]}]},
            "scenes/list": {"scenes": [{**sample.get("scenes", [{}])[0], "held": {reason: n}}]},
        }[template]
        said = content.render(template, lang, {**sample, **data}).formatted.text
        word = content.gettext(lang, f"held.{reason}")
        assert f"{word} {n}" in said
        assert word != f"held.{reason}"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("template", "field"), [("experts/not_come", "stood"), ("scenes/tried", "reason")])
def test_the_rare_reasons_are_told_in_words_too(template: str, field: str, lang: str) -> None:
    """Why nothing stood in for an expert who did not come, and why a scene's card would not be said now."""
    content = Content([HERE])
    sample = content.sources(template, lang)[0].front["sample"]
    for reason in ("out", "setting"):
        said = content.render(template, lang, {**sample, field: reason}).formatted.text
        assert content.gettext(lang, f"held.{reason}") in said


def gates() -> list[str]:
    """The words the phase of a campaign is shut with."""
    calls = {"set_gate": 2, "_gate": 3, "end": 3, "stop": 2}  # where the word stands
    found = {NOT_OPEN, GONE, "leaves", "complaints"}  # the last two stop a campaign by themselves
    for file in (*(FEATURES / "campaigns" / "service").glob("*.py"), folder("handlers") / "campaigns.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in calls:
                    found = found.union(*map(codes, args[calls[name] :]))
    assert {"begins later, by lot", "over", "stopped by an operator"} <= found
    return sorted(found)


@pytest.mark.parametrize("template", ["promos/skipped", "promos/plans"])
def test_why_a_phase_is_shut_is_told_in_the_readers_words(template: str) -> None:
    content = Content([HERE])
    for gate in gates():
        row = {"title": "西湖店", "when": "01-30 10:00", "plan": "小年促销"}
        row |= {"reason": "campaign", "detail": gate}
        data = {"skips": [row], "more": 0, "skipped": [row], "next": [], "stopped": False}
        zh, en = (content.render(template, lang, data).formatted.text for lang in ("zh", "en"))
        assert not any(c.isascii() and c.isalpha() for c in zh), zh
        assert "shut." not in en
