"""Messages, photos, buttons and reactions of the sandbox's people."""

from __future__ import annotations

import hashlib
from typing import Any

from groupbot.surfaces.sandbox.markup import client_entities
from groupbot.surfaces.sandbox.pictures import size
from groupbot.surfaces.sandbox.world.standing import Standing
from groupbot.surfaces.sandbox.world.things import ChatRoom, Forbidden, Json


class Talking(Standing):
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
        **more: Any,
    ) -> Json:
        """A person writes a message.

        Raises:
            Forbidden: banned, muted or not a member.
        """
        room = self.private(user) if chat == user else self.chats[chat]
        m = self.member(room, user)
        if anonymous and not m.staff:
            raise Forbidden("only administrators write as the group")
        if room.migrated_to:
            raise Forbidden("the group was upgraded")
        if room.type != "private":
            if not m.inside:
                raise Forbidden("not a member of this chat")
            need = "can_send_photos" if "photo" in more else "can_send_messages"
            if m.status == "restricted" and need not in m.permissions:
                raise Forbidden("muted: you can't write here now")
        else:
            if any(user in bot.blocked for bot in self.bots.values()):
                self.block(user, free=True)
            for bot in self.bots.values():
                bot.started.add(user)
        content: Json = dict(more)
        key = "caption" if any(k in more for k in ("photo", "video", "document", "animation")) else "text"
        if text:
            content[key] = text
            marks = client_entities(text)
            if marks:
                content["entities" if key == "text" else "caption_entities"] = marks
        content["reply_to_message"] = self.reply_part(room, reply_to)
        return self.post(room, user, anonymous=anonymous, **content)

    def photo(self, data: bytes, name: str = "photo.png") -> list[Json]:
        """Keep a picture; its PhotoSize objects."""
        width, height = size(data) or (800, 600)
        unique = hashlib.sha256(data).hexdigest()[:16]
        file_id = f"AgACAgUAAx{unique}"
        self.files[file_id] = (f"photos/{unique}_{name}", data)
        return [
            {
                "file_id": file_id,
                "file_unique_id": f"AQAD{unique}",
                "width": width,
                "height": height,
                "file_size": len(data),
            }
        ]

    def remove(self, room: ChatRoom, message_id: int, by: int) -> None:
        """A message disappears; the page keeps it struck through."""
        gone = room.messages.pop(message_id)
        gone["_by"] = by
        room.removed[message_id] = gone
        if message_id in room.pinned:
            room.pinned.remove(message_id)
        self.changed("removed", chat=room.id, message_id=message_id, by=by)

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
        """A person's reactions on a message become these."""
        room = self.chats[chat]
        message = room.messages[message_id]
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
        """A person edits an own message."""
        room = self.chats[chat]
        message = room.messages[message_id]
        if message["from"]["id"] != user:
            raise Forbidden("not your message")
        message |= {"text": text, "edit_date": int(self.clock.now())}
        message.pop("entities", None)
        marks = client_entities(text)
        if marks:
            message["entities"] = marks
        self.changed("edited", message=message)
        self.tell("edited_message", message, room)
