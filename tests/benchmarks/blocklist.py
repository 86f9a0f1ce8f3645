"""Rules against a list of 10,000 phrases: `python -m tests.benchmarks.blocklist [MESSAGES]`.

Side by side, round by round in one process: the bare pyahocorasick scan of text already folded, ours (fold +
find, whole words), all checks of a consumer group, and python-telegram-bot's Update.de_json of the same
messages. Microseconds a message, medians of the rounds; the ratios are medians of the rounds' ratios.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ahocorasick

from groupbot.core.events import Chat, Message
from groupbot.features.rules.domain import fold
from groupbot.features.rules.domain.facts import inspect
from groupbot.features.rules.domain.phrases import Entry, Phrases
from groupbot.features.rules.domain.policy import PHRASES, make

ROUNDS = 7
AT = datetime(2027, 1, 30, tzinfo=UTC)
LATIN = [
    a + b for a in "b c d f g h k l m n p r s t v w z ch sh tr".split() for b in "a e i o u ai on er".split()
]
CYRILLIC = [a + b for a in "бвгдзклмнпрст" for b in "аеиоуя"]


def material(count: int) -> tuple[list[str], list[str]]:
    """10,000 phrases, and messages of 77 characters in the mean: six in ten Latin, a quarter Cyrillic with an
    emoji, the rest Han; one in a hundred holds a phrase."""
    rng = random.Random(6)
    word = lambda parts, most: "".join(rng.choice(parts) for _ in range(rng.randint(1, most)))  # noqa: E731
    latin, cyrillic = [word(LATIN, 4) for _ in range(20000)], [word(CYRILLIC, 4) for _ in range(10000)]
    han = [chr(rng.randint(0x4E00, 0x5FFF)) for _ in range(3000)]
    phrases: set[str] = set()
    while len(phrases) < 10_000:
        parts = LATIN if rng.random() < 0.7 else CYRILLIC
        made = " ".join(
            "".join(rng.choice(parts) for _ in range(rng.randint(4, 6))) for _ in range(rng.randint(1, 3))
        )
        if len(made) >= 6:
            phrases.add(made)
    listed = sorted(phrases)

    def message() -> str:
        kind, words = rng.random(), rng.randint(3, 22)
        if kind < 0.6:
            return " ".join(rng.choice(latin) for _ in range(words)).capitalize()
        if kind < 0.85:
            return " ".join(rng.choice(cyrillic) for _ in range(words)).capitalize() + " 👍"
        return "".join(rng.choice(han) for _ in range(words * 2))

    said = [message() + (f" {rng.choice(listed)} now" if rng.random() < 0.01 else "") for _ in range(count)]
    return listed, said


def timed(fn: Callable[[Any], Any], things: list[Any]) -> float:
    """Microseconds a call."""
    start = time.perf_counter()
    for thing in things:
        fn(thing)
    return (time.perf_counter() - start) / len(things) * 1e6


def main(count: int = 20_000) -> dict[str, float]:
    """Print the table; the figures."""
    from telegram import Update

    listed, said = material(count)
    folded = [fold.forms(fold.fold(s))[0] for s in said]
    bare = ahocorasick.Automaton()
    for n, phrase in enumerate(sorted({fold.phrase(p) for p in listed})):
        bare.add_word(phrase, n)
    bare.make_automaton()
    start = time.perf_counter()
    ours = Phrases(Entry(p) for p in listed)
    built = time.perf_counter() - start
    start = time.perf_counter()
    policy = make("consumer", lambda s: listed if s is PHRASES else s.fallback("consumer"))
    live = time.perf_counter() - start
    messages = [
        Message(at=AT, chat=Chat(-1, "supergroup"), message_id=1, text=s, carriers=(("text", s),))
        for s in said
    ]
    raws = [
        json.dumps(
            {
                "update_id": n,
                "message": {
                    "message_id": n,
                    "date": 1800000000,
                    "chat": {"id": -1001, "type": "supergroup", "title": "T"},
                    "from": {"id": n, "is_bot": False, "first_name": "A"},
                    "text": s,
                },
            }
        )
        for n, s in enumerate(said[: count // 4])
    ]
    runs: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
        "bare pyahocorasick scan": (lambda s: next(bare.iter(s), None), folded),
        "fold + find, whole words": (lambda s: ours.find(fold.forms(fold.fold(s))), said),
        "all checks of a consumer group": (lambda m: inspect(m, policy), messages),
        "Update.de_json (json.loads apart)": (
            lambda u: Update.de_json(u, None),
            [json.loads(r) for r in raws],
        ),
    }
    rounds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (fn, things) in runs.items():
            rounds[name].append(timed(fn, things))
    names = list(runs)
    figures = {name: statistics.median(rounds[name]) for name in names}
    print(f"{len(listed)} phrases, {len(said)} messages of {sum(map(len, said)) // len(said)} characters")
    for name, value in figures.items():
        print(f"  {name:36s} {value:8.2f} us")
    pairs = {
        "fold + find / bare scan": (1, 0),
        "fold + find / de_json": (1, 3),
        "all checks / de_json": (2, 3),
    }
    for name, (a, b) in pairs.items():
        each = [x / y for x, y in zip(rounds[names[a]], rounds[names[b]], strict=True)]
        figures[name] = statistics.median(each)
        print(f"  {name:36s} {figures[name]:8.2f}")
    hits = sum(bool(ours.find(fold.forms(fold.fold(s)))) for s in said)
    print(f"  {hits} hits; list ready in {built:.3f} s, policy with it in {live:.3f} s")
    return figures


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
