"""The one reader of spans."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core import setting
from groupbot.core.spans import LONGEST, MOST, leading, seconds, span, spelled


@pytest.mark.parametrize(
    ("said", "found"),
    [("5m", 300), ("1d 6h", 108000), ("1d12h", 129600), ("2 w", 1209600), ("90S", 90), ("3天", 259200),
     ("2小时30分钟", 9000), ("0s", 0), ("999999999w", MOST), ("", None), ("m", None), ("5", None),
     ("5 x", None), ("-5m", None), ("٣d", None), ("1.5h", None), ("1d and", None)],
)  # fmt: skip
def test_text_is_a_span_or_none(said: str, found: int | None) -> None:
    assert seconds(said) == found


def test_span_ends_where_telegram_reads_for_ever() -> None:
    assert [span(s) for s in ("366d", "366d 1s", "0s", "soon")] == [LONGEST, None, None, None]


@pytest.mark.parametrize(
    ("value", "text"),
    [(timedelta(days=30), "30d"), (timedelta(weeks=2), "2w"), (timedelta(days=1, hours=12), "1d 12h"),
     (timedelta(seconds=90), "1m 30s"), (timedelta(), "0s")],
)  # fmt: skip
def test_span_is_spelled_as_people_would(value: timedelta, text: str) -> None:
    assert spelled(value) == text


@given(st.integers(0, MOST))
def test_what_is_spelled_is_read_again_everywhere(n: int) -> None:
    text = spelled(timedelta(seconds=n))
    assert seconds(text) == n
    assert leading(f"{text} why") == (timedelta(seconds=n), "why")
    assert setting.seconds(setting.spoken(n)) == n
