"""The calendar against a plain oracle: every wall-clock time of a rule is one instant, in order."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import example, given, settings
from hypothesis import strategies as st

from groupbot.features.promos.domain import Audience, Plan, Wrong, come, instant, next_time
from groupbot.features.promos.domain.calendar import rule_of, slots

ZONES = (
    "America/Los_Angeles",
    "Europe/Berlin",
    "Africa/Cairo",  # springs forward at midnight
    "Asia/Shanghai",
    "Australia/Lord_Howe",  # half an hour
    "America/St_Johns",
    "Pacific/Apia",  # skipped 30 December 2011
    "Africa/Casablanca",  # negative DST
    "Asia/Beirut",  # springs forward at midnight
)


def plan(start: datetime, rrule: str = "", **more: object) -> Plan:
    return Plan("p", Audience("all"), ("promos/notice",), start, rrule=rrule, **more)  # type: ignore[arg-type]


def oracle(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant whose wall clock reads `wall` or, if none does, later: minute by minute."""
    at = wall.replace(tzinfo=UTC) - timedelta(hours=15)
    end = at + timedelta(hours=45)
    while at < end:
        if at.astimezone(zone).replace(tzinfo=None) >= wall:
            return at
        at += timedelta(minutes=1)
    raise AssertionError(wall)


rules = st.builds(
    lambda freq, interval, by: f"FREQ={freq};INTERVAL={interval}{by}",
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 3),
    st.sampled_from(["", ";BYHOUR=0,2,23", ";BYDAY=SU,MO", ";BYDAY=SU;BYHOUR=1,2,3;BYMINUTE=0,30"]),
)
starts = st.datetimes(datetime(2024, 1, 1), datetime(2036, 12, 31)).map(
    lambda d: d.replace(second=0, microsecond=0)
)


@settings(max_examples=150, deadline=None)
@given(zone=st.sampled_from(ZONES), rule=rules, start=starts, ahead=st.integers(0, 400 * 24))
def test_next_time_equals_the_oracle(zone: str, rule: str, start: datetime, ahead: int) -> None:
    tz = ZoneInfo(zone)
    after = start.replace(tzinfo=UTC) + timedelta(hours=ahead)
    low = after.replace(tzinfo=None) - timedelta(days=3)
    wanted = None
    for wall in rrulestr(rule, dtstart=start).xafter(low):
        at = oracle(wall, tz)
        if at > after:
            wanted = at
            break
    assert next_time(plan(start, rule), tz, after) == wanted


@settings(max_examples=60, deadline=None)
@given(zone=st.sampled_from(ZONES), start=starts)
@example("America/Los_Angeles", datetime(2024, 11, 3, 1, fold=1))
@example("America/Los_Angeles", datetime(2024, 3, 10, 2, 30, fold=1))
def test_a_daily_plan_is_never_skipped_or_doubled(zone: str, start: datetime) -> None:
    tz, daily = ZoneInfo(zone), plan(start, "FREQ=DAILY")
    at = instant(start, tz)
    found = [at]
    for _ in range(400):
        following = next_time(daily, tz, at)
        assert following is not None and following > at
        at = following
        found.append(at)
    # each wall-clock day of the rule has exactly one instant
    assert found == [oracle_fast(start + timedelta(days=n), tz) for n in range(401)]


def oracle_fast(wall: datetime, tz: ZoneInfo) -> datetime:
    at = wall.replace(tzinfo=tz).astimezone(UTC)
    return at if at.astimezone(tz).replace(tzinfo=None) == wall else oracle(wall, tz)


@pytest.mark.parametrize(
    ("zone", "wall", "utc"),
    [
        ("America/Los_Angeles", datetime(2027, 3, 14, 2, 30), datetime(2027, 3, 14, 10, 0)),  # gap
        ("America/Los_Angeles", datetime(2027, 11, 7, 1, 30), datetime(2027, 11, 7, 8, 30)),  # fold
        ("Australia/Lord_Howe", datetime(2027, 10, 3, 2, 10), datetime(2027, 10, 2, 15, 30)),
        ("Africa/Cairo", datetime(2027, 4, 30, 0, 30), datetime(2027, 4, 29, 22, 0)),
        ("Asia/Shanghai", datetime(2027, 2, 5, 10, 0), datetime(2027, 2, 5, 2, 0)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 0), datetime(2011, 12, 30, 10, 0)),
    ],
)
def test_instant_of_gaps_and_folds(zone: str, wall: datetime, utc: datetime) -> None:
    assert instant(wall, ZoneInfo(zone)) == utc.replace(tzinfo=UTC)
    assert instant(wall.replace(fold=1), ZoneInfo(zone)) == utc.replace(tzinfo=UTC)  # a row keeps no fold


def test_two_plans_that_differ_in_their_fold_alone_are_at_the_same_time() -> None:
    tz, early = ZoneInfo("America/Los_Angeles"), datetime(2024, 11, 1, tzinfo=UTC)
    at = [next_time(plan(datetime(2024, 11, 3, 1, fold=fold)), tz, early) for fold in (1, 0)]
    assert at == [datetime(2024, 11, 3, 8, tzinfo=UTC)] * 2


def test_two_times_in_one_gap_are_one_slot() -> None:
    twice = plan(datetime(2027, 3, 14, 2, 10), "FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,40;COUNT=5")
    tz = ZoneInfo("America/Los_Angeles")
    found = list(slots(twice, tz, datetime(2027, 3, 13, tzinfo=UTC)))
    assert [t.astimezone(tz).strftime("%d %H:%M") for t in found[:2]] == ["14 03:00", "14 03:40"]


def test_end_count_and_except_leave_times_out() -> None:
    tz, start = ZoneInfo("Asia/Shanghai"), datetime(2027, 2, 1, 10)
    late = datetime(2028, 1, 1, tzinfo=UTC)
    early = datetime(2027, 1, 1, tzinfo=UTC)

    def days(p: Plan) -> list[int]:
        return [t.astimezone(tz).day for t in come(p, tz, early, late)[0]]

    assert days(plan(start, "FREQ=DAILY;COUNT=3")) == [1, 2, 3]
    assert days(plan(start, "FREQ=DAILY", count=2)) == [1, 2]
    assert days(plan(start, "FREQ=DAILY", end=datetime(2027, 2, 3, 10))) == [1, 2, 3]
    assert days(plan(start, "FREQ=DAILY;UNTIL=20270203T100000")) == [1, 2, 3]
    assert days(plan(start, "FREQ=DAILY", count=4, but=(date(2027, 2, 2),))) == [1, 3, 4]
    assert days(plan(start)) == [1]
    assert next_time(plan(start), tz, late) is None


@pytest.mark.parametrize(
    "text", ["FREQ=HOURLY", "FREQ=DAYLY", "every day", "FREQ=DAILY;UNTIL=20270101T000000Z"]
)
def test_a_bad_rule_is_named(text: str) -> None:
    with pytest.raises(Wrong):
        rule_of(text, datetime(2027, 1, 1))
