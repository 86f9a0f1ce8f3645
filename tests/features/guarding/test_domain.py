"""Waves of joins, actions, closed hours and types of service messages as values."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groupbot.core.spans import LONGEST, span, spelled
from groupbot.features.guarding.domain.closing import Hours, hours_of
from groupbot.features.guarding.domain.raid import KICK, MINUTE, Action, action_of, recent, wave
from groupbot.features.guarding.domain.settings import TYPES, cleaned
from groupbot.surfaces.telegram.carriers import SERVICE

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
S = timedelta(seconds=1)


def joins(*seconds: float) -> tuple[tuple[datetime, int], ...]:
    """People 1, 2, 3 … joining at these seconds."""
    return tuple((AT + timedelta(seconds=s), i + 1) for i, s in enumerate(seconds))


# --- spans
@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("30m", timedelta(minutes=30)),
        ("2d 3h", timedelta(days=2, hours=3)),
        ("2d3h", timedelta(days=2, hours=3)),
        ("2W", timedelta(weeks=2)),
        ("90s", timedelta(seconds=90)),
        ("0s", None),
        ("367d", None),
        ("999999w 999999w", None),
        ("3", None),
        ("h", None),
        ("-3h", None),
        ("3h!", None),
        ("", None),
    ],
)
def test_spans_as_admins_type_them(text: str, made: timedelta | None) -> None:
    assert span(text) == made


@given(st.integers(1, int(LONGEST.total_seconds())))
def test_a_span_reads_as_it_is_spelled(seconds: int) -> None:
    value = timedelta(seconds=seconds)
    assert span(spelled(value)) == value


# --- raids
def test_a_wave_leaves_out_who_came_before_it_alone() -> None:
    assert wave(joins(0, 40, 41, 42, 43), 5) == (2, 3, 4, 5)
    assert wave(joins(0, 40, 41, 42), 5) == ()


def test_a_steady_stream_without_a_crest_is_taken_whole() -> None:
    assert wave(joins(0, 20, 40, 59), 4) == (1, 2, 3, 4)


def test_never_is_never() -> None:
    assert wave(joins(*range(50)), 0) == ()


@given(st.lists(st.floats(0, 59.9), max_size=60), st.integers(3, 40))
def test_a_wave_is_the_newest_part_of_the_joins_and_begins_at_the_limit(
    gaps: list[float], least: int
) -> None:
    known = joins(*sorted(gaps))
    found = wave(known, least)
    assert (found != ()) == (len(known) >= least)
    everybody = tuple(p for _, p in known)
    assert everybody[len(everybody) - len(found) :] == found


@given(st.lists(st.tuples(st.integers(0, 600), st.integers(1, 20)), max_size=60))
def test_recent_joins_are_of_one_minute_and_each_person_once(told: list[tuple[int, int]]) -> None:
    known: tuple[tuple[datetime, int], ...] = ()
    for second, person in sorted(told):
        known = recent(known, [(AT + second * S, person)])
        people = [p for _, p in known]
        assert len(people) == len(set(people))
        assert known == tuple(sorted(known))
        assert all(known[-1][0] - at < MINUTE for at, _ in known)


def test_a_join_told_twice_counts_once() -> None:
    known = recent((), [(AT, 1)])
    assert recent(known, [(AT + S, 1)]) == known


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("kick", Action("kick", KICK)),
        ("3h", Action("ban", timedelta(hours=3))),
        ("ban 3h", Action("ban", timedelta(hours=3))),
        ("tban 1d", Action("ban", timedelta(days=1))),
        ("ban", None),
        ("5s", None),
        ("mute 3h", None),
    ],
)
def test_actions_as_admins_type_them(text: str, action: Action | None) -> None:
    assert action_of(text) == action
    if action is not None:
        assert action_of(action.said) == action
        assert action.length >= timedelta(seconds=30)  # less is for ever, at Telegram


# --- closed hours
@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("23:00-07:00", Hours(time(23), time(7))),
        ("23:00 - 7:00", Hours(time(23), time(7))),
        ("23:00至07:00", Hours(time(23), time(7))),
        ("12:30–13:15", Hours(time(12, 30), time(13, 15))),
        ("22:00-24:00", Hours(time(22), time(0))),
        ("24:30-07:00", None),
        ("23:00-23:00", None),
        ("25:00-07:00", None),
        ("23-7", None),
        ("", None),
    ],
)
def test_hours_as_admins_type_them(text: str, hours: Hours | None) -> None:
    assert hours_of(text) == hours
    if hours is not None:
        assert hours_of(hours.said) == hours


@given(
    st.times(),
    st.times(),
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 1, 1)),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "UTC"]),
)
def test_a_night_and_its_day_fill_the_clock(start: time, end: time, now: datetime, zone: str) -> None:
    start, end = start.replace(second=0, microsecond=0), end.replace(second=0, microsecond=0)
    if start == end:
        return
    at, here = now.replace(tzinfo=UTC), ZoneInfo(zone)
    assert Hours(start, end).closed(at, here) != Hours(end, start).closed(at, here)


def test_the_night_the_clocks_change_follows_the_wall_clock() -> None:
    night, berlin = Hours(time(23), time(7)), ZoneInfo("Europe/Berlin")
    closed = [
        night.closed(datetime(2027, 3, 27, 12, 0, tzinfo=UTC) + timedelta(hours=h), berlin) for h in range(24)
    ]
    assert closed.count(True) == 7  # an hour is missing that night


# --- service messages
def test_every_service_message_has_a_type_and_a_topics_first_stays() -> None:
    every = frozenset(TYPES)
    assert [k for k in SERVICE if not cleaned(k, every)] == ["forum_topic_created"]
    assert not cleaned("migrate_to_chat_id", every)
    assert cleaned("boost_added", frozenset(["other"]))
    assert not cleaned("pinned_message", frozenset(["other"]))
