"""Rules that RFC 5545 forbids are refused as they are read, with what was expected and an example."""

import pytest

from groupbot.features.promos.domain import Audience, Wrong, plan_of


def read(rule: str) -> str:
    raw = {"name": "a", "audience": "all", "template": "promos/card", "start": "2027-01-04 10:00"}
    return plan_of(raw | {"rrule": rule}, {"all": Audience("all")}).rrule


@pytest.mark.parametrize(
    ("rule", "said", "example"),
    [
        (
            "FREQ=DAILY;COUNT=5;UNTIL=20270301T100000",
            "rrule: COUNT and UNTIL, expected one of them (RFC 5545)",
            "write FREQ=DAILY;COUNT=5",
        ),
        ("freq=daily;until=20270301;count=5", "rrule: COUNT and UNTIL, expected one of them (RFC 5545)",
         "write FREQ=DAILY;COUNT=5"),
        ("FREQ=DAILY;UNTIL=20270301T100000Z", "rrule: UNTIL in UTC, expected each group's wall clock",
         "write UNTIL=20270301T100000"),
        ("FREQ=DAILY;FREQ=WEEKLY", "rrule: FREQ twice, expected once", "write FREQ=WEEKLY"),
        ("FREQ=DAILY;INTERVAL=0", "rrule: INTERVAL=0, expected a whole number above 0", "write INTERVAL=2"),
        ("FREQ=DAILY;COUNT=-3", "rrule: COUNT=-3, expected a whole number above 0", "write COUNT=2"),
        ("FREQ=WEEKLY;BYDAY=1MO", "rrule: BYDAY=1MO with FREQ=WEEKLY, a numbered day goes with MONTHLY or"
         " YEARLY", "write FREQ=MONTHLY;BYDAY=1MO"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "rrule: BYMONTHDAY with FREQ=WEEKLY, which does not take it (RFC 5545)",
         "write FREQ=MONTHLY;BYMONTHDAY=5"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "rrule: BYMONTHDAY=0, expected 1 to 31, or -1 to -31 from the end",
         "write BYMONTHDAY=1"),
        ("FREQ=YEARLY;BYMONTH=13", "rrule: BYMONTH=13, expected 1 to 12", "write BYMONTH=1"),
        ("FREQ=DAILY;BYSETPOS=1", "rrule: BYSETPOS alone, expected another BY… beside it",
         "write FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1"),
        ("BYDAY=MO", "rrule: no FREQ, expected how often it comes", "write FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=WEEKLY;BYDAYS=MO", "rrule: no part 'BYDAYS'", "did you mean BYDAY?"),
        ("every day", "rrule: 'EVERY DAY', expected NAME=VALUE", "write FREQ=WEEKLY;BYDAY=MO,TH"),
    ],
)  # fmt: skip
def test_a_rule_that_the_rfc_forbids_is_refused(rule: str, said: str, example: str) -> None:
    with pytest.raises(Wrong) as e:
        read(rule)
    assert (e.value.field, e.value.what, e.value.next) == ("rrule", said, example)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;COUNT=5",
        "FREQ=DAILY;UNTIL=20270203T100000",
        "FREQ=MONTHLY;BYDAY=-1SU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=TU,TH;BYHOUR=10,15;BYMINUTE=0",
        "",
    ],
)
def test_a_rule_that_it_allows_is_kept_as_written(rule: str) -> None:
    assert read(rule) == rule
