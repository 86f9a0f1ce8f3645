"""What shall happen: effects as values, ↔ JSON.

A decision says these with `work.say`; the outbox keeps and performs them. `chat` is our own id of a
chat; `user` addresses a person's private chat instead. A template is rendered when the effect is
said, so what is reviewed is what was sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import msgspec
from msgspec import Struct

from groupbot.core.text import Entity

MODERATION, REPLY, EDIT, POST = 0, 1, 2, 3  # lanes: the smaller goes first


class Button(Struct, frozen=True):
    """One button: `label` names a label of the template's front matter, or is the text itself."""

    label: str
    tap: Any = None
    url: str | None = None
    data: str | None = None  # the sealed tap; filled by the engine


Rows = tuple[tuple[Button, ...], ...]


class Effect(Struct, frozen=True, kw_only=True, tag_field="do"):
    """Root of all effects. `why` is shown to people; `cause` names the router and step."""

    chat: int | None = None
    user: int | None = None
    why: str = ""
    cause: str = ""
    lane: ClassVar[int] = REPLY
    repeatable: ClassVar[bool] = True  # may be performed again when the first result is unknown


class Send(Effect, frozen=True, kw_only=True, tag="send"):
    """A message. Either `template` with `data`, or `text` with `entities`.

    `photo` is the path of a picture file; `lifetime` deletes the message after so many seconds;
    `ref` names the message for later edits. What could not leave by `not_after` never leaves; without
    it a planned post has no end, a reply or a passing word five minutes, anything else a day. `fallback`
    is said instead when the person has blocked the bot.
    """

    template: str | None = None
    data: dict[str, Any] = {}
    lang: str | None = None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows = ()
    photo: str | None = None
    ref: str | None = None
    reply_to: int | None = None
    topic: int | None = None
    silent: bool = True
    preview: bool = False
    pin: bool = False
    lifetime: int | None = None
    post: bool = False  # a planned post: the broadcast lane
    due: datetime | None = None
    not_after: datetime | None = None
    fallback: Send | None = None
    repeatable: ClassVar[bool] = False


class Edit(Effect, frozen=True, kw_only=True, tag="edit"):
    """New text and buttons for the message(s) posted as `ref`; replaces any waiting edit of it."""

    ref: str
    template: str | None = None
    data: dict[str, Any] = {}
    lang: str | None = None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows = ()
    lane: ClassVar[int] = EDIT


class Delete(Effect, frozen=True, kw_only=True, tag="delete"):
    """Messages to remove (≤ 100 ids a call); or, with `ref`, the message(s) posted under that name."""

    messages: tuple[int, ...] = ()
    ref: str | None = None
    due: datetime | None = None
    lane: ClassVar[int] = MODERATION


class Restrict(Effect, frozen=True, kw_only=True, tag="restrict"):
    """Mute `member` until `until` (None: for good), or with `free` give the permissions back."""

    member: int
    until: datetime | None = None
    free: bool = False
    lane: ClassVar[int] = MODERATION


class Ban(Effect, frozen=True, kw_only=True, tag="ban"):
    """Remove `member` until `until` (None: for good), or with `free` lift the ban if there is one."""

    member: int
    until: datetime | None = None
    free: bool = False
    lane: ClassVar[int] = MODERATION


class Pin(Effect, frozen=True, kw_only=True, tag="pin"):
    """Pin the message posted as `ref`."""

    ref: str
    silent: bool = True


class Leave(Effect, frozen=True, kw_only=True, tag="leave"):
    """Leave the chat."""


class Menu(Effect, frozen=True, kw_only=True, tag="menu"):
    """The command menu of one scope and language; `commands` are (name, description) pairs."""

    commands: tuple[tuple[str, str], ...]
    scope: str = "default"
    language: str = ""


class Answer(Effect, frozen=True, kw_only=True, tag="answer"):
    """A tap's toast. Leaves directly after the commit, within seconds, or not at all."""

    query_id: str = ""
    template: str | None = None
    data: dict[str, Any] = {}
    lang: str | None = None
    text: str = ""
    alert: bool = False
    url: str | None = None


class Ask(Effect, frozen=True, kw_only=True, tag="ask"):
    """Ask Telegram for a member's standing, or with member 0 for all administrators; the answers come
    back as `Standing` events."""

    member: int = 0


Any_ = Send | Edit | Delete | Restrict | Ban | Pin | Leave | Menu | Answer | Ask
_encode = msgspec.json.Encoder(enc_hook=repr).encode
_decode: Any = msgspec.json.Decoder(Any_).decode


def to_json(effect: Effect) -> str:
    """An effect as JSON text."""
    return _encode(effect).decode()


def from_json(text: str | bytes) -> Effect:
    """The effect that `to_json` wrote. Raises msgspec.DecodeError on anything else."""
    effect: Effect = _decode(text)
    return effect


class Receipt(Struct, frozen=True):
    """What Telegram answered: the ids of posted messages, and a note for people (`already gone`)."""

    message_ids: tuple[int, ...] = ()
    note: str = ""
    file_id: str | None = None
    events: tuple[Any, ...] = ()
