"""Commands in messages."""

from __future__ import annotations

import re

from msgspec import Struct

from groupbot.core.events import Command, Message

WORD = 12  # letters of a message that may be a word for a command, at most
_COMMAND = re.compile(r"[/!]([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+|$)")


class Asked(Struct, frozen=True):
    """Only the word of a command, a packet or a draw was said: no talk, but as good as a press."""

    message: Message


def command_of(message: Message, username: str) -> Command | None:
    """The command in a message's own text, or None.

    `/x@OtherBot` is not ours. Edited messages and forwards are never commands.
    """
    text = message.text
    if not text or text[0] not in "/!" or message.edited or message.forwarded:
        return None
    m = _COMMAND.match(text)
    if m is None or (m[2] is not None and m[2].casefold() != username.casefold()):
        return None
    return Command(
        at=message.at,
        chat=message.chat,
        sender=message.sender,
        update_id=message.update_id,
        name=m[1].lower(),
        args=text[m.end() :].strip(),
        message=message,
    )
