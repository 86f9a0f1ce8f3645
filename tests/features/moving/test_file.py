"""The settings file: out and in again, and what it says of mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.core.setting import Setting
from groupbot.features.moving.domain.file import Change, Misread, Wrong, changes, movable, read, written

KNOWN = {
    s.key: s
    for s in (
        Setting("mode", "shadow", "What is done", choices=("off", "shadow", "on"), module="rules"),
        Setting("burst", 10, "How many", least=3, most=500, unit="messages", module="rules"),
        Setting("words", [], "Which", module="rules"),
        Setting("greet", True, "Say hello", module="setup"),
        Setting("after", 3600, "When", kind="duration", module="setup"),
        Setting("text", "", "In own words", module="setup"),
        Setting("extra", {}, "By name", module="setup"),
        Setting("quiz", [], "Questions", kind="rows", module="setup"),
    )
}
_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
_words = _text.map(str.strip).filter(bool)
_values: dict[str, st.SearchStrategy[Any]] = {
    "mode": st.sampled_from(["off", "shadow", "on"]),
    "burst": st.integers(3, 500),
    "words": st.lists(_words, max_size=4),
    "greet": st.booleans(),
    "after": st.integers(0, 10**7),
    "text": _text,
    "quiz": st.lists(st.lists(_text, max_size=3), max_size=3),
    "extra": st.dictionaries(_words, st.integers() | _text | st.booleans(), max_size=3),
}
_rows = st.fixed_dictionaries({}, optional=_values)
_own = st.dictionaries(st.integers(1, 10**6), _rows, max_size=3).flatmap(
    lambda topics: _rows.map(lambda chat: {None: chat, **topics})
)


@given(_own, _text)
@settings(max_examples=60, deadline=None)
def test_file_written_is_read_as_it_was(own: dict[int | None, dict[str, Any]], title: str) -> None:
    inherited = {k: s.default for k, s in KNOWN.items()}
    made = read(written(title, own, inherited, KNOWN), KNOWN)
    assert changes(made, own, KNOWN) == []
    then: dict[int | None, dict[str, Any]] = {}
    for c in changes(made, {None: {}}, KNOWN):
        then.setdefault(c.topic, {})[c.key] = c.after
    assert then == {t: rows for t, rows in own.items() if rows}


@given(_own, _own)
@settings(max_examples=25, deadline=None)
def test_whole_file_makes_another_chat_the_same(
    own: dict[int | None, dict[str, Any]], other: dict[int | None, dict[str, Any]]
) -> None:
    made = read(written("A", own, {}, KNOWN), KNOWN)
    for c in changes(made, other, KNOWN):
        assert other.get(c.topic, {}).get(c.key) == c.before
        rows = other.setdefault(c.topic, {})
        rows.pop(c.key, None)
        if c.after is not None:
            rows[c.key] = c.after
    assert {t: r for t, r in other.items() if r} == {t: r for t, r in own.items() if r}


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        read(text, KNOWN)
    except Misread as e:
        assert e.wrong and all(w.line >= 1 and w.expected for w in e.wrong)


def test_scalars_are_read_as_written_not_as_yaml_means_them() -> None:
    made = read("settings:\n  mode: on\n  greet: off\n  text: 12:30\n  after: 2d 3h\n", KNOWN)
    assert made.values == {None: {"mode": "on", "greet": False, "text": "12:30", "after": 183600}}


def test_part_of_a_file_leaves_the_rest_and_nothing_means_inherit() -> None:
    made = read("settings:\n  burst:\n  mode: on\n", KNOWN)
    own = {None: {"burst": 5, "greet": False}}
    assert changes(made, own, KNOWN) == [
        Change(None, "burst", 5, None),
        Change(None, "mode", None, "on"),
    ]


MISTAKES = {
    "settings:\n  burst: 2\n": (2, "burst", "a whole number from 3 to 500 (messages)", "burst: 10"),
    "settings:\n  brust: 5\n": (2, "brust", "the key of a setting", "burst: …"),
    "settings:\n  burst: 5\n  burst: 6\n": (3, "burst", "each name once", ""),
    "settings:\n  words: {a: 1}\n": (2, "words", "a list of texts", "words: one, two"),
    "settings:\n  mode: [on]\n": (2, "mode", "one of off, shadow, on", "mode: shadow"),
    "setings:\n  burst: 5\n": (
        1,
        "setings",
        "one of groupbot, bot, chat, whole, settings, topics, notes, filters, approvals, federation",
        "settings:",
    ),
    "topics:\n  one:\n    burst: 5\nsettings: {}\n": (2, "one", "the number of a topic", "12:"),
    "groupbot: 9\nsettings: {}\n": (1, "groupbot", "1", "groupbot: 1"),
    "settings: &a\n  words: [x]\ntopics: *a\n": (3, "*a", "no aliases", ""),
    "- a\n": (1, "file", "a mapping", "settings:\n  rules_mode: shadow"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_mistakes_name_line_field_expected_and_example(text: str) -> None:
    with pytest.raises(Misread) as no:
        read(text, KNOWN)
    assert no.value.wrong[0] == Wrong(*MISTAKES[text])


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(Misread):
        read("settings: " + "[" * 20_000, KNOWN)


def test_a_number_stored_beyond_its_end_is_written_as_it_counts() -> None:
    text = written("West Lake", {None: {"burst": 900_000}}, {}, KNOWN)
    assert read(text, KNOWN).values == {None: {"burst": 500}}


def test_secrets_and_inner_settings_never_move() -> None:
    known = {
        "token": Setting("token", "", "Key of the shop", secret=True, module="shop"),
        "since": Setting("since", "", "When it began", inner=True, module="shop"),
        "open": Setting("open", True, "Open", module="shop"),
    }
    assert set(movable(known)) == {"open"}
    text = written("A", {None: {"token": "s3cret", "since": "x"}}, {}, movable(known))
    assert "s3cret" not in text and "token" not in text
    with pytest.raises(Misread):
        read("settings:\n  token: stolen\n", movable(known))
