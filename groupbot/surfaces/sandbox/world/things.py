"""What there is: people's standing, chats, bots."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
ANONYMOUS = 1087968824
CHANNEL_BOT = 136817688
SERVICE_NOTICES = 777000
ASKED_WINDOW = 300.0  # seconds a bot may write to who asks to join
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
SERVICE = (
    "new_chat_members",
    "left_chat_member",
    "migrate_to_chat_id",
    "migrate_from_chat_id",
    "pinned_message",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "boost_added",
    "gift",
)
GENERAL = 1  # the topic every forum has; its messages name no thread


def public(value: Any) -> Any:
    """What a bot is shown: without the sandbox's own notes, whose names begin with `_`."""
    if isinstance(value, dict):  # most of what it holds is neither: no call for that
        return {k: public(v) if isinstance(v, dict | list) else v for k, v in value.items() if k[:1] != "_"}
    if isinstance(value, list):
        return [public(v) for v in value]
    return value


class Forbidden(Exception):
    """What the sandbox's people may not do; shown on the page."""


@dataclass(slots=True)
class Member:
    """One person's standing in one chat."""

    status: str = "member"  # creator | administrator | member | restricted | left | kicked
    rights: set[str] = field(default_factory=set)
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    until: int = 0
    is_member: bool = True
    anonymous: bool = False
    title: str = ""  # shown beside an administrator
    tag: str = ""  # shown beside a regular member
    by: int = 0  # who made them an administrator

    @property
    def inside(self) -> bool:
        """Is the person in the chat?"""
        return self.status in ("creator", "administrator", "member") or (
            self.status == "restricted" and self.is_member
        )

    @property
    def staff(self) -> bool:
        """Owner or administrator?"""
        return self.status in ("creator", "administrator")


@dataclass(slots=True)
class TopicState:
    """A forum topic; General is number 1."""

    id: int
    name: str
    closed: bool = False
    hidden: bool = False


@dataclass(slots=True)
class ChatRoom:
    """A chat: private, group (basic), supergroup (a forum has topics) or channel."""

    id: int
    type: str
    title: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    removed: dict[int, Json] = field(default_factory=dict)
    next_message: int = 1
    migrated_to: int = 0
    links: dict[str, Json] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))  # of everybody
    username: str = ""
    topics: dict[int, TopicState] = field(default_factory=dict)  # none: no forum
    requests: dict[int, Json] = field(default_factory=dict)  # who asks to join
    banned_chats: set[int] = field(default_factory=set)
    linked: int = 0  # the channel whose posts come here, or a channel's discussion group
    whispers: list[Json] = field(default_factory=list)  # ephemeral messages
    boosts: list[Json] = field(default_factory=list)  # of people with Telegram Premium

    @property
    def is_forum(self) -> bool:
        """Has it topics?"""
        return bool(self.topics)

    def brief(self) -> Json:
        """The Chat object inside updates."""
        if self.type == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        made: Json = {"id": self.id, "type": self.type, "title": self.title}
        if self.username:
            made["username"] = self.username
        if self.is_forum:
            made["is_forum"] = True
        return made


@dataclass(slots=True)
class BotState:
    """One bot: its queue of updates and how they are delivered."""

    token: str
    user: int
    privacy: bool = False  # privacy mode: sees only commands, replies and service messages
    updates: deque[Json] = field(default_factory=deque)
    allowed: list[str] | None = None
    next_update: int = 100_000_001
    webhook: Json = field(default_factory=dict)
    poller: object | None = None  # the long poll that waits now
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)
    last_offset: tuple[int, float] = (0, 0.0)
    join_queries: bool = False  # supports_join_request_queries
    asked: dict[int, float] = field(default_factory=dict)  # who asked to join → may be written to until
    stars: int = 0  # Telegram Stars of the bot's own
    given: list[Json] = field(default_factory=list)  # gifts it paid for
