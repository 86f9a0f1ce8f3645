"""The power is cut while people grab: what they were told is in the books when it is back (G17, in short)."""

from pathlib import Path

import pytest

from tests.reliability.disk import library
from tests.reliability.power import run

try:
    library()
except OSError as e:  # an interpreter that has SQLite inside
    pytest.skip(str(e), allow_module_level=True)


def test_no_power_cut_takes_back_what_a_member_was_told(tmp_path: Path) -> None:
    found = run(tmp_path, presses=600, cuts=40, seed=1)
    assert (found.commits, found.lost, dict(found.faults)) == (30, 0, {})


def test_a_commit_that_is_not_synced_is_lost_and_the_cuts_show_it(tmp_path: Path) -> None:
    assert run(tmp_path, presses=300, cuts=10, seed=1, sync="NORMAL").lost > 0
