"""Effects that say, show or take away something."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct

from groupbot.core.effects.base import EDIT, MODERATION, Effect, Rows
from groupbot.core.text import Entity


class Options(Struct, frozen=True):
    """What is asked beneath a question: 2 to 12 answers; `many` may be taken; `named`: all see who took
    which. With `right`, a place from 0, it is a quiz, and `why` is shown with its answer."""

    options: tuple[str, ...]
    many: bool = False
    named: bool = False
    right: int | None = None
    why: str = ""


class Send(Effect, frozen=True, kw_only=True, tag="send"):
    """A message. Either `template` with `data`, or `text` with `entities`.

    `photo`, `video`, `animation`, `sticker`, `document`, `audio`, `voice`, `video_note`: a file's path or
    a file id of this bot; `protect` forbids to forward or save it, `spoiler` covers a picture;
    `draw:WORD` as a photo is that word, drawn to be hard for machines, and `picture:NAME` what `content`
    says as JSON, and `chart:` with JSON (`picture.charts`) is drawn when it is sent, as a document a page to
    print; with `content` the document is that text under the name `document`. `album` are (kind, file) of 2
    to 10 pieces, the text is the first one's caption; with `poll` the text is its question. `lifetime`
    deletes the message after so many seconds; `ref` names it for later edits. What could not leave by
    `not_after` never leaves;
    without it a planned post has no end, a reply or a passing word five minutes, anything else a day.
    `fallback` is said instead when the person has blocked the bot, or `only_for` cannot be kept.

    `only_for` shows the message to that member of the chat alone (Bot API 10.3); where that is not
    possible it is not sent at all. `to` is the private chat of a join request (`JoinRequest.private`),
    for five minutes and until it is decided (`Admit.words`); `user` is then its person.
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
    album: tuple[tuple[str, str], ...] = ()
    poll: Options | None = None
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
    paid: bool = False  # a post that costs 0.1 Stars and does not wait for the free 30 a second
    due: datetime | None = None
    not_after: datetime | None = None
    fallback: Send | None = None
    again: bool = False

    @property
    def repeatable(self) -> bool:
        """A message that may have landed is not sent twice, unless it must arrive (`again`)."""
        return self.again

    @property
    def media(self) -> str | None:
        """The file it carries, if any."""
        seen = self.photo or self.video or self.animation or self.video_note or self.sticker
        return seen or self.document or self.audio or self.voice or (self.album[0][1] if self.album else None)


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


class Poll(Effect, frozen=True, kw_only=True, tag="poll"):
    """A question with answers to choose from: a quiz where `right` (a place from 0) is given, else an
    ordinary poll. Voters are told to the bot (`PollAnswer`) while `named`. Telegram closes it by itself
    after `seconds` (5 to 600); `ClosePoll` does so at any time. Telegram takes 1 to 12 options of at most
    100 letters under a question of at most 300; `explanation`, of a quiz, has at most 200."""

    question: str
    options: tuple[str, ...]
    right: int | None = None
    explanation: str = ""
    named: bool = True
    several: bool = False
    seconds: int | None = None
    ref: str | None = None
    topic: int | None = None
    silent: bool = True
    pin: bool = False
    lifetime: int | None = None
    not_after: datetime | None = None

    @property
    def repeatable(self) -> bool:
        """A poll that may have landed is not sent twice."""
        return False


class ClosePoll(Effect, frozen=True, kw_only=True, tag="close_poll"):
    """No more votes in the poll posted as `ref`; everybody sees the result."""

    ref: str


class Delete(Effect, frozen=True, kw_only=True, tag="delete"):
    """Messages to remove (≤ 100 ids a call); or, with `ref`, the message(s) posted under that name:
    those before a `Send` of the same name that is said after it.

    `copy_to` (Telegram's id of a chat, its topic): they are copied there before they go, where that can be;
    it never holds a removal up."""

    messages: tuple[int, ...] = ()
    ref: str | None = None
    due: datetime | None = None
    copy_to: tuple[int, int | None] | None = None
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


class React(Effect, frozen=True, kw_only=True, tag="react"):
    """The bot's one reaction under a message, of Telegram's standard ones; "" takes it away. A courtesy:
    where the group does not allow it nothing happens, and later than `not_after` neither."""

    message: int
    sign: str
    not_after: datetime | None = None
    lane: ClassVar[int] = EDIT


class Unreact(Effect, frozen=True, kw_only=True, tag="unreact"):
    """Take a member's reaction off a message (Bot API 10.0); a negative `member` is a channel that
    reacted."""

    message: int
    member: int
    lane: ClassVar[int] = MODERATION


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
