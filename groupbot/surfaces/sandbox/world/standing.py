"""Who stands how in which chat, and how that changes."""

from __future__ import annotations

from typing import Any

from groupbot.surfaces.sandbox.world.ground import Ground
from groupbot.surfaces.sandbox.world.things import (
    ANONYMOUS,
    GENERAL,
    PERMISSIONS,
    RIGHTS,
    ChatRoom,
    Forbidden,
    Json,
    Member,
)


class Standing(Ground):
    """Membership: join, leave, promote, restrict, upgrade."""

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
        if m.tag and m.status in ("member", "restricted"):
            made["tag"] = m.tag
        return made

    def may(self, room: ChatRoom, user: int, permission: str) -> bool:
        """Does the chat, and what is held against this person, let them do it?"""
        m = self.member(room, user)
        if m.staff or room.type == "private":
            return True
        if not m.inside:
            return False
        return permission in room.permissions and (m.status != "restricted" or permission in m.permissions)

    def post(
        self,
        room: ChatRoom,
        sender: int,
        *,
        tell: bool = True,
        anonymous: bool = False,
        speaker: Json | None = None,
        topic: int | None = None,
        **content: Any,
    ) -> Json:
        """Put a message into a chat. `speaker` is the chat that speaks instead of a person."""
        mid, room.next_message = room.next_message, room.next_message + 1
        message: Json = {"message_id": mid, "date": int(self.clock.now()), "chat": room.brief()}
        if topic and topic != GENERAL:
            message |= {"message_thread_id": topic, "is_topic_message": True}
            started = room.messages.get(topic)
            if started is not None and content.get("reply_to_message") is None:  # as Telegram does
                content["reply_to_message"] = started
        elif room.type == "supergroup" and content.get("reply_to_message") is not None:
            reply = content["reply_to_message"]  # threads of a plain supergroup: no topics, but numbered too
            message["message_thread_id"] = reply.get("message_thread_id", reply["message_id"])
        if speaker is not None:
            message |= speaker
        elif anonymous:
            message["from"] = {
                "id": ANONYMOUS,
                "is_bot": True,
                "first_name": "Group",
                "username": "GroupAnonymousBot",
            }
            message["sender_chat"] = room.brief()
        else:
            message["from"] = self.person(sender)
            if room.type == "channel":
                message["sender_chat"] = room.brief()
        message |= {k: v for k, v in content.items() if v is not None}
        room.messages[mid] = message
        self.changed("message", message=message)
        if (
            tell and room.type == "channel"
        ):  # a channel speaks for itself; a bot's own posts come back to none
            if not message["from"]["is_bot"]:
                self.tell("channel_post", {k: v for k, v in message.items() if k != "from"}, room)
        elif tell:
            self.tell("message", message, room)
        return message

    def set_member(
        self,
        room: ChatRoom,
        user: int,
        by: int,
        *,
        link: Json | None = None,
        requested: bool = False,
        **change: Any,
    ) -> None:
        """Change a standing and tell the bots (chat_member, or my_chat_member for a bot itself)."""
        before = self.member_json(room, user)
        m = room.members.setdefault(user, Member("left", is_member=False))
        for k, v in change.items():
            setattr(m, k, v)
        if not m.inside or m.staff:
            m.tag = ""  # it goes with the membership
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
        if requested:
            body["via_join_request"] = True
        self.changed("member", chat=room.id, member=after, was=before, by=by)
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
        used = self.invited(room, user, link)
        if m.inside:
            return
        if used is not None and used["creates_join_request"]:
            raise Forbidden("this link only lets you ask to join")
        actor = by if by is not None else user
        status = "restricted" if m.status == "restricted" else "member"
        self.set_member(room, user, actor, link=used, status=status, is_member=True)
        if used is not None:
            used["_used"] = used.get("_used", 0) + 1
        self.post(room, actor, new_chat_members=[self.person(user)])

    def invited(self, room: ChatRoom, user: int, link: str | None) -> Json | None:
        """The link as it is.

        Raises:
            Forbidden: banned here, or the link is dead.
        """
        if self.member(room, user).status == "kicked":
            raise Forbidden("banned from this chat")
        used = room.links.get(link) if link else None
        if link and (used is None or used["is_revoked"] or self._worn(used)):
            raise Forbidden("this invite link is not valid any more")
        return used

    def _worn(self, link: Json) -> bool:
        over = link.get("expire_date", 0) and link["expire_date"] <= self.clock.now()
        return bool(over or (link.get("member_limit") and link.get("_used", 0) >= link["member_limit"]))

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
        room = self.chats[chat]
        self.set_member(room, user, by, status=status, is_member=True, rights=full)
        room.members[user].by = by

    def remove_bot(self, token: str, chat: int, by: int) -> None:
        """Somebody throws a bot out of a group."""
        gone: Json = {"status": "kicked", "is_member": False, "rights": set(), "until": 0}
        self.set_member(self.chats[chat], self.bots[token].user, by, **gone)

    def block(self, user: int, *, free: bool = False) -> None:
        """A person stops the bots (or starts them again) in their private chat."""
        room = self.private(user)
        for bot in self.bots.values():
            (bot.blocked.discard if free else bot.blocked.add)(user)
            now, was = ("member", "kicked") if free else ("kicked", "member")
            body = {
                "chat": room.brief(),
                "from": self.person(user),
                "date": int(self.clock.now()),
                "old_chat_member": _own(self.person(bot.user), was),
                "new_chat_member": _own(self.person(bot.user), now),
            }
            self.tell("my_chat_member", body, room, only=bot)

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


def _own(bot: Json, status: str) -> Json:
    """A bot's standing in a private chat."""
    return {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})
