"""G34: draws recomputed by the stand-alone verifier, each in a process of its own, from what is published.

    python -m tests.benchmarks.draws [--draws 1000] [--winners 1000000]

Prints how many agree, that each with one entry changed is refused by the name of the check, and χ² of the
winner among 20 entries (19 degrees of freedom: 36.2 at 1 %) and, with tickets 1 to 5, of the weighted winner.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from groupbot.features.lottery import domain
from groupbot.features.lottery.domain import Order, Prize
from tests.benchmarks.figures import record
from tests.features.lottery.rounds import ROUND_1000, ROUND_657413, freeze_for

SCRIPT = Path(__file__).parents[2] / "content_templates" / "lottery" / "verify_lottery.py"
REJECT = 36.2  # χ² of 19 degrees at 1 %


def made(number: int) -> dict[str, Any]:
    """A draw of any shape, with its outcome: 0–300 entries, tickets, removed entries, beacon, redraws."""
    rng = random.Random(number)
    found = rng.choice([None, ROUND_1000, ROUND_657413])
    closes = datetime(2027, 1, 30, 10, tzinfo=UTC) if found is None else freeze_for(found)
    weighted = rng.random() < 0.5
    order = Order(
        (Prize("山楂陈皮礼盒", rng.randint(1, 5)), Prize("50积分", rng.randint(1, 9), "points", 50)),
        tickets="invites" if weighted else "equal",
    )
    salt, server = rng.randbytes(32).hex(), rng.randbytes(32).hex()
    rules = domain.rules_text(
        order, closes=closes, tenure_hours=24, claim_hours=72, salt=salt, beacon=found is not None
    )
    entries = [domain.entry_of(salt, 10**9 + i) for i in range(rng.choice([0, 1, 2, rng.randint(3, 300)]))]
    removed = {e: rng.choice(["left", "staff", "points"]) for e in entries if rng.random() < 0.1}
    given: dict[str, Any] = {
        "number": number,
        "rules": rules,
        "server_seed": server,
        "entries": [e for e in entries if e not in removed],
        "removed": removed,
        "tickets": {e: rng.randint(1, 5) for e in entries} if weighted else {},
        "frozen_at": closes,
    }
    if found is not None:
        given |= {
            "beacon": found.randomness,
            "drand": {
                "chain": domain.CHAIN,
                "round": found.round,
                "signature": found.signature,
                "mirrors": 2,
            },
        }
    record = domain.record(**given)
    redraws = _redraws(rng, record, found, closes)
    return domain.record(**given, redraws=redraws)


def _redraws(rng: random.Random, record: dict[str, Any], found: Any, at: datetime) -> list[dict[str, Any]]:
    won, made = list(record["winners"]), []
    for seat in range(1, len(won) + 1):
        if rng.random() < 0.8:
            continue
        out = {e: "left" for e in record["ranking"] if rng.random() < 0.1}
        leaves = (domain.leaf(e, record["tickets"].get(e, 1), out.get(e, "")) for e in record["ranking"])
        root = domain.root_of(leaves)
        beacon = "" if found is None else found.randomness
        seed = domain.redraw_seed(
            record["lottery"], seat, 1, record["rules_hash"], root, record["server_seed"], beacon
        )
        winner = domain.won_by(domain.ranking_of(seed, record["ranking"], record["tickets"]), out, won)
        won.append(winner)
        made.append(
            {
                "seat": seat,
                "attempt": 1,
                "frozen_at": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "round": 0 if found is None else found.round,
                "beacon": beacon,
                "signature": "" if found is None else found.signature,
                "out": out,
                "root": root,
                "seed": seed,
                "winner": winner,
            }
        )
    return made


def verdict(record: dict[str, Any]) -> str:
    """What the script says in its own process, with nothing of ours to import."""
    run = subprocess.run(
        [sys.executable, "-I", str(SCRIPT), "-"],
        input=json.dumps(record),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    return run.stdout.splitlines()[0][:1] + ("" if run.returncode == 0 else run.stdout.splitlines()[0][1:])


def changed(record: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """One digit of one entry is another."""
    ranking = list(record["ranking"])
    i, j = rng.randrange(len(ranking)), rng.randrange(32)
    digit = rng.choice([d for d in "0123456789abcdef" if d != ranking[i][j]])
    ranking[i] = ranking[i][:j] + digit + ranking[i][j + 1 :]
    return {**record, "ranking": ranking}


def recomputed(draws: int) -> tuple[int, Counter[str]]:
    """How many draws agree, and what is said of each with one entry changed."""
    records = [made(i) for i in range(1, draws + 1)]
    rng = random.Random(34)
    bent = [changed(r, rng) for r in records if r["ranking"]]
    with ThreadPoolExecutor(2) as pool:
        good = sum(v == "✓" for v in pool.map(verdict, records))
        return good, Counter(pool.map(verdict, bent))


def chi_squared(winners: int, weights: list[int]) -> float:
    """χ² of who is first among entries with these tickets, over so many draws."""
    rng, wins = random.Random(2027), Counter[str]()
    entries = [domain.entry_of("00" * 32, i) for i in range(len(weights))]
    tickets = dict(zip(entries, weights, strict=True))
    root = domain.root_of(domain.leaf(e, n) for e, n in tickets.items())
    for i in range(winners):
        seed = domain.seed_of(i, "rules", root, rng.randbytes(32).hex())
        wins[domain.ranking_of(seed, entries, tickets)[0]] += 1
    expected = {e: winners * n / sum(weights) for e, n in tickets.items()}
    return sum((wins[e] - x) ** 2 / x for e, x in expected.items())


def main() -> None:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--draws", type=int, default=1000)
    options.add_argument("--winners", type=int, default=1_000_000)
    given = options.parse_args()
    began = time.monotonic()
    good, bent = recomputed(given.draws)
    print(f"recomputed by the verifier in a process of its own: {good} of {given.draws}")
    for said, n in bent.most_common():
        print(f"one entry changed: {n} times {said!r}")
    for name, weights in (("equal", [1] * 20), ("tickets 1-5", [1, 2, 3, 4, 5] * 4)):
        print(
            f"χ² of {given.winners:,} winners, {name}: {chi_squared(given.winners, weights):.1f} (< {REJECT})"
        )
    print(f"{time.monotonic() - began:.0f} s")
    record(
        "G34",
        f"{good} of {given.draws}",
        met=good == given.draws,
        part="" if given.draws >= 1000 else "short",
    )


if __name__ == "__main__":
    main()
