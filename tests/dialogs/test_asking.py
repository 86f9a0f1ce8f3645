"""Questions to Telegram."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Ask
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
