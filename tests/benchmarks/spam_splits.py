"""How good the spam score is on messages it never saw: `python -m tests.benchmarks.spam_splits FILE.csv
[--seeds 10] [--other OTHER.csv] [--near]`.

For each seed a fifth of the file (columns text, label) is set aside by chance, a model and its threshold are
made of the rest, as `groupbot spam train` makes them, and the fifth is judged: neither the weights nor the
threshold saw it, nor (but with `--near`) any message nearly like one of it. A line a seed, then mean and
spread. `--other`: messages of other groups, judged as well.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from random import Random

from groupbot.cli import _spam_train as training
from groupbot.cli.spam import curve, figures
from groupbot.features.rules.domain.fold import fold
from groupbot.features.spam.domain.model import Model, read

NAMES = ("precision", "recall", "false_positive_rate", "recall_at_half_a_percent")


def judged(model: Model, rows: list[training.Sample]) -> dict[str, float]:
    """Rates at the model's own threshold, and the recall of the best within 0.5 % false positives."""
    scored = [(model.score(read(s.text, fold(s.text))), s.spam, "") for s in rows]
    found = figures(scored, model.threshold)
    best = next(p["recall"] for p in curve(scored) if p["at_most"] == 0.005)
    return {**{n: found[n] or 0.0 for n in NAMES[:3]}, NAMES[3]: best or 0.0}


def main() -> None:
    """Prints the figures."""
    asked = argparse.ArgumentParser()
    asked.add_argument("file", type=Path)
    asked.add_argument("--seeds", type=int, default=10)
    asked.add_argument("--other", type=Path)
    asked.add_argument("--near", action="store_true", help="near-duplicates may stand on both sides")
    args = asked.parse_args()
    rows = training.samples(args.file)
    other = training.samples(args.other) if args.other else []
    group = list(range(len(rows))) if args.near else training.alike(rows)
    kept: dict[str, list[dict[str, float]]] = {"unseen": [], "other": []}
    for seed in range(args.seeds):
        order = sorted(set(group))
        Random(seed).shuffle(order)
        aside = set(order[: len(order) // 5])
        model, _ = training.trained([s for s, g in zip(rows, group, strict=True) if g not in aside])
        unseen = [s for s, g in zip(rows, group, strict=True) if g in aside]
        for name, test in (("unseen", unseen), ("other", other)):
            if test:
                kept[name].append(judged(model, test))
                print(f"seed {seed} {name}: {shown(kept[name][-1])}", flush=True)
    for name, found in kept.items():
        if found:
            mean = {n: statistics.fmean(f[n] for f in found) for n in NAMES}
            spread = {n: statistics.pstdev(f[n] for f in found) for n in NAMES}
            print(f"{name}, mean of {len(found)}: {shown(mean)}; spread {shown(spread)}")


def shown(found: dict[str, float]) -> str:
    """The rates as people read them."""
    return ", ".join(f"{n.replace('_', ' ')} {100 * found[n]:.2f} %" for n in NAMES)


if __name__ == "__main__":
    main()
