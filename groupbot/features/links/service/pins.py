"""What stands pinned in a group: posted for good, edited where it changes, posted anew in its place."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Delete, Pin, Rows, Send
from groupbot.engine.work import Work
from groupbot.features.members import service as members


def pin_anew(
    work: Work,
    what: str,
    chat: int,
    topic: int | None,
    update: int,
    template: str,
    rows: Rows,
    data: dict[str, Any] | None = None,
) -> None:
    """Post a message for good and pin it; the one before of `what` goes.

    Raises:
        Refusal: the bot may not pin here.
    """
    members.needs(work, chat, "pin")
    notes = work.notes(what, chat)
    before, ref = notes.get("ref"), f"links.{what}:{chat}:{update}"
    if before:
        work.say(Delete(chat=chat, ref=before, why="pinned anew"))
    work.say(Send(chat=chat, topic=topic, template=template, data=data or {}, buttons=rows, ref=ref))
    work.say(Pin(chat=chat, ref=ref))
    notes.set("ref", ref)
