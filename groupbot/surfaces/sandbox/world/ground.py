"""Making people, bots and chats; telling the page and the bots what happened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.surfaces.sandbox.clock import SandboxClock
from groupbot.surfaces.sandbox.world.gifts import shelf
from groupbot.surfaces.sandbox.world.things import RIGHTS, SERVICE, BotState, ChatRoom, Json, Member

UNASKED = ("chat_member", "message_reaction", "message_reaction_count")  # sent only if asked for
KEPT = 86400.0  # seconds an update waits for its bot
KEPT_QUERY = 150.0


class Ground:
    """People, chats and bots, without any acting yet."""

    def __init__(self, clock: SandboxClock | None = None) -> None:
        self.clock = clock or SandboxClock()
        self.users: dict[int, Json] = {}
        self.chats: dict[int, ChatRoom] = {}
        self.bots: dict[str, BotState] = {}
        self.queries: dict[str, Json] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.polls: dict[str, tuple[int, int]] = {}  # poll → chat, message
        self.gifts: dict[str, Json] | None = shelf()  # what can be given; None: a server without gifts
        self.no_gifts: set[int] = set()  # who takes none
        self.ephemeral = ""  # the Bot API version whose ephemeral messages are modelled; "" none
        self.listeners: list[Callable[[str, Json], None]] = []
        self._next_user = 7_000_000_001
        self._next_chat = 4_000_000_001
        self._next_query = 1
        self._next_boost = 0

    def changed(self, kind: str, **body: Any) -> None:
        """Tell the page."""
        for listener in self.listeners:
            listener(kind, body)

    def move(self, seconds: float) -> float:
        """Move the clock and tell the page; Unix seconds after."""
        self.clock.move(seconds)
        now = self.clock.now()
        self.changed("clock", now=now, seconds=seconds)
        return now

    def add_user(
        self,
        name: str,
        *,
        language: str = "zh-hans",
        username: str | None = None,
        last_name: str | None = None,
    ) -> int:
        """A new person; their id."""
        uid, self._next_user = self._next_user, self._next_user + 1
        user: Json = {"id": uid, "is_bot": False, "first_name": name, "language_code": language}
        if username:
            user["username"] = username
        if last_name:
            user["last_name"] = last_name
        self.users[uid] = user
        self.changed("user", user=user)
        return uid

    def add_bot(
        self,
        token: str,
        name: str = "groupbot",
        username: str = "groupbot_demo_bot",
        *,
        privacy: bool = False,
    ) -> int:
        """Register a bot under a token; its user id stands before the colon, as Telegram's does."""
        uid = int(token.split(":")[0])
        self.users[uid] = {"id": uid, "is_bot": True, "first_name": name, "username": username}
        self.bots[token] = BotState(token, uid, privacy)
        return uid

    def add_chat(
        self, title: str, owner: int, *, type: str = "supergroup", username: str = "", id: int = 0
    ) -> ChatRoom:
        """A new group or channel owned by `owner`, with an `id` of its own where none is given."""
        n, self._next_chat = self._next_chat, self._next_chat + 1
        chat_id = id or (-n if type == "group" else -1_000_000_000_000 - n)
        room = ChatRoom(chat_id, type, title, username=username)
        room.members[owner] = Member("creator", set(RIGHTS))
        self.chats[chat_id] = room
        self.changed("chat", chat=room.brief())
        return room

    def private(self, user: int) -> ChatRoom:
        """The private chat of a person with the bot."""
        room = self.chats.get(user)
        if room is None:
            room = self.chats[user] = ChatRoom(user, "private", self.users[user]["first_name"])
            room.members[user] = Member()
        return room

    def person(self, user: int) -> Json:
        """A User object as updates carry it."""
        return dict(self.users[user])

    def tell(self, kind: str, body: Json, room: ChatRoom, *, only: BotState | None = None) -> None:
        """Queue an update, as it is now, for every bot that may see it and asked for its kind."""
        for bot in [only] if only else self.bots.values():
            wanted = kind in bot.allowed if bot.allowed else kind not in UNASKED
            if wanted and self.sees(bot, kind, body, room):
                kept = KEPT_QUERY if kind == "callback_query" else KEPT
                update = {"update_id": bot.next_update, kind: dict(body), "_until": self.clock.now() + kept}
                bot.updates.append(update)
                bot.next_update += 1
                bot.arrived.set()

    def drop_old(self, bot: BotState, most: int = 1) -> None:
        """Updates that waited too long never arrive: none is left among the next `most`. A press waits
        less long than the messages before it."""
        now, fresh = self.clock.now(), list[Json]()
        while bot.updates and len(fresh) < most:
            update = bot.updates.popleft()
            if update["_until"] > now:
                fresh.append(update)
        bot.updates.extendleft(reversed(fresh))

    def sees(self, bot: BotState, kind: str, body: Json, room: ChatRoom) -> bool:
        """Does Telegram show this to the bot? Privacy mode: core.telegram.org/bots/features#privacy-mode"""
        if kind in ("callback_query", "my_chat_member", "poll_answer", "poll"):
            return True
        service = any(k in body for k in SERVICE)
        if kind == "channel_post":
            here = room.members.get(bot.user)
            return here is not None and here.inside
        if kind in ("message", "edited_message") and body["from"]["id"] == bot.user and not service:
            return False
        if room.type == "private":
            return True
        m = room.members.get(bot.user)
        if m is None or not m.inside:
            return False
        if kind == "chat_join_request":
            return "can_invite_users" in m.rights
        if kind in ("chat_member", "message_reaction", "chat_boost", "removed_chat_boost"):
            return m.status == "administrator"
        if service or not bot.privacy or m.status == "administrator":
            return True
        text = str(body.get("text") or body.get("caption") or "")
        reply = (body.get("reply_to_message") or {}).get("from", {}).get("id")
        command, _, name = text.partition(" ")[0].partition("@")
        mine = not name or name.lower() == self.users[bot.user]["username"].lower()
        return reply == bot.user or (command.startswith("/") and mine)
