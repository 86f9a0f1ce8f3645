"""Which language serves where the wanted one is missing or fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.engine.content import Content
from groupbot.errors import Misfit


def write(folder: Path, lang: str, front: str, body: str) -> None:
    (folder / f"hello.{lang}.html.j2").write_text(f"---\n{front}\n---\n{body}\n", "utf-8")


def said(folder: Path, lang: str, **data: object) -> str:
    return Content([folder]).render("hello", lang, dict(data)).formatted.text


def test_the_other_language_serves_unless_the_template_says_otherwise(tmp_path: Path) -> None:
    write(tmp_path, "en", "title: x", "Hello")
    assert said(tmp_path, "zh") == "Hello"
    write(tmp_path, "en", "fallback: [en]", "Hello")
    assert said(tmp_path, "zh") == "Hello"
    write(tmp_path, "en", "fallback: []", "Hello")
    assert said(tmp_path, "en") == "Hello"
    with pytest.raises(Misfit, match="no template 'hello'"):
        said(tmp_path, "zh")


def test_a_version_that_fails_is_followed_only_by_languages_it_names(tmp_path: Path) -> None:
    write(tmp_path, "zh", "fallback: []", "{{ nobody }}")
    write(tmp_path, "en", "title: x", "Hello")
    with pytest.raises(Misfit):
        said(tmp_path, "zh")
    write(tmp_path, "zh", "fallback: [en]", "{{ nobody }}")
    assert said(tmp_path, "zh") == "Hello"


def test_a_fallback_that_is_no_list_is_named_by_the_check(tmp_path: Path) -> None:
    write(tmp_path, "zh", "fallback: en", "x")
    assert [m.next for m in Content([tmp_path]).check()] == [
        "write it like this: fallback: [en], or [] for this language or none"
    ]
