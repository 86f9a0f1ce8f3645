"""What a crowd hears: the same words without rendering twice, new words as soon as a file changed."""

import html
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.text import Formatted, parse, units
from groupbot.engine import content
from groupbot.engine.content import Content


@given(st.text())
def test_markup_without_tags_is_its_plain_text(text: str) -> None:
    assert parse(html.escape(text, quote=False)) == Formatted(text.strip())


@given(st.text())
def test_units_are_what_utf_16_takes(text: str) -> None:
    assert units(text) == sum(2 if c > "\uffff" else 1 for c in text)


def test_an_edited_template_speaks_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "RECHECK", 0.0)
    file = tmp_path / "got.en.html.j2"
    file.write_text("You got {{ n }}")
    shelf = Content([tmp_path])
    assert [shelf.render("got", "en", {"n": 7}).formatted.text for _ in range(2)] == ["You got 7"] * 2
    file.write_text("{{ n }} for you")
    os.utime(file, ns=(1, 1))
    assert shelf.render("got", "en", {"n": 7}).formatted.text == "7 for you"


def test_truth_and_one_are_two_texts(tmp_path: Path) -> None:
    (tmp_path / "x.en.html.j2").write_text("{{ n }}")
    shelf = Content([tmp_path])
    assert [shelf.render("x", "en", {"n": n}).formatted.text for n in (1, True, 1)] == ["1", "True", "1"]


def test_times_are_told_on_each_chats_own_clock(tmp_path: Path) -> None:
    (tmp_path / "x.en.html.j2").write_text("{{ at|clock }}")
    shelf, at = Content([tmp_path]), {"at": "2027-01-30T10:00:00+00:00"}
    told = [shelf.render("x", "en", at, zone).formatted.text for zone in ("UTC", "Asia/Shanghai", "UTC")]
    assert told == ["10:00", "18:00", "10:00"]
