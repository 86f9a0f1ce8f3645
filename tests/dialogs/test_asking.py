"""Questions to Telegram."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Ask
from groupbot.engine import inbox
from groupbot.engine.addresses import place_of
from groupbot.engine.writer import Lost
from groupbot.testing import Talk


async def test_question_is_asked_though_the_database_was_away(chat: Talk) -> None:
    """Else the group that waits for its answer would stay silent until a start."""
    app, asked, away = chat.app, list[int | None](), [Lost("away")]
    submit = app.writer.submit

    async def once_away(fn: Any, *args: Any) -> Any:
        if fn is place_of and away:
            raise away.pop()
        return await submit(fn, *args)

    app.writer.submit = once_away  # type: ignore[method-assign]
    app.outbox.ask = lambda ask, target, back: asked.append(ask.member)  # type: ignore[method-assign]
    await app._ask(Ask(chat=1, member=5))
    assert (away, asked) == ([], [5])


async def test_question_whose_answer_was_lost_is_asked_again_after_a_minute(chat: Talk) -> None:
    app, asked = chat.app, list[int | None]()
    app.outbox.ask = lambda ask, target, back: asked.append(ask.member)  # type: ignore[method-assign]
    await app.writer.submit(lambda work: inbox.park(work, 1, 77, 5, b"{}", observed=True))
    await app.ask_again()
    assert asked == []  # the answer may be on its way
    for moved in (timedelta(seconds=59), timedelta(seconds=2), timedelta(hours=-2)):
        app.clock.offset += moved
        await app.ask_again()
    assert asked == [5, 5]  # also when the clock was set back
