"""What is unusual about a message."""

from __future__ import annotations

from msgspec import Struct


class Traits(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is unusual about a message; made only where there is something, so that plain text pays
    nothing.

    `entities` are the kinds of Telegram's entities present, each once. `forward_kind` is user,
    hidden_user, chat or channel, and `forward_name` what people see of that source (a username where
    there is one). `file_unique` is the same for one file in every chat and for every bot; `file_id` is
    ours and can be sent. `file_size` is in bytes. `guest` names the person or chat that called a bot in
    which is no member here. `contact` is the Telegram id of a shared contact, 0 without one.
    """

    entities: tuple[str, ...] = ()
    quote: bool = False
    external_reply: bool = False
    story_reply: bool = False
    forward_kind: str = ""
    forward_name: str = ""
    forward_bot: bool = False  # it came from a bot, as Telegram says
    via_bot: int = 0
    guest: int = 0
    buttons: bool = False
    spoiler: bool = False
    paid: bool = False
    file_id: str = ""
    file_unique: str = ""
    file_name: str = ""
    file_size: int = 0
    mime: str = ""
    sticker_set: str = ""
    sticker_kind: str = ""  # static, animated, video
    premium_sticker: bool = False
    emoji: str = ""  # of a sticker or dice
    contact: int | None = None
    poll: str = ""  # its id
    quiz: bool = False
    live: bool = False  # a location that moves


class Ballot(Struct, frozen=True):
    """A poll as it was asked: `many` answers may be taken, `named`: all see who took which. `right` is the
    place of a quiz's right answer, from 0; None where Telegram does not tell it: it does of a quiz that is
    closed, that is the bot's own, or that was sent, not forwarded, to the bot in private (Bot API, Poll)."""

    question: str
    options: tuple[str, ...]
    many: bool = False
    named: bool = False
    quiz: bool = False
    right: int | None = None
    why: str = ""
