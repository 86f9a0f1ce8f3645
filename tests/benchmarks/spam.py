"""The spam score's time: `python -m tests.benchmarks.spam [FILE.csv ...] [--record]`.

Microseconds a message (median of the rounds), features and score from text already folded, each message new
to a memory of words that is cold at the start of a round; and with folding. Without a file: the Chinese set.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from pathlib import Path

from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain import model as spam
from groupbot.features.spam.service import shipped
from tests.benchmarks.figures import record

ROUNDS = 7
LIMIT = 100.0  # µs
SET = Path(__file__).parents[1] / "data" / "chinese.csv"


def measure(path: Path) -> tuple[int, float, float, float]:
    """Messages, and µs each: cold words, warm words, warm with folding."""
    with path.open(encoding="utf-8", newline="") as file:
        texts = [r["text"] for r in csv.DictReader(file)]
    folded = [fold(t) for t in texts]
    used = shipped()
    times: dict[str, list[float]] = {"cold": [], "warm": [], "fold": []}
    for _ in range(ROUNDS):
        used._known.clear()
        used._typed.clear()
        for name in ("cold", "warm"):
            start = time.process_time()
            for text, low in zip(texts, folded, strict=True):
                used.score(spam.read(text, low))
            times[name].append((time.process_time() - start) / len(texts) * 1e6)
        start = time.process_time()
        for text in texts:
            used.score(spam.read(text, fold(text)))
        times["fold"].append((time.process_time() - start) / len(texts) * 1e6)
    return (len(texts), *(statistics.median(times[n]) for n in ("cold", "warm", "fold")))


def main() -> None:
    """Prints a line a file; fails when a message costs more than 0.1 ms."""
    slow, told = False, []
    for path in [Path(a) for a in sys.argv[1:]] or [SET]:
        n, cold, warm, whole = measure(path)
        slow |= cold > LIMIT
        told.append(f"{path.stem} {cold:.0f} µs cold, {warm:.0f} warm")
        print(
            f"{path.name}: {n} messages, {cold:.1f} µs cold, {warm:.1f} µs warm, {whole:.1f} µs with folding"
        )
    record("score", "; ".join(told), met=not slow)
    sys.exit(slow)


if __name__ == "__main__":
    main()
