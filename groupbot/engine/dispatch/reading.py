"""Questions read beside the writer: one after the other, and each answer said in a step of its own.

A question lives in memory only: who asked just before the bot was stopped asks again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from groupbot.core.events import Command, Tap
from groupbot.engine.dispatch.items import Outcome, Question
from groupbot.engine.dispatch.parking import Parking
from groupbot.engine.dispatch.routes import stay
from groupbot.engine.work import Work
from groupbot.errors import Refusal

log = structlog.get_logger(__name__)


class Unread(Exception):
    """The database did not answer a question."""


class Reading(Parking):
    """Asks, then answers."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.reading: set[asyncio.Task[Outcome]] = set()
        self._turn = asyncio.Lock()

    def answer(self, questions: Sequence[Question]) -> None:
        """Look these up, after the commit of the batch they came in."""
        for question in questions:
            task = asyncio.create_task(self._ask_aside(question))
            self.reading.add(task)
            task.add_done_callback(self.reading.discard)

    async def answered(self) -> Outcome:
        """What came of the questions that are being read, once all of them are answered."""
        whole = Outcome()
        for outcome in await asyncio.gather(*self.reading):
            whole.add(outcome)
        return whole

    def forget(self) -> None:
        """The bot stops."""
        for task in self.reading:
            task.cancel()

    async def _ask_aside(self, q: Question) -> Outcome:
        try:
            async with self._turn:
                try:
                    found = await self.writer.look(_read, q)
                except Refusal as e:
                    found = e
                except Exception as e:  # told as a failure of the handler
                    found = Unread(f"{type(e).__name__}: {e}")
            outcome = await self.writer.submit(self._say_found, q, found)
            if self.after is not None:
                await self.after(outcome)
        except Exception as e:
            log.exception("question.lost", command=q.route.name, error=str(e))
            return Outcome(quarantined=1)
        return outcome

    def _say_found(self, work: Work, q: Question, found: Any) -> Outcome:
        def say(event: Command | Tap, work: Work) -> None:
            if isinstance(found, Exception):
                raise found
            q.route.fn(event, found, work)

        out = Outcome()
        _stand(work, q)
        self._step(work, f"handle:{q.route.name}", say, (q.event,), q.item, q.update_id, out, q.route)
        work.away = None
        habits = self.facts.habits(work, q.chat) if q.event.chat.type != "private" else None
        if habits is not None:
            stay(work, 0, habits)
        return self._finished(work, out)


def _read(q: Question, work: Work) -> Any:
    _stand(work, q)
    assert q.route.reads is not None
    return q.route.reads(q.event, work)


def _stand(work: Work, q: Question) -> None:
    """As it was when the question was asked."""
    work.event, work.chat, work.away = q.event, q.chat, q.away
    work.lang, work.zone = q.voice
