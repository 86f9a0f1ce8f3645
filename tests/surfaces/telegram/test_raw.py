"""python-telegram-bot's own handlers beside ours."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram.ext import MessageHandler, filters

from groupbot.surfaces.telegram.bot import make_bot
from groupbot.surfaces.telegram.rawptb import RawHandlers
from groupbot.testing import Talk, conversation
from tests.engine.desk import GROUP, pack

HANDLER = """
from telegram.ext import CommandHandler

from groupbot import Router

router = Router("old", about="Handlers brought along")


async def hello(update, context):
    await update.message.reply_text("hello from the old bot: " + " ".join(context.args))


async def bad(update, context):
    raise RuntimeError("a slip of the old bot")


router.raw(CommandHandler("hello", hello))
router.raw(CommandHandler("bad", bad))
"""


async def says_and_waits(chat: Talk, text: str, answer: str) -> None:
    await chat.says(chat.owner, text)
    async with asyncio.timeout(10):
        while chat.last() != answer:  # raw handlers run beside what `settle` sees
            await asyncio.sleep(0.01)


async def test_a_raw_handler_answers_and_its_error_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "old.py").write_text(HANDLER)
    async with conversation(tmp_path) as chat:
        assert chat.app.registry.misfits == []
        await says_and_waits(chat, "/hello Mei", "hello from the old bot: Mei")
        await chat.says(chat.owner, "/bad")
        await says_and_waits(chat, "/hello again", "hello from the old bot: again")
        await chat.says(chat.owner, "/ping")
        assert chat.last().startswith("在的")
        assert chat.rows("SELECT step, error FROM quarantine") == [
            ("raw", "RuntimeError: a slip of the old bot")
        ]


@pytest.mark.parametrize("odd", [{"edit_date": 9 * 10**18}, {"date": 10**400}, {"date": ""}, {"from": 5}])
async def test_an_update_that_the_library_cannot_read_is_passed_over(odd: dict[str, Any]) -> None:
    heard, amiss = list[str](), list[Exception]()

    async def hear(update: Any, context: Any) -> None:
        heard.append(update.effective_message.text)

    async def aside(error: Exception) -> None:
        amiss.append(error)

    bot = make_bot("700000001:test-token-that-opens-nothing-here-1", "http://127.0.0.1:9")
    raw = RawHandlers(bot, [MessageHandler(filters.ALL, hear)], aside)
    await raw.start()
    plain = {"message_id": 5, "date": 1800000000, "chat": GROUP, "text": "good"}
    raw.feed([pack({"update_id": n, "message": plain | more}) for n, more in enumerate([odd, {}])])
    await asyncio.gather(*raw._tasks)
    assert (heard, amiss) == (["good"], [])


async def test_what_is_no_error_of_our_own_database_or_step_is_put_aside_too(tmp_path: Path) -> None:
    (tmp_path / "handlers").mkdir()
    errors = '{"db": sqlite3.OperationalError("database is locked"), "no": Refusal("common/usage")}'
    handler = HANDLER.replace('RuntimeError("a slip of the old bot")', f"{errors}[context.args[0]]")
    handler = handler.replace("import Router", "import Refusal, Router")
    (tmp_path / "handlers" / "old.py").write_text("import sqlite3\n" + handler)
    async with conversation(tmp_path) as chat:
        await chat.says(chat.owner, "/bad db")
        await chat.says(chat.owner, "/bad no")
        await says_and_waits(chat, "/hello again", "hello from the old bot: again")
        assert chat.rows("SELECT step, error FROM quarantine ORDER BY id") == [
            ("raw", "OperationalError: database is locked"),
            ("raw", "Refusal: common/usage"),
        ]
