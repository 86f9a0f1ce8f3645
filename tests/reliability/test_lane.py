"""Real processes in trouble, in short; the long form is a command (tests/reliability/lane.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from groupbot.testing.making import migrated
from tests import postgres
from tests.reliability.lane import TROUBLES, play

WHERE = [  # two groups, so that two workers share them
    pytest.param("sqlite", marks=pytest.mark.xdist_group("processes")),
    pytest.param("postgresql", marks=pytest.mark.xdist_group("processes on postgresql")),
]
LIVES = (  # one workspace each; a backup that is put back comes last
    ("killed", "stopped", "cut", "full"),
    ("paused", "clock", "away"),
    ("twice", "newer", "restored"),
)


@pytest.mark.parametrize("names", LIVES, ids="-".join)
@pytest.mark.parametrize("kind", WHERE)
async def test_every_update_is_handled_once_through_trouble(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    names: tuple[str, ...],
) -> None:
    url = f"sqlite:///{tmp_path / 'groupbot.db'}"
    if kind == "sqlite":
        (tmp_path / "groupbot.db").write_bytes(migrated())
    else:
        url = request.getfixturevalue("pg_url")
        monkeypatch.setenv("PATH", f"{postgres.binaries()}:{os.environ['PATH']}")
    print(*await play(tmp_path, url, names, 0.6), sep="\n")


def test_every_trouble_has_its_short_form() -> None:
    assert {name for names in LIVES for name in names} == set(TROUBLES)
