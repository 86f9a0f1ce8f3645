"""A failing script made short: steps are left out as long as the same check still fails (ddmin; Zeller and
Hildebrandt 2002), then pauses are rounded."""

from __future__ import annotations

import copy
from collections.abc import Callable

from tests.simulation.script import Script, Step


def shrunk(script: Script, fails: Callable[[Script], bool], *, most: int = 400) -> Script:
    """The shortest script found with at most `most` runs."""
    tries = 0

    def still(steps: list[Step]) -> bool:
        nonlocal tries
        tries += 1
        return tries <= most and fails(_with(script, steps))

    steps, parts = list(script.steps), 2
    while len(steps) >= 2:
        size = max(1, len(steps) // parts)
        for at in range(0, len(steps), size):
            fewer = steps[:at] + steps[at + size :]
            if still(fewer):
                steps, parts = fewer, max(2, parts - 1)
                break
        else:
            if size == 1 or tries > most:
                break
            parts = min(len(steps), parts * 2)
    for i, step in enumerate(steps):
        calmer = [*steps[:i], [1.0, *step[1:]], *steps[i + 1 :]]
        if step[0] != 1.0 and still(calmer):
            steps = calmer
    return _with(script, steps)


def _with(script: Script, steps: list[Step]) -> Script:
    made = copy.copy(script)
    made.steps = steps
    return made
