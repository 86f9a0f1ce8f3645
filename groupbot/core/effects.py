"""What shall happen: effects as values, ↔ JSON.

A decision says these with `work.say`; the outbox keeps and performs them. `chat` is our own id of a
chat; `user` addresses a person's private chat instead. A template is rendered when the effect is
said, so what is reviewed is what was sent.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Literal

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

    @property
    def repeatable(self) -> bool:
        """May it be performed again when the first result is unknown?"""
        return True


class Send(Effect, frozen=True, kw_only=True, tag="send"):
    """A message. Either `template` with `data`, or `text` with `entities`.

    `photo`, `video`, `animation`, `sticker`, `document`, `audio`, `voice`, `video_note`: a file's path or a
    file id of this bot; `protect` forbids to forward or save it, `spoiler` covers a picture; `draw:WORD` as a
    photo is that word, drawn to be hard for machines; with `content` the document is that text under the
    name `document`. `lifetime` deletes the message after so many seconds; `ref` names it for later edits.
    What could not leave by `not_after` never leaves; without it a planned post has no end, a reply or a
    passing word five minutes, anything else a day. `fallback` is said instead when the person has blocked
    the bot, or `only_for` cannot be kept.

    `only_for` shows the message to that member of the chat alone (Bot API 10.3); where that is not
    possible it is not sent at all. `to` is the private chat of a join request (`JoinRequest.private`),
    for five minutes; `user` is then its person.
    """

    template: str | None = None
    data: dict[str, Any] = {}
    lang: str | None = None
    text: str = ""
    entities: tuple[Entity, ...] = ()
    buttons: Rows = ()
    photo: str | None = None
    video: str | None = None
    animation: str | None = None
    sticker: str | None = None
    document: str | None = None
    audio: str | None = None
    voice: str | None = None
    video_note: str | None = None
    protect: bool = False
    spoiler: bool = False
    content: str | None = None
    only_for: int | None = None
    to: int | None = None
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

    @property
    def repeatable(self) -> bool:
        """A message that may have landed is not sent twice."""
        return False

    @property
    def media(self) -> str | None:
        """The file it carries, if any."""
        seen = self.photo or self.video or self.animation or self.video_note or self.sticker
        return seen or self.document or self.audio or self.voice


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
    """Mute `member` until `until` (None: for good), or with `free` give the permissions back.

    `can` names what they may still do, as `Permit` does; nothing by default."""

    member: int
    until: datetime | None = None
    free: bool = False
    can: tuple[str, ...] = ()
    lane: ClassVar[int] = MODERATION


class Ban(Effect, frozen=True, kw_only=True, tag="ban"):
    """Remove `member` until `until` (None: for good), or with `free` lift the ban if there is one.

    A negative `member` is a sender chat: it and its owner's other channels cannot write here; always
    for good."""

    member: int
    until: datetime | None = None
    free: bool = False
    kick: bool = False  # out, and free to come back (after `until`); who was banned before stays banned
    lane: ClassVar[int] = MODERATION


class Title(Effect, frozen=True, kw_only=True, tag="title"):
    """The word shown beside an administrator that the bot promoted; "" takes it away."""

    member: int
    title: str = ""


class Bans(Effect, frozen=True, kw_only=True, tag="bans"):
    """`Ban` for many at once (at most 100): a raid's people leave in few steps, and come back in few.

    Who cannot be removed (an administrator by now, an account deleted) is passed over.
    """

    members: tuple[int, ...]
    until: datetime | None = None
    free: bool = False
    lane: ClassVar[int] = MODERATION


class Pin(Effect, frozen=True, kw_only=True, tag="pin"):
    """Pin the message posted as `ref`."""

    ref: str
    silent: bool = True


class PinMessage(Effect, frozen=True, kw_only=True, tag="pin_message"):
    """Pin any message of the chat, by its id."""

    message: int
    silent: bool = True


class Unpin(Effect, frozen=True, kw_only=True, tag="unpin"):
    """Unpin one message, or with None all of them."""

    message: int | None = None


class Unreact(Effect, frozen=True, kw_only=True, tag="unreact"):
    """Take a member's reaction off a message (Bot API 10.0); a negative `member` is a channel that
    reacted."""

    message: int
    member: int
    lane: ClassVar[int] = MODERATION


class Permit(Effect, frozen=True, kw_only=True, tag="permit"):
    """What everybody may do here, whole: what is not named is taken away.

    Names are Telegram's without `can_`: send_messages, send_audios, send_documents, send_photos,
    send_videos, send_video_notes, send_voice_notes, send_polls, send_other_messages,
    add_web_page_previews, react_to_messages, edit_tag, change_info, invite_users, pin_messages,
    manage_topics.
    """

    can: tuple[str, ...] = ()
    lane: ClassVar[int] = MODERATION


class Admit(Effect, frozen=True, kw_only=True, tag="admit"):
    """Approve or decline a join request; by its `query` where there is one. With accept None the query is
    answered in time and the request stays with people, to be decided later."""

    member: int
    accept: bool | None
    query: str = ""
    lane: ClassVar[int] = MODERATION


class Promote(Effect, frozen=True, kw_only=True, tag="promote"):
    """Give `member` exactly these rights, by routers' names (delete, restrict, pin, invite, promote, info,
    manage, topics, video, tags, anonymous); none makes them a member again."""

    member: int
    rights: tuple[str, ...] = ()
    lane: ClassVar[int] = MODERATION


class Topic(Effect, frozen=True, kw_only=True, tag="topic"):
    """Create, close, reopen, delete or rename a forum topic; `topic` None is General (not with create).

    The receipt of `create` holds the new topic's id.
    """

    topic: int | None
    act: Literal["create", "close", "reopen", "delete", "rename"]
    name: str = ""

    @property
    def repeatable(self) -> bool:
        """A topic is not made twice."""
        return self.act != "create"


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
    back as `Standing` events. With `facts` the chat itself is asked about: `ChatFacts` comes back, or
    nothing when Telegram did not answer. With `file` (a file id) ask for that file's text instead: it comes
    back as a `Fetched` event under the same `ref`."""

    member: int = 0
    facts: bool = False
    file: str = ""
    ref: str = ""


Any_ = (
    Send
    | Edit
    | Delete
    | Restrict
    | Ban
    | Bans
    | Pin
    | PinMessage
    | Unpin
    | Unreact
    | Permit
    | Admit
    | Promote
    | Title
    | Topic
    | Leave
    | Menu
    | Answer
    | Ask
)
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
