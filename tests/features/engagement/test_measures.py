"""The fixtures of the systems page by their names, and the arithmetic of the measures."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from groupbot.features.engagement.domain import measures as m
from groupbot.features.redpacket import domain as packets

NOON = datetime(2027, 1, 30, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "args", "more"),
    [
        ("L0", (300_000, 1_000, 0), {}),
        ("L1", (100, 100, 0), {}),
        ("L2", (100, 100, 5_500), {"sharers": 20}),
        ("L3", (300_000, 30_000, 100_000, 10_000), {}),
        ("L4", (300_000, 30_000, 100_000, 10_000), {"inflow": 2.4, "communities": 3}),
        ("warming", (100, 100, 40), {"sharers": 20}),
        ("L3", (1_000_000, 900, 100_000, 10_000), {}),  # the highest level passed wins
        ("L2", (1_000, 3, 5_500), {}),
        ("L0", (0, 0, 0), {}),
    ],
)
def test_f1_ignition_levels(level: str, args: tuple[int, ...], more: dict[str, float]) -> None:
    assert m.ignition(*args, **more) == level  # type: ignore[arg-type]


def test_f2_decay_of_hops() -> None:
    losses, worst = m.hops((1000, 700, 490, 343))
    assert ([round(x, 2) for x in losses], worst) == ([0.3, 0.3, 0.3], None)
    losses, worst = m.hops((1000, 700, 140))
    assert ([round(x, 2) for x in losses], worst) == ([0.3, 0.8], 2)


def test_f3_a_packet_too_small_to_be_lucky_asks_and_equal_shares_are_two_each() -> None:
    """Its χ² over 10,000 units and 50 shares stands in tests/features/redpacket/test_domain.py."""
    assert packets.Order(20, 10).thin
    assert packets.split("equal", 20, 10, random.Random(1)) == (2,) * 10


def test_f4_love_by_orbits_arithmetic() -> None:
    worth = [m.love([act]) for act in ((3, 1), (3, 1), (1, 3))]
    assert [round(w, 3) for w in worth] == [2.7, 2.7, 0.729]
    assert m.love([(3, 1), (3, 1), (1, 3)]) == pytest.approx(6.129)


def test_waits_count_the_unanswered_as_censored() -> None:
    assert m.middle_wait([1, 2, 3, None, None], 24) == 3
    assert m.middle_wait([1, None, None, None], 24) is None
    assert m.middle_wait([1, 2, 3, 30], 24) == 2
    assert m.middle_wait([], 24) is None
    # who was watched for a moment only says little: two of three after 2 h, the third seen for 1 h
    assert m.middle_wait([None, 2, 3], 24, watched=[1, 24, 24]) == 2
    assert m.middle_wait([None, None, 2, 3], 24, watched=[24, 24, 24, 24]) == 3
    assert m.middle_wait([None, 5, 2], 24, watched=[1, 4, 9]) == 2  # an answer after the watch is none


def test_rhythm_is_minus_one_for_a_clock_and_near_one_for_a_burst() -> None:
    clock = [NOON + timedelta(hours=h) for h in range(12)]
    burst = [NOON + timedelta(seconds=s) for s in range(30)] + [NOON + timedelta(days=30)]
    assert m.rhythm(clock) == -1
    assert m.rhythm(burst) == pytest.approx(1, abs=0.01)
    assert m.rhythm(clock[:4]) is None


def test_half_of_the_responses() -> None:
    assert m.half_life(range(10)) == 4
    assert m.half_life(range(9)) is None


@pytest.mark.parametrize(
    ("name", "weeks"),
    [
        ("forming", (5, 6, 7)),
        ("growing", (10, 12, 14, 17, 20, 24, 29, 35)),
        ("mature", (30, 31, 29, 30, 30, 31, 30, 29)),
        ("declining", (40, 36, 30, 26, 22, 18, 15, 12)),
        ("dormant", (40, 36, 30, 26, 22, 0, 0, 0)),
        ("mature", (30, 31, 29, 30, 30, 31, 30, 3)),  # one bad week is no decline
    ],
)
def test_stages_of_a_group(name: str, weeks: tuple[int, ...]) -> None:
    assert m.stage(weeks, known=50) == name


def test_health_names_what_moved_it_and_says_when_it_knows_too_little() -> None:
    usual = {"activity": 0.3, "newcomers": 0.5, "reciprocity": 0.4, "retention": 0.5, "cleanliness": 0.98}
    weeks: list[dict[str, float | None]] = [dict(usual) for _ in range(7)]
    same = m.health([*weeks, dict(usual)], 100, 0.9)
    assert same is not None
    assert same[0] == 50
    worse = m.health([*weeks, usual | {"activity": 0.1, "retention": 0.3}], 100, 0.9)
    assert worse == (36, ("activity", "retention"))
    assert m.health([*weeks, dict(usual)], 19, 0.9) is None
    assert m.health(weeks[:3], 100, 0.9) is None
    assert m.health([*weeks, dict(usual)], 100, 0.5) is None
    assert {*m.SUGGESTED} == {*m.WEIGHTS}
    # seven weeks are trusted by 7/11, the rest is the mean of the tier
    calm = m.health([*weeks, dict(usual)], 100, 0.9, dict.fromkeys(usual, 39))
    assert calm is not None
    assert calm[0] == round((7 * 50 + 4 * 39) / 11)
    assert m.own_parts(weeks[:3]) == {}
    rising = [m.goodhart(55, 50, acts, 100) for acts in (90, 104, 105)]
    assert (rising, m.goodhart(54, 50, 90, 100)) == ([True, True, False], False)


def test_leaves_of_an_hour_are_held_against_the_same_hour_of_days_without_a_post() -> None:
    start = NOON.replace(hour=0) - timedelta(days=9)
    end = start + timedelta(days=10)
    noons = [start + timedelta(days=d, hours=12) for d in range(10)]
    leaves = [n + timedelta(minutes=5) for n in noons[:6]]  # somebody leaves most noons anyway
    posts = [noons[0], noons[9]]
    assert m.usual_leaves(noons[0], leaves, posts, start, end) == 5 / 8
    # at another hour nobody ever leaves
    assert m.usual_leaves(noons[0] + timedelta(hours=5), leaves, posts, start, end) == 0
    # posts of every noon leave no noon to compare with: all other hours do
    extra = sorted([*leaves, start + timedelta(hours=3)])
    assert m.usual_leaves(noons[0], extra, noons, start, end) == 1 / (10 * 23)
    # a post of 11:01 touches the hour from noon on: those days are no measure of it
    near = [n - timedelta(minutes=59) for n in noons[1:9]]
    assert m.usual_leaves(noons[0], leaves, near, start, end) == pytest.approx(6 / (240 - 8))
