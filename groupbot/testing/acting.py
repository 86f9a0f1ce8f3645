"""What people of a conversation can do besides writing and pressing, and where it can be seen."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from groupbot.surfaces.sandbox.world import ChatRoom, World
from groupbot.surfaces.sandbox.world.things import SERVICE


class Acting:
    """The part of `Talk` about carriers, albums, polls, topics, channels and requests to join."""

    world: World
    room: ChatRoom
    owner: int
    settle: Callable[[], Awaitable[None]]

    # --- people act
    async def sends(self, user: int, kind: str, text: str = "", **more: Any) -> int:
        """A person sends any carrier (sticker, voice, poll, contact, location, venue, dice, game, story,
        checklist, rich_message, paid_media, photo, video, animation, document, audio, video_note, giveaway,
        invoice) or in one of the ways via_bot, quote, external_reply, forward, guest; `body` is laid over
        what is inside. `topic`, `channel`, `reply_to`, `anonymous` as for `says`. The message's id."""
        message = self.world.carry(user, self.room.id, kind, text, **more)
        await self.settle()
        return int(message["message_id"])

    async def edits(self, user: int, message_id: int, text: str) -> None:
        """A person edits an own message (its caption, if it is a picture)."""
        self.world.edit(user, self.room.id, message_id, text)
        await self.settle()

    async def sends_album(self, user: int, *kinds: str, text: str = "", **more: Any) -> list[int]:
        """A person sends an album (`"photo", "video"`), the words under its first part; the ids."""
        sent = self.world.album(user, self.room.id, list(kinds), text, **more)
        await self.settle()
        return [int(m["message_id"]) for m in sent]

    async def reacts(self, user: int, message_id: int, *emoji: str) -> None:
        """A person's reactions on a message become these; none takes them back."""
        self.world.react(user, self.room.id, message_id, list(emoji))
        await self.settle()

    async def votes(self, user: int, message_id: int, *options: int) -> None:
        """A person votes in a poll, by the options' positions; none takes the vote back."""
        self.world.vote(user, self.room.id, message_id, list(options))
        await self.settle()

    async def asks(self, user: int, *, link: str | None = None, bio: str = "") -> None:
        """A person asks to join the group."""
        self.world.ask_to_join(user, self.room.id, link=link, bio=bio)
        await self.settle()

    def invite(self, *, approval: bool = False) -> str:
        """A link to the group; with `approval` it only lets people ask."""
        number = len(self.room.links) + 1
        url = f"https://t.me/+{abs(self.room.id) % 10**9:09d}{number:04d}"
        self.room.links[url] = {
            "invite_link": url,
            "creator": self.world.person(self.owner),
            "creates_join_request": approval,
            "is_primary": False,
            "is_revoked": False,
        }
        return url

    def asking(self) -> list[int]:
        """Who asks to join and has no answer yet."""
        return list(self.room.requests)

    def channel(self, title: str, owner: int, *, linked: bool = False, username: str = "") -> int:
        """A channel of `owner`; with `linked` its posts come to the group. Its id."""
        made = self.world.add_chat(title, owner, type="channel", username=username)
        if linked:
            self.world.link_channel(self.room.id, made.id)
        return made.id

    async def publishes(self, channel: int, text: str, **content: Any) -> int:
        """The linked channel posts; the id of the message that appears in the group."""
        message = self.world.publish(channel, text, **content)
        await self.settle()
        return int(message["message_id"])

    async def topic(self, name: str, *, by: int | None = None) -> int:
        """A new topic; the group becomes a forum with the first. Its number."""
        self.world.make_forum(self.room.id)
        made = self.world.open_topic(self.room, by or self.owner, name)
        await self.settle()
        return made.id

    async def closes(self, topic: int, *, closed: bool = True, by: int | None = None) -> None:
        """Somebody closes a topic, or opens it again."""
        found = self.room.topics[topic]
        self.world.change_topic(self.room, by or self.owner, found, closed=closed)
        await self.settle()

    async def promotes(self, user: int, *rights: str, by: int | None = None) -> None:
        """A person gets exactly these of Telegram's rights (`can_delete_messages`, …); none takes all."""
        self.world.promote(self.room.id, user, by or self.owner, set(rights))
        await self.settle()

    # --- what can be seen
    def in_topic(self, topic: int | None) -> list[str]:
        """What the bot said in a topic (None: General) and still stands."""
        own = {b.user for b in self.world.bots.values()}
        return [
            str(m.get("text") or m.get("caption") or "")
            for m in self.room.messages.values()
            if m["from"]["id"] in own
            and m.get("message_thread_id") == topic
            and not any(k in m for k in SERVICE)
        ]

    def whispers(self, user: int) -> list[str]:
        """What the bot showed to this member alone, oldest first."""
        return [str(m.get("text", "")) for m in self.room.whispers if m["receiver_user"]["id"] == user]

    def allowed(self) -> set[str]:
        """What everybody may do in the group now, by Telegram's names."""
        return set(self.room.permissions)

    def reactions(self, message_id: int) -> dict[int, list[str]]:
        """Who reacted how on a message, the bot too."""
        return dict(self.room.messages[message_id].get("_reactions", {}))
