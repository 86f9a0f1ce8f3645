"""A command given in private that acts on a group: its answers go to the person, each naming the group."""

from __future__ import annotations

from msgspec import Struct, structs

from groupbot.core.effects import Delete, Effect, Rows, Send
from groupbot.core.text import CAPTION_LIMIT, TEXT_LIMIT, Entity, units


class Away(Struct, frozen=True):
    """`person` wrote message `message` in their private chat (`home`, our id); it acts on `chat`."""

    person: int
    message: int
    home: int
    chat: int
    title: str

    def turn(self, effect: Effect) -> Effect:
        """An effect before it is rendered: what answers the command is told in private. The command's
        message is none of the group's, so nothing there is deleted for it."""
        if effect.chat != self.chat:
            return effect
        if isinstance(effect, Send) and effect.reply_to == self.message:
            return structs.replace(
                effect,
                chat=None,
                user=self.person,
                topic=None,
                lifetime=None,
                pin=False,
                buttons=_named(effect.buttons),
            )
        if isinstance(effect, Delete) and self.message in effect.messages:
            return structs.replace(effect, chat=self.home, messages=(self.message,))
        return effect

    def head(self, made: Effect) -> Effect:
        """A rendered answer with the group's name above it."""
        if not isinstance(made, Send) or made.user != self.person or not made.text:
            return made
        first = f"▸ {self.title}\n"
        by = units(first)
        if by + units(made.text) > (CAPTION_LIMIT if made.media else TEXT_LIMIT):
            return made
        marks = tuple(structs.replace(e, offset=e.offset + by) for e in made.entities)
        bold = Entity("bold", 2, by - 3)
        return structs.replace(made, text=first + made.text, entities=(bold, *marks))


def _named(rows: Rows) -> Rows:
    """The buttons that say which chat they act on: pressed in private, any other would act on nothing."""
    kept = (tuple(b for b in row if b.tap is None or getattr(b.tap, "chat", None)) for row in rows)
    return tuple(row for row in kept if row)
