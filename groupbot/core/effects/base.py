"""What every effect is made of: lanes, buttons, receipts."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec import Struct

MODERATION, REPLY, EDIT, POST, PAID = 0, 1, 2, 3, 4  # lanes: the smaller goes first


class Button(Struct, frozen=True):
    """One button: `label` names a label of the template's front matter, or is the text itself."""

    label: str
    tap: Any = None
    url: str | None = None
    data: str | None = None  # the sealed tap; filled by the engine


Rows = tuple[tuple[Button, ...], ...]


class Effect(Struct, frozen=True, kw_only=True, tag_field="do"):
    """Root of all effects. `why` is shown to people; `cause` names the router and step, `update` the id of
    the update it came of (0: a tick, a console)."""

    chat: int | None = None
    user: int | None = None
    why: str = ""
    cause: str = ""
    update: int = 0
    lane: ClassVar[int] = REPLY

    @property
    def repeatable(self) -> bool:
        """May it be performed again when the first result is unknown?"""
        return True


class Receipt(Struct, frozen=True):
    """What Telegram answered: the ids of posted messages, and a note for people (`already gone`); of a
    poll its id and the lasting ids of its options. `then`: what follows from it, said with its booking."""

    message_ids: tuple[int, ...] = ()
    note: str = ""
    file_id: str | None = None
    files: tuple[str, ...] = ()  # the ids of what it carried, in the order it was given
    events: tuple[Any, ...] = ()
    poll: tuple[str, tuple[str, ...]] | None = None
    then: tuple[Effect, ...] = ()
