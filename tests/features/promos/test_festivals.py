"""Days by name, against dates of printed almanacs and of the State Council's notices."""

from datetime import date, datetime
from itertools import islice

import pytest

from groupbot.features.promos.domain import Audience, Plan, Wrong, audience_of, plan_of, walls
from groupbot.features.promos.domain.calendar import fits
from groupbot.features.promos.domain.festivals import (
    checked,
    day_of,
    in_year,
    is_workday,
    lunar_name,
    published,
)


@pytest.mark.parametrize(
    ("text", "year", "day"),
    [
        ("农历除夕", 2026, "02-16"),
        ("农历除夕", 2027, "02-05"),
        ("除夕", 2028, "01-25"),
        ("农历春节", 2027, "02-06"),
        ("农历正月初一", 2033, "01-31"),
        ("小年", 2027, "01-30"),
        ("农历南小年", 2027, "01-31"),
        ("元宵节", 2027, "02-20"),
        ("端午", 2027, "06-09"),
        ("农历七夕", 2026, "08-19"),
        ("lunar 8-15", 2027, "09-15"),
        ("农历九月初九", 2027, "10-08"),
        ("农历闰六月初一", 2025, "07-25"),
        ("lunar leap 5-5", 2028, "06-27"),
        ("公历10月1日", 2027, "10-01"),
        ("solar 12-24", 2027, "12-24"),
        ("节气清明", 2027, "04-05"),
        ("冬至", 2026, "12-22"),
        ("立春", 2025, "02-03"),
        ("假日 CN 国庆节", 2027, "10-01"),
        ("holiday CN Dragon Boat Festival", 2027, "06-09"),
        ("holiday SG Deepavali", 2026, "11-08"),
    ],
)
def test_a_day_by_name_falls_on_the_almanacs_date(text: str, year: int, day: str) -> None:
    assert [f"{d:%m-%d}" for d in in_year(day_of(text), year)][:1] == [day]


@pytest.mark.parametrize(
    ("text", "what", "step"),
    [
        ("腊月三十", "does not exist in the lunar years 2027, 2028, 2030, 2031", "write 农历除夕"),
        ("农历腊月三十", "does not exist in the lunar years 2027, 2028, 2030, 2031", "write 农历除夕"),
        ("公历2月30日", "does not exist", "write 公历10月1日 or solar 10-01"),
        ("solar 2-29", "does not exist in most years", "rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
        ("农历中球", "is no lunar day", "did you mean 中秋?"),
        ("节气清名", "is no solar term", "did you mean 清明?"),
        ("假日 XX 国庆", "no public holidays of 'XX' are known", "did you mean"),
        ("假日 CN 国庆日", "has no holiday '国庆日'", "did you mean 国庆节?"),
        ("someday", "is no day known here", "e.g. 农历除夕"),
    ],
)
def test_a_day_that_does_not_exist_is_refused_with_the_reason(text: str, what: str, step: str) -> None:
    with pytest.raises(Wrong) as e:
        checked(day_of(text), text, date(2027, 1, 1))
    assert what in e.value.what
    assert e.value.next.startswith(step)


def written(**more: object) -> Plan:
    usual = {"name": "p", "audience": "all", "template": "promos/greeting", "start": "2027-01-01 10:00"}
    return plan_of({**usual, **more}, {"all": audience_of("all", {})})


def test_a_plan_comes_days_ahead_of_its_festivals_and_ends() -> None:
    plan = written(on=["农历除夕", "农历元宵"], days_before=3, end="2028-12-31")
    assert [f"{w:%Y-%m-%d %H:%M}" for w in walls(plan, datetime.min)] == [
        "2027-02-02 10:00",
        "2027-02-17 10:00",
        "2028-01-22 10:00",
        "2028-02-06 10:00",
    ]
    early = written(on="公历1月2日", days_before=5)
    assert [f"{w:%Y-%m-%d}" for w in islice(walls(early, datetime.min), 2)] == ["2027-12-28", "2028-12-28"]


def test_workdays_know_holidays_and_weekends_worked_to_make_up() -> None:
    # the State Council's notice for 2026: 14 and 28 February are worked, 15 to 23 are free
    days = [date(2026, 2, d) for d in (13, 14, 15, 16, 23, 24, 28)]
    assert [is_workday("CN", d) for d in days] == [True, True, False, False, False, True, True]
    assert [published("CN", y) for y in (2026, 2027)] == [True, False]
    assert fits(("no_holidays", "CN"), date(2026, 2, 17)) is False
    plan = written(start="2026-02-13 10:00", rrule="FREQ=DAILY", only_on="workdays CN", count=13)
    assert [w.day for w in walls(plan, datetime.min)] == [13, 14, 24, 25]


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ({"on": "农历除夕", "rrule": "FREQ=DAILY"}, "leave one out"),
        ({"days_before": 3}, "add on: 农历除夕"),
        ({"only_on": "workday CN"}, "write workdays CN, holidays CN or no holidays CN"),
        ({"template": None, "pool": {"a": 0}}, "write a: 2"),
        ({"class": "twice"}, "known: at most once, at least once"),
    ],
)
def test_a_field_of_days_that_does_not_fit_tells_what_does(more: dict[str, object], step: str) -> None:
    with pytest.raises(Wrong) as e:
        written(
            **{k: v for k, v in more.items() if v is not None} | ({"template": []} if "pool" in more else {})
        )
    assert e.value.next == step


def test_lunar_dates_are_written_as_people_say_them() -> None:
    assert [lunar_name(date(2027, 2, 5)), lunar_name(date(2025, 7, 25))] == ["腊月廿九", "闰六月初一"]
    assert Audience("all") == audience_of("all", {})
