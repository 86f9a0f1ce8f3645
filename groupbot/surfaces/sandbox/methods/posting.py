"""Where a message of the bot goes: the topic, the reply, and who sees it."""

from __future__ import annotations

from typing import Any

from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.methods.text import keyboard, replied
from groupbot.surfaces.sandbox.world import ChatRoom, Json
from groupbot.surfaces.sandbox.world.things import GENERAL

TEXT = ("can_send_messages", "text messages")


def posted(call: Call, room: ChatRoom, may: tuple[str, str], **content: Any) -> Json:
    """Send this content with the call's buttons, reply and topic; `may` is the permission it
    needs and what Telegram calls it.

    Raises:
        ApiError: no such topic or reply, no right to send this, or too fast.
    """
    return posted_together(call, room, may, [content])[0]


def posted_together(call: Call, room: ChatRoom, may: tuple[str, str], contents: list[Json]) -> list[Json]:
    """`posted` for several: all of them, or none."""
    markup, reply = keyboard(call), replied(call, room)
    topic = topic_of(call, room, reply)
    if room.type != "private" and not call.world.may(room, call.bot.user, may[0]):
        raise bad(f"not enough rights to send {may[1]} to the chat")
    call.pace(room, len(contents))
    receiver = _receiver(call)
    flags = {"protect_content": "has_protected_content", "has_spoiler": "has_media_spoiler"}
    marks: Json = {mark: True for flag, mark in flags.items() if call.flag(flag)}
    whole = [{**content, "reply_markup": markup} for content in contents]
    if receiver:
        return [_whisper(call, room, receiver, topic, content) for content in whole]
    return [
        call.world.post(room, call.bot.user, topic=topic, reply_to_message=reply, **content, **marks)
        for content in whole
    ]


def topic_of(call: Call, room: ChatRoom, reply: Json | None = None) -> int | None:
    """The topic a call names, or that of the message replied to."""
    given = call.number("message_thread_id")
    if given and (given == GENERAL or given not in room.topics):
        raise bad("message thread not found")
    if not room.is_forum:
        return None
    topic = given or int((reply or {}).get("message_thread_id") or GENERAL)
    found = room.topics.get(topic)
    if found is not None and found.closed:
        m = call.world.member(room, call.bot.user)
        if "can_manage_topics" not in m.rights:
            raise bad("TOPIC_CLOSED")
    return topic


def _receiver(call: Call) -> int:
    """Who alone shall see it; 0 for everybody. Each version reads its own parameter and passes over the
    others, as servers do."""
    if call.world.ephemeral == "10.3":
        return int((call.json("ephemeral_message_parameters") or {}).get("receiver_user_id") or 0)
    return call.number("receiver_user_id") if call.world.ephemeral == "10.2" else 0


def _whisper(call: Call, room: ChatRoom, receiver: int, topic: int | None, content: Json) -> Json:
    world = call.world
    if room.type != "supergroup" or not world.member(room, call.bot.user).staff:
        raise bad("BOT_NOT_ADMIN")
    if receiver not in world.users or not world.member(room, receiver).inside:
        raise bad("USER_NOT_PARTICIPANT")
    made: Json = {
        "message_id": 0,
        "ephemeral_message_id": len(room.whispers) + 1,
        "receiver_user": world.person(receiver),
        "from": world.person(call.bot.user),
        "date": int(world.clock.now()),
        "chat": room.brief(),
    }
    if topic and topic != GENERAL:
        made |= {"message_thread_id": topic, "is_topic_message": True}
    made |= {k: v for k, v in content.items() if v is not None}
    room.whispers.append(made)
    world.changed("whisper", message=made)
    return made


def delete_ephemeral_message(call: Call) -> bool:
    """The method that came with ephemeral messages."""
    room = call.room()
    number, receiver = call.number("ephemeral_message_id"), call.number("receiver_user_id")
    for message in room.whispers:
        if message["ephemeral_message_id"] == number and message["receiver_user"]["id"] == receiver:
            room.whispers.remove(message)
            return True
    raise bad("MESSAGE_ID_INVALID")
