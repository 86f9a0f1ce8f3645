"""The inner side of `planted`: seeds until one fails."""

from __future__ import annotations

import time
from typing import Any

from tests.simulation.cli import play_seed
from tests.simulation.ground import ground
from tests.simulation.script import script_of

__all__ = ["first", "ground", "richest"]


def richest(seeds: int, steps: int) -> list[int]:
    """The seeds; of the first 300 those whose scripts hold most different acts and faults come first."""
    acts = {s: len({step[1] for step in script_of(s, steps).steps}) for s in range(min(300, seeds))}
    return [*sorted(acts, key=lambda s: -acts[s]), *range(300, seeds)]


def first(seeds: int, steps: int, seconds: float) -> dict[str, Any]:
    """The first seed that fails, by which check, and how many were played."""
    until, runs = time.monotonic() + seconds, 0
    for runs, seed in enumerate(richest(seeds, steps), 1):
        verdict = play_seed((seed, steps))
        if verdict.wrong:
            kind, what = verdict.wrong[0]
            return {"seed": seed, "by": kind, "what": what[:160], "runs": runs}
        if time.monotonic() > until:
            break
    return {"seed": None, "by": "", "what": "", "runs": runs}
