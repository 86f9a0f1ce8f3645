"""Rules a message with 200 rules and 10,000 phrases: `python -m tests.benchmarks.rules [MESSAGES]`.

Three figures. The rules of a message against python-telegram-bot's Update.de_json of the same update, side by
side, round by round in one process (wanted: at most 0.5). A changed list until it decides, in the writer of a
running bot (wanted: at most 0.2 s). Hostile patterns (RELIABILITY G25): each on texts of 4,096 characters
(wanted: at most 20 ms), and whole messages over 200 rules (wanted: at most 50 ms), every text seen for the
first time. Medians of the rounds; the hostile ones are the worst of all, in this thread's own time.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import blocklist, entries, locks, matching
from groupbot.features.rules.domain.facts import Policy, inspect
from groupbot.features.rules.domain.matching import Unfit
from groupbot.features.rules.domain.policy import PHRASES, make
from groupbot.features.rules.service import listing, policy_of
from groupbot.surfaces.telegram.intake import decode
from groupbot.testing import conversation
from tests.benchmarks.blocklist import AT, ROUNDS, material, timed
from tests.benchmarks.figures import record
from tests.features.rules import hostile


def policy(phrases: list[str], lines: list[str], shut: tuple[str, ...] = ()) -> Policy:
    """A consumer group with these phrases, entries and locks; everything that ships is on."""
    given: dict[str, Any] = {
        PHRASES.key: phrases,
        blocklist.ENTRIES.key: lines,
        **{locks.BY_ID[n].setting.key: "on" for n in shut},
    }

    def get(setting: Setting) -> Any:
        return given.get(setting.key, setting.fallback("consumer"))

    return make("consumer", get)


def two_hundred() -> tuple[list[str], tuple[str, ...]]:
    """170 entries with wildcards and expressions, and 30 locks."""
    rng = random.Random(7)
    word = lambda: "".join(rng.choice(("ka", "lo", "mi", "ту", "ре", "返", "现")) for _ in range(3))  # noqa: E731
    wild = ["{} * {}", "{} ** {}", "{}*", "{}?", "*{}*", "{}?{}"]
    lines = [f'"{rng.choice(wild).format(word(), word())}"' for _ in range(120)]
    lines += [f're:"{word()}[0-9]+"' for _ in range(20)] + [f'prefix:"{word()} {word()}"' for _ in range(10)]
    lines += [f'exact:"{word()}"' for _ in range(10)] + [f'lookalike:"{word()}"' for _ in range(10)]
    idle = ("all", "text", "cjk", "cyrillic", "emoji", "long", "mention", "bot", "reaction")
    shut = [one.id for one in locks.LOCKS if one.id not in idle]
    return lines, tuple(shut[-30:])


def update(number: int, text: str) -> dict[str, Any]:
    """A text message of a supergroup."""
    return {
        "update_id": number,
        "message": {
            "message_id": number,
            "date": 1800000000,
            "chat": {"id": -1001, "type": "supergroup", "title": "T"},
            "from": {"id": 7 + number % 100, "is_bot": False, "first_name": "A"},
            "text": text,
        },
    }


def event(raw: dict[str, Any]) -> Message:
    """The update as the bot sees it."""
    made = decode(json.dumps(raw).encode(), AT)[1]
    assert isinstance(made, Message)
    return made


def per_message(count: int) -> dict[str, float]:
    """Microseconds a message, and the ratio to de_json."""
    from telegram import Update

    phrases, said = material(count)
    lines, shut = two_hundred()
    raws = [update(n, s) for n, s in enumerate(said)]
    messages = [event(r) for r in raws]
    some = policy(phrases, lines, shut)
    plain = policy(phrases, [])
    runs = {
        "rules, nothing locked or listed": (lambda m: inspect(m, plain), messages),
        "rules, 200 locks and entries": (lambda m: inspect(m, some), messages),
        "Update.de_json": (lambda u: Update.de_json(u, None), raws[: count // 4]),
    }
    rounds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (fn, things) in runs.items():
            rounds[name].append(timed(fn, things))
    made = {name: statistics.median(r) for name, r in rounds.items()}
    for name in list(runs)[:2]:
        each = [a / b for a, b in zip(rounds[name], rounds["Update.de_json"], strict=True)]
        made[f"{name} / de_json"] = statistics.median(each)
    return made


def changed() -> dict[str, float]:
    """Milliseconds until a list of 10,000 decides by an entry just added: the setting written and committed
    by a running bot's writer, the policy made anew, one message judged. As on the clock, and of this
    process's own time (the machine may be busy with other things)."""
    phrases, said = material(100)
    lines, shut = two_hundred()
    long = [*lines, *(f'"{p}"' for p in phrases[: blocklist.MOST - len(lines) - 10])]

    async def run() -> tuple[list[float], list[float]]:
        async with conversation(Path(tempfile.mkdtemp())) as talk:
            submit = talk.app.writer.submit
            chat = await submit(lambda w: next(p.chat for p in members.profiles(w)))

            def prepare(w: Work) -> None:
                members.set_profile(w, chat, tier="consumer")
                members.put(w, blocklist.ENTRIES, long, chat=chat)
                for name in shut:
                    members.put(w, locks.BY_ID[name].setting, "on", chat=chat)
                policy_of(w, chat)

            await submit(prepare)
            walls, owns = [], []
            for n in range(5):
                message = event(update(n, f"{said[0]} newword{n} x"))
                wall, own = time.perf_counter(), time.process_time()
                await submit(listing.add, chat, f'"newword{n} *" {{warn}} no', None)
                found = await submit(lambda w, m=message: inspect(m, policy_of(w, chat)))
                walls.append((time.perf_counter() - wall) * 1e3)
                owns.append((time.process_time() - own) * 1e3)
                assert found is not None
                assert found.rule == blocklist.ID
            return walls, owns

    walls, owns = asyncio.run(run())
    return {
        f"a changed list of {len(long)} entries live, ms": statistics.median(walls),
        "  the same, this process's own time": statistics.median(owns),
    }


def worst() -> dict[str, float]:
    """Milliseconds of the slowest hostile pattern, and of the slowest message over 200 rules."""
    blocks, refused = [], 0
    for line in hostile.LINES:
        try:
            blocks += entries.read(line)
        except Unfit:
            refused += 1
    alone = 0.0
    for block in blocks:
        pattern = matching.pattern_of(block.kind, block.text)[0]
        for text in hostile.texts():
            fresh = matching.Patterns([(pattern, block)])  # nothing remembered of other texts
            seen = matching.marked(text)
            start = time.thread_time()
            for _, by, where in fresh.find((seen,)):
                matching.written(by, where)
            alone = max(alone, time.thread_time() - start)
    together = 0.0
    for text in hostile.texts():
        entries_ = [b for line in hostile.rules() for b in _read(line)]
        made = blocklist.Blocklist(entries_)
        rules = Policy(checks=(blocklist.check,), blocks=made)
        message = event(update(1, text))
        start = time.thread_time()
        inspect(message, rules)
        together = max(together, time.thread_time() - start)
    return {
        f"hostile patterns, of {len(hostile.LINES)} refused": refused,
        "the slowest of the others on 4,096 characters, ms": alone * 1e3,
        f"the slowest message over {len(entries_) - made.left_out} rules, ms": together * 1e3,
    }


def _read(line: str) -> list[entries.Block]:
    try:
        return entries.read(line)
    except Unfit:
        return []


def main(count: int = 8_000) -> dict[str, float]:
    """Print the table; the figures."""
    made = per_message(count) | changed() | worst()
    for name, value in made.items():
        print(f"  {name:56s} {value:9.2f}")
    kept(made, part="" if count >= 8_000 else "short")
    return made


def kept(made: dict[str, float], part: str) -> None:
    """The figures of the goals, where they shall be recorded."""
    ratio = made["rules, 200 locks and entries / de_json"]
    live = next(v for n, v in made.items() if n.endswith("entries live, ms"))
    alone = next(v for n, v in made.items() if n.startswith("the slowest of the others"))
    together = next(v for n, v in made.items() if n.startswith("the slowest message"))
    few = len(hostile.LINES)
    record(
        "G25",
        f"{few} patterns: the slowest {alone:.1f} ms, a message over 200 rules {together:.1f} ms",
        met=few >= 100 and alone <= 20 and together <= 50,
        part=part,
    )
    told = f"{ratio:.2f} ×; a changed list live in {live:.0f} ms"
    record("rules", told, met=ratio <= 0.5 and live <= 200, part=part)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
