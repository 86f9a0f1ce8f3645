"""Campaigns as written, clashes, limits, and what a test may claim."""

from datetime import date
from typing import Any

import pytest

from groupbot.engine.clock import chance
from groupbot.features.campaigns.domain import campaign_of, clashes, detectable, outcome, phase_now, too_much
from groupbot.features.engagement.domain.measures import Levels, ignition
from groupbot.features.promos.domain import Audience, Wrong, variant

AUDIENCES = {n: Audience(n) for n in ("stores", "dealers")}


def raw(**more: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "name": "Lanterns",
        "reason": "new tea",
        "audience": "stores",
        "start": date(2027, 2, 14),
        "end": date(2027, 2, 20),
        "stop": {"leaves": "2%", "complaints": 5},
        "phases": [{"name": "taste"}, {"name": "offer", "from": date(2027, 2, 17), "seen": "80%"}],
        "contact": "@zhou",
    }
    return {k: v for k, v in (usual | more).items() if v != "-"}


def test_a_campaign_declares_links_of_the_chain_by_name() -> None:
    assert campaign_of(raw(), AUDIENCES).chain == ()
    assert campaign_of(raw(chain=["sell", "connect"]), AUDIENCES).chain == ("connect", "sell")
    with pytest.raises(Wrong, match="chain"):
        campaign_of(raw(chain=["buy"]), AUDIENCES)


def test_a_campaign_may_have_its_own_thresholds_of_ignition() -> None:
    assert campaign_of(raw(), AUDIENCES).levels == Levels()
    own = campaign_of(raw(levels={"many": 1000, "converted": "10%", "outside": 1.5}), AUDIENCES).levels
    assert own == Levels(many=1000, converted=0.1, outside=1.5)
    small = {"audience": 5000, "engaged": 900, "outside": 1200, "converted": 130}
    assert (ignition(**small), ignition(**small, levels=own)) == ("warming", "L3")


def test_a_campaign_reads_its_phases_and_limits() -> None:
    made = campaign_of(raw(), AUDIENCES)
    assert [(p.name, p.opens.day, p.seen) for p in made.phases] == [("taste", 14, 0.0), ("offer", 17, 0.8)]
    assert (made.leaves, made.complaints, made.flagship, made.draft) == (0.02, 5, False, False)


def test_the_longest_names_fit() -> None:
    longest = "长" * 50
    made = campaign_of(
        raw(phases=[{"name": longest}], test={"name": longest, "base": "3%", "days": 3}), AUDIENCES
    )
    assert (made.phases[0].name, made.test and made.test.name) == (longest, longest)


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"reason": "-"}, "reason", "nothing, expected it before a campaign may begin"),
        ({"stop": "-"}, "stop", "nothing"),
        ({"levels": "high"}, "levels", "expected a mapping"),
        ({"levels": {"meny": 5}}, "levels.meny", "no such threshold"),
        ({"levels": {"many": "10%"}}, "levels.many", "a whole number above 0"),
        ({"levels": {"inside": 0}}, "levels.inside", "a share or a number above 0"),
        ({"contact": ""}, "contact", "nothing"),
        ({"audience": "store"}, "audience", "no audience 'store'"),
        ({"end": date(2027, 2, 1)}, "end", "not before the start"),
        ({"stop": {"leaves": 2, "complaints": 5}}, "stop.leaves", "a share above 0 %"),
        ({"stop": {"leaves": "2%", "complaints": 0}}, "stop.complaints", "above 0"),
        ({"phases": [{"name": "a", "from": date(2027, 1, 1)}]}, "phases[0].from", "a day of the campaign"),
        ({"phases": [{"name": "a"}, {"name": "a"}]}, "phases[1].name", "another name"),
        ({"phases": [{"name": "a" * 51}]}, "phases[0].name", "at most 50 characters"),
        ({"test": {"name": "t" * 51, "base": "3%", "days": 3}}, "test.name", "at most 50 characters"),
        ({"run": [{"at": "soon", "role": "r", "who": "w", "do": "d"}]}, "run[0].at", "a wall-clock time"),
        ({"start": "2027-02-30"}, "start", "there is no day 2027-02-30"),
        ({"start": "soon"}, "start", "'soon', expected a day"),
        (
            {"run": [{"at": "2027-02-20 24:30", "role": "r", "who": "w", "do": "d"}]},
            "run[0].at",
            "there is no time 24:30",
        ),
        ({"test": {"name": "t", "base": "3%", "days": 0}}, "test.days", "1 to 60 days, fixed beforehand"),
        ({"test": {"name": "t", "base": "3%", "days": 8}}, "test.days", "at most the 7 days of the campaign"),
        (
            {"run": [{"at": "2027-02-21 10:00", "role": "r", "who": "w", "do": "d"}]},
            "run[0].at",
            "a time not after the end, 2027-02-20",
        ),
        ({"reasn": "x"}, "reasn", "no such field"),
        ({"flagship": "yes"}, "flagship", "expected true or false"),
    ],
)
def test_a_mistake_names_field_expected_and_example(changed: dict[str, Any], field: str, said: str) -> None:
    with pytest.raises(Wrong) as e:
        campaign_of(raw(**changed), AUDIENCES)
    assert (e.value.field, said in e.value.what) == (field, True)
    assert e.value.next


def test_two_flagships_for_the_same_groups_clash_only_while_both_run() -> None:
    one = campaign_of(raw(flagship=True), AUDIENCES)
    two = campaign_of(
        raw(
            name="New Year",
            flagship=True,
            audience="dealers",
            start=date(2027, 2, 20),
            phases=[{"name": "a"}],
        ),
        AUDIENCES,
    )
    late = campaign_of(
        raw(name="Spring", flagship=True, start=date(2027, 3, 1), end=date(2027, 3, 9),
            phases=[{"name": "a"}]), AUDIENCES
    )  # fmt: skip
    chats = {"stores": frozenset({1, 2, 3}), "dealers": frozenset({3})}
    assert clashes([late, two, one], chats) == [("Lanterns", "New Year", 1)]
    assert clashes([one, two], {"stores": frozenset({1}), "dealers": frozenset({9})}) == []


def test_harm_stops_at_the_share_of_leaves_or_the_number_of_complaints() -> None:
    limit = campaign_of(raw(), AUDIENCES)
    assert [too_much(*x, limit) for x in ((2, 50, 0), (3, 200, 0), (4, 200, 4), (0, 200, 5))] == [
        "",
        "",
        "leaves",
        "complaints",
    ]


def test_a_phase_opens_on_its_day_and_once_the_one_before_was_seen() -> None:
    made = campaign_of(raw(), AUDIENCES)
    days = [date(2027, 2, 16), date(2027, 2, 17)]
    assert [phase_now(made, d, 0, (s, 0.0)) for d in days for s in (0.7, 0.8)] == [0, 0, 0, 1]


def test_forty_groups_of_180_at_three_percent_find_five_point_four() -> None:
    found = detectable(40, 180, 0.03)
    assert found is not None and round(found, 3) == 0.054
    assert detectable(6, 180, 0.03) is None


def test_a_winner_is_named_only_where_the_interval_leaves_zero_out() -> None:
    alike = outcome([0.02, 0.03, 0.04, 0.03], [0.03, 0.02, 0.05, 0.03])
    clear = outcome([0.02, 0.03, 0.02, 0.03, 0.02], [0.09, 0.08, 0.10, 0.09, 0.09])
    few = outcome([0.0, 0.0], [1.0, 1.0])
    assert [o.winner for o in (alike, clear, few)] == ["", "b", ""]
    assert alike.low < 0 < alike.high


def test_a_test_finds_nothing_in_95_of_100_cases_where_nothing_is() -> None:
    rng = chance(11)
    found = 0
    for _ in range(400):
        sides = [[sum(rng.random() < 0.1 for _ in range(60)) / 60 for _ in range(10)] for _ in range(2)]
        found += bool(outcome(*sides).winner)
    assert 6 <= found <= 36  # 5 % of 400 is 20


def test_groups_keep_their_side_and_the_sides_are_about_even() -> None:
    sides = [variant("opening", chat) for chat in range(2000)]
    assert sides == [variant("opening", chat) for chat in range(2000)]
    assert 900 < sum(sides) < 1100
