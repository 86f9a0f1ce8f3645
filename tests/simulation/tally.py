"""What many seeds show besides G1: the books (G9), sends of which nobody knows (G11), refusals (G12), groups
that were upgraded (G20). Counted in each run, judged by its checks, told and recorded for all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groupbot.core.effects import Send
from tests.benchmarks.figures import record

if TYPE_CHECKING:
    from tests.simulation.sim import Sim, Verdict

LOST = ("timeout", "reset", "5xx", "garbled", "timeout after", "reset after", "5xx after")  # answers, that is


def shown(sim: Sim) -> Counter[str]:
    """How much there was of what the goals speak of."""

    def many(sql: str) -> int:
        return int(sim.committed(sql)[0][0])

    return Counter(
        calls=len(sim.calls),
        refusals=sum(c.code == 429 for c in sim.calls),
        lost=sum(sim.faults.met[f"call {fault}"] for fault in LOST),
        unknown=many("SELECT count(*) FROM outbox WHERE state = 'unknown' AND kind = 'send'"),
        again=sum(isinstance(e.effect, Send) and e.effect.again for e in sim.entries.values()),
        transfers=many("SELECT count(*) FROM txn"),
        upgrades=len(sim.upgraded),
    )


def repeated(sim: Sim) -> None:
    """What must arrive at least once did, where it counts as done; nobody is asked about it."""
    again = {n: e for n, e in sim.entries.items() if isinstance(e.effect, Send) and e.effect.again}
    for number, state in sim.committed("SELECT id, state FROM outbox WHERE state IN ('done', 'unknown')"):
        if number in again and (state == "unknown" or not sim.landings[number]):
            sim.wrong("at least once", f"row {number} is {state}, and landed {sim.landings[number]} times")


@dataclass
class Tally:
    """Of many runs: how much there was, and how many of them failed by which checks."""

    seeds: int = 0
    sums: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: Verdict) -> None:
        """One run more."""
        self.seeds += 1
        self.sums.update(verdict.shown)
        self.failed.update(verdict.kinds)

    def told(self) -> dict[str, tuple[str, bool]]:
        """Goal → figure, and whether nothing was wrong with what there was of it; there must be some."""
        n, bad = self.sums, self.failed
        books = bad["ledger"] + bad["claims"] + bad["tenant"]
        doubled, lost = bad["post policy"], bad["at least once"]
        return {
            "G9": (f"{n['transfers']:,} transfers: {books} seeds with wrong books",
                   n["transfers"] > 0 and not books),
            "G11": (f"{n['lost']:,} answers lost, {n['unknown']:,} sends unknown, {n['again']:,} at least "
                    f"once: {doubled} seeds with one doubled, {lost} with one lost",
                    n["unknown"] > 0 and n["again"] > 0 and not doubled + lost),
            "G12": (f"{n['calls']:,} calls, {n['refusals']:,} answered 429: {bad['budget']} seeds with one "
                    "inside a retry_after or of our own making", n["refusals"] > 0 and not bad["budget"]),
            "G20": (f"{n['upgrades']:,} groups upgraded: {bad['migration']} seeds with one that lost rows",
                    n["upgrades"] > 0 and not bad["migration"]),
        }  # fmt: skip

    def record(self, span: str, *, whole: bool) -> None:
        """Keep what was shown. Each is a part of its goal: the rest is measured elsewhere."""
        part = "in the simulation" + ("" if whole else ", short")
        for goal, (figure, met) in self.told().items():
            record(goal, figure, met=met, seeds=span, part=part)
