"""Numbers of messages from before their group's upgrade.

A supergroup numbers its messages from 1 again, while what is on record of the basic group it was stays under
the same chat of ours. Those numbers are moved below zero, as in Telegram Desktop's exports: no two messages
of a chat of ours have the same, the older still comes before the newer, and what is below zero is out of
reach.
"""

from __future__ import annotations

from typing import TypeVar

from msgspec import structs

from groupbot.core.events import Command, Event, Message

E = TypeVar("E", bound=Event)
SHIFT = 1_000_000_000
_NUMBERS = ("message_id", "reply_to", "thread", "about")  # of messages, in all events


def of_before(event: E) -> E:
    """An event of the basic group that comes when the group is none any more."""
    if isinstance(event, Command):
        return structs.replace(event, message=of_before(event.message))
    found = {n: getattr(event, n, None) for n in _NUMBERS}
    return structs.replace(event, **{n: v - SHIFT for n, v in found.items() if v is not None and v > 0})


def name_of(message: Message) -> str:
    """What no other message of the group is called, before its upgrade and after, whenever it comes."""
    number = message.message_id
    return f"{message.chat.id}:{number if number > 0 else number + SHIFT}"
