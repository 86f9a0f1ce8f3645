"""Which command a message is: by its slash, by a whole-message word, by a word that begins with @."""

from __future__ import annotations

from msgspec import structs

from groupbot.core.commands import WORD, Asked, command_of
from groupbot.core.events import Command, Message
from groupbot.engine.dispatch.items import Item, Outcome
from groupbot.engine.dispatch.steps import Steps
from groupbot.engine.router import CommandRoute
from groupbot.engine.work import Work


class Naming(Steps):
    """Finds the command's route."""

    def _command(self, work: Work, message: Message) -> tuple[CommandRoute, Command] | None:
        cmd = command_of(message, self.username)
        if cmd is None and message.forwarded and message.text[:1] in ("/", "!"):
            cmd = command_of(structs.replace(message, forwarded=None), self.username)
            route = self.registry.commands.get(cmd.name) if cmd is not None else None
            if cmd is None or route is None or not route.forwards:
                return None
            return route, structs.replace(cmd, message=message)
        if cmd is not None:
            route = self.registry.commands.get(cmd.name)
            return None if route is None else (route, cmd)
        if message.text[:1] == "@":
            return self._called(message)
        word = message.text.strip() if len(message.text) <= WORD else ""
        route = self.registry.words.get(word) if word else None
        if route is None or message.edited or message.forwarded or not self.facts.words_on(work, work.chat):
            return None
        return route, Command(
            at=message.at,
            chat=message.chat,
            sender=message.sender,
            update_id=message.update_id,
            name=route.name,
            args="",
            message=message,
        )

    def _worded(self, work: Work, message: Message, item: Item, update_id: int, out: Outcome) -> None:
        """What was said was only a command's word: that is no talk."""
        if message.text[:1] not in ("/", "@"):
            self._tell(work, [Asked(message)], item, update_id, out)

    def _called(self, message: Message) -> tuple[CommandRoute, Command] | None:
        """A word that begins with @ (`@admin`) stands for its command whatever follows it."""
        first, _, rest = message.text.partition(" ")
        route = self.registry.words.get(first.strip().lower())
        if route is None or message.edited or message.forwarded:
            return None
        return route, Command(
            at=message.at,
            chat=message.chat,
            sender=message.sender,
            update_id=message.update_id,
            name=route.name,
            args=rest.strip(),
            message=message,
        )
