"""The world: people, bots, chats, messages, and what each bot is told of them."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from groupbot.surfaces.sandbox.clock import SandboxClock
from groupbot.surfaces.sandbox.markup import client_entities

Json = dict[str, Any]
ANONYMOUS = 1087968824
RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
)


class Forbidden(Exception):
    """What the sandbox's people may not do; shown on the page."""


@dataclass(slots=True)
class Member:
    """One person's standing in one chat."""

    status: str = "member"  # creator | administrator | member | restricted | left | kicked
    rights: set[str] = field(default_factory=set)
    permissions: set[str] = field(default_factory=lambda: set(PERMISSIONS))
    until: int = 0
    is_member: bool = True
    anonymous: bool = False

    @property
    def inside(self) -> bool:
        return self.status in ("creator", "administrator", "member") or (
            self.status == "restricted" and self.is_member
        )


@dataclass(slots=True)
class ChatRoom:
    """A chat: private, group (basic) or supergroup."""

    id: int
    type: str
    title: str = ""
    members: dict[int, Member] = field(default_factory=dict)
    messages: dict[int, Json] = field(default_factory=dict)
    removed: dict[int, Json] = field(default_factory=dict)
    next_message: int = 1
    migrated_to: int = 0
    links: dict[str, Json] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)

    def brief(self) -> Json:
        """The Chat object inside updates."""
        if self.type == "private":
            return {"id": self.id, "type": "private", "first_name": self.title}
        made: Json = {"id": self.id, "type": self.type, "title": self.title}
        if self.type == "group":
            made["all_members_are_administrators"] = False
            made["accepted_gift_types"] = dict.fromkeys(
                (
                    "unlimited_gifts",
                    "limited_gifts",
                    "unique_gifts",
                    "premium_subscription",
                    "gifts_from_channels",
                ),
                False,
            )
        return made


@dataclass(slots=True)
class BotState:
    """One bot: its queue of updates and how they are delivered."""

    token: str
    user: int
    privacy: bool = False  # privacy mode: sees only commands, replies and service messages
    updates: deque[Json] = field(default_factory=deque)
    allowed: list[str] | None = None
    next_update: int = 100_000_001
    webhook: Json = field(default_factory=dict)
    poller: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    started: set[int] = field(default_factory=set)
    last_offset: tuple[int, float] = (0, 0.0)


class World:
    """Everything the sandbox knows. `on_change(kind, body)` tells the page."""

    def __init__(self, clock: SandboxClock | None = None) -> None:
        self.clock = clock or SandboxClock()
        self.users: dict[int, Json] = {}
        self.chats: dict[int, ChatRoom] = {}
        self.bots: dict[str, BotState] = {}
        self.queries: dict[str, Json] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.listeners: list[Callable[[str, Json], None]] = []
        self._next_user = 7_000_000_001
        self._next_chat = 4_000_000_001
        self._next_query = 1

    # --- making
    def changed(self, kind: str, **body: Any) -> None:
        """Tell the page."""
        for listener in self.listeners:
            listener(kind, body)

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

    def add_chat(self, title: str, owner: int, *, type: str = "supergroup") -> ChatRoom:
        """A new group owned by `owner`."""
        n, self._next_chat = self._next_chat, self._next_chat + 1
        chat_id = -n if type == "group" else -1_000_000_000_000 - n
        room = ChatRoom(chat_id, type, title)
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

    # --- standing
    def member(self, room: ChatRoom, user: int) -> Member:
        """A person's standing now; restrictions that ran out are lifted first."""
        found = room.members.get(user)
        if found is None:
            return Member("left", is_member=False)
        if found.until and found.until <= self.clock.now() and found.status in ("restricted", "kicked"):
            found.status = "member" if found.status == "restricted" and found.is_member else "left"
            found.until, found.permissions = 0, set(PERMISSIONS)
        return found

    def member_json(self, room: ChatRoom, user: int) -> Json:
        """A ChatMember object."""
        m = self.member(room, user)
        made: Json = {"status": m.status, "user": self.person(user)}
        if m.status == "creator":
            made["is_anonymous"] = m.anonymous
        elif m.status == "administrator":
            made |= {"can_be_edited": False, "is_anonymous": m.anonymous}
            made |= {r: r in m.rights for r in RIGHTS}
        elif m.status == "restricted":
            made |= {"is_member": m.is_member, "until_date": m.until}
            made |= {p: p in m.permissions for p in PERMISSIONS}
        elif m.status == "kicked":
            made["until_date"] = m.until
        return made

    def person(self, user: int) -> Json:
        """A User object as updates carry it."""
        return dict(self.users[user])

    # --- telling bots
    def tell(self, kind: str, body: Json, room: ChatRoom, *, only: BotState | None = None) -> None:
        """Queue an update for every bot that may see it."""
        for bot in [only] if only else self.bots.values():
            if not self._sees(bot, kind, body, room):
                continue
            allowed = bot.allowed
            if allowed is None:
                if kind in ("chat_member", "message_reaction"):
                    continue
            elif kind not in allowed:
                continue
            bot.updates.append({"update_id": bot.next_update, kind: body})
            bot.next_update += 1
            bot.arrived.set()

    def _sees(self, bot: BotState, kind: str, body: Json, room: ChatRoom) -> bool:
        if kind in ("callback_query", "my_chat_member"):
            return True
        m = self.member(room, bot.user)
        if room.type == "private":
            return True
        if not m.inside or body.get("from", {}).get("id") == bot.user:
            return False
        admin = m.status == "administrator"
        if kind in ("chat_member", "message_reaction"):
            return admin
        if not bot.privacy or admin:
            return True
        text = body.get("text") or body.get("caption") or ""
        reply = (body.get("reply_to_message") or {}).get("from", {}).get("id")
        service = not any(
            k in body for k in ("text", "caption", "photo", "sticker", "document", "video", "poll")
        )
        return text.startswith("/") or reply == bot.user or service

    # --- messages
    def post(
        self,
        room: ChatRoom,
        sender: int,
        *,
        tell: bool = True,
        anonymous: bool = False,
        **content: Any,
    ) -> Json:
        """Put a message into a chat."""
        mid, room.next_message = room.next_message, room.next_message + 1
        message: Json = {"message_id": mid, "date": int(self.clock.now()), "chat": room.brief()}
        if anonymous:
            message["from"] = {
                "id": ANONYMOUS,
                "is_bot": True,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            }
            message["sender_chat"] = room.brief()
        else:
            message["from"] = self.person(sender)
        message |= {k: v for k, v in content.items() if v is not None}
        room.messages[mid] = message
        self.changed("message", message=message)
        if tell:
            self.tell("message", message, room)
        return message

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
        room = self.chats[chat]
        m = self.member(room, user)
        if room.migrated_to:
            raise Forbidden("the group was upgraded")
        if room.type != "private":
            if not m.inside:
                raise Forbidden("not a member of this chat")
            if m.status == "restricted" and "can_send_messages" not in m.permissions:
                raise Forbidden("muted: you can't write here now")
        elif user not in self._started(user):
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

    def _started(self, user: int) -> set[int]:
        return {user for bot in self.bots.values() if user in bot.started}

    def photo(self, data: bytes, name: str = "photo.png") -> list[Json]:
        """Keep a picture; its PhotoSize objects."""
        unique = hashlib.sha256(data).hexdigest()[:16]
        file_id = f"AgACAgUAAx{unique}"
        self.files[file_id] = (f"photos/{unique}_{name}", data)
        return [
            {
                "file_id": file_id,
                "file_unique_id": f"AQAD{unique}",
                "width": 800,
                "height": 600,
                "file_size": len(data),
            }
        ]

    def remove(self, room: ChatRoom, message_id: int, by: int) -> None:
        """A message disappears; the page keeps it struck through."""
        gone = room.messages.pop(message_id)
        room.removed[message_id] = gone
        if message_id in room.pinned:
            room.pinned.remove(message_id)
        self.changed("removed", chat=room.id, message_id=message_id, by=by)

    # --- membership
    def set_member(
        self, room: ChatRoom, user: int, by: int, *, link: Json | None = None, **change: Any
    ) -> None:
        """Change a standing and tell the bots (chat_member, or my_chat_member for a bot itself)."""
        before = self.member_json(room, user)
        m = room.members.setdefault(user, Member("left", is_member=False))
        for k, v in change.items():
            setattr(m, k, v)
        after = self.member_json(room, user)
        if before == after:
            return
        body: Json = {
            "chat": room.brief(),
            "from": self.person(by),
            "date": int(self.clock.now()),
            "old_chat_member": before,
            "new_chat_member": after,
        }
        if link is not None:
            body["invite_link"] = link
        self.changed("member", chat=room.id, member=after)
        own = next((b for b in self.bots.values() if b.user == user), None)
        if own is not None:
            self.tell("my_chat_member", body, room, only=own)
        else:
            self.tell("chat_member", body, room)

    def join(self, user: int, chat: int, *, link: str | None = None, by: int | None = None) -> None:
        """A person joins by link, by themselves or added by somebody.

        Raises:
            Forbidden: banned here, or the link is dead.
        """
        room = self.chats[chat]
        m = self.member(room, user)
        if m.status == "kicked":
            raise Forbidden("banned from this chat")
        if m.inside:
            return
        used = room.links.get(link) if link else None
        if link and (used is None or used.get("is_revoked")):
            raise Forbidden("this invite link is not valid any more")
        actor = by if by is not None else user
        status = "restricted" if m.status == "restricted" else "member"
        if room.type == "supergroup":
            self.set_member(room, user, actor, link=used, status=status, is_member=True)
        else:
            room.members[user] = Member()
            self.changed("member", chat=room.id, member=self.member_json(room, user))
        self.post(room, actor, new_chat_members=[self.person(user)])

    def leave(self, user: int, chat: int) -> None:
        """A person leaves."""
        room = self.chats[chat]
        m = self.member(room, user)
        if not m.inside:
            return
        if m.status == "restricted":
            self.set_member(room, user, user, is_member=False)
        else:
            self.set_member(room, user, user, status="left", is_member=False, rights=set())
        self.post(room, user, left_chat_member=self.person(user))

    def add_bot_to(self, token: str, chat: int, by: int, rights: set[str] | None = None) -> None:
        """Somebody adds a bot to a group, as a member or with rights as an administrator."""
        bot, room = self.bots[token], self.chats[chat]
        status = "administrator" if rights else "member"
        self.set_member(
            room,
            bot.user,
            by,
            status=status,
            is_member=True,
            rights=set(rights or ()) | ({"can_manage_chat"} if rights else set()),
        )
        self.post(room, by, new_chat_members=[self.person(bot.user)])

    def promote(self, chat: int, user: int, by: int, rights: set[str]) -> None:
        """Give a member (or bot) exactly these rights; none makes them a member again."""
        status = "administrator" if rights else "member"
        full = set(rights) | ({"can_manage_chat"} if rights else set())
        self.set_member(self.chats[chat], user, by, status=status, is_member=True, rights=full)

    def upgrade(self, chat: int, by: int) -> int:
        """A basic group becomes a supergroup with a new id."""
        old = self.chats[chat]
        if old.type != "group":
            raise Forbidden("only a basic group can be upgraded")
        n, self._next_chat = self._next_chat, self._next_chat + 1
        new = ChatRoom(-1_000_000_000_000 - n, "supergroup", old.title, members=dict(old.members))
        self.chats[new.id] = new
        self.changed("chat", chat=new.brief(), was=old.id)
        self.post(old, by, migrate_to_chat_id=new.id)
        old.migrated_to = new.id
        self.post(new, by, migrate_from_chat_id=old.id)
        return new.id

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
            "message": message,
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
        self.changed("reaction", chat=chat, message_id=message_id)

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
