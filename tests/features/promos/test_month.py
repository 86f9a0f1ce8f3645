"""A month of plans, rehearsed."""

from datetime import UTC, date, datetime, timedelta

from groupbot.features.promos.domain import held
from groupbot.features.promos.service.month import Limits, month
from tests.features.promos.test_publish import plan


def test_a_month_names_clashes_gaps_budget_and_variety() -> None:
    plans = [
        plan("daily", start=datetime(2027, 2, 10, 10), rrule="FREQ=DAILY;COUNT=5"),
        plan("noon", start=datetime(2027, 2, 10, 12), rrule="", pool=("promos/greeting",)),
        plan("offer", kind="promotion", start=datetime(2027, 2, 11, 15), rrule=""),
    ]
    made = month(plans, [Limits("A", None), Limits("B", None, promotions=0)], date(2027, 2, 1))
    assert [(f"{w:%d %H}", p, n) for (w, p), n in sorted(made.said.items())] == [
        ("10 10", "daily", 2),
        ("11 10", "daily", 2),
        ("11 15", "offer", 1),
        ("12 10", "daily", 2),
        ("13 10", "daily", 2),
        ("14 10", "daily", 2),
    ]
    assert [(f"{w:%d %H}", p, why, n) for (w, p, why), n in sorted(made.held.items())] == [
        ("10 12", "noon", "gap", 2),
        ("11 15", "offer", "promotions", 1),
    ]
    assert made.empty == {"A": (date(2027, 2, 15), 14), "B": (date(2027, 2, 15), 14)}
    assert (round(made.used, 4), made.variety) == (round(11 / 168, 4), 0.0)


def test_a_gap_of_just_the_limit_does_not_depend_on_a_second() -> None:
    at = datetime(2027, 2, 10, 10, tzinfo=UTC)
    for late, held_ in ((timedelta(seconds=1), ""), (timedelta(minutes=2), "gap")):
        last = [(at + late, "other")]
        assert held("other", last, at + timedelta(hours=3), UTC, posts=3, promotions=1, gap=3)[0] == held_
