"""G8 in short; the long form is a command (tests/reliability/fuzz.py)."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from groupbot.engine.writer import Writer
from groupbot.features.moving.domain import file as settings_file
from groupbot.features.moving.domain import rose
from groupbot.surfaces.telegram.intake import decode
from tests import traffic
from tests.reliability import shapes
from tests.reliability.fuzz import AT, ROSE, SHARE, Fuzz, run

TOTAL = 10_000  # updates of each seed


@pytest.fixture
def db_url(lite_url: str) -> str:
    """One database is enough: what is damaged is stopped before it."""
    return lite_url


@pytest.fixture(autouse=True)
def _described() -> None:
    if traffic.checker() is None:
        pytest.skip(traffic.ABSENT)


@pytest.mark.parametrize("seed", [11, 12])
def test_nothing_damaged_leads_to_what_is_not_stated(
    writer: Writer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr("tests.reliability.fuzz.SLOW", 30.0)  # the command's is a second
    fuzz = run(tmp_path, writer, TOTAL, seed)
    assert fuzz.told == []
    assert fuzz.made == {kind: TOTAL * share // 100 for kind, share in SHARE.items()}
    assert fuzz.made["update"] + fuzz.made["bot"] == TOTAL
    # both ends are reached: some are taken, some refused; no button is ever taken
    both = [k for k in SHARE if k not in ("button", "link")]
    assert [k for k in both if not 0 < fuzz.refused[k] < fuzz.made[k]] == []
    assert fuzz.refused["button"] == fuzz.made["button"]


def test_the_number_is_that_of_updates_also_where_it_is_odd(writer: Writer, tmp_path: Path) -> None:
    made = run(tmp_path, writer, 37, 1).made
    assert made["update"] + made["bot"] == 37


def test_files_of_settings_are_taken_as_long_as_nothing_damages_them(tmp_path: Path) -> None:
    fuzz = Fuzz(tmp_path, 1)
    known = fuzz.registry.settings
    assert len(settings_file.read(fuzz.file, known).values[None]) == 12
    assert {"rules_text", "lock_url"} <= rose.take(rose.read(json.dumps(ROSE)), known).values.keys()


def test_updates_after_the_description_are_right_by_it_and_all_are_read() -> None:
    """The shapes are no noise: undamaged ones pass the checker but for values, and every one is decoded."""
    rng, kinds = random.Random(3), set()
    for n in range(600):
        made = shapes.update(rng, n + 1)
        kinds |= made.keys()
        assert decode(json.dumps(made).encode(), AT)[0] == n + 1
    assert len(kinds) >= 20
