"""The whole inbound path, everything on, against bare PTB: `python -m tests.benchmarks.inbound`.

Ours: bytes → decode → observers, rules with 10,000 phrases → event rows, rollups → outbox → commit, on
SQLite with synchronous=FULL, batches of 100. Theirs: json.loads + Update.de_json + Application with 30
handlers that do nothing, no database. Each side is a process of its own, as it is in life (ours with
its own settings of the garbage collector, theirs with Python's), on one core; they take turns round by
round, and the ratio is the median of the rounds' ratios.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks import updates
from tests.benchmarks.figures import record

warnings.filterwarnings("ignore")


def bare_ptb() -> Any:
    """An Application with 30 handlers and no network."""
    from telegram.ext import (
        Application,
        CallbackQueryHandler,
        ChatMemberHandler,
        CommandHandler,
        MessageHandler,
        filters,
    )
    from telegram.request import BaseRequest

    class Offline(BaseRequest):
        read_timeout = 5

        async def initialize(self) -> None: ...

        async def shutdown(self) -> None: ...

        async def do_request(self, url: str, method: str, *a: Any, **k: Any) -> tuple[int, bytes]:
            me = {"id": 1, "is_bot": True, "first_name": "b", "username": "testbot"}
            return 200, json.dumps({"ok": True, "result": me if url.endswith("getMe") else True}).encode()

    async def nothing(update: Any, context: Any) -> None: ...

    made = (
        Application.builder()
        .token("1:x")
        .updater(None)
        .request(Offline())
        .get_updates_request(Offline())
        .job_queue(None)
        .build()
    )
    f = filters
    handlers = [CommandHandler(f"cmd{i}", nothing) for i in range(18)]
    handlers += [CallbackQueryHandler(nothing, pattern=p) for p in ("^menu:", "^set:", "^vote:", "^rp:")]
    handlers += [
        ChatMemberHandler(nothing, k)
        for k in (ChatMemberHandler.CHAT_MEMBER, ChatMemberHandler.MY_CHAT_MEMBER)
    ]
    kinds = (
        f.StatusUpdate.NEW_CHAT_MEMBERS, f.StatusUpdate.LEFT_CHAT_MEMBER, f.ChatType.PRIVATE & f.TEXT,
        f.PHOTO & f.CaptionRegex(r"^/"), f.Regex(r"(?i)\bairdrop\b"), f.ChatType.GROUPS & ~f.COMMAND,
    )  # fmt: skip
    handlers += [MessageHandler(k, nothing) for k in kinds]
    assert len(handlers) == 30
    for h in handlers:
        made.add_handler(h)
    return made


def theirs(loop: asyncio.AbstractEventLoop) -> Callable[[list[bytes]], None]:
    """Bare PTB, made ready."""
    from telegram import Update

    app = bare_ptb()
    loop.run_until_complete(app.initialize())

    async def handle(raws: list[bytes]) -> None:
        for raw in raws:
            await app.process_update(Update.de_json(json.loads(raw), app.bot))

    return lambda raws: loop.run_until_complete(handle(raws))


def ours(folder: Path, n: int, batch: int) -> tuple[Any, Callable[[list[bytes]], None]]:
    """The bot with its groups set up, as it runs after its start."""
    from groupbot.engine.memory import settle
    from tests.benchmarks.bot import open_bot

    bot = open_bot(folder)
    bot.set_up_groups(sorted({int(g) for g in bot.groups_of(updates.raw(n))}), phrases=10_000)
    settle()

    def handle(raws: list[bytes]) -> None:
        for i in range(0, len(raws), batch):
            bot.handle(raws[i : i + batch])

    return bot, handle


def side(name: str, n: int, batch: int) -> None:
    """One of the two processes: each line of input is the number of a round; its answer is the seconds."""
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        bot: Any = None
        if name == "ours":
            bot, handle = ours(Path(folder), n, batch)
        else:
            handle = theirs(asyncio.new_event_loop())
        print("ready", flush=True)
        for line in sys.stdin:
            raws = updates.raw(n, first=1000 + int(line) * n)  # the same people and groups say new things
            start = time.perf_counter()
            handle(raws)
            print(time.perf_counter() - start, flush=True)
        if bot is not None:
            print(bot.counts(), flush=True)
            bot.close()


def main(n: int = 4000, rounds: int = 7, batch: int = 100) -> None:
    def start(name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.benchmarks.inbound", name, str(n), str(batch)]
        child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None and child.stdout.readline() == "ready\n"
        return child

    def one(child: subprocess.Popen[str], number: int) -> float:
        assert child.stdin is not None and child.stdout is not None
        child.stdin.write(f"{number}\n")
        child.stdin.flush()
        return float(child.stdout.readline()) / n

    them, us = start("theirs"), start("ours")
    times = [(one(them, r), one(us, r)) for r in range(rounds + 1)][1:]  # the first round warms both up
    found = us.communicate()[0].strip()
    them.communicate()
    ratio = statistics.median(a / b for a, b in times)
    a, b = (statistics.median(t) for t in zip(*times, strict=True))
    print(f"bare PTB, 30 handlers       {a * 1e6:7.1f} us/update {1 / a:8.0f} /s")
    print(f"groupbot, everything on     {b * 1e6:7.1f} us/update {1 / b:8.0f} /s   ({batch} a commit)")
    print(f"ratio                       {ratio:7.2f} x   ({n} updates a round, {rounds} rounds; {found})")
    record("inbound", f"{ratio:.1f} ×, {1 / b:,.0f} updates/s", met=ratio >= 3)


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["theirs"]):
        side(sys.argv[1], *map(int, sys.argv[2:]))
    else:
        main(*map(int, sys.argv[1:]))
