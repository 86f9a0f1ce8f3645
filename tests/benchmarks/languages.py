"""The spam figures by language: `python -m tests.benchmarks.languages [FILE.csv ...] [--write] [--record]`.

Chinese: the sets of tests/data as a consumer group judges a newcomer's first message, the rules that are on
by default and then the shipped score; those used for tuning apart from the one that was not. With files
(columns text, label: spam or ham), which are no part of this project: the score alone by the letters messages
are written in, each judged by a model that saw neither it nor anything nearly like it. `--write` puts the
table into docs/spam.md; without files the lines of the last ones stay.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from groupbot.cli import _spam_train as training
from groupbot.cli.spam import figures, script
from groupbot.features.rules.domain.fold import fold
from tests.benchmarks.figures import record
from tests.features.spam.test_chinese import HELD_OUT, TUNED, found_in, lines

PAGE = Path(__file__).parents[2] / "docs" / "spam.md"
BEGIN, END = "<!-- languages -->\n", "<!-- languages: end -->\n"
HEAD = "| language | judged by | adverts | caught | harmless | hit |\n|---|---|---|---|---|---|\n"
NAMES = {"cyrillic": "Russian and others in Cyrillic", "latin": "English and others in Latin letters"}
CAUGHT, HIT = 0.97, 0.005


def row(language: str, by: str, adverts: int, caught: int, harmless: int, hit: int) -> str:
    """A line of the table."""
    shares = f"{caught / adverts:.1%}" if adverts else "–", f"{hit / harmless:.2%}" if harmless else "–"
    return f"| {language} | {by} | {adverts} | {shares[0]} | {harmless} | {shares[1]} |\n"


def chinese() -> tuple[list[str], tuple[int, int, int, int]]:
    """The lines of the Chinese sets, and adverts, caught, harmless, hit of the one nobody tuned on."""
    made, last = [], (0, 0, 0, 0)
    for what, paths in (("lines used for tuning", TUNED), ("lines nobody tuned on", (HELD_OUT,))):
        adverts, talk = ([t for p in paths for t in lines(label, p)] for label in ("spam", "ham"))
        last = (len(adverts), found_in(adverts), len(talk), found_in(talk))
        made.append(row("Chinese", f"rules and score, {what}", *last))
    return made, last


def others(paths: list[Path]) -> list[str]:
    """The score alone, by the letters of a message, on messages a model had not seen."""
    rows = [s for path in (*paths, *TUNED) for s in training.samples(path)]
    model, z = training.trained(rows)
    by: dict[str, list[tuple[float, bool, str]]] = {}
    for e, s in zip(z, rows, strict=True):
        by.setdefault(script(fold(s.text)), []).append((model.probability(float(e)), s.spam, ""))
    made = []
    for name in ("cyrillic", "latin", "han"):
        f = figures(by.get(name, []), model.threshold)
        of = NAMES.get(name, "Chinese")
        made.append(
            row(of, "score alone, unseen (folds)", f["spam"], f["caught"], f["ham"], f["false_positives"])
        )
    return made


def written(text: str, table: list[str], unseen: list[str]) -> str:
    """The page with the table; without `unseen` its lines of before."""
    before, _, rest = text.partition(BEGIN)
    old, _, after = rest.partition(END)
    kept = unseen or [line + "\n" for line in old.splitlines() if re.search(r"\| score alone", line)]
    return before + BEGIN + HEAD + "".join((*table, *kept)) + END + after


def main() -> None:
    """The command."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("files", type=Path, nargs="*")
    asked.add_argument("--write", action="store_true")
    args = asked.parse_args()
    table, (adverts, caught, harmless, hit) = chinese()
    unseen = others(args.files) if args.files else []
    print(HEAD + "".join((*table, *unseen)), end="")
    if args.write:
        PAGE.write_text(written(PAGE.read_text("utf-8"), table, unseen), "utf-8")
    record(
        "chinese",
        f"on lines nobody tuned on {caught} of {adverts} caught, {caught / adverts:.1%}; "
        f"{hit} of {harmless} harmless hit, {hit / harmless:.2%}",
        met=caught >= CAUGHT * adverts and hit <= HIT * harmless,
    )


if __name__ == "__main__":
    main()
