"""The short form of `python -m tests.benchmarks.slots`."""

from pathlib import Path

from tests.benchmarks.slots import run


def test_crashes_and_an_outage_leave_exactly_the_policies_posts(tmp_path: Path) -> None:
    posts, killed, wrong = run(tmp_path, count=30, looks=40)
    assert wrong == []
    assert posts > 150
    assert killed > 2
