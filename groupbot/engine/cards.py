"""Cards: a message that shows a row, and is edited when the row changes, but not at every press."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Edit, Rows, Send
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work

Shown = tuple[int, dict[str, Any], Rows]  # our id of its chat, the template's data, the buttons


class Card(Struct, frozen=True):
    """The cards of a feature `name`: said as `name/card` under the ref `name:NUMBER`, each edited at most
    once in `every`. `show` gives what one shows now, None for none; `drawn` (the_id, done) keeps whether it
    is up to date, `stale` gives the ids of those that are not."""

    name: str
    every: timedelta
    show: Callable[[Work, int], Shown | None]
    drawn: Hot
    stale: Hot

    def say(self, work: Work, number: int, topic: int | None) -> None:
        """Say it for the first time."""
        found = self.show(work, number)
        assert found is not None, "a card of nothing"
        chat, data, buttons = found
        ref, template = f"{self.name}:{number}", f"{self.name}/card"
        work.say(Send(chat=chat, template=template, data=data, buttons=buttons, ref=ref, topic=topic))

    def changed(self, work: Work, number: int) -> None:
        """It is edited at the end of the batch, or by `catch_up` once it may be again."""
        work.sql.run(self.drawn, the_id=number, done=False)
        self._later(work, number)

    def catch_up(self, work: Work) -> None:
        """For a tick: cards that lag."""
        for row in work.sql.all(self.stale):
            self._later(work, int(row.id))

    def at_end(self, work: Work, number: int) -> None:
        """Draw it at the end of the batch, however lately it was drawn."""
        work.finally_(f"{self.name}:{number}", partial(self.draw, number=number))

    def draw(self, work: Work, number: int) -> None:
        """Edit the card to how it stands now."""
        found = self.show(work, number)
        if found is None:
            return
        chat, data, buttons = found
        work.say(
            Edit(
                chat=chat,
                ref=f"{self.name}:{number}",
                template=f"{self.name}/card",
                data=data,
                buttons=buttons,
                cause=self.name,
            )
        )
        work.sql.run(self.drawn, the_id=number, done=True)
        work.put(self._cache, number, work.now)

    def _later(self, work: Work, number: int) -> None:
        last = work.cached(self._cache).get(number)
        if last is None or work.now - last >= self.every:
            self.at_end(work, number)

    @property
    def _cache(self) -> str:
        return f"{self.name}.drawn"
