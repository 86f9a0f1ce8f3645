"""G33: a ring of 1,000 accounts beside 2,000 honest members for 30 days, as a table.

    python -m tests.benchmarks.ring [--ring 1000] [--honest 2000] [--days 30] [--seed 1]

An agent simulation over the shipped arithmetic (check-ins, taking part, packets; no Telegram). Honest
members sign in on a third of the days, write six messages on such a day and press a packet when they see it.
The ring joins on day 0 and does everything it can every day: signs in, writes as often as counts, presses
first. Rows differ in what the chat asks of newcomers. "Ring" is the ring's share of all points paid to honest
members (goal: 2 % or less); "held" are honest members who got nothing though they took part (goal: 1 % or
less); one honest member in fifty is a newcomer.

What the table says is a fact about the rules, not a promise: points for everybody who presses a button
cannot tell a thousand patient accounts from a thousand people. What does: packets and points only for
those who were here before or for long, and an entrance that lets few accounts through (the entry router).
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass

from groupbot.features.checkin import domain as checkin
from groupbot.features.earning import domain as earning
from groupbot.features.redpacket import domain as redpacket


@dataclass(frozen=True, slots=True)
class Rules:
    """What a chat asks: days before a newcomer may sign in or write for points, days before packets, the
    share of ring accounts that pass its entrance."""

    name: str
    points_after: int
    packets_after: int
    passes: float


@dataclass(slots=True)
class Agent:
    """One account: in the ring or not, the day it joined (None: was here before), streak, points."""

    ring: bool
    joined: int | None
    streak: int = 0
    last: int = -9
    points: int = 0
    active: bool = False


RULES = (
    Rules("as shipped: tenure 1 day", 1, 1, 1.0),
    Rules("packets for old friends (30 days)", 1, 30, 1.0),
    Rules("all points after 30 days", 30, 30, 1.0),
    Rules("entrance passed by 1 in 50", 1, 1, 0.02),
    Rules("entrance, packets for old friends", 1, 30, 0.02),
    Rules("entrance, 24 days, 30 for packets", 24, 30, 0.02),
)


def play(rules: Rules, ring: int, honest: int, days: int, seed: int) -> tuple[float, float]:
    """(the ring's points over the honest ones', honest members held off in error)."""
    rng = random.Random(seed)
    people = [Agent(False, 0 if rng.random() < 0.02 else None) for _ in range(honest)]
    people += [Agent(True, 0) for _ in range(ring) if rng.random() < rules.passes]
    for day in range(1, days + 1):
        pressing: list[Agent] = []
        for a in people:
            if not a.ring and rng.random() > 1 / 3:
                continue
            a.active = True
            age = 10**6 if a.joined is None else day - a.joined
            if age >= rules.points_after:
                a.streak = a.streak + 1 if day - a.last <= 2 else 1
                a.last = day
                a.points += checkin.worth(a.streak, checkin.POINTS.default, checkin.WEEK.default)
                a.points += earning.total(60 if a.ring else 6, earning.CEILING.default)
            if age >= rules.packets_after:
                pressing.append(a)
        rng.shuffle(pressing)
        pressing.sort(key=lambda a: not a.ring)  # machines are quicker
        shares = redpacket.split("lucky", redpacket.MOST.default, 20, rng)
        for a, share in zip(pressing, shares, strict=False):
            a.points += share
    good = [a for a in people if not a.ring]
    paid = sum(a.points for a in good)
    held = sum(a.active and not a.points for a in good)
    return sum(a.points for a in people if a.ring) / max(1, paid), held / len(good)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ring", type=int, default=1000)
    options.add_argument("--honest", type=int, default=2000)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(f"{'rules':40} {'ring':>8} {'held':>7}")
    for rules in RULES:
        share, held = play(rules, given.ring, given.honest, given.days, given.seed)
        met = "" if share <= 0.02 and held <= 0.01 else "  not met"
        print(f"{rules.name:40} {share:8.1%} {held:7.1%}{met}")


if __name__ == "__main__":
    main()
