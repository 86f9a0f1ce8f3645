"""Triggers: written, compared, found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.notes.domain.names import id_of, name_of, payload
from groupbot.features.notes.domain.triggers import Trigger, Triggers, read
from groupbot.features.rules.domain.matching import Unfit

WORDS = st.text('abcäöяж加微信 "”(),*?\\:', min_size=1, max_size=20)


def test_triggers_are_read_as_rose_reads_them() -> None:
    assert read("hello Hi there") == ([Trigger("text", "hello")], "Hi there")
    assert read('"good  morning" Hi') == ([Trigger("text", "good morning")], "Hi")
    assert read('(hi, hello, "good day") Hi') == (
        [Trigger("text", "hi"), Trigger("text", "hello"), Trigger("text", "good day")],
        "Hi",
    )
    assert read("（你好，“早 上”）好") == ([Trigger("text", "你好"), Trigger("text", "早 上")], "好")
    assert read("exact:rules {rules}") == ([Trigger("exact", "rules")], "{rules}")
    assert read('prefix:"good day" Hi') == ([Trigger("prefix", "good day")], "Hi")
    assert read("hello") == ([Trigger("text", "hello")], "")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ('"', "open"),
        ('"half', "open"),
        ("(a, b", "open"),
        ("()", "empty"),
        ("** x", "bare"),
        ("a" * 201, "long"),
        ("?" * 13 + "a x", "wild"),
        (f"({','.join(f'w{i}' for i in range(31))}) x", "many"),
    ],
)
def test_unfit_trigger_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(Unfit) as e:
        read(text)
    assert e.value.reason == reason


@given(WORDS)
def test_read_never_fails_otherwise_and_a_line_reads_as_itself(text: str) -> None:
    try:
        found, _ = read(text)
    except Unfit:
        return
    for t in found:
        assert read(t.line) == ([t], "")


def test_found_as_whole_words_in_any_spelling() -> None:
    ready = Triggers(
        [
            (1, Trigger("text", "price")),
            (2, Trigger("text", "opening hours")),
            (3, Trigger("text", "how * cost")),
            (4, Trigger("exact", "rules")),
            (5, Trigger("prefix", "hey")),
            (6, Trigger("text", "发票")),
        ]
    )
    assert ready.find("What is the PRÍCE?") == [1]
    assert ready.find("priceless") == []
    assert ready.find("opening  hours and price") == [2, 1]
    assert ready.find("how much cost") == [3]
    assert (ready.find("Rules"), ready.find("the rules")) == ([4], [])
    assert (ready.find("hey you"), ready.find("oh hey")) == ([5], [])
    assert ready.find("能開發票吗") == [6]


@given(st.text(max_size=80))
def test_names_are_one_word_and_stay_what_they_are(text: str) -> None:
    name = name_of(text)
    assert name_of(name) == name or name == ""
    assert not any(c.isspace() for c in name)


def test_start_links_carry_numbers_alone() -> None:
    assert id_of(payload(17)) == 17
    assert [id_of(p) for p in ("17", "note_", "note_x", "note_²", f"note_{10**15}")] == [0] * 5
