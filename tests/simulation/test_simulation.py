"""A few seeds on every run of the suite; thousands by the command `groupbot-sim`."""

from __future__ import annotations

import copy
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.simulation import business, people
from tests.simulation.cli import play
from tests.simulation.crashes import POINTS, Crash, faults
from tests.simulation.flows import FLOWS
from tests.simulation.script import FAULTS, PEOPLE, Script, script_of
from tests.simulation.shrink import shrunk
from tests.simulation.trouble import FAULT_ACTS
from tests.simulation.twice import differing

pytestmark = pytest.mark.xdist_group("simulation")


@pytest.mark.parametrize("seed", [3, 52])
def test_everything_holds_for_a_few_seeds(seed: int) -> None:
    assert play(script_of(seed, 50)).wrong == []


def test_same_seed_gives_the_same_trace_in_either_order() -> None:
    script = script_of(6, 20)
    assert Script.of(script.json()) == script
    assert differing([6, 7], 20, jobs=1) == []


def test_an_award_survives_a_death_at_each_kind_of_point() -> None:
    award = next(f for f in FLOWS if f.name == "award")
    calm = Crash(award).end()
    killed = [Crash(award, point, 0).end() for point in POINTS]
    assert [calm.wrong, *(faults(calm, end) for end in killed)] == [(), [], [], [], []]
    assert faults(calm, calm) == ["nobody died"]
    assert faults(replace(calm, outcome=None), killed[0]) == [
        f"ended as {killed[0].outcome}, without a death as None"
    ]


def test_failing_script_is_made_short() -> None:
    script = script_of(6, 200)

    def fails(given: Script) -> bool:
        acts = [s[1] for s in given.steps]
        return "packet" in acts and "crowd" in acts[acts.index("packet") :]

    assert fails(script)
    short = shrunk(copy.deepcopy(script), fails)
    assert [s[1] for s in short.steps] == ["packet", "crowd"]


def test_menus_name_every_act_and_fault_there_is() -> None:
    assert (set(PEOPLE), set(FAULTS)) == ({*people.ACTS, *business.ACTS}, set(FAULT_ACTS))


@pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch(1)")
@pytest.mark.parametrize(
    "bug", sorted((Path(__file__).parent / "bugs").glob("*.patch")), ids=lambda p: p.stem
)
def test_planted_bug_still_fits(bug: Path) -> None:
    how = ["patch", "-p1", "-s", "--dry-run", "-i", str(bug)]
    assert subprocess.run(how, cwd=Path(__file__).parents[2], capture_output=True).returncode == 0
