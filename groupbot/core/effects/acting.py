"""Effects on people, permissions and the chat itself; and questions to Telegram."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Literal

from groupbot.core.effects.base import EDIT, MODERATION, Effect
from groupbot.core.effects.saying import Send


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
    for good. With `free` and `kick` the end of a kick: lifts no other ban, and later than `not_after` it
    does not leave."""

    member: int
    until: datetime | None = None
    free: bool = False
    kick: bool = False  # out, and free to come back (after `until`); who was banned before stays banned
    not_after: datetime | None = None
    lane: ClassVar[int] = MODERATION


class Bans(Effect, frozen=True, kw_only=True, tag="bans"):
    """`Ban` for many at once (at most 100): a raid's people leave in few steps, and come back in few.

    Who cannot be removed (an administrator by now, an account deleted) is passed over.
    """

    members: tuple[int, ...]
    until: datetime | None = None
    free: bool = False
    lane: ClassVar[int] = MODERATION


class Title(Effect, frozen=True, kw_only=True, tag="title"):
    """The word shown beside an administrator that the bot promoted; "" takes it away."""

    member: int
    title: str = ""


class Tag(Effect, frozen=True, kw_only=True, tag="tag"):
    """The word beside a regular member's name (Bot API 9.5): at most 16 characters, no emoji; "" takes it
    away. A newer one replaces one that waits."""

    member: int
    label: str = ""
    lane: ClassVar[int] = EDIT

    @property
    def ref(self) -> str:
        """One member's tag in one chat, without naming them: it stays when the payload is emptied."""
        return f"tag:{sha256(f'{self.chat}:{self.member}'.encode()).hexdigest()[:24]}"


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
    answered in time and the request stays with people, to be decided later.

    `words` are said to the person first: to who never started the bot it may write only until the request is
    decided. Where they cannot be said the decision goes ahead without them."""

    member: int
    accept: bool | None
    query: str = ""
    words: Send | None = None
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


class Revoke(Effect, frozen=True, kw_only=True, tag="revoke"):
    """Nobody comes in by this invite link of the bot's any more."""

    link: str


class Leave(Effect, frozen=True, kw_only=True, tag="leave"):
    """Leave the chat."""


class Gift(Effect, frozen=True, kw_only=True, tag="gift"):
    """A Telegram gift for `user`, paid from the bot's own Stars; `text` (at most 128 characters) is shown
    with it. Money that is spent is not spent again: where nobody knows whether it arrived, people decide."""

    gift: str
    text: str = ""
    ref: str = ""

    @property
    def repeatable(self) -> bool:
        """A gift is not given twice."""
        return False


class Ask(Effect, frozen=True, kw_only=True, tag="ask"):
    """Ask Telegram for a member's standing, or with member 0 for all administrators; the answers come
    back as `Standing` events. With `facts` the chat itself is asked about: `ChatFacts` comes back, or
    nothing when Telegram did not answer. With `file` (a file id) ask for that file's text instead: it comes
    back as a `Fetched` event under the same `ref`. With `boosts` ask how long `member` boosts the chat:
    `Boosts` comes back (Telegram tells administrators only). With `link` an invite link of this name (at most
    32 characters) is made, `by_request` one by which people only ask: `Invited` comes back under `ref`. A
    link whose answer was lost stands unused. With `count` ask how many members the chat has: `Counted`. With
    `gifts` ask which gifts the bot can give and how many Stars it has: `GiftOffers` comes
    back under `ref`."""

    member: int = 0
    facts: bool = False
    boosts: bool = False
    count: bool = False
    gifts: bool = False
    file: str = ""
    link: str = ""
    by_request: bool = False
    ref: str = ""
