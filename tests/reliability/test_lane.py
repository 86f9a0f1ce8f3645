"""Real processes in trouble, in short; the long form is a command (tests/reliability/lane.py)."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.testing.making import migrated
from tests.reliability.lane import TROUBLES, play

pytestmark = pytest.mark.xdist_group("processes")


@pytest.mark.parametrize("name", TROUBLES)
async def test_every_update_is_handled_once_through_trouble(tmp_path: Path, name: str) -> None:
    (tmp_path / "groupbot.db").write_bytes(migrated())
    print(await play(tmp_path, f"sqlite:///{tmp_path / 'groupbot.db'}", name, 0.6))


async def test_two_processes_on_postgresql_handle_every_update_once(tmp_path: Path, pg_url: str) -> None:
    print(await play(tmp_path, pg_url, "twice", 0.6))
