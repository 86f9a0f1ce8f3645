"""Topics of a forum, requests to join, channels and the groups they are linked to."""

from __future__ import annotations

from groupbot.surfaces.sandbox.world.standing import Standing
from groupbot.surfaces.sandbox.world.things import (
    ASKED_WINDOW,
    CHANNEL_BOT,
    GENERAL,
    ChatRoom,
    Forbidden,
    Json,
    TopicState,
)

ICON = 7322096  # a topic's default colour
QUERY_SECONDS = 10.0  # a guard bot answers within


class Places(Standing):
    """What a chat has besides members and messages."""

    # --- topics
    def make_forum(self, chat: int) -> None:
        """Topics are switched on: General is there."""
        room = self.chats[chat]
        if room.type != "supergroup":
            raise Forbidden("only a supergroup can be a forum")
        room.topics.setdefault(GENERAL, TopicState(GENERAL, "General"))

    def open_topic(self, room: ChatRoom, by: int, name: str) -> TopicState:
        """A new topic; its number is that of the message that announces it."""
        number = room.next_message
        room.topics[number] = topic = TopicState(number, name)
        self.post(room, by, topic=number, forum_topic_created={"name": name, "icon_color": ICON})
        return topic

    def change_topic(self, room: ChatRoom, by: int, topic: TopicState, **change: str | bool) -> None:
        """Rename, close, reopen, hide or unhide; the service message says which."""
        for key, value in change.items():
            setattr(topic, key, value)
        kind: Json = {}
        if "name" in change:
            kind["forum_topic_edited"] = {"name": topic.name}
        elif "closed" in change:
            kind["forum_topic_closed" if topic.closed else "forum_topic_reopened"] = {}
        else:
            name = "general_forum_topic_hidden" if topic.hidden else "general_forum_topic_unhidden"
            kind[name] = {}
        self.post(room, by, topic=topic.id, **kind)

    def drop_topic(self, room: ChatRoom, by: int, topic: TopicState) -> None:
        """A topic goes with all its messages."""
        del room.topics[topic.id]
        for mid in [m for m, body in room.messages.items() if body.get("message_thread_id") == topic.id]:
            self.remove(room, mid, by)

    def topic_for(self, room: ChatRoom, user: int, topic: int | None) -> int | None:
        """The topic a person may write in.

        Raises:
            Forbidden: no such topic, or it is closed.
        """
        if not room.is_forum:
            if topic is not None:
                raise Forbidden("this group has no topics")
            return None
        found = room.topics.get(topic or GENERAL)
        if found is None:
            raise Forbidden("no such topic")
        if found.closed and not self.member(room, user).staff:
            raise Forbidden("this topic is closed")
        return found.id

    def remove(self, room: ChatRoom, message_id: int, by: int) -> None:
        """A message disappears; the page keeps it struck through."""
        gone = room.messages.pop(message_id)
        gone["_by"] = by
        room.removed[message_id] = gone
        if message_id in room.pinned:
            room.pinned.remove(message_id)
        self.changed("removed", chat=room.id, message_id=message_id, by=by)

    # --- requests to join
    def ask_to_join(self, user: int, chat: int, *, link: str | None = None, bio: str = "") -> None:
        """A person asks to come in, by a link that needs approval or at a group that approves all.

        Raises:
            Forbidden: banned, a member already, or the link is dead.
        """
        room = self.chats[chat]
        used = self.invited(room, user, link)
        if self.member(room, user).inside:
            raise Forbidden("a member already")
        if user in room.requests:
            return
        now = self.clock.now()
        room.requests[user] = {"link": used, "at": now, "query": ""}
        body: Json = {
            "chat": room.brief(),
            "from": self.person(user),
            "user_chat_id": user,
            "date": int(now),
        }
        if bio:
            body["bio"] = bio
        if used is not None:
            body["invite_link"] = used
        self.changed("request", chat=chat, user=user)
        for bot in self.bots.values():
            bot.asked[user] = now + ASKED_WINDOW
            told = dict(body)
            if bot.join_queries:
                told["query_id"] = room.requests[user]["query"] = f"jrq{self._next_query}"
                self._next_query += 1
            self.tell("chat_join_request", told, room, only=bot)

    def decide(self, room: ChatRoom, user: int, by: int, *, accept: bool) -> None:
        """A request is approved or declined; with a person's last one ends the time to write to them."""
        asked = room.requests.pop(user)
        if not any(user in other.requests for other in self.chats.values()):
            for bot in self.bots.values():
                bot.asked.pop(user, None)
        self.changed("request", chat=room.id, user=user, accepted=accept)
        if not accept:
            return
        link = asked["link"]
        status = "restricted" if self.member(room, user).status == "restricted" else "member"
        self.set_member(room, user, by, link=link, requested=True, status=status, is_member=True)
        if link is not None:
            link["_used"] = link.get("_used", 0) + 1
        self.post(room, user, new_chat_members=[self.person(user)])

    # --- channels
    def link_channel(self, chat: int, channel: int) -> None:
        """Posts of the channel come to the group from now on."""
        self.chats[chat].linked, self.chats[channel].linked = channel, chat

    def as_channel(self, user: int, channel: int) -> Json:
        """The parts of a message that say a channel speaks.

        Raises:
            Forbidden: not the person's channel.
        """
        room = self.chats[channel]
        if room.type != "channel" or not self.member(room, user).staff:
            raise Forbidden("not your channel")
        bot = {"id": CHANNEL_BOT, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
        return {"from": bot, "sender_chat": room.brief()}
