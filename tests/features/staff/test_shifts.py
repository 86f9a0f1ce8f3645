"""Shifts: read as people write them, counted on the wall clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.features.staff.domain import MIDNIGHT, WEEK, Shift, on_shift, shift_of

MONDAY = datetime(2027, 2, 1)
shifts = st.builds(
    Shift, st.integers(1, WEEK), st.integers(0, MIDNIGHT - 1), st.integers(1, MIDNIGHT)
).filter(lambda s: s.start != s.end)


@pytest.mark.parametrize(
    ("text", "shift"),
    [
        ("mon-fri 9:00-18:00", Shift(0b0011111, 540, 1080)),
        ("sat,sun", Shift(0b1100000)),
        ("周一-周五 9-18", Shift(0b0011111, 540, 1080)),
        ("周六,周日 22:00-6:00", Shift(0b1100000, 1320, 360)),
        ("fri-mon", Shift(0b1110001)),
        ("22:30-24:00", Shift(WEEK, 1350, 1440)),
        ("", Shift()),
        ("daily", Shift()),
        ("每天", Shift()),
    ],
)
def test_shift_is_read(text: str, shift: Shift) -> None:
    assert shift_of(text) == shift


@pytest.mark.parametrize(
    "text", ["noon", "mon-", "9-9", "25:00-26:00", "mon 9-18 tue", "funday 9-18", "9:75-18"]
)
def test_shift_is_refused(text: str) -> None:
    assert shift_of(text) is None


@given(shifts)
def test_shift_reads_what_it_says(shift: Shift) -> None:
    assert shift_of(shift.text) == shift


@given(shifts)
def test_shift_of_a_week_lasts_as_long_as_its_days(shift: Shift) -> None:
    length = (shift.end - shift.start) % MIDNIGHT or MIDNIGHT
    minutes = sum(on_shift(shift, MONDAY + timedelta(minutes=m)) for m in range(0, 7 * MIDNIGHT, 1))
    assert minutes == length * bin(shift.days).count("1")
