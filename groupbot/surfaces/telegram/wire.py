"""Telegram's JSON, as far as it is read: only these fields are decoded, anything unknown is ignored."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "chat_member",
    "my_chat_member",
    "message_reaction",
    "channel_post",
    "chat_join_request",
    "poll_answer",
    "poll",
    "chat_boost",
    "removed_chat_boost",
)

Int64 = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]  # numbers that the databases can hold


class UserJson(Struct, gc=False, rename={"language": "language_code"}):
    id: Int64
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False


class ChatJson(Struct, gc=False):
    id: Int64
    type: str = ""
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    is_forum: bool = False


class EntityJson(Struct, gc=False):
    type: str
    offset: int = 0
    length: int = 0
    url: str | None = None
    user: UserJson | None = None


class ReplyJson(Struct, gc=False, rename={"sender": "from"}):
    message_id: Int64
    sender: UserJson | None = None
    sender_chat: ChatJson | None = None
    is_automatic_forward: bool = False
    text: str = ""
    caption: str = ""
    photo: Raw | UnsetType = UNSET
    animation: Raw | UnsetType = UNSET
    video: Raw | UnsetType = UNSET
    document: Raw | UnsetType = UNSET
    sticker: Raw | UnsetType = UNSET
    audio: Raw | UnsetType = UNSET
    voice: Raw | UnsetType = UNSET
    video_note: Raw | UnsetType = UNSET
    poll: Raw | UnsetType = UNSET
    entities: Raw | UnsetType = UNSET
    caption_entities: Raw | UnsetType = UNSET


class MessageJson(Struct, gc=False, rename={"sender": "from"}):
    message_id: Int64
    chat: ChatJson
    date: int
    sender: UserJson | None = None
    sender_chat: ChatJson | None = None
    message_thread_id: Int64 | None = None
    is_topic_message: bool = False
    edit_date: int | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[EntityJson] | None = None
    caption_entities: list[EntityJson] | None = None
    reply_to_message: ReplyJson | None = None
    media_group_id: str | None = None
    is_automatic_forward: bool = False
    via_bot: UserJson | None = None
    photo: Raw | UnsetType = UNSET
    sticker: Raw | UnsetType = UNSET
    forward_origin: Raw | UnsetType = UNSET
    quote: Raw | UnsetType = UNSET
    external_reply: Raw | UnsetType = UNSET
    reply_markup: Raw | UnsetType = UNSET
    rich_message: Raw | UnsetType = UNSET
    reply_to_story: Raw | UnsetType = UNSET
    guest_bot_caller_user: UserJson | None = None
    guest_bot_caller_chat: ChatJson | None = None
    has_media_spoiler: bool = False
    new_chat_members: list[UserJson] | None = None
    left_chat_member: UserJson | None = None
    migrate_to_chat_id: Int64 | None = None
    migrate_from_chat_id: Int64 | None = None


class LinkJson(Struct, gc=False):
    invite_link: str = ""
    name: str | None = None
    creator: UserJson | None = None


class MemberJson(Struct, gc=False):
    status: str
    user: UserJson
    is_member: bool = False
    until_date: int = 0
    can_delete_messages: bool = False
    can_restrict_members: bool = False
    can_pin_messages: bool = False
    can_invite_users: bool = False
    can_promote_members: bool = False
    can_manage_chat: bool = False
    can_change_info: bool = False
    can_manage_topics: bool = False
    can_manage_tags: bool | None = None  # left out: as can_pin_messages
    can_send_messages: bool = True
    is_anonymous: bool = False


class MemberUpdateJson(Struct, gc=False, rename={"sender": "from"}):
    chat: ChatJson
    sender: UserJson
    date: int
    old_chat_member: MemberJson
    new_chat_member: MemberJson
    invite_link: LinkJson | None = None


class TappedJson(Struct, gc=False):
    message_id: Int64
    chat: ChatJson
    date: int = 0
    message_thread_id: Int64 | None = None
    is_topic_message: bool = False


class QueryJson(Struct, gc=False, rename={"sender": "from"}):
    id: str
    sender: UserJson
    data: str = ""
    message: TappedJson | None = None


class ReactionTypeJson(Struct, gc=False):
    type: str
    emoji: str | None = None
    custom_emoji_id: str | None = None


class ReactedJson(Struct, gc=False):
    chat: ChatJson
    message_id: Int64
    date: int
    old_reaction: list[ReactionTypeJson] = []
    new_reaction: list[ReactionTypeJson] = []
    user: UserJson | None = None
    actor_chat: ChatJson | None = None


class JoinRequestJson(Struct, gc=False, rename={"sender": "from"}):
    chat: ChatJson
    sender: UserJson
    date: int
    user_chat_id: Int64 = 0
    bio: str = ""
    invite_link: LinkJson | None = None
    query_id: str = ""


class PollAnswerJson(Struct, gc=False):
    poll_id: str
    user: UserJson | None = None
    option_ids: list[int] = []
    option_persistent_ids: list[str] = []


class OptionJson(Struct, gc=False):
    voter_count: Int64 = 0


class PollJson(Struct, gc=False):
    id: str
    options: list[OptionJson] = []
    is_closed: bool = False


class BoostSourceJson(Struct, gc=False):
    source: str = ""
    user: UserJson | None = None


class BoostJson(Struct, gc=False):
    boost_id: str
    expiration_date: int
    source: BoostSourceJson


class BoostedJson(Struct, gc=False):
    chat: ChatJson
    boost: BoostJson


class UnboostedJson(Struct, gc=False):
    chat: ChatJson
    boost_id: str
    remove_date: int
    source: BoostSourceJson


class StickerJson(Struct, gc=False):
    file_id: str = ""
    file_unique_id: str = ""
    is_animated: bool = False
    is_video: bool = False
    emoji: str = ""
    set_name: str = ""
    premium_animation: Raw | UnsetType = UNSET


class FileJson(Struct, gc=False):
    """A photo size, or any file of a message."""

    file_id: str = ""
    file_unique_id: str = ""
    file_name: str = ""
    mime_type: str = ""
    file_size: int = 0


class UpdateJson(Struct, gc=False):
    update_id: Int64
    message: MessageJson | None = None
    edited_message: MessageJson | None = None
    callback_query: QueryJson | None = None
    chat_member: MemberUpdateJson | None = None
    my_chat_member: MemberUpdateJson | None = None
    message_reaction: ReactedJson | None = None
    channel_post: MessageJson | None = None
    chat_join_request: JoinRequestJson | None = None
    poll_answer: PollAnswerJson | None = None
    poll: PollJson | None = None
    chat_boost: BoostedJson | None = None
    removed_chat_boost: UnboostedJson | None = None


class EnvelopeJson(Struct, gc=False):
    ok: bool = False
    result: list[Raw] | UnsetType = UNSET


_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # not a backslash followed by the letters u0000


def mended(raw: bytes) -> bytes:
    """JSON with NUL and lone surrogates replaced, the rest as it was; `json` reads what msgspec refuses."""
    text = json.dumps(json.loads(raw), ensure_ascii=False)
    text = _NUL.sub(lambda m: m[1] + "\ufffd", text)
    return text.encode("utf-8", "replace")


def whole(raw: bytes) -> dict[str, Any]:
    """Every field of an update."""
    try:
        found: dict[str, Any] = msgspec.json.decode(raw)
    except msgspec.DecodeError:
        found = json.loads(mended(raw))
    return found


_envelope = msgspec.json.Decoder(EnvelopeJson).decode


def split(payload: bytes) -> list[bytes]:
    """The updates of one getUpdates answer, each as bytes. One bad update spoils no other.

    Raises:
        ValueError: the answer is not JSON or holds no list.
    """
    try:
        found = _envelope(payload).result
        if found is not UNSET:
            return [bytes(r) for r in found]
    except msgspec.DecodeError:
        pass
    whole = json.loads(payload.decode("utf-8", "replace"))
    return [json.dumps(u).encode() for u in whole["result"]]
