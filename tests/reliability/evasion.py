"""G32: an entry decides in every carrier and disguise as in plain text, and leaves ordinary talk alone.

    python -m tests.reliability.evasion

prints, for each way an entry may be written, how many of all carriers × disguises × two texts it hits, and
how many of the harmless lines of six scripts any of them hits.
"""

from __future__ import annotations

from tests.benchmarks.figures import record
from tests.features.rules.talk import TALK
from tests.features.rules.test_evasion import CARRIERS, VARIANTS
from tests.features.rules.test_lists_evasion import LISTS, decided, harmless


def main() -> None:
    """The command."""
    shares = {}
    for name, rules in LISTS.items():
        hit, total = decided(rules)
        shares[name] = hit / total
        print(f"{name:12} {hit:>5} of {total:,} ({hit / total:.2%})")
    lines = sum(map(len, TALK.values()))
    wrong = harmless()
    print(f"harmless: {len(wrong)} hits on {lines:,} lines of {len(TALK)} scripts")
    worst = min(shares.values())
    enough = len(CARRIERS) >= 45 and len(VARIANTS) >= 25 and len(TALK) >= 6
    record(
        "G32",
        f"{len(CARRIERS)} carriers × {len(VARIANTS)} disguises: {worst:.2%} at least; harmless "
        f"{len(wrong)} of {lines:,}",
        met=enough and worst >= 0.99 and len(wrong) <= lines / 1000,
    )


if __name__ == "__main__":
    main()
