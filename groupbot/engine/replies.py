"""What most commands need: an answer where they were said, and who said them."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from groupbot.core.effects import Rows, Send
from groupbot.core.events import Command, Tap
from groupbot.core.setting import switch_of
from groupbot.engine.work import Work
from groupbot.errors import Refusal

HERE = ("here", "本话题")
PASSING = 60  # seconds an answer stands in a group


def reply(
    work: Work,
    cmd: Command,
    template: str,
    /,
    *,
    buttons: Rows = (),
    lifetime: int | None = PASSING,
    ref: str | None = None,
    alone: bool = False,
    **data: Any,
) -> None:
    """Answer a command in its own chat and topic: for `lifetime` seconds (None: for good), in private for
    good. With `alone` only who asked sees it, where the server can do that, else all for those seconds."""
    person = person_of(cmd)
    private = cmd.chat.type == "private"
    theirs = private and bool(buttons) and person is not None  # in private a button belongs to the person
    public = Send(
        chat=None if theirs else work.chat,
        user=person if theirs else None,
        template=template,
        data=data,
        buttons=buttons,
        ref=ref,
        reply_to=cmd.message.message_id,
        topic=cmd.message.topic,
        lifetime=None if private else lifetime,
    )
    work.say(shown_alone(work, public, person) if alone and person and not private else public)


def shown_alone(work: Work, public: Send, person: int, otherwise: Send | None = None) -> Send:
    """An answer to a group as only this member sees it, where the server can do that; else `otherwise`, which
    as a rule is the answer for all. What was asked in private is answered there."""
    otherwise = otherwise or public
    if not work.me.whispers or work.away is not None:
        return otherwise
    return structs.replace(public, reply_to=None, lifetime=None, only_for=person, fallback=otherwise)


def here(cmd: Command, *, loose: bool = False) -> tuple[str, int | None]:
    """The arguments, and the topic they are for: `here` before them means the one the command is said in.
    None: the whole group. With `loose`, outside of a topic the word is one like others.

    Raises:
        Refusal: there is no topic where it was said.
    """
    word, _, rest = cmd.args.partition(" ")
    topic = None if cmd.chat.type == "private" else cmd.message.topic
    if word.lower() not in HERE or (loose and (topic is None or not rest.strip())):
        return cmd.args, None
    if topic is None:
        raise Refusal("settings/no_topic")
    return rest.strip(), topic


def switched(text: str) -> bool:
    """on or off, as said.

    Raises:
        Refusal: neither; how the command is used.
    """
    on = switch_of(text)
    if on is None:
        raise Refusal("common/usage")
    return on


def sender_of(cmd: Command) -> int:
    """Who says it, 0 for nobody; with anonymous administrators trusted it may be the id they all share."""
    return cmd.sender.id if cmd.sender is not None else 0


def person_of(cmd: Command) -> int | None:
    """Who says it; None when it is the group itself, or an administrator who stays anonymous."""
    return cmd.sender.id if cmd.sender is not None and not cmd.message.anonymous else None


def asked_at(tap: Tap, chat: int) -> dict[str, Any]:
    """Where the question about a group stands whose button was pressed, as an effect says it: with who asked
    from private, else in the group."""
    if tap.chat.type == "private" and tap.sender is not None:
        return {"user": tap.sender.id, "chat": None}
    return {"user": None, "chat": chat}
