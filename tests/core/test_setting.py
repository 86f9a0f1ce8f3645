"""What a setting's value may be, and how a person writes it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.setting import Setting, Unfit, seconds, spoken
from groupbot.engine.plugins import load

SWITCH = Setting("a", True, "…")
NUMBER = Setting("b", 10, "…", least=3, most=500)
SPAN = Setting("c", 3600, "…", kind="duration", least=60)
MODE = Setting("d", "shadow", "…", choices=("off", "shadow", "on"))
LIST = Setting("e", [], "…", most=3)
ZONE = Setting("f", "", "…", kind="zone")


def test_kind_follows_from_default_and_choices() -> None:
    kinds = [s.type for s in (SWITCH, NUMBER, SPAN, MODE, LIST, ZONE)]
    assert kinds == ["bool", "int", "duration", "choice", "texts", "zone"]
    assert Setting("g", 0.5, "…").type == "number"
    assert Setting("h", {}, "…").type == "map"
    assert Setting("i", "", "…").type == "text"
    assert Setting("j", False, "…", choices=(True, False)).type == "bool"


@pytest.mark.parametrize(
    ("setting", "text", "value"),
    [
        (SWITCH, "on", True),
        (SWITCH, "Yes", True),
        (SWITCH, "false", False),
        (SWITCH, "关", False),
        (NUMBER, " 12 ", 12),
        (SPAN, "2d 3h", 183600),
        (SPAN, "90", 90),
        (MODE, "ON", "on"),
        (LIST, 'one, "two, three"', ["one", "two, three"]),
        (ZONE, "Asia/Shanghai", "Asia/Shanghai"),
    ],
)
def test_text_of_a_person_is_read(setting: Setting, text: str, value: Any) -> None:
    assert setting.parse(text) == value


@pytest.mark.parametrize(
    ("setting", "text", "expected"),
    [
        (SWITCH, "maybe", "on or off"),
        (NUMBER, "2", "a whole number from 3 to 500"),
        (NUMBER, "1.5", "a whole number from 3 to 500"),
        (SPAN, "soon", "a duration, at least 1m"),
        (SPAN, "5s", "a duration, at least 1m"),
        (MODE, "loud", "one of off, shadow, on"),
        (LIST, "1,2,3,4", "a list of texts, 3 at most"),
        (ZONE, "Mars/Base", "the IANA name of a time zone"),
        (ZONE, "../etc/passwd", "the IANA name of a time zone"),
    ],
)
def test_what_does_not_fit_says_what_would(setting: Setting, text: str, expected: str) -> None:
    with pytest.raises(Unfit) as no:
        setting.parse(text)
    assert no.value.expected == expected
    assert setting.parse(no.value.example) is not None or setting.key == "e"


@given(st.integers(0, 10**8))
def test_a_span_is_read_as_it_is_written(n: int) -> None:
    assert seconds(spoken(n)) == n


@given(st.booleans(), st.integers(3, 500), st.sampled_from(["off", "shadow", "on"]))
def test_a_value_is_read_as_it_is_shown(switch: bool, number: int, mode: str) -> None:
    for s, v in ((SWITCH, switch), (NUMBER, number), (MODE, mode)):
        assert s.parse(s.show(v)) == v


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters='",'), min_size=1),
        max_size=3,
    )
)
def test_a_list_is_read_as_it_is_shown(values: list[str]) -> None:
    assert LIST.parse(LIST.show(values)) == values


@given(st.text(max_size=200))
def test_no_text_breaks_a_setting(text: str) -> None:
    for s in (SWITCH, NUMBER, SPAN, MODE, LIST, ZONE, Setting("t", "", "…", most=50)):
        try:
            assert s.check(s.parse(text)) == s.parse(text)
        except Unfit as no:
            assert no.expected and no.key == s.key


def test_every_setting_of_the_bot_takes_its_own_defaults_and_example() -> None:
    settings = load().settings
    assert len(settings) >= 30
    for s in settings.values():
        assert s.about and s.module, s.key
        for value in (s.default, *s.by_tier.values()):
            assert s.check(value) == value
        assert s.parse(s.sample) is not None


@pytest.mark.parametrize(
    ("setting", "stored", "value"),
    [
        (NUMBER, 2, 3),
        (NUMBER, 501, 500),
        (NUMBER, 12, 12),
        (SPAN, 5, 60),
        (SWITCH, True, True),
        (MODE, "x", "x"),
    ],
)
def test_a_number_stored_beyond_the_bounds_counts_as_the_nearer_bound(
    setting: Setting, stored: Any, value: Any
) -> None:
    assert setting.bounded(stored) == value
    assert LIST.bounded([1, 2, 3, 4]) == [1, 2, 3, 4]  # its bound is a length


def test_a_large_bound_is_written_out() -> None:
    with pytest.raises(Unfit, match="from 3 to 1000000"):
        Setting("b", 10, "…", least=3, most=1_000_000).parse("5000000")


def test_every_number_of_the_bot_has_bounds() -> None:
    """A number without an end is added to a moment somewhere, and there is no such moment."""
    numbers = [s for s in load().settings.values() if s.type in ("int", "number", "duration")]
    assert len(numbers) >= 50
    names = {"action_topic", "linked_chat"}  # Telegram's numbers of a topic and of a chat
    endless = {s.key for s in numbers if not s.choices and (s.least is None or s.most is None)}
    assert endless == names
