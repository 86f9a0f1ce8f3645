"""G33: a ring of 1,000 accounts beside 2,000 honest members for 30 days, as a table.

    python -m tests.benchmarks.ring [--ring 1000] [--honest 2000] [--days 30] [--later 90] [--seed 1]

An agent simulation over the shipped arithmetic (check-ins, taking part, packets; no Telegram). Honest
members sign in on a third of the days, write six messages on such a day and press a packet when they see it.
The ring joins on day 0 and does everything it can every day: signs in, writes as often as counts, presses
first. One honest member in fifty is a newcomer of the same day.

Columns: *ring*, the ring's share of all points paid to honest members (goal: 2 % or less); *held*, honest
members who got nothing though they took part (goal: 1 % or less); *newcomer*, what an honest newcomer gets
in that time, beside an honest member of before: the cost of the defence; *later*, the ring's share when it
waits for as long as `--later` says. Each row names the settings that make it; `entrance` is the join check
(`/captcha`), here one that lets one ring account in fifty pass and every person.

What the table says is a fact about the rules, not a promise: points for everybody who presses a button
cannot tell a thousand patient accounts from a thousand people, and no tenure outlasts who waits. So the
defaults stay mild for newcomers (a day), and who gives points that are worth something sets an entrance and
a month's tenure: that row meets the goal, and an honest newcomer then waits a month.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import dataclass
from typing import NamedTuple

from groupbot.features.checkin import domain as checkin
from groupbot.features.earning import domain as earning
from groupbot.features.redpacket import domain as redpacket
from tests.benchmarks.figures import record


@dataclass(frozen=True, slots=True)
class Rules:
    """What a chat asks: days before a newcomer's check-ins, messages and packets are worth points, and the
    share of ring accounts that pass its entrance."""

    name: str
    checkin: int
    earning: int
    packets: int
    passes: float = 1.0


@dataclass(slots=True)
class Agent:
    """One account: in the ring or not, the day it joined (None: was here before), streak, points."""

    ring: bool
    joined: int | None
    streak: int = 0
    last: int = -9
    points: int = 0
    active: bool = False


class Found(NamedTuple):
    """The ring's points over the honest ones', honest members who got nothing, a newcomer's points over a
    member's of before."""

    ring: float
    held: float
    newcomer: float


def _days(hours: object) -> int:
    return int(str(hours)) // 24


SHIPPED = Rules(
    "as shipped",
    _days(checkin.TENURE.default),
    _days(earning.TENURE.default),
    _days(redpacket.TENURE.default),
)
RULES = (
    SHIPPED,
    Rules("redpacket.tenure 720", SHIPPED.checkin, SHIPPED.earning, 30),
    Rules("all three tenures 720", 30, 30, 30),
    Rules("entrance", SHIPPED.checkin, SHIPPED.earning, SHIPPED.packets, 0.02),
    Rules("entrance, redpacket.tenure 720", SHIPPED.checkin, SHIPPED.earning, 30, 0.02),
    Rules("entrance, checkin and earning 576, packets 720", 24, 24, 30, 0.02),
)


def play(rules: Rules, ring: int, honest: int, days: int, seed: int) -> Found:
    """One run of so many days."""
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
            a.streak = a.streak + 1 if day - a.last <= 2 else 1
            a.last = day
            if age >= rules.checkin:
                a.points += checkin.worth(a.streak, checkin.POINTS.default, checkin.WEEK.default)
            if age >= rules.earning:
                a.points += earning.total(60 if a.ring else 6, earning.CEILING.default)
            if age >= rules.packets:
                pressing.append(a)
        rng.shuffle(pressing)
        pressing.sort(key=lambda a: not a.ring)  # machines are quicker
        shares = redpacket.split("lucky", redpacket.MOST.default, 20, rng)
        for a, share in zip(pressing, shares, strict=False):
            a.points += share
    good = [a for a in people if not a.ring]
    new, old = ([a.points for a in good if (a.joined is None) == was] for was in (False, True))
    paid, each = sum(a.points for a in good), sum(old) / max(1, len(old))
    return Found(
        sum(a.points for a in people if a.ring) / max(1, paid),
        sum(a.active and not a.points for a in good) / len(good),
        sum(new) / max(1, len(new)) / max(1, each),
    )


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--ring", type=int, default=1000)
    options.add_argument("--honest", type=int, default=2000)
    options.add_argument("--days", type=int, default=30)
    options.add_argument("--later", type=int, default=90, help="days of a ring that waits")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    print(f"{'rules':47} {'ring':>7} {'held':>6} {'newcomer':>9} {f'{given.later} days':>8}")
    for rules in RULES:
        found = play(rules, given.ring, given.honest, given.days, given.seed)
        late = play(rules, given.ring, given.honest, given.later, given.seed)
        met = "met" if found.ring <= 0.02 and found.held <= 0.01 else "not met"
        cost = f"{found.newcomer:9.0%} {late.ring:8.1%}"
        print(f"{rules.name:47} {found.ring:7.1%} {found.held:6.1%} {cost}  {met}")
        record("G33", f"{found.ring:.1%} earned, {found.held:.1%} held", met=met == "met", part=rules.name)
    print(
        "defaults stay mild: an honest newcomer waits a day. What meets the goal costs one a month's points,"
    )
    print("and a ring that waits longer gets its share later all the same: what then counts is the entrance.")


if __name__ == "__main__":
    main()
