"""The grammar of acts, by examples and by properties."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.setting import switch_of
from groupbot.core.spans import for_ever, leading, spelled
from groupbot.features.moderation.domain.acts import Follow, follow_here, follow_of
from groupbot.features.moderation.domain.grammar import Mention, Target, reason_of, target_of

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12)


@pytest.mark.parametrize(("args", "replied", "target", "rest"), [
    ("@li_22 adverts again", False, Target(username="li_22"), "adverts again"),
    ("7000000001 2d adverts", False, Target(id=7000000001), "2d adverts"),
    ("7000000001", True, Target(id=7000000001), ""),
    ("-1001234567890", False, Target(id=-1001234567890), ""),
    ("adverts again", True, Target(), "adverts again"),
    ("adverts again", False, None, "adverts again"),
    ("", True, Target(), ""),
    ("", False, None, ""),
    ("@me!", False, None, "@me!"),
    ("1234 reasons", True, Target(), "1234 reasons"),
    ("２２２２２２２", False, None, "２２２２２２２"),
])  # fmt: skip
def test_target_is_what_is_written_else_who_is_replied_to(
    args: str, replied: bool, target: Target | None, rest: str
) -> None:
    assert target_of(args, (), replied=replied) == (target, rest)


def test_a_name_that_is_a_link_is_a_target_however_many_words_it_has() -> None:
    assert target_of("Mei Lin 2d adverts", (Mention(0, 7, 11),), replied=True) == (
        Target(id=11),
        "2d adverts",
    )
    assert target_of("adverts of Mei", (Mention(11, 3, 11),), replied=True) == (Target(), "adverts of Mei")


@pytest.mark.parametrize(("text", "span", "rest"), [
    ("30m", timedelta(minutes=30), ""),
    ("12h adverts", timedelta(hours=12), "adverts"),
    ("2d 3h adverts", timedelta(days=2, hours=3), "adverts"),
    ("1d12h", timedelta(days=1, hours=12), ""),
    ("2W", timedelta(weeks=2), ""),
    ("3天", timedelta(days=3), ""),
    ("2小时30分钟 刷屏", timedelta(hours=2, minutes=30), "刷屏"),
    ("10s", timedelta(seconds=10), ""),
    ("2days", None, "2days"),
    ("3dprinting", None, "3dprinting"),
    ("adverts 2d", None, "adverts 2d"),
    ("", None, ""),
])  # fmt: skip
def test_span_is_what_the_text_begins_with(text: str, span: timedelta | None, rest: str) -> None:
    assert leading(text) == (span, rest)


@given(st.timedeltas(timedelta(0), timedelta(days=9000)), WORDS)
def test_a_span_is_read_as_it_is_spelled(span: timedelta, reason: str) -> None:
    whole = timedelta(seconds=int(span.total_seconds()))
    assert leading(f"{spelled(whole)} -{reason}") == (whole, f"-{reason}")


@given(st.integers(10**4, 10**12), WORDS, st.booleans())
def test_an_id_wins_over_the_reply(person: int, reason: str, replied: bool) -> None:
    assert target_of(f"{person} {reason}", (), replied=replied) == (Target(id=person), reason)


@given(st.text(max_size=400), st.booleans())
def test_anything_may_be_typed(text: str, replied: bool) -> None:
    target, rest = target_of(text, (), replied=replied)
    assert (target is None) <= (not replied)
    _, left = leading(rest)
    assert len(reason_of(left)) <= 200
    assert switch_of(text) in (True, False, None)


@pytest.mark.parametrize(("span", "so"), [
    (timedelta(seconds=29), True),
    (timedelta(seconds=30), False),
    (timedelta(days=366), False),
    (timedelta(days=366, seconds=1), True),
])  # fmt: skip
def test_telegram_takes_what_is_too_short_or_too_long_as_for_ever(span: timedelta, so: bool) -> None:
    assert for_ever(span) is so


@pytest.mark.parametrize(("word", "is_"), [
    ("on", True), ("YES", True), ("true", True), ("开", True), ("off", False), ("no", False),
    ("False", False), ("关", False), ("maybe", None), ("", None),
])  # fmt: skip
def test_a_switch_is_said_in_several_words(word: str, is_: bool | None) -> None:
    assert switch_of(word) is is_


@pytest.mark.parametrize(("text", "follow"), [
    ("ban", Follow("ban")),
    ("tmute 12h", Follow("mute", timedelta(hours=12))),
    ("tban 2d 3h", Follow("ban", timedelta(days=2, hours=3))),
    ("ask", Follow("ask")),
    ("tban", None),
    ("tban 10s", None),
    ("tban 3d please", None),
    ("kick now", None),
    ("", None),
])  # fmt: skip
def test_what_follows_the_last_warning(text: str, follow: Follow | None) -> None:
    assert follow_of(text) == follow
    if follow is not None:
        assert follow_of(follow.text) == follow


@pytest.mark.parametrize(
    ("tier", "act"), [(None, "ban"), ("consumer", "ban"), ("store", "ask"), ("dealer", "ask")]
)
def test_in_dealer_and_store_groups_a_person_decides(tier: str | None, act: str) -> None:
    assert follow_here("ban", tier).act == act
