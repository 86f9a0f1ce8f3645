"""A few seeds on every run of the suite; thousands by the command `groupbot-sim`."""

from __future__ import annotations

import copy
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from groupbot.core.effects import Send
from groupbot.features.moving.domain import file, rose
from tests.simulation import business, people
from tests.simulation.cli import play
from tests.simulation.crashes import POINTS, Crash, faults
from tests.simulation.flows import FLOWS
from tests.simulation.ground import ground
from tests.simulation.month import Day
from tests.simulation.outage import STEADY, gone
from tests.simulation.script import FAULTS, PEOPLE, Script, script_of
from tests.simulation.shrink import shrunk
from tests.simulation.sim import Sim, Verdict
from tests.simulation.tally import Tally, nothing_lost, repeated
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


@pytest.mark.parametrize("seed", [0, 1], ids=["a day", "three days"])
def test_what_telegram_kept_while_the_bot_was_away_is_handled(seed: int) -> None:
    back = gone((seed, 40))
    assert (back.wrong, back.kept > 0, back.steady <= STEADY) == ((), True, True)
    assert (back.gone > back.kept) is (seed == 1)  # of more than a day ago Telegram has nothing


def test_a_probe_of_each_minute_tells_when_moderation_was_away() -> None:
    soon = Day(0, minutes=30, often=60).served()
    assert (soon.wrong, soon.probes, soon.late, soon.lives > 3) == ((), 30, 0, True)
    slow = Day(0, minutes=30, often=60, away=100.0).served()
    assert (slow.wrong, slow.late > 3, slow.slowest > 60) == ((), True, True)


def test_what_seeds_show_of_other_goals_is_met_when_there_is_some_and_none_is_wrong() -> None:
    some = Counter(calls=9, refusals=1, lost=2, unknown=1, again=1, transfers=3, upgrades=1)
    good = Verdict(1, "", [], 1, 1, 9, 1, 1.0, shown=some)
    tally = Tally()
    assert {goal: met for goal, (_, met) in tally.told().items()} == dict.fromkeys(
        ("G9", "G11", "G12", "G20"), False
    )
    tally.add(good)
    assert all(met for _, met in tally.told().values())
    for kind, goal in (
        ("ledger", "G9"), ("claims", "G9"), ("post policy", "G11"), ("at least once", "G11"),
        ("budget", "G12"), ("migration", "G20"),
    ):  # fmt: skip
        bad = Tally()
        bad.add(good)
        bad.add(replace(good, wrong=[(kind, "x")]))
        assert [g for g, (_, met) in bad.told().items() if not met] == [goal]


def test_a_message_that_must_arrive_and_did_not_is_noticed() -> None:
    effect = Send(chat=1, text="notice", again=True)
    sim: Any = SimpleNamespace(
        entries={4: SimpleNamespace(effect=effect), 5: SimpleNamespace(effect=effect)},
        landings=Counter({5: 1}),
        committed=lambda sql: [(4, "done"), (5, "done")],
        wrong=lambda kind, what: found.append((kind, what)),
    )
    found: list[tuple[str, str]] = []
    repeated(sim)
    assert found == [("at least once", "row 4 is done, and landed 0 times")]


def test_a_group_that_lost_something_by_its_upgrade_is_noticed() -> None:
    steps = [[1.0, "upgrade", *[0.5] * 4], [20.0, "talk", *[0.5] * 4]]
    sim = Sim(Script(17, "2027-06-15T09:30", "consumer", steps), ground())
    verdict = sim.run()
    assert (verdict.wrong, verdict.shown["upgrades"]) == ([], 1)
    sim.ground.database.execute("DELETE FROM setting WHERE key = 'blocklist'")
    nothing_lost(sim)
    ((kind, what),) = sim.failures
    assert kind == "migration" and "roulette" in what


def test_files_of_settings_are_read_and_nonsense_is_not() -> None:
    known = ground().registry.settings
    ours, hers, *nonsense = (
        people.brought(kind, 0.75).decode("utf-8", "replace") for kind in (0, 0.25, 0.5, 0.75)
    )
    read = file.read(ours, known)
    assert (read.values, [*read.books["notes"]]) == ({None: {"goodbye": False}}, ["hours"])
    taken = rose.take(rose.read(hers), known)
    assert (taken.values, [*taken.books["notes"]]) == ({"goodbye": False, "welcome": True}, ["hours"])
    assert (rose.is_rose(hers), taken.unfit) == (True, [])
    for text in nonsense:
        with pytest.raises(file.Misread):
            file.read(text, known)


def test_the_owner_agrees_to_a_file_of_settings_and_it_is_written() -> None:
    steps = [
        [1.0, "file", 0.0, 0.0, 0.3, 0.0],
        [20.0, "file", 0.7, 0.25, 0.4, 0.0],
        [20.0, "talk", *[0.5] * 4],
    ]
    sim = Sim(Script(17, "2027-06-15T09:30", "consumer", steps), ground())
    assert sim.run().wrong == []
    decided = sim.committed("SELECT kind, done_at IS NOT NULL FROM proposal")
    assert decided == [("file", 1), ("file", 1)]
    written = "SELECT value FROM setting WHERE scope = 'chat' AND key = 'goodbye'"
    assert sim.committed(written) == [("true",), ("true",)]
    notes = [draft for (draft,) in sim.committed("SELECT draft FROM chat_note WHERE name = 'hours'")]
    assert [sum(hours in draft for draft in notes) for hours in ("300000", "400000")] == [1, 1]


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
