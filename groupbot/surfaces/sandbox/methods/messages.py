"""Sending, editing, deleting and pinning; answers to presses."""

from __future__ import annotations

import re

from groupbot.surfaces.sandbox.markup import units
from groupbot.surfaces.sandbox.methods.call import Call, bad
from groupbot.surfaces.sandbox.methods.posting import TEXT, posted
from groupbot.surfaces.sandbox.methods.text import formatted, keyboard
from groupbot.surfaces.sandbox.world import ChatRoom, Json
from groupbot.surfaces.sandbox.world.talking import CAPTIONED
from groupbot.surfaces.sandbox.world.things import SERVICE

DELETE_WINDOW = 48 * 3600
QUERY_WINDOW = 15.0
REACTIONS = frozenset(
    "👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🤡🥱🥴😍🐳🌚🌭💯🤣⚡🍌🏆💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝✍🤗🫡🎅🎄☃💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡"
) | {"❤", "❤‍🔥", "🕊", "👨‍💻", "🤷‍♂", "🤷", "🤷‍♀"}
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)
_LATE = "query is too old and response timeout expired or query ID is invalid"


def send_message(call: Call) -> Json:
    room = call.room()
    text, marks = formatted(call, "text")
    return posted(call, room, TEXT, text=text, entities=marks or None)


def _own(call: Call, room: ChatRoom) -> Json:
    message = call.message(room, "message to edit not found")
    if message["from"]["id"] != call.bot.user or any(k in message for k in SERVICE):
        raise bad("message can't be edited")
    return message


def edit_message_text(call: Call) -> Json:
    room = call.room()
    message = _own(call, room)
    text, marks = formatted(call, "text")
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    return _edited(call, room, message, {"text": text, "entities": marks, "reply_markup": keyboard(call)})


def edit_message_caption(call: Call) -> Json:
    room = call.room()
    message = _own(call, room)
    text, marks = formatted(call, "caption")
    if not CAPTIONED & message.keys():
        raise bad("there is no caption in the message to edit")
    new = {"caption": text, "caption_entities": marks, "reply_markup": keyboard(call)}
    return _edited(call, room, message, new)


def edit_message_reply_markup(call: Call) -> Json:
    room = call.room()
    return _edited(call, room, _own(call, room), {"reply_markup": keyboard(call)})


def _edited(call: Call, room: ChatRoom, message: Json, new: Json) -> Json:
    """Put `new` into the message; empty values take a field away."""
    if all((message.get(k) or None) == (v or None) for k, v in new.items()):
        raise bad(_NOT_MODIFIED)
    call.pace(room)
    if new.keys() != {"reply_markup"}:
        message["edit_date"] = int(call.world.clock.now())
    for key, value in new.items():
        if value:
            message[key] = value
        else:
            message.pop(key, None)
    call.world.changed("edited", message=message)
    return message


def delete_message(call: Call) -> bool:
    room = call.room()
    message = call.message(room, "message to delete not found")
    _may_delete(call, room, message)
    call.world.remove(room, message["message_id"], call.bot.user)
    return True


def delete_messages(call: Call) -> bool:
    """All or, when one may not be deleted, none; those not found are passed over."""
    room = call.room()
    ids = call.json("message_ids")
    if not ids:
        raise bad("message identifiers are not specified")
    if not isinstance(ids, list):
        raise bad("expected an Array of message identifiers")
    if len(ids) > 100:
        raise bad("too many message identifiers specified")
    found = [room.messages[mid] for mid in dict.fromkeys(ids) if mid in room.messages]
    for message in found:
        _may_delete(call, room, message)
    for message in found:
        call.world.remove(room, message["message_id"], call.bot.user)
    return True


def _may_delete(call: Call, room: ChatRoom, message: Json) -> None:
    rights = call.world.member(room, call.bot.user).rights
    if call.world.clock.now() - message["date"] >= DELETE_WINDOW:  # an administrator's right changes nothing
        everyone = "" if room.type == "supergroup" else " for everyone"
        raise bad(f"message can't be deleted{everyone}")
    own = message["from"]["id"] == call.bot.user
    if not own and room.type != "private" and "can_delete_messages" not in rights:
        raise bad("message can't be deleted")


def pin_chat_message(call: Call) -> bool:
    room = _pinning(call)
    message = call.message(room, "message to pin not found")
    mid = message["message_id"]
    if mid not in room.pinned:
        room.pinned.append(mid)
        call.world.changed("pinned", chat=room.id, pinned=room.pinned)
        topic = message.get("message_thread_id")
        call.world.post(room, call.bot.user, topic=topic, pinned_message=call.world.reply_part(room, mid))
    return True


def unpin_chat_message(call: Call) -> bool:
    room = _pinning(call)
    mid = call.number("message_id") or (room.pinned or [0])[-1]
    if mid not in room.pinned:
        raise bad("message to unpin not found")
    room.pinned.remove(mid)
    call.world.changed("pinned", chat=room.id, pinned=room.pinned)
    return True


def unpin_all_chat_messages(call: Call) -> bool:
    room = _pinning(call)
    room.pinned.clear()
    call.world.changed("pinned", chat=room.id, pinned=room.pinned)
    return True


def set_message_reaction(call: Call) -> bool:
    """One reaction a bot, of the standard ones."""
    room = call.room()
    message = call.message(room, "message to react not found")
    given = call.json("reaction") or []
    if len(given) > 1:
        raise bad("REACTIONS_TOO_MANY")
    if any(r.get("type") != "emoji" or r.get("emoji") not in REACTIONS for r in given):
        raise bad("REACTION_INVALID")
    emoji = [r["emoji"] for r in given]
    message.setdefault("_reactions", {})[call.bot.user] = emoji
    body = {"chat": room.id, "message_id": message["message_id"], "user": call.bot.user, "emoji": emoji}
    call.world.changed("reaction", **body)
    return True


def delete_message_reaction(call: Call) -> bool:
    """What one person put on a message is gone."""
    room = call.room()
    call.right(room, "can_delete_messages", "not enough rights to delete a reaction")
    message = call.message(room, "message to delete reaction not found")
    who = call.number("user_id") or call.number("actor_chat_id")
    message.get("_reactions", {}).pop(who, None)
    body = {"chat": room.id, "message_id": message["message_id"], "user": who, "emoji": []}
    call.world.changed("reaction", **body)
    return True


def _pinning(call: Call) -> ChatRoom:
    room = call.room()
    if room.type != "private":
        call.right(room, "can_pin_messages", "not enough rights to manage pinned messages in the chat")
    return room


def answer_callback_query(call: Call) -> bool:
    world = call.world
    query = world.queries.get(call.text("callback_query_id"))
    if query is None or query["answered"] or query["bot"] != call.bot.token:
        raise bad(_LATE)
    if world.clock.now() - query["at"] > QUERY_WINDOW:
        raise bad(_LATE)
    text, url = call.text("text"), call.text("url")
    if units(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    name = world.users[call.bot.user]["username"]
    if url and not re.fullmatch(rf"(https://)?t\.me/{name}\?start=[A-Za-z0-9_-]{{1,64}}", url, re.I):
        raise bad("URL_INVALID")
    query |= {"answered": True, "text": text, "alert": call.flag("show_alert"), "url": url}
    world.changed("toast", user=query["user"], text=text, alert=query["alert"], url=url)
    return True


METHODS = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "setMessageReaction": set_message_reaction,
    "deleteMessageReaction": delete_message_reaction,
    "answerCallbackQuery": answer_callback_query,
}
