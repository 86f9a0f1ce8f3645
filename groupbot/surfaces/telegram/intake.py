"""Telegram's JSON → one event. Pure.

Only the fields that are read are decoded; anything unknown is ignored, except that visible text is
looked for everywhere: what is not plain text is walked whole, so that a carrier of tomorrow is seen by
the rules of today.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import UNSET

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
from groupbot.surfaces.telegram.carriers import KINDS, SERVICE, clean, links, origin_of, visible_text
from groupbot.surfaces.telegram.wire import (
    ChatJson,
    MemberJson,
    MemberUpdateJson,
    MessageJson,
    QueryJson,
    ReactionTypeJson,
    UpdateJson,
    UserJson,
    mended,
)

_INT64 = 1 << 63


_decode = msgspec.json.Decoder(UpdateJson).decode


def decode(raw: bytes, received: datetime) -> tuple[int, Event | None]:
    """One update → (its id, its event or None where it is of a kind nobody reads).

    Raises:
        ValueError: malformed JSON or fields of the wrong type (msgspec's errors are ValueErrors).
    """
    try:
        if b"\\u0000" in raw:
            raw = mended(raw)
        try:
            update = _decode(raw)
        except msgspec.DecodeError:
            update = _decode(mended(raw))
        return _int64(update.update_id), _event(update, raw, received)
    except (RecursionError, OverflowError, OSError) as e:  # nested without end; a date beyond the calendar
        raise ValueError(f"{type(e).__name__} in an update") from None


def _int64(number: int) -> int:
    """Numbers that the databases can hold."""
    if not -_INT64 <= number < _INT64:
        raise ValueError("a number beyond 64 bits")
    return number


def _event(u: UpdateJson, raw: bytes, received: datetime) -> Event | None:
    if u.message is not None:
        return _message(u.message, u.update_id, raw, edited=False)
    if u.callback_query is not None:
        return _tap(u.callback_query, u.update_id, received)
    if u.edited_message is not None:
        return _message(u.edited_message, u.update_id, raw, edited=True)
    if u.channel_post is not None:
        return _message(u.channel_post, u.update_id, raw, edited=False)
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


def _person(u: UserJson | None) -> Person | None:
    if u is None:
        return None
    return Person(
        _int64(u.id),
        clean(u.first_name),
        u.last_name and clean(u.last_name),
        u.username,
        u.language,
        u.is_bot,
    )


def _chat(c: ChatJson) -> Chat:
    return Chat(_int64(c.id), c.type, clean(c.title or c.first_name or ""), c.username, c.is_forum)


def _message(m: MessageJson, update_id: int, raw: bytes, *, edited: bool) -> Event | None:
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
    text = clean(m.text if m.text is not None else m.caption or "")
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
            urls.append(clean(e.url))
        if e.user is not None:
            mentions.append(_int64(e.user.id))
    forwarded = None
    if odd:
        whole = json.loads(mended(raw))
        body = whole.get("edited_message" if edited else "message") or whole.get("channel_post") or {}
        kind = kind or next((k for k in KINDS if k in body), "")
        if not kind:
            service = next((k for k in SERVICE if k in body), "")
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
        forwarded = origin_of(body.get("forward_origin"))
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
        reply_chat=_chat(m.reply_to_message.sender_chat)
        if m.reply_to_message and m.reply_to_message.sender_chat
        else None,
        reply_text=clean(m.reply_to_message.text or m.reply_to_message.caption) if m.reply_to_message else "",
        forwarded=forwarded,
        via_bot=m.via_bot.username if m.via_bot else None,
        album=m.media_group_id,
        edited=edited,
        automatic_forward=m.is_automatic_forward,
    )


def _tap(q: QueryJson, update_id: int, received: datetime) -> Event:
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


def _status(m: MemberJson) -> str:
    if m.status == "restricted" and not m.is_member:
        return "left"
    return m.status


def rights(m: MemberJson) -> frozenset[str]:
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


def _member(m: MemberUpdateJson, update_id: int) -> Event:
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
    m = msgspec.convert(member, MemberJson)
    person = _person(m.user)
    assert person is not None
    return Standing(at=at, chat=chat, person=person, status=_status(m), rights=rights(m))


def _signs(reactions: list[ReactionTypeJson]) -> tuple[str, ...]:
    return tuple(r.emoji or r.custom_emoji_id or r.type for r in reactions)
