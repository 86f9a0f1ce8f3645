"""Names that would like to be markup: the short form of `tests.benchmarks.names`."""

from __future__ import annotations

from groupbot.core.text import Entity, Formatted
from tests.benchmarks.names import Said, run


def test_no_name_breaks_a_shipped_text_or_adds_a_mark() -> None:
    many, wrong = run(5000, seed=7)
    assert many >= 300
    assert wrong == []


def test_marks_move_with_the_length_of_a_name() -> None:
    bold, link = Entity("bold", 0, 8), Entity("text_link", 9, 2, url="https://a.b")
    said = Said("x/y", "en", "name", {}, "Dear ", ", go", (bold, link))
    assert said.with_name("👧<b>!") == Formatted(
        "Dear 👧<b>!, go", (Entity("bold", 0, 11), Entity("text_link", 12, 2, url="https://a.b"))
    )
