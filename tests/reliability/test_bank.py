"""G9 in its short form: 20,000 presses by 200 clients while the bot is killed."""

from pathlib import Path

from tests.benchmarks.bank import run


def test_no_point_is_lost_or_made_when_the_bot_is_killed_while_people_grab(tmp_path: Path) -> None:
    found = run(f"sqlite:///{tmp_path / 'bank.db'}", 20_000, 200, 3600.0, at=(7_000, 13_000))
    assert (found.faults, found.kills, found.claims) == ((), 2, 8_000)
