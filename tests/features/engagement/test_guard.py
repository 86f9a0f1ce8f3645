"""Joins that look bought are found wherever their sixty seconds begin, and nobody who spoke is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupbot.features.engagement.domain.guard import CROWD, MUTE, WAIT, Came, hired, spells

NOON = datetime(2027, 1, 30, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=9)


def came(seconds: list[int], *, spoke: frozenset[int] = frozenset(), via: str = "till") -> list[Came]:
    return [Came(n, NOON + timedelta(seconds=s), via, n in spoke) for n, s in enumerate(seconds, 1)]


def test_a_crowd_over_the_turn_of_a_minute_is_one() -> None:
    assert hired(came([57, 58, 59, 60, 61]), LATER) == dict.fromkeys(range(1, 6), 5)
    assert hired(came([0, 15, 30, 45, 59]), LATER) == dict.fromkeys(range(1, 6), 5)
    assert hired(came([0, 15, 30, 45, 60]), LATER) == {}  # sixty-one seconds
    assert hired(came([57, 58, 59, 60]), LATER) == {}


def test_who_spoke_is_no_part_of_it_nor_who_came_by_themselves_or_lately() -> None:
    assert hired(came([57, 58, 59, 60, 61, 62], spoke=frozenset({3})), LATER) == dict.fromkeys(
        (1, 2, 4, 5, 6), 6
    )
    assert hired(came([57, 58, 59, 60, 61, 62], spoke=frozenset({3, 5})), LATER) == {}
    assert hired(came([57, 58, 59, 60, 61], via=""), LATER) == {}
    assert hired(came([57, 58, 59, 60, 61]), NOON + WAIT + timedelta(seconds=60)) == {}
    two = came([57, 58, 59]) + came([60, 61], via="by:7")
    assert hired(two, LATER) == {}


def test_the_crowd_told_is_the_largest_somebody_stands_in() -> None:
    assert hired(came([0, 50, 51, 52, 53, 100]), LATER) == {1: 5, 2: 5, 3: 5, 4: 5, 5: 5, 6: 5}
    assert hired(came([0, 10, 50, 51, 52, 53, 65]), LATER) == {1: 6, 2: 6, 3: 6, 4: 6, 5: 6, 6: 6, 7: 6}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, 150), st.booleans()), max_size=14))
def test_it_finds_what_looking_at_every_second_finds(joins: list[tuple[int, bool]]) -> None:
    all_ = [Came(n, NOON + timedelta(seconds=s), "till", acted) for n, (s, acted) in enumerate(joins)]
    slow: dict[int, int] = {}
    for begin in range(-60, 151):
        here = [j for j, (s, _) in zip(all_, joins, strict=True) if begin <= s < begin + 60]
        silent = [j for j in here if not j.acted]
        if len(here) >= CROWD and len(silent) >= MUTE * len(here):
            for j in silent:
                slow[j.person] = max(len(here), slow.get(j.person, 0))
    assert hired(all_, LATER) == slow
    in_order = sorted(j.at for j in all_)
    assert all(in_order[end - 1] - in_order[first] < timedelta(seconds=60) for first, end in spells(in_order))
