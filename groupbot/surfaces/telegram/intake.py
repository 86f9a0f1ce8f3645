"""Telegram's JSON → one event. Pure.

Only the fields that are read are decoded; anything unknown is ignored, except that visible text is
looked for everywhere: what is not plain text is walked whole, so that a carrier of tomorrow is seen by
the rules of today.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from groupbot.core.events import (
    BotStanding,
    Chat,
    Event,
    Joined,
    Left,
    Link,
    Message,
    Person,
    Reaction,
    Service,
    Standing,
    Tap,
    Upgraded,
)

ALLOWED_UPDATES = (
    "message",
    "edited_message",
    "callback_query",
    "chat_member",
    "my_chat_member",
    "message_reaction",
)
_INT64 = 1 << 63


class _User(Struct, rename={"language": "language_code"}):
    id: int
    first_name: str = ""
    last_name: str | None = None
    username: str | None = None
    language: str | None = None
    is_bot: bool = False


class _Chat(Struct):
    id: int
    type: str = ""
    title: str | None = None
    username: str | None = None
    first_name: str | None = None
    is_forum: bool = False


class _Entity(Struct):
    type: str
    url: str | None = None
    user: _User | None = None


class _Reply(Struct, rename={"sender": "from"}):
    message_id: int
    sender: _User | None = None


class _Message(Struct, rename={"sender": "from"}):
    message_id: int
    chat: _Chat
    date: int
    sender: _User | None = None
    sender_chat: _Chat | None = None
    message_thread_id: int | None = None
    is_topic_message: bool = False
    edit_date: int | None = None
    text: str | None = None
    caption: str | None = None
    entities: list[_Entity] | None = None
    caption_entities: list[_Entity] | None = None
    reply_to_message: _Reply | None = None
    media_group_id: str | None = None
    is_automatic_forward: bool = False
    via_bot: _User | None = None
    photo: Raw | UnsetType = UNSET
    sticker: Raw | UnsetType = UNSET
    forward_origin: Raw | UnsetType = UNSET
    quote: Raw | UnsetType = UNSET
    external_reply: Raw | UnsetType = UNSET
    reply_markup: Raw | UnsetType = UNSET
    rich_message: Raw | UnsetType = UNSET
    new_chat_members: list[_User] | None = None
    left_chat_member: _User | None = None
    migrate_to_chat_id: int | None = None
    migrate_from_chat_id: int | None = None


class _Link(Struct):
    invite_link: str = ""
    name: str | None = None
    creator: _User | None = None


class _Member(Struct):
    status: str
    user: _User
    is_member: bool = False
    until_date: int = 0
    can_delete_messages: bool = False
    can_restrict_members: bool = False
    can_pin_messages: bool = False
    can_invite_users: bool = False
    can_promote_members: bool = False
    can_manage_chat: bool = False
    can_change_info: bool = False
    can_send_messages: bool = True


class _MemberUpdate(Struct, rename={"sender": "from"}):
    chat: _Chat
    sender: _User
    date: int
    old_chat_member: _Member
    new_chat_member: _Member
    invite_link: _Link | None = None


class _Tapped(Struct):
    message_id: int
    chat: _Chat
    date: int = 0
    message_thread_id: int | None = None


class _Query(Struct, rename={"sender": "from"}):
    id: str
    sender: _User
    data: str = ""
    message: _Tapped | None = None


class _ReactionType(Struct):
    type: str
    emoji: str | None = None
    custom_emoji_id: str | None = None


class _Reacted(Struct):
    chat: _Chat
    message_id: int
    date: int
    old_reaction: list[_ReactionType] = []
    new_reaction: list[_ReactionType] = []
    user: _User | None = None
    actor_chat: _Chat | None = None


class _Update(Struct):
    update_id: int
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Query | None = None
    chat_member: _MemberUpdate | None = None
    my_chat_member: _MemberUpdate | None = None
    message_reaction: _Reacted | None = None


_decode = msgspec.json.Decoder(_Update).decode
_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")  # not a backslash followed by the letters u0000
_SERVICE = (
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_scheduled",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "boost_added",
    "chat_background_set",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "users_shared",
    "write_access_allowed",
    "chat_owner_left",
    "chat_owner_changed",
    "proximity_alert_triggered",
)
# keys whose strings are ids, types or sizes, not text that people see
_SILENT = frozenset(
    [
        "file_id",
        "file_unique_id",
        "id",
        "type",
        "mime_type",
        "chat",
        "from",
        "sender_chat",
        "date",
        "language_code",
        "emoji",
        "set_name",
        "custom_emoji_id",
        "thumbnail",
        "thumb",
        "callback_data",
        "status",
        "via_bot",
        "language",
        "media_group_id",
    ]
)
_KINDS = (
    "photo",
    "sticker",
    "video",
    "animation",
    "document",
    "audio",
    "voice",
    "video_note",
    "story",
    "contact",
    "location",
    "venue",
    "poll",
    "dice",
    "game",
    "checklist",
    "rich_message",
    "paid_media",
    "invoice",
    "giveaway",
)


def decode(raw: bytes, received: datetime) -> tuple[int, Event | None]:
    """One update → (its id, its event or None where it is of a kind nobody reads).

    Raises:
        ValueError: malformed JSON or fields of the wrong type (msgspec's errors are ValueErrors).
    """
    try:
        if b"\\u0000" in raw:
            raw = _mended(raw)
        try:
            update = _decode(raw)
        except msgspec.DecodeError:
            update = _decode(_mended(raw))
        return _int64(update.update_id), _event(update, raw, received)
    except (RecursionError, OverflowError, OSError) as e:  # nested without end; a date beyond the calendar
        raise ValueError(f"{type(e).__name__} in an update") from None


def _int64(number: int) -> int:
    """Numbers that the databases can hold."""
    if not -_INT64 <= number < _INT64:
        raise ValueError("a number beyond 64 bits")
    return number


def _event(u: _Update, raw: bytes, received: datetime) -> Event | None:
    if u.message is not None:
        return _message(u.message, u.update_id, raw, edited=False)
    if u.callback_query is not None:
        return _tap(u.callback_query, u.update_id, received)
    if u.edited_message is not None:
        return _message(u.edited_message, u.update_id, raw, edited=True)
    if u.chat_member is not None:
        return _member(u.chat_member, u.update_id)
    if u.my_chat_member is not None:
        m = u.my_chat_member
        return BotStanding(
            at=_at(m.date),
            chat=_chat(m.chat),
            sender=_person(m.sender),
            update_id=u.update_id,
            status=_status(m.new_chat_member),
            was=_status(m.old_chat_member),
            rights=rights(m.new_chat_member),
        )
    if u.message_reaction is not None:
        r = u.message_reaction
        return Reaction(
            at=_at(r.date),
            chat=_chat(r.chat),
            sender=_person(r.user),
            update_id=u.update_id,
            message_id=_int64(r.message_id),
            before=_signs(r.old_reaction),
            after=_signs(r.new_reaction),
        )
    return None


@lru_cache(1024)
def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _clean(text: str) -> str:
    return text.replace("\x00", "\ufffd") if "\x00" in text else text


def _person(u: _User | None) -> Person | None:
    if u is None:
        return None
    return Person(
        _int64(u.id),
        _clean(u.first_name),
        u.last_name and _clean(u.last_name),
        u.username,
        u.language,
        u.is_bot,
    )


def _chat(c: _Chat) -> Chat:
    return Chat(_int64(c.id), c.type, _clean(c.title or c.first_name or ""), c.username, c.is_forum)


def _message(m: _Message, update_id: int, raw: bytes, *, edited: bool) -> Event | None:
    chat, sender, at = (
        _chat(m.chat),
        _person(m.sender),
        _at(m.edit_date or m.date if edited else m.date),
    )
    _int64(m.message_id)
    if m.new_chat_members:
        people = tuple(p for p in map(_person, m.new_chat_members) if p is not None)
        return Joined(
            at=at,
            chat=chat,
            sender=sender,
            update_id=update_id,
            people=people,
            message_id=m.message_id,
            service=True,
        )
    if m.left_chat_member is not None:
        person = _person(m.left_chat_member)
        assert person is not None
        removed = sender is not None and sender.id != person.id
        return Left(
            at=at,
            chat=chat,
            sender=sender,
            update_id=update_id,
            person=person,
            removed=removed,
            message_id=m.message_id,
            service=True,
        )
    if m.migrate_to_chat_id is not None:
        return Upgraded(
            at=at, chat=chat, sender=sender, update_id=update_id, new_id=_int64(m.migrate_to_chat_id)
        )
    if m.migrate_from_chat_id is not None:
        old = Chat(_int64(m.migrate_from_chat_id), "group", chat.title)
        return Upgraded(at=at, chat=old, sender=sender, update_id=update_id, new_id=chat.id)
    text = _clean(m.text if m.text is not None else m.caption or "")
    plain = m.photo is not UNSET or m.sticker is not UNSET or m.text is not None
    odd = (
        not plain
        or m.quote is not UNSET
        or m.external_reply is not UNSET
        or m.reply_markup is not UNSET
        or m.forward_origin is not UNSET
        or m.rich_message is not UNSET
    )
    kind = (
        "text"
        if m.text is not None
        else "photo"
        if m.photo is not UNSET
        else "sticker"
        if m.sticker is not UNSET
        else ""
    )
    carriers: list[tuple[str, str]] = [("text" if m.text is not None else "caption", text)] if text else []
    urls: list[str] = []
    mentions: list[int] = []
    for e in m.entities or m.caption_entities or ():
        if e.url:
            urls.append(_clean(e.url))
        if e.user is not None:
            mentions.append(_int64(e.user.id))
    forwarded = None
    if odd:
        whole = json.loads(_mended(raw))
        body = whole.get("edited_message" if edited else "message") or {}
        kind = kind or next((k for k in _KINDS if k in body), "")
        if not kind:
            service = next((k for k in _SERVICE if k in body), "")
            if service:
                return Service(
                    at=at,
                    chat=chat,
                    sender=sender,
                    update_id=update_id,
                    message_id=m.message_id,
                    kind=service,
                )
            kind = "unknown"
        carriers += [(k, t) for k, t in visible_text(body) if t != text]
        urls += links(body)
        forwarded = _origin(body.get("forward_origin"))
    return Message(
        at=at,
        chat=chat,
        sender=sender,
        update_id=update_id,
        message_id=m.message_id,
        kind=kind,
        text=text,
        carriers=tuple(carriers),
        urls=tuple(urls),
        mentions=tuple(mentions),
        sender_chat=_chat(m.sender_chat) if m.sender_chat is not None else None,
        topic=_int64(m.message_thread_id) if m.is_topic_message and m.message_thread_id else None,
        reply_to=_int64(m.reply_to_message.message_id) if m.reply_to_message else None,
        reply_person=_person(m.reply_to_message.sender) if m.reply_to_message else None,
        forwarded=forwarded,
        via_bot=m.via_bot.username if m.via_bot else None,
        album=m.media_group_id,
        edited=edited,
        automatic_forward=m.is_automatic_forward,
    )


def visible_text(body: dict[str, Any]) -> list[tuple[str, str]]:
    """Every string people may see in a message, with the key it stood under. Quoted and replied-to
    messages of this chat are not the sender's words: `reply_to_message` is left out."""
    found: list[tuple[str, str]] = []
    stack: list[tuple[str, Any]] = [
        (k, v)
        for k, v in reversed(body.items())
        if k not in ("reply_to_message", "pinned_message", "entities", "caption_entities")
    ]
    while stack and len(found) < 200:
        key, value = stack.pop()
        if isinstance(value, str):
            if key not in _SILENT and value:
                found.append((key, _clean(value)))
        elif isinstance(value, dict):
            if key not in ("chat", "from", "sender_chat", "via_bot"):
                stack += [(k, v) for k, v in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(key, v) for v in reversed(value)]
    return found


def links(body: Any) -> list[str]:
    """Addresses behind buttons and nested entities."""
    found: list[str] = []
    stack = [body]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for k, v in value.items():
                if k == "url" and isinstance(v, str):
                    found.append(_clean(v))
                elif isinstance(v, dict | list) and k != "reply_to_message":
                    stack.append(v)
        elif isinstance(value, list):
            stack += value
    return found


def _origin(origin: Any) -> str | None:
    if not isinstance(origin, dict):
        return None
    chat = origin.get("chat") or origin.get("sender_chat")
    if isinstance(chat, dict):
        return f"{origin.get('type')}:{chat.get('id')}"
    user = origin.get("sender_user")
    return f"user:{user.get('id')}" if isinstance(user, dict) else str(origin.get("type") or "hidden")


def _tap(q: _Query, update_id: int, received: datetime) -> Event:
    sender = _person(q.sender)
    if q.message is None:
        return Tap(
            at=received,
            chat=Chat(q.sender.id, "private"),
            sender=sender,
            update_id=update_id,
            query_id=q.id,
            raw=q.data,
        )
    return Tap(
        at=received,
        chat=_chat(q.message.chat),
        sender=sender,
        update_id=update_id,
        query_id=q.id,
        raw=q.data,
        message_id=_int64(q.message.message_id),
        topic=_int64(q.message.message_thread_id) if q.message.message_thread_id else None,
    )


_IN = ("member", "administrator", "creator")


def _status(m: _Member) -> str:
    if m.status == "restricted" and not m.is_member:
        return "left"
    return m.status


def rights(m: _Member) -> frozenset[str]:
    """The rights of an administrator, by the names routers use; a creator has all."""
    names = {
        "delete": m.can_delete_messages,
        "restrict": m.can_restrict_members,
        "pin": m.can_pin_messages,
        "invite": m.can_invite_users,
        "promote": m.can_promote_members,
        "manage": m.can_manage_chat,
        "info": m.can_change_info,
    }
    if m.status == "creator":
        return frozenset(names)
    return frozenset(n for n, has in names.items() if has) if m.status == "administrator" else frozenset()


def _member(m: _MemberUpdate, update_id: int) -> Event:
    was, now = _status(m.old_chat_member), _status(m.new_chat_member)
    person = _person(m.new_chat_member.user)
    assert person is not None
    before, after = was in _IN or was == "restricted", now in _IN or now == "restricted"
    common: dict[str, Any] = {
        "at": _at(m.date),
        "chat": _chat(m.chat),
        "sender": _person(m.sender),
        "update_id": update_id,
    }
    if after and not before:
        link = m.invite_link
        made = None
        if link is not None:
            made = Link(link.invite_link, link.name, link.creator.id if link.creator else None)
        return Joined(**common, people=(person,), link=made)
    if before and not after:
        return Left(**common, person=person, removed=now == "kicked" or m.sender.id != person.id)
    return Standing(**common, person=person, status=now, was=was, rights=rights(m.new_chat_member))


def standing(member: dict[str, Any], chat: Chat, at: datetime) -> Standing:
    """The answer of getChatMember as an event."""
    m = msgspec.convert(member, _Member)
    person = _person(m.user)
    assert person is not None
    return Standing(at=at, chat=chat, person=person, status=_status(m), rights=rights(m))


def _signs(reactions: list[_ReactionType]) -> tuple[str, ...]:
    return tuple(r.emoji or r.custom_emoji_id or r.type for r in reactions)


def _mended(raw: bytes) -> bytes:
    """JSON with NUL and lone surrogates replaced and the rest as it was; what msgspec refuses, `json`
    reads."""
    text = json.dumps(json.loads(raw), ensure_ascii=False)
    text = _NUL.sub(lambda m: m[1] + "\ufffd", text)
    return text.encode("utf-8", "replace")


class _Envelope(Struct):
    ok: bool = False
    result: list[Raw] | UnsetType = UNSET


_envelope = msgspec.json.Decoder(_Envelope).decode


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
