"""The table of goals is the one the figures make, and names no machine."""

from __future__ import annotations

from tests.benchmarks import figures
from tests.benchmarks.goals import GOALS, UNMEASURED


def test_every_goal_is_named_and_the_table_is_current() -> None:
    assert [f"G{n}" for n in range(1, 37)] == [g for g in GOALS if g[1:].isdigit()]
    text = figures.PAGE.read_text("utf-8")
    assert figures.BEGIN in text and figures.END in text
    assert text == figures.page(text), "write it anew: python -m tests.benchmarks.figures"


def test_figures_name_no_place() -> None:
    kept = figures.read()
    assert set(kept) <= set(GOALS)
    assert [
        g for g, parts in kept.items() for m in parts.values() if "/home" in str(m) or "/tmp" in str(m)
    ] == []


def test_goal_of_several_parts_is_met_when_all_of_them_are() -> None:
    met, missed = {"met": True}, {"met": False}
    assert figures.whole("G13", "a raid", {"a raid": met, "in calm": met})
    assert not figures.whole("G13", "a raid", {"a raid": met})
    assert not figures.whole("G13", "a raid", {"a raid": met, "in calm": missed})
    assert not figures.whole("G13", "a raid, short", {"a raid": met, "in calm": met, "a raid, short": met})
    assert figures.whole("G9", "", {"": met}) and not figures.whole("G9", "short", {"short": met})


def test_what_cannot_be_measured_yet_says_why() -> None:
    assert set(UNMEASURED) <= set(GOALS) - set(figures.read())
    said = figures.table({})
    for goal, why in UNMEASURED.items():
        assert f"| {goal} | {GOALS[goal]} | not recorded: {why} | | | | |" in said
