"""From a seed to a script: which people and faults there are, and what they do when.

A step is `[pause, act, numbers...]`: the numbers in 0..1 pick among what there is when the step is played, so
that a script from which steps were taken still plays. Each seed leaves out some acts and some faults
(swarm testing: Groce et al. 2012), so that those it keeps meet more often.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass, field
from typing import Any

Step = list[Any]

PEOPLE = {  # act → weight; the numbers an act takes are drawn for every step alike
    "talk": 10.0,
    "forbidden": 5.0,
    "foreign_word": 1.5,
    "evade": 1.0,
    "ask": 7.0,
    "order": 6.0,
    "usurp": 3.0,
    "packet": 2.5,
    "press": 14.0,
    "crowd": 2.5,
    "press_again": 3.0,
    "forge": 1.5,
    "lottery": 1.5,
    "shop": 1.0,
    "award": 1.5,
    "join": 2.5,
    "leave": 1.5,
    "edit": 1.5,
    "react": 1.0,
    "carry": 2.0,
    "album": 0.7,
    "private": 2.0,
    "block": 0.7,
    "promote": 0.8,
    "anonymous": 0.8,
    "channel": 0.6,
    "gather": 0.5,
    "file": 0.4,
    "refer": 2.0,
    "come_by_link": 2.0,
    "contest": 1.0,
    "expert": 0.8,
    "care": 0.6,
    "campaign": 0.6,
    "retire": 0.4,
}
FAULTS = {
    "calls_429": 3.0,
    "calls_429_elsewhere": 1.0,
    "calls_timeout": 3.0,
    "calls_timeout_after": 3.0,
    "calls_reset": 1.5,
    "calls_reset_after": 1.5,
    "calls_5xx": 1.5,
    "calls_5xx_after": 1.0,
    "calls_garbled": 0.7,
    "calls_unreached": 2.0,
    "slow": 1.0,
    "polls_conflict": 1.0,
    "polls_429": 1.0,
    "polls_5xx": 1.0,
    "polls_reset": 1.0,
    "polls_timeout": 0.7,
    "polls_lost": 1.5,
    "duplicate": 2.0,
    "reorder": 2.0,
    "late": 1.5,
    "unknown": 1.5,
    "malformed": 2.0,
    "unstorable": 1.0,
    "upgrade": 0.5,
    "lose_rights": 0.7,
    "regain": 1.5,
    "expel": 0.5,
    "close_topic": 1.0,
    "step_clock": 0.7,
    "db_begin": 1.5,
    "db_commit": 1.5,
    "db_full": 1.0,
    "db_refuse": 2.0,
    "kill": 1.0,
    "kill_commit_before": 1.5,
    "kill_commit_after": 2.0,
    "kill_call_before": 1.5,
    "kill_call_after": 2.0,
    "freeze": 1.0,
    "hours": 0.6,
    "minutes": 2.0,
}
# a year of moments that matter: the clock changes of Europe and America, the Spring Festival, month's ends
MOMENTS = (
    "2027-03-28T00:20",
    "2027-10-31T00:10",
    "2027-03-14T06:30",
    "2027-11-07T05:30",
    "2027-02-05T15:30",
    "2027-02-28T22:00",
    "2027-06-15T03:55",
    "2027-06-15T09:30",
    "2026-12-31T15:40",
    "2027-08-31T12:00",
)


@dataclass
class Script:
    """What will happen. `start` is Telegram's UTC time at which it begins."""

    seed: int
    start: str
    tier: str
    steps: list[Step] = field(default_factory=list)

    def json(self) -> str:
        """One step a line."""
        head = {k: v for k, v in asdict(self).items() if k != "steps"}
        lines = ",\n  ".join(json.dumps(s, ensure_ascii=False) for s in self.steps)
        return json.dumps(head)[:-1] + ', "steps": [\n  ' + lines + "\n]}\n"

    @classmethod
    def of(cls, text: str) -> Script:
        """The script that `json` wrote."""
        return cls(**json.loads(text))

    def options(self) -> str:
        """The seed's expanded options, on a line."""
        acts = sorted({str(s[1]) for s in self.steps})
        return f"start {self.start} tier {self.tier} acts {','.join(acts)}"


def script_of(seed: int, steps: int) -> Script:
    """The script of a seed: the first `steps` steps of its endless one."""
    rng = random.Random(seed)
    made = Script(
        seed,
        rng.choice(MOMENTS),
        rng.choice(("consumer", "consumer", "store")),
    )
    people = _some(rng, PEOPLE, 0.75) or {"talk": 1.0}
    faults = _some(rng, FAULTS, 0.35) if rng.random() > 0.1 else {}
    trouble = rng.choice((0.02, 0.05, 0.1, 0.2)) if faults else 0.0
    pace = rng.choice((0.02, 0.1, 0.3, 0.8))
    for _ in range(steps):
        menu = faults if rng.random() < trouble else people
        act = rng.choices(list(menu), list(menu.values()))[0]
        pause = round(rng.expovariate(1 / pace), 3)
        made.steps.append([pause, act, *(round(rng.random(), 6) for _ in range(4))])
    return made


def _some(rng: random.Random, menu: dict[str, float], share: float) -> dict[str, float]:
    kept = {k: w * rng.choice((0.5, 1.0, 2.0)) for k, w in menu.items() if rng.random() < share}
    return kept
