"""Telegram's JSON → one event. Pure.

Only the fields that are read are decoded; anything unknown is ignored, except that visible text is
looked for everywhere: what is not plain text is walked whole, so that a carrier of tomorrow is seen by
the rules of today.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from groupbot.core.commands import WORD
from groupbot.core.events import Chat, Event, Joined, Left, Message, Service, Tap, Upgraded
from groupbot.surfaces.telegram.carriers import KINDS, SERVICE, links, origin_of, span, visible_text
from groupbot.surfaces.telegram.people import (
    boosted,
    bot_standing,
    changed,
    chat_of,
    join_request,
    moment,
    person_of,
    poll_answer,
    poll_totals,
    reaction,
    unboosted,
)
from groupbot.surfaces.telegram.traits import (
    file_of,
    marks_of,
    number,
    poll_of,
    replied_file,
    reply_marks,
    traits_of,
)
from groupbot.surfaces.telegram.wire import MessageJson, QueryJson, ReplyJson, UpdateJson, mended, whole

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
        if update.message is not None:
            return update.update_id, _message(update.message, update.update_id, raw, edited=False)
        return update.update_id, _event(update, raw, received)
    except (RecursionError, OverflowError, OSError) as e:  # nested without end; a date beyond the calendar
        raise ValueError(f"{type(e).__name__} in an update") from None


def _event(u: UpdateJson, raw: bytes, received: datetime) -> Event | None:
    """What is not a new message."""
    if u.callback_query is not None:
        return _tap(u.callback_query, u.update_id, received)
    if u.edited_message is not None:
        return _message(u.edited_message, u.update_id, raw, edited=True)
    if u.channel_post is not None:
        return _message(u.channel_post, u.update_id, raw, edited=False)
    if u.chat_member is not None:
        return changed(u.chat_member, u.update_id)
    if u.my_chat_member is not None:
        return bot_standing(u.my_chat_member, u.update_id)
    if u.message_reaction is not None:
        return reaction(u.message_reaction, u.update_id)
    if u.chat_join_request is not None:
        return join_request(u.chat_join_request, u.update_id)
    if u.poll_answer is not None:
        return poll_answer(u.poll_answer, u.update_id, received)
    if u.poll is not None:
        return poll_totals(u.poll, u.update_id, received)
    if u.chat_boost is not None:
        return boosted(u.chat_boost, u.update_id, received)
    if u.removed_chat_boost is not None:
        return unboosted(u.removed_chat_boost, u.update_id)
    return None


def _message(m: MessageJson, update_id: int, raw: bytes, *, edited: bool) -> Event | None:
    chat, sender, at = (
        chat_of(m.chat),
        person_of(m.sender),
        moment(m.edit_date or m.date if edited else m.date),
    )
    if m.new_chat_members:
        people = tuple(p for p in map(person_of, m.new_chat_members) if p is not None)
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
        person = person_of(m.left_chat_member)
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
        return Upgraded(at=at, chat=chat, sender=sender, update_id=update_id, new_id=m.migrate_to_chat_id)
    if m.migrate_from_chat_id is not None:
        old = Chat(m.migrate_from_chat_id, "group", chat.title)
        return Upgraded(at=at, chat=old, sender=sender, update_id=update_id, new_id=chat.id)
    text = m.text if m.text is not None else m.caption or ""
    plain = m.photo is not UNSET or m.sticker is not UNSET or m.text is not None
    odd = (
        not plain
        or m.quote is not UNSET
        or m.external_reply is not UNSET
        or m.reply_markup is not UNSET
        or m.forward_origin is not UNSET
        or m.rich_message is not UNSET
    )
    body: dict[str, Any] = {}
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
    named: tuple[tuple[int, int, int], ...] = ()
    called: tuple[int | str, ...] = ()
    for e in m.entities or m.caption_entities or ():
        if e.url:
            urls.append(e.url)
        if e.user is not None:
            mentions.append(e.user.id)
            named += ((*span(text, e.offset, e.length), e.user.id),)
            called += (e.user.id,)
        elif e.type == "mention":
            start, length = span(text, e.offset, e.length)
            called += (text[start + 1 : start + length],)
    forwarded = None
    if odd:
        all_ = whole(raw)
        body = all_.get("edited_message" if edited else "message") or all_.get("channel_post") or {}
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
                    about=_pinned(body.get("pinned_message")),
                    topic=m.message_thread_id if m.is_topic_message and m.message_thread_id else None,
                    text=_told(body[service]),
                )
            kind = "unknown"
        carriers += visible_text(body, text)
        urls += links(body)
        forwarded = origin_of(body.get("forward_origin"))
    topic = m.message_thread_id if m.is_topic_message and m.message_thread_id else None
    reply = m.reply_to_message
    if reply is not None and topic is not None and reply.message_id == topic:
        reply = None  # every message of a topic "replies" to the one that opened it
    asked = text[:1] in ("/", "!")
    more: dict[str, Any] = {}  # what few messages have
    if reply is not None:
        more = _replied(m, reply, asked, asked or 0 < len(text) <= WORD)
    if urls or mentions:
        more |= {"urls": tuple(urls), "mentions": tuple(mentions), "named": named}
    if called:
        more["called"] = called
    if asked and (m.entities or m.caption_entities):
        more["marks"] = marks_of(m.entities or m.caption_entities)
    if m.sender_chat is not None:
        more["sender_chat"] = chat_of(m.sender_chat)
    if m.is_automatic_forward:
        more["automatic_forward"] = True
    if m.via_bot is not None:
        more["via_bot"] = m.via_bot.username
    return Message(
        at=at,
        chat=chat,
        sender=sender,
        update_id=update_id,
        message_id=m.message_id,
        kind=kind,
        text=text,
        carriers=tuple(carriers),
        topic=topic,
        forwarded=forwarded,
        album=m.media_group_id,
        edited=edited,
        traits=traits_of(m, kind, body),
        **more,
    )


def _replied(m: MessageJson, reply: ReplyJson, asked: bool, media: bool) -> dict[str, Any]:
    """What is told of the message replied to; its marks only to commands, its `media` also to what may be
    the word of one."""
    found: dict[str, Any] = {
        "reply_to": reply.message_id,
        "reply_person": person_of(reply.sender),
        "reply_automatic": reply.is_automatic_forward,
        "reply_text": reply.text or reply.caption,
        "reply_file": replied_file(m),
    }
    if m.message_thread_id and not m.is_topic_message:
        found["thread"] = m.message_thread_id
    if reply.sender_chat is not None:
        found["reply_chat"] = chat_of(reply.sender_chat)
    if media:
        found["reply_media"] = file_of(reply)
    if asked:
        found["reply_marks"] = reply_marks(reply)
        if reply.poll is not UNSET:
            found["reply_poll"] = poll_of(reply)
    return found


def _pinned(message: Any) -> int:
    """The id of a pinned message; 0 where there is none to read."""
    return number(message.get("message_id")) if isinstance(message, dict) else 0


def _told(content: Any) -> str:
    """The new title of a chat, or a topic's name; "" where a service message tells none."""
    name = content.get("name") if isinstance(content, dict) else content
    return name if isinstance(name, str) else ""


def _tap(q: QueryJson, update_id: int, received: datetime) -> Event:
    sender = person_of(q.sender)
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
        chat=chat_of(q.message.chat),
        sender=sender,
        update_id=update_id,
        query_id=q.id,
        raw=q.data,
        message_id=q.message.message_id,
        topic=(q.message.message_thread_id or None) if q.message.is_topic_message else None,
    )
