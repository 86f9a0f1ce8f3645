"""One call of a bot: its parameters, the chat and rights it needs, and how it fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.world import BotState, ChatRoom, Json, World

Upload = tuple[str, bytes]


class ApiError(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(text: str, **parameters: Any) -> ApiError:
    """400."""
    return ApiError(400, f"Bad Request: {text}", **parameters)


def forbidden(text: str) -> ApiError:
    """403."""
    return ApiError(403, f"Forbidden: {text}")


@dataclass(slots=True)
class Call:
    """A bot calls a method with parameters (as a form or as JSON sends them) and files."""

    world: World
    bot: BotState
    method: str
    params: Json
    files: dict[str, Upload]
    limits: Limits

    # --- parameters
    def text(self, name: str) -> str:
        """A string; '' when absent."""
        value = self.params.get(name)
        return "" if value is None else str(value)

    def flag(self, name: str) -> bool:
        """A boolean, as forms write it too."""
        return self.text(name).lower() in ("true", "yes", "1")

    def number(self, name: str) -> int:
        """An integer; 0 when absent or unreadable, as Telegram takes it."""
        try:
            return int(self.params.get(name) or 0)
        except (TypeError, ValueError):
            return 0

    def json(self, name: str) -> Any:
        """An object or array, which a form sends as text."""
        value = self.params.get(name)
        if not isinstance(value, str) or not value:
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name.replace('_', ' ')} JSON object") from None

    # --- what it is about
    def room(self) -> ChatRoom:
        """The chat, or Telegram's error for it."""
        world, bot = self.world, self.bot
        if not self.text("chat_id"):
            raise bad("chat_id is empty")
        chat = self.number("chat_id")
        room = world.chats.get(chat)
        if room is None or room.type == "private":
            if chat not in world.users:
                raise bad("chat not found")
            if chat in bot.blocked:
                raise forbidden("bot was blocked by the user")
            if bot.asked.get(chat, 0.0) > world.clock.now():  # asked to join a moment ago
                return world.private(chat)
            if room is None or chat not in bot.started:
                raise forbidden("bot can't initiate conversation with a user")
            return room
        if room.migrated_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=room.migrated_to)
        m = world.member(room, bot.user)
        if m.status == "kicked":
            raise forbidden(f"bot was kicked from the {room.type} chat")
        if not m.inside:
            raise forbidden(f"bot is not a member of the {room.type} chat")
        return room

    def right(self, room: ChatRoom, name: str, otherwise: str) -> None:
        """The bot must have this right here."""
        if name not in self.world.member(room, self.bot.user).rights:
            raise bad(otherwise)

    def supergroup(self, otherwise: str = "method is available only for supergroups") -> ChatRoom:
        """The chat, which must be a supergroup."""
        room = self.room()
        if room.type != "supergroup":
            raise bad(otherwise)
        return room

    def message(self, room: ChatRoom, missing: str) -> Json:
        """The message of the chat."""
        if not self.number("message_id"):
            raise bad("message identifier is not specified")
        found = room.messages.get(self.number("message_id"))
        if found is None:
            raise bad(missing)
        return found

    def pace(self, room: ChatRoom, many: int = 1) -> None:
        """Sends and edits count towards the flood limits; `many` that go together go all or not at all."""
        group, paid = room.type != "private", self.flag("allow_paid_broadcast")
        wait = self.limits.take(self.world.clock.now(), room.id, group=group, paid=paid, many=many)
        if wait:
            raise ApiError(429, f"Too Many Requests: retry after {wait}", retry_after=wait)
