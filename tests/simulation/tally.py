"""What many seeds show besides G1: the books (G9), sends of which nobody knows (G11), refusals (G12), groups
that were upgraded (G20). Counted in each run, judged by its checks, told and recorded for all of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from groupbot.core.effects import Send
from groupbot.features.invites.domain import HOLD
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.features.redpacket.domain import DAILY, FROM, MEMBERS, TENURE, UNTIL
from groupbot.features.rules.domain import blocklist
from tests.benchmarks.figures import record

if TYPE_CHECKING:
    from tests.simulation.sim import Sim, Verdict

SET = tuple(s.key for s in (DAILY, FROM, UNTIL, TENURE, MEMBERS, LANGUAGE, ZONE, HOLD, blocklist.ENTRIES))
HELD = (  # of a group, and nobody takes it away in a run: each a name and what there is of it
    f"SELECT key, value FROM setting WHERE scope = 'chat' AND scope_id = '{{0}}' AND key IN {SET}",
    "SELECT 'profile', tier || ' ' || owner_id FROM chat_profile WHERE chat_id = {0}",
    "SELECT 'member', person_id FROM membership WHERE chat_id = {0}",
    "SELECT 'account', kind || ' ' || owner_id FROM account WHERE chat_id = {0}",
    "SELECT 'packet', id FROM packet WHERE chat_id = {0}",
    "SELECT 'draw', id FROM lottery WHERE chat_id = {0}",
)
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
        upgrades=len(sim.upgraded & sim.held_before.keys()),
    )


def repeated(sim: Sim) -> None:
    """What must arrive at least once did, where it counts as done; nobody is asked about it."""
    again = {n: e for n, e in sim.entries.items() if isinstance(e.effect, Send) and e.effect.again}
    for number, state in sim.committed("SELECT id, state FROM outbox WHERE state IN ('done', 'unknown')"):
        if number in again and (state == "unknown" or not sim.landings[number]):
            sim.wrong("at least once", f"row {number} is {state}, and landed {sim.landings[number]} times")


def held(sim: Sim, chat: int) -> set[tuple[str, object]]:
    """What the rows say of a group, by our id: settings with their values, and who and what is there."""
    return {(name, what) for sql in HELD for name, what in sim.committed(sql.format(chat))}


def note_held(sim: Sim, room: int) -> None:
    """A group is upgraded now: what it has."""
    with suppress(
        sqlite3.OperationalError
    ):  # what a dead process had begun is undone once the next one is up
        for (chat,) in sim.committed(f"SELECT chat_id FROM chat_address WHERE telegram_id = {room}"):
            sim.held_before[room] = held(sim, chat)


def nothing_lost(sim: Sim) -> None:
    """A group that was upgraded is one chat still, with all that it had."""
    addresses = dict(sim.committed("SELECT telegram_id, chat_id FROM chat_address"))
    for new, old in sim.homes.items():
        if new == old or new not in addresses or new in sim.strange:
            continue
        if addresses.get(old) != addresses[new]:
            sim.wrong("migration", f"{old} became {new}: {addresses.get(old)} and {addresses[new]}")
        elif gone := sim.held_before.get(old, set()) - held(sim, addresses[new]):
            sim.wrong("migration", f"{old} became {new} and lost {sorted(gone, key=str)[:5]}")


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
            "G20": (f"{n['upgrades']:,} groups upgraded: {bad['migration']} seeds with one that lost a "
                    "setting, word, member, account, packet or draw",
                    n["upgrades"] > 0 and not bad["migration"]),
        }  # fmt: skip

    def record(self, span: str, *, whole: bool) -> None:
        """Keep what was shown. Each is a part of its goal: the rest is measured elsewhere."""
        part = "in the simulation" + ("" if whole else ", short")
        for goal, (figure, met) in self.told().items():
            record(goal, figure, met=met, seeds=span, part=part)
