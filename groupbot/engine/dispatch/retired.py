"""A group that was retired: the bot says nothing there of its own, and people have what is theirs."""

from __future__ import annotations

from groupbot.core.events import Event, Joined, JoinRequest, Message, Reaction, Tap
from groupbot.engine.dispatch.items import Item, Outcome
from groupbot.engine.dispatch.routes import Routes
from groupbot.engine.work import Work

_OF_PEOPLE = (Joined, JoinRequest, Reaction)


class Retired(Routes):
    """What is left of a group's routes."""

    def _retired(self, work: Work, item: Item, update_id: int, event: Event, out: Outcome) -> None:
        """In a group that was retired: who is here is kept up to date, and people have what is theirs; the
        rest is left alone."""
        if isinstance(event, Tap):
            self._run(work, item, update_id, event, out)
            return
        work.lang, work.zone = self.facts.voice(work, work.chat, None)
        reg = self.registry
        if not item.observed and not item.only:
            self._together(work, reg.observers, (), event, item, update_id, out)
        if isinstance(event, Message):
            command = self._command(work, event)
            if command is not None and command[0].always and (item.only or not work.late):
                self._commanded(work, item, update_id, command[1], command[0], out)
        elif not isinstance(event, _OF_PEOPLE):
            self._together(work, reg.happenings.get(type(event), ()), (), event, item, update_id, out)
