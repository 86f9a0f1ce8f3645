"""Steps follow from days: each state by its definition; nothing told later changes what was told before."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from groupbot.features.journey.domain import Known, Step, way

D0 = date(2026, 9, 1)


def day(n: int) -> date:
    return D0 + timedelta(days=n)


def steps(known: Known, last: int) -> list[tuple[str, int]]:
    return [(s.state, (s.day - D0).days) for s in way(known, day(last))]


def here(
    *acted: int, left: int | None = None, visited: int | None = None, brought: int | None = None
) -> Known:
    return Known(
        [(day(0), None if left is None else day(left))], [day(n) for n in acted],
        None if visited is None else day(visited), None if brought is None else day(brought),
    )  # fmt: skip


def test_each_state_has_its_day() -> None:
    whole = here(2, 5, 9, 20, visited=-3, brought=30)
    assert steps(whole, 60) == [
        ("visitor", -3), ("joined", 0), ("activated", 2), ("regular", 20), ("advocate", 30), ("lapsed", 48),
    ]  # fmt: skip
    assert steps(whole, 47)[-1] == ("advocate", 30)  # 27 silent days are not over a month
    assert steps(here(), 400) == [("joined", 0)]  # who looks on does not lapse


def test_regular_needs_four_days_within_twenty_eight() -> None:
    assert ("regular", 27) in steps(here(0, 1, 2, 27), 28)
    assert "regular" not in dict(steps(here(0, 10, 20, 28), 29))
    assert ("regular", 30) in steps(here(0, 10, 20, 28, 30), 31)


def test_who_comes_back_begins_again() -> None:
    assert steps(here(1, 28, 57, 58), 60) == [
        ("joined", 0),
        ("activated", 1),
        ("lapsed", 56),
        ("activated", 57),
    ]
    assert steps(here(1, 29), 30) == [("joined", 0), ("activated", 1)]


def test_who_leaves_lapses_and_who_leaves_for_an_hour_does_not() -> None:
    assert steps(here(3, left=5), 90) == [("joined", 0), ("activated", 3), ("lapsed", 5)]
    assert steps(here(3, left=50), 90) == [("joined", 0), ("activated", 3), ("lapsed", 31)]
    assert steps(here(left=1), 90) == [("joined", 0), ("lapsed", 1)]
    twice = Known([(day(0), day(4)), (day(4), day(9)), (day(12), None)], [day(4), day(9), day(13)])
    assert steps(twice, 20) == [
        ("joined", 0), ("activated", 4), ("lapsed", 9), ("joined", 12), ("activated", 13),
    ]  # fmt: skip


def test_who_was_here_before_the_bot_never_joined() -> None:
    assert steps(Known([(None, None)], [day(1)]), 10) == [("activated", 1)]
    assert steps(Known([(None, day(3))]), 10) == []
    assert steps(Known((), [day(1)], visited=day(2)), 10) == [("visitor", 2)]


def test_a_longer_record_says_the_same_of_earlier_days() -> None:
    rng = Random(7)
    for _ in range(200):
        acted = sorted({rng.randint(0, 150) for _ in range(rng.randint(0, 12))})
        left = rng.choice([None, rng.randint(0, 150)])
        stays: list[tuple[date | None, date | None]] = [
            (rng.choice([None, D0]), None if left is None else day(left))
        ]
        if left is not None and rng.random() < 0.5:
            stays.append((day(left + rng.randint(0, 9)), None))
        known = Known(stays, [day(n) for n in acted], brought=rng.choice([None, day(40)]))
        cut = day(rng.randint(1, 149))
        if left is None or day(left) != cut:  # of that day itself it is not known yet who comes again
            assert way(known, cut) == [s for s in way(known, day(200)) if s.day <= cut]


def test_steps_are_in_order_of_days() -> None:
    found = way(here(1, 2, 3, 4, 40, 80, brought=5, left=90), day(200))
    assert [s.day for s in found] == sorted(s.day for s in found)
    assert found[-1] == Step("lapsed", day(90))
