"""A trend is over within a week; else the plan is refused."""

from typing import Any

import pytest

from groupbot.features.promos.domain import Audience, Wrong, plan_of
from groupbot.features.promos.domain.plan import MISSED

RAW = {
    "name": "Snow",
    "audience": "all",
    "kind": "trend",
    "template": "promos/notice",
    "start": "2027-01-30 10:00",
}


def made(**more: Any) -> Any:
    return plan_of(RAW | more, {"all": Audience("all")})


@pytest.mark.parametrize("end", [None, "2027-02-06 10:01", "2027-03-01"])
def test_a_trend_without_an_end_within_a_week_is_refused(end: str | None) -> None:
    with pytest.raises(Wrong) as e:
        made(**({"end": end} if end else {}))
    assert (e.value.field, e.value.next) == ("end", "add end: 2027-01-31 10:00")
    assert "a trend is over within 7 days of its start" in e.value.what


def test_a_trend_with_an_end_is_taken(  # and skipped two hours late, if nothing else is said
) -> None:
    found = made(end="2027-02-06 10:00")
    assert (found.kind, found.grace, MISSED["trend"]) == ("trend", 7200, "skip after 2h")
