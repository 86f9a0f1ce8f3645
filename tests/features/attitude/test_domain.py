"""When a question may come, and what its answers say."""

from datetime import datetime

import pytest

from groupbot.features.attitude.domain import Asked, funnel, is_due, last_two, month_of, wilson


def asked(*votes: int, month: int = 202702, about: str = "tea", state: str = "closed") -> Asked:
    return Asked(month, about, state, votes, 100)  # type: ignore[arg-type]


# R. G. Newcombe, Two-sided confidence intervals for the single proportion, Statistics in Medicine 17
# (1998), table I: the score method without continuity correction
@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_the_literature(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)
    mirrored = wilson(n - k, n)
    assert (round(1 - mirrored[1], 4), round(1 - mirrored[0], 4)) == (low, high)


def test_each_step_holds_those_after_it_and_never_grows() -> None:
    steps = funnel(asked(10, 15, 10, 5))
    assert [(s.key, s.n, s.share) for s in steps] == [("know", 30, 0.75), ("agree", 15, 0.375),
                                                      ("subscribe", 5, 0.125)]  # fmt: skip
    assert all(0 <= s.low <= s.share <= s.high <= 1 for s in steps)
    assert [s.share for s in funnel(asked(0, 0, 0, 40))] == [1.0, 1.0, 1.0]
    assert [s.n for s in funnel(asked(40, 0, 0, 0))] == [0, 0, 0]


def test_too_few_answers_are_no_share() -> None:
    assert funnel(asked(1, 1, 1, 1)) == ()
    assert len(funnel(asked(1, 1, 1, 2))) == 3


def test_a_change_is_told_beside_the_month_before_and_whether_intervals_overlap() -> None:
    before = asked(40, 5, 3, 2, month=202701)
    know, agree, _ = funnel(asked(10, 30, 8, 2), before)
    assert (round(know.change or 0, 6), know.apart) == (0.6, True)
    assert (round(agree.change or 0, 6), agree.apart) == (0.1, False)
    for other in (asked(1, 1, 1, 1, month=202701), asked(40, 5, 3, 2, month=202701, about="rice"), None):
        assert [s.change for s in funnel(asked(10, 30, 8, 2), other)] == [None] * 3


def test_the_month_before_is_the_month_before() -> None:
    january, december, november = (asked(1, month=m) for m in (202701, 202612, 202611))
    assert last_two([january, december, november]) == (january, december)
    assert last_two([january, november]) == (january, None)
    assert last_two([asked(1, month=202702, state="open"), january]) == (january, None)
    assert last_two([asked(1, state="unsaid")]) == (None, None)
    assert last_two([]) == (None, None)


def test_a_question_is_due_from_its_day_in_the_morning_until_the_month_ends() -> None:
    due = [
        (datetime(2027, 2, 9, 23, 59), 10),
        (datetime(2027, 2, 10, 9, 59), 10),
        (datetime(2027, 2, 10, 10, 0), 10),
        (datetime(2027, 2, 11, 0, 0), 10),
        (datetime(2027, 2, 28, 23, 59), 10),
        (datetime(2027, 3, 1, 12, 0), 10),
        (datetime(2027, 3, 1, 12, 0), 1),
    ]
    assert [is_due(*d) for d in due] == [False, False, True, True, True, False, True]
    assert [month_of(d) for d, _ in due[-3:]] == [202702, 202703, 202703]
