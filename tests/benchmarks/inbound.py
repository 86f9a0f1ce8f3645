"""The whole inbound path, everything on, against bare PTB: `python -m tests.benchmarks.inbound`.

Ours: bytes → decode → observers, rules with 10,000 phrases → event rows, rollups → outbox → commit, on
SQLite with synchronous=FULL, batches of 100. Theirs: json.loads + Update.de_json + Application with 30
handlers that do nothing, no database. One core each, round by round in one process; the ratio is the
median of the rounds' ratios.
"""

from __future__ import annotations

import asyncio
import json
import logging
import statistics
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

from groupbot.engine.memory import settle
from tests.benchmarks import updates
from tests.benchmarks.bot import open_bot

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


async def main(n: int = 4000, rounds: int = 7, batch: int = 100) -> None:
    from telegram import Update

    logging.disable(logging.CRITICAL)
    app = bare_ptb()
    await app.initialize()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        bot = open_bot(Path(folder))
        bot.set_up_groups(sorted({int(g) for g in bot.groups_of(updates.raw(n))}), phrases=10_000)
        settle()  # as the app does after its start; both sides gain
        for r in range(rounds + 1):
            raws = updates.raw(n, first=1000 + r * n)  # the same people and groups say new things
            start = time.perf_counter()
            for raw in raws:
                await app.process_update(Update.de_json(json.loads(raw), app.bot))
            middle = time.perf_counter()
            for i in range(0, n, batch):
                bot.handle(raws[i : i + batch])
            end = time.perf_counter()
            if r:  # the first round warms both up
                theirs.append((middle - start) / n)
                ours.append((end - middle) / n)
        found = bot.counts()
        bot.close()
    ratio = statistics.median(a / b for a, b in zip(theirs, ours, strict=True))
    a, b = statistics.median(theirs), statistics.median(ours)
    print(f"bare PTB, 30 handlers       {a * 1e6:7.1f} us/update {1 / a:8.0f} /s")
    print(f"groupbot, everything on     {b * 1e6:7.1f} us/update {1 / b:8.0f} /s   ({batch} a commit)")
    print(f"ratio                       {ratio:7.2f} x   ({n} updates a round, {rounds} rounds; {found})")


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
