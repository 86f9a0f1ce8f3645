"""Messages, photos, buttons and reactions of the sandbox's people."""

from __future__ import annotations

import hashlib
from typing import Any

from groupbot.surfaces.sandbox.markup import client_entities
from groupbot.surfaces.sandbox.pictures import size
from groupbot.surfaces.sandbox.world.places import Places
from groupbot.surfaces.sandbox.world.things import ChatRoom, Forbidden, Json

CAPTIONED = frozenset({"photo", "video", "document", "animation", "audio", "voice", "paid_media"})
NEEDS = {  # the permission a carrier needs; anything else is a message
    "via_bot": "can_send_other_messages",
    "photo": "can_send_photos",
    "animation": "can_send_other_messages",  # before document, which stands beside it
    "video": "can_send_videos",
    "document": "can_send_documents",
    "audio": "can_send_audios",
    "voice": "can_send_voice_notes",
    "video_note": "can_send_video_notes",
    "sticker": "can_send_other_messages",
    "game": "can_send_other_messages",
    "dice": "can_send_other_messages",
    "poll": "can_send_polls",
    "checklist": "can_send_polls",
}


class Talking(Places):
    """What people write and press."""

    def reply_part(self, room: ChatRoom, reply_to: int | None) -> Json | None:
        """The message replied to, without its own reply."""
        found = room.messages.get(reply_to or 0)
        return {k: v for k, v in found.items() if k != "reply_to_message"} if found else None

    def say(
        self,
        user: int,
        chat: int,
        text: str,
        *,
        reply_to: int | None = None,
        anonymous: bool = False,
        channel: int | None = None,
        topic: int | None = None,
        **more: Any,
    ) -> Json:
        """A person writes a message, as the group or as a channel of theirs if they like.

        Raises:
            Forbidden: banned, muted or not a member; the channel is banned; the topic is closed.
        """
        room = self.private(user) if chat == user else self.chats[chat]
        m = self.member(room, user)
        if anonymous and not m.staff:
            raise Forbidden("only administrators write as the group")
        if room.migrated_to:
            raise Forbidden("the group was upgraded")
        speaker = self.as_channel(user, channel) if channel is not None else None
        if room.type != "private":
            self._admitted(room, user, channel, more, reply_to)
            if topic is None and reply_to in room.messages:
                topic = room.messages[reply_to].get("message_thread_id") if room.is_forum else None
            topic = self.topic_for(room, user, topic)
        else:
            if any(user in bot.blocked for bot in self.bots.values()):
                self.block(user, free=True)
            for bot in self.bots.values():
                bot.started.add(user)
        content: Json = dict(more)
        key = "caption" if CAPTIONED & more.keys() else "text"
        if text:
            content[key] = text
            marks = client_entities(text)
            if marks:
                where = "entities" if key == "text" else "caption_entities"
                content[where] = marks + content.get(where, [])
        content["reply_to_message"] = self.reply_part(room, reply_to)
        return self.post(room, user, anonymous=anonymous, speaker=speaker, topic=topic, **content)

    def _comments(self, room: ChatRoom, user: int, reply_to: int | None) -> bool:
        """Under the posts of the linked channel people comment who never joined, as long as nobody banned
        them."""
        to = room.messages.get(reply_to or 0, {})
        root = room.messages.get(to.get("message_thread_id", reply_to or 0), {})
        return bool(root.get("is_automatic_forward")) and self.member(room, user).status == "left"

    def _admitted(
        self, room: ChatRoom, user: int, channel: int | None, content: Json, reply_to: int | None
    ) -> None:
        """May this be written here?"""
        if channel is not None:
            if channel in room.banned_chats:
                raise Forbidden("this channel is banned here")
            return  # who may not write as themselves may, as a channel
        if self._comments(room, user, reply_to):
            return
        if not self.member(room, user).inside:
            raise Forbidden("not a member of this chat")
        need = next((NEEDS[k] for k in NEEDS if k in content), "can_send_messages")
        if not self.may(room, user, need):
            raise Forbidden("muted: you can't write here now")

    def photo(self, data: bytes, name: str = "photo.png") -> list[Json]:
        """Keep a picture; its PhotoSize objects."""
        width, height = size(data) or (800, 600)
        return [
            self.file(data, name, prefix="AgACAgUAAx", folder="photos") | {"width": width, "height": height}
        ]

    def file(self, data: bytes, name: str, *, prefix: str = "BQACAgUAAx", folder: str = "documents") -> Json:
        """Keep any file; what every kind of file says of itself."""
        unique = hashlib.sha256(data).hexdigest()[:16]
        file_id = f"{prefix}{unique}"
        self.files[file_id] = (f"{folder}/{unique}_{name}", data)
        return {"file_id": file_id, "file_unique_id": f"AQAD{unique}", "file_size": len(data)}

    # --- buttons and reactions
    def press(self, user: int, chat: int, message_id: int, data: str) -> str:
        """A person presses a callback button; the query's id.

        Raises:
            Forbidden: no such button.
        """
        room = self.chats[chat]
        message = room.messages.get(message_id)
        rows = (message or {}).get("reply_markup", {}).get("inline_keyboard", [])
        if message is None or not any(b.get("callback_data") == data for row in rows for b in row):
            raise Forbidden("no such button")
        if room.type != "private" and not self.member(room, user).inside:
            raise Forbidden("not a member of this chat")
        qid = str(800_000_000_000 + self._next_query)
        self._next_query += 1
        bot = next(b for b in self.bots.values() if b.user == message["from"]["id"])
        self.queries[qid] = {
            "user": user,
            "at": self.clock.now(),
            "answered": False,
            "bot": bot.token,
        }
        query = {
            "id": qid,
            "from": self.person(user),
            "message": dict(message),
            "chat_instance": str(abs(chat)),
            "data": data,
        }
        self.tell("callback_query", query, room, only=bot)
        return qid

    def react(self, user: int, chat: int, message_id: int, emoji: list[str]) -> None:
        """A person's reactions on a message become these.

        Raises:
            Forbidden: banned or gone, or the group allows none.
        """
        room = self.chats[chat]
        message = room.messages[message_id]
        if not (self.may(room, user, "can_react_to_messages") or self._comments(room, user, message_id)):
            raise Forbidden("reactions are not allowed here")
        given = message.setdefault("_reactions", {})
        old, given[user] = given.get(user, []), emoji
        body = {
            "chat": room.brief(),
            "message_id": message_id,
            "user": self.person(user),
            "date": int(self.clock.now()),
            "old_reaction": [{"type": "emoji", "emoji": e} for e in old],
            "new_reaction": [{"type": "emoji", "emoji": e} for e in emoji],
        }
        self.tell("message_reaction", body, room)
        self.changed("reaction", chat=chat, message_id=message_id, user=user, emoji=emoji)

    def edit(self, user: int, chat: int, message_id: int, text: str) -> None:
        """A person edits an own message.

        Raises:
            Forbidden: another's message, or banned.
        """
        room = self.chats[chat]
        message = room.messages[message_id]
        if message["from"]["id"] != user:
            raise Forbidden("not your message")
        if self.member(room, user).status == "kicked":
            raise Forbidden("banned from this chat")
        key, listed = ("caption", "caption_entities") if CAPTIONED & message.keys() else ("text", "entities")
        message |= {key: text, "edit_date": int(self.clock.now())}
        message.pop(listed, None)
        marks = client_entities(text)
        if marks:
            message[listed] = marks
        self.changed("edited", message=message)
        self.tell("edited_message", message, room)
