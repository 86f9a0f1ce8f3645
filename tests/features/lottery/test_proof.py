"""The proof in full: draws of every shape are recomputed outside; chances are what was published."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from groupbot.engine import vault
from groupbot.features.lottery import domain
from groupbot.features.lottery.domain import Conditions, Order, Prize
from tests.benchmarks.draws import REJECT, changed, chi_squared, made, recomputed
from tests.features.lottery.rounds import ROUND_1000, ROUND_657413
from tests.features.lottery.test_domain import on_the_page, verifier


def test_draws_of_every_shape_are_recomputed_in_a_process_of_its_own() -> None:
    """G34 in short; `python -m tests.benchmarks.draws` does a thousand."""
    assert recomputed(12) == (12, Counter({"✗ entry root differs": 9}))


def test_a_hundred_draws_agree_and_each_with_one_entry_changed_does_not() -> None:
    trouble, rng = verifier(), random.Random(1)
    records = [made(i) for i in range(1000, 1100)]
    assert [trouble(r) for r in records] == [""] * 100
    assert {trouble(changed(r, rng)) for r in records if r["ranking"]} == {"entry root differs"}
    assert sum(len(r["redraws"]) for r in records) > 30


def test_the_page_agrees_on_tickets_beacons_and_redraws(tmp_path: Path) -> None:
    records = [made(i) for i in range(1000, 1100)]
    rich = max(
        (r for r in records if r["beacon"] and r["tickets"] and r["removed"]), key=lambda r: len(r["redraws"])
    )
    assert f"✓ draw #{rich['lottery']} holds" in on_the_page(rich, tmp_path)
    assert f"beacon: drand round {rich['drand']['round']}, signature not verified" in on_the_page(
        rich, tmp_path
    )
    late = {**rich, "drand": {**rich["drand"], "round": rich["drand"]["round"] + 1}}
    again = [{**rich["redraws"][0], "winner": rich["winners"][0]}, *rich["redraws"][1:]]
    for record, said in (
        (late, "✗ beacon round and signature differs"),
        ({**rich, "redraws": again}, "✗ redraw 1: winner differs"),
        ({**rich, "tickets": dict.fromkeys(rich["tickets"], 9)}, "✗ tickets as in the rules differs"),
        ({**rich, "removed": {}}, "✗ entry root differs"),
    ):
        assert said in on_the_page(record, tmp_path)
    weak = next(r for r in records if not r["beacon"])
    assert "weaker: commit and reveal only, no outside beacon" in on_the_page(weak, tmp_path)


def test_more_tickets_win_in_just_their_proportion() -> None:
    assert chi_squared(4000, [1, 2, 3, 4, 5] * 4) < REJECT


@pytest.mark.parametrize("found", [ROUND_1000, ROUND_657413])
def test_a_recorded_round_is_genuine_and_numbered_by_its_time(found: domain.Round) -> None:
    at = domain.said_at(found.round)
    assert domain.genuine(found)
    late = timedelta(milliseconds=1)
    assert [domain.round_at_or_after(t) - found.round for t in (at - late, at, at + late)] == [0, 0, 1]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2027-01-10T10:00", "2027-01-13T10:00"),
        ("2027-02-04T10:00", "2027-02-15T10:00"),  # 14 hours before the eve, the rest behind the seventh day
        ("2027-02-07T10:00", "2027-02-16T00:00"),
        ("2027-09-30T00:00", "2027-10-10T00:00"),
        ("2027-03-01T00:00", "2027-03-06T00:00"),  # the chat's own closed days
    ],
)
def test_claim_time_stands_still_on_closed_days(start: str, until: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    at = datetime.fromisoformat(start).replace(tzinfo=zone).astimezone(UTC)
    found = domain.claim_until(at, 72, zone, "2027-03-02/2027-03-03 soon")
    assert found.astimezone(zone).strftime("%Y-%m-%dT%H:%M") == until


@pytest.mark.parametrize(
    ("args", "order"),
    [
        (
            "礼盒 x1 + 50积分 x10 3天 满50",
            Order((Prize("礼盒", 1), Prize("50积分", 10, "points", 50)), span=timedelta(days=3), full=50),
        ),
        (
            "Box x2 active3 invites1 points10 captcha keyword:happy tickets:invites manual",
            Order(
                (Prize("Box", 2),),
                span=timedelta(days=30),
                manual=True,
                tickets="invites",
                conditions=Conditions(captcha=True, active=3, invites=1, points=10, keyword="happy"),
            ),
        ),
        (
            "礼盒 口令:新年 按活跃",
            Order((Prize("礼盒"),), tickets="active", conditions=Conditions(keyword="新年")),
        ),
        ("Box x1 #茶话会 24h", Order((Prize("Box"),), conditions=Conditions(tag="茶话会"))),
        (
            "券3 x5 + Coupon:12",
            Order((Prize("券3", 5, "coupon", pool=3), Prize("Coupon:12", 1, "coupon", pool=12))),
        ),
        ("Box #7 x1", Order((Prize("Box #7"),))),
        ("Box x1 #tea keyword:happy", None),
        ("Box x5 full3", None),
        ("Box x2 + ", Order((Prize("Box", 2),))),
        ("-5 points", None),
        ("0 points", None),
        ("9999999points x50", None),
        (" + ".join(["a"] * 9), None),
    ],
)
def test_an_order_in_full_is_read_or_refused(args: str, order: Order | None) -> None:
    assert domain.parse(args) == order


def test_a_secret_opens_under_its_key_and_place_alone() -> None:
    key, nonce = b"k" * 32, b"n" * 16
    sealed = vault.seal(key, "券码 AB-12" * 9, about="lottery:1:1", nonce=nonce)
    assert vault.unseal(key, sealed, about="lottery:1:1") == "券码 AB-12" * 9
    for other, about, data in (
        (b"x" * 32, "lottery:1:1", sealed),
        (key, "lottery:1:2", sealed),
        (key, "lottery:1:1", sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (key, "lottery:1:1", b""),
    ):
        with pytest.raises(ValueError, match="another key"):
            vault.unseal(other, data, about=about)
