"""The inner side of `planted`: seeds until one fails."""

from __future__ import annotations

import time
from typing import Any

from groupbot.engine.revision import ensure
from tests.simulation.cli import play_seed
from tests.simulation.ground import ground

__all__ = ["database", "first", "ground", "holds"]


def database(path: str) -> dict[str, Any]:
    """A migrated database at `path`, for all that come after."""
    ensure(f"sqlite:///{path}")
    return {}


def first(seeds: list[int], steps: int, seconds: float, spoilt: list[int]) -> dict[str, Any]:
    """The first of the seeds that fails, by which check, how many were played, seconds of processor."""
    began, runs, found = time.process_time(), 0, {"seed": None, "by": "", "what": ""}
    for seed in seeds:
        runs += 1
        if seed in spoilt:
            continue
        verdict = play_seed((seed, steps))
        if verdict.wrong:
            kind, what = verdict.wrong[0]
            found = {"seed": seed, "by": kind, "what": what[:160]}
            break
        if time.process_time() - began > seconds:
            break
    return {**found, "runs": runs, "took": time.process_time() - began}


def holds(seed: int, steps: int) -> dict[str, Any]:
    """Does everything hold for this seed?"""
    return {"holds": not play_seed((seed, steps)).wrong}
