"""Commands that record figures of goals, in short: what they measure is there, what is wrong is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from groupbot.engine.migrate import config
from tests.benchmarks import days, hot, posted
from tests.benchmarks.bot import open_bot
from tests.reliability import drill, starting
from tests.reliability.failures import BODIES, planted
from tests.reliability.poison import poison

pytestmark = pytest.mark.xdist_group("processes")


@pytest.mark.parametrize("place", ["tap", "guard", "tick"])
async def test_operators_hear_of_a_planted_failure_and_none_is_swallowed(tmp_path: Path, place: str) -> None:
    assert place in BODIES
    _, kept, lost = await planted(tmp_path, place, 3)
    assert (kept >= (1 if place == "tick" else 3), lost) == (True, 0)


async def test_poison_is_put_aside_beside_a_stream_and_every_good_update_is_handled(tmp_path: Path) -> None:
    found = await poison(tmp_path, 12, rate=50)
    assert (len(found.waits), found.aside > 3, found.good > 20) == (12, True, True)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_the_real_command_starts_clears_a_backlog_and_ends(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    url = f"sqlite:///{tmp_path / 'groupbot.db'}"
    if kind == "postgresql":
        url = str(request.getfixturevalue("pg_url"))
    starting.fill(url, 1000)
    found = await starting.measure(tmp_path, url, 1, 300)
    assert (len(found.first), found.p99 > 0, found.cleared > 0) == (1, True, True)
    assert (found.waiting > 0, found.ended < 60) == (True, True)


def test_a_backup_is_put_back_with_what_it_had_and_no_more(tmp_path: Path) -> None:
    found = drill.restored(tmp_path, 500)
    assert (found.faults, found.gigabytes > 0) == (0, True)


def test_an_upgrade_that_dies_is_begun_again_and_ends_as_undisturbed(tmp_path: Path) -> None:
    revisions, deaths, wrong = drill.killed(tmp_path, every=4, last=2)
    assert (revisions, deaths > 2, wrong) == (2, True, [])


def test_a_schema_that_ended_otherwise_is_noticed(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    command.upgrade(config(f"sqlite:///{one}"), "0002")
    shutil.copyfile(one, two)
    assert drill.schema(one) == drill.schema(two)
    command.upgrade(config(f"sqlite:///{two}"), "0003")
    assert drill.schema(one) != drill.schema(two)


async def test_a_hot_packet_has_as_many_winners_as_shares(tmp_path: Path) -> None:
    found = await hot.run(tmp_path, 400, 0.4)
    assert (found["winners"], found["sum"], found["edits"] >= 1) == (hot.SHARES, hot.TOTAL, True)


async def test_days_pass_by_the_updates_in_as_many_groups(tmp_path: Path) -> None:
    bot = open_bot(tmp_path)
    try:
        bot.set_up_groups([-1001000000001, -1001000001001], phrases=10)
        seen = await days.days(bot, 600, 2000)
        kept = bot.counts()
    finally:
        bot.close()
    assert (seen[-1][0], len(seen), kept["event"] > 300) == (600 / days.HOUR, 2, True)
    assert days.slope([(0.0, 500.0), (2.0, 100.0), (3.0, 102.0), (10.0, 116.0)]) == pytest.approx(2.0)


def test_a_post_to_many_groups_is_as_the_goal_wants_it_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[tuple[str, bool, str]] = []

    def record(goal: str, figure: str, *, met: bool, part: str) -> None:
        kept.append((goal, met, part))

    monkeypatch.setattr(posted, "record", record)
    server: dict[str, Any] = {"posts": 10_000, "replies": 5, "refused": 3, "deaf": 0}
    for more in ({}, {"deaf": 1}, {"refused": 50}, {"posts": 9_999}):
        posted.keep(server | more, {"waits": [0.1]}, 10_000)
    posted.keep(server, {"waits": [0.1]}, 100)
    whole = "a post to 10,000 groups"
    met = [("G12", met, whole) for met in (True, False, False, False)]
    assert kept == [*met, ("G12", True, whole + ", short")]
