"""What a message can carry besides text, albums, polls and their votes, posts of channels."""

from __future__ import annotations

from typing import Any

from groupbot.surfaces.sandbox.world.talking import Talking
from groupbot.surfaces.sandbox.world.things import SERVICE_NOTICES, ChatRoom, Forbidden, Json

_FILES = {  # kind → id prefix, mime type, file name, what else it must say
    "animation": ("CgACAgUAAx", "video/mp4", "funny.mp4", {"width": 320, "height": 240, "duration": 3}),
    "video": ("BAACAgUAAx", "video/mp4", "clip.mp4", {"width": 640, "height": 480, "duration": 9}),
    "document": ("BQACAgUAAx", "application/pdf", "paper.pdf", {}),
    "audio": ("CQACAgUAAx", "audio/mpeg", "song.mp3", {"duration": 120}),
    "voice": ("AwACAgUAAx", "audio/ogg", "", {"duration": 4}),
    "video_note": ("DQACAgUAAx", "", "", {"length": 240, "duration": 5}),
}

_WORDLESS = frozenset(
    (
        "sticker",
        "video_note",
        "poll",
        "contact",
        "location",
        "venue",
        "dice",
        "game",
        "story",
        "checklist",
        "rich_message",
        "giveaway",
        "invoice",
    )
)


class Carrying(Talking):
    """Carriers: `carry` sends any, with sensible contents where none are given."""

    def carry(self, user: int, chat: int, kind: str, text: str = "", **more: Any) -> Json:
        """A person sends a `kind`: one of Telegram's fields of a message (sticker, voice, poll, contact,
        location, venue, dice, game, story, checklist, rich_message, document, …) or one of the ways a
        message comes: via_bot, quote, external_reply, forward, guest. What goes inside may be given as
        `body`; the rest is as for `say`. `text` stands beside it where Telegram has a place for it.

        Raises:
            Forbidden: as for `say`.
            ValueError: no such kind.
        """
        body = more.pop("body", None) or {}
        room = self.private(user) if chat == user else self.chats[chat]
        words = "" if kind in _WORDLESS else text
        return self.say(user, chat, words, **self._content(kind, body, user, room), **more)

    def _content(self, kind: str, body: Json, user: int, room: ChatRoom) -> Json:
        if kind in _FILES:
            return self.of_file(kind, f"{kind} of {user}".encode(), **body)
        now, news = int(self.clock.now()), {"id": -1009000000001, "type": "channel", "title": "News"}
        place = {"latitude": 31.2, "longitude": 121.5}
        origin = {"type": "channel", "chat": news, "message_id": 7, "date": now}
        poll = {"question": "Tea or coffee?", "options": ["Tea", "Coffee"], "is_anonymous": True}
        made: dict[str, Any] = {
            "contact": {"phone_number": "+8613800000000", "first_name": "Wang"},
            "location": place,
            "venue": {"location": place, "title": "Tea house", "address": "1 Tea Road"},
            "dice": {"emoji": "\U0001f3b2", "value": 4},
            "story": {"chat": news, "id": 5},
            "game": {"title": "Corsairs", "description": "Sail", "photo": self.photo(b"game")},
            "checklist": {"title": "To do", "tasks": [{"id": 1, "text": "water the tea"}]},
            "rich_message": {"blocks": [{"type": "paragraph", "text": "rich words"}]},
            "paid_media": {"star_count": 5, "paid_media": [{"type": "photo", "photo": self.photo(b"paid")}]},
            "giveaway": {"chats": [news], "winners_selection_date": now + 86400, "winner_count": 1},
            "invoice": {
                "title": "Tea",
                "description": "A box",
                "start_parameter": "t",
                "currency": "EUR",
                "total_amount": 500,
            },
            "quote": {"text": "quoted words", "position": 0, "is_manual": True},
            "external_reply": {"origin": origin, "chat": news, "message_id": 7},
        }
        if kind == "photo":
            return {"photo": self.photo(str(body).encode())}
        if kind == "sticker":
            return {"sticker": self.sticker(**body)}
        if kind == "poll":
            told = {**poll, **body}
            if room.type != "private" and not told.get("is_closed"):
                told.pop("correct_option_ids", None)  # a bot is not told them of others' open quizzes
            return {"poll": self.poll(**told)}
        if kind == "via_bot":
            bot = {"id": 5550001, "is_bot": True, "first_name": "GIF", "username": "gif"}
            return {"via_bot": bot | body}
        if kind == "forward":
            return {"forward_origin": body or origin}
        if kind == "guest":
            return {"guest_bot_caller_user": self.person(user)}
        if kind not in made:
            raise ValueError(f"unknown carrier {kind!r}")
        full = made[kind] | body
        return {kind: full, "location": place} if kind == "venue" else {kind: full}

    def of_file(self, kind: str, data: bytes, **more: Any) -> Json:
        """The part of a message that holds a file of this kind; an animation is a document too."""
        prefix, mime, name, rest = _FILES[kind]
        name = str(more.get("file_name") or name)
        made = self.file(data, name or kind, prefix=prefix) | rest
        if kind not in ("voice", "video_note"):
            made["file_name"] = name
        if mime:
            made["mime_type"] = mime
        made |= more
        if kind != "animation":
            return {kind: made}
        plain = {k: v for k, v in made.items() if k not in ("width", "height", "duration")}
        return {kind: made, "document": plain}

    def sticker(self, *, set_name: str = "tea_time", emoji: str = "\U0001f44d", **more: Any) -> Json:
        """A Sticker object; `premium=True` gives it the animation only Premium users send."""
        premium = more.pop("premium", False)
        file = self.file(f"{set_name}{emoji}".encode(), "s.webp", prefix="CAACAgUAAx", folder="stickers")
        made: Json = file | {
            "type": "regular",
            "width": 512,
            "height": 512,
            "is_animated": False,
            "is_video": False,
            "emoji": emoji,
            "set_name": set_name,
        }
        if premium:
            made["premium_animation"] = self.file(f"premium{set_name}".encode(), "p.tgs", folder="stickers")
        return made | more

    # --- albums
    def album(self, user: int, chat: int, kinds: list[str], text: str = "", **more: Any) -> list[Json]:
        """A person sends two to ten photos, videos or files as one; the words stand under the first.

        Raises:
            Forbidden: as for `say`, or too few or many.
        """
        if not 2 <= len(kinds) <= 10:
            raise Forbidden("an album has 2 to 10 parts")
        group, self._next_query = str(13_000_000_000 + self._next_query), self._next_query + 1
        sent = []
        for i, kind in enumerate(kinds):
            body = {"part": i} if kind == "photo" else {"file_name": f"{i}.bin"}
            words = "" if i else text
            sent.append(self.carry(user, chat, kind, words, body=body, media_group_id=group, **more))
        return sent

    # --- polls
    def poll(self, question: str, options: list[str], **more: Any) -> Json:
        """A Poll object nobody has voted in."""
        number, self._next_query = str(5_000_000_000 + self._next_query), self._next_query + 1
        return {
            "id": number,
            "question": question,
            "options": [
                {"persistent_id": str(i), "text": text, "voter_count": 0} for i, text in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": True,
            "members_only": False,
        } | more

    def vote(self, user: int, chat: int, message_id: int, options: list[int]) -> None:
        """A person votes, or with no options takes the vote back. Who sent the poll is told, by name where
        the poll is not anonymous.

        Raises:
            Forbidden: closed, not a member, no such option, or one vote only.
        """
        room = self.chats[chat]
        message = room.messages[message_id]
        poll = message["poll"]
        if self.clock.now() >= message["date"] + poll.get("open_period", float("inf")):
            poll["is_closed"] = True  # its time is over
        if poll["is_closed"]:
            raise Forbidden("this poll is closed")
        if room.type != "private" and not self.member(room, user).inside:
            raise Forbidden("not a member of this chat")
        if len(options) > 1 and not poll["allows_multiple_answers"]:
            raise Forbidden("one answer only")
        if any(not 0 <= o < len(poll["options"]) for o in options):
            raise Forbidden("no such option")
        votes = message.setdefault("_votes", {})
        if user in votes and poll["type"] == "quiz":
            raise Forbidden("a quiz is answered once")
        votes.pop(user, None)
        if options:
            votes[user] = list(options)
        for i, option in enumerate(poll["options"]):
            option["voter_count"] = sum(i in v for v in votes.values())
        poll["total_voter_count"] = len(votes)
        self.changed("edited", message=message)
        bot = next((b for b in self.bots.values() if b.user == message["from"]["id"]), None)
        if bot is None:
            return
        if not poll["is_anonymous"]:
            answer = {
                "poll_id": poll["id"],
                "user": self.person(user),
                "option_ids": list(options),
                "option_persistent_ids": [poll["options"][o]["persistent_id"] for o in options],
            }
            self.tell("poll_answer", answer, room, only=bot)
        self.tell("poll", poll, room, only=bot)

    # --- boosts
    def boost(self, user: int, chat: int, days: float = 30) -> None:
        """A person with Telegram Premium boosts a chat; its administrators are told.

        Raises:
            Forbidden: not a member, or no supergroup or channel.
        """
        room, now = self.chats[chat], int(self.clock.now())
        if room.type not in ("supergroup", "channel") or not self.member(room, user).inside:
            raise Forbidden("only members boost, and only a supergroup or channel")
        self._next_boost += 1
        boost = {
            "boost_id": f"b{self._next_boost}",
            "add_date": now,
            "expiration_date": now + int(days * 86400),
            "source": {"source": "premium", "user": self.person(user)},
        }
        room.boosts.append(boost)
        self.tell("chat_boost", {"chat": room.brief(), "boost": boost}, room)
        if room.type == "supergroup":
            self.post(room, user, boost_added={"boost_count": 1})

    def unboost(self, user: int, chat: int) -> None:
        """They take their oldest boost back.

        Raises:
            Forbidden: there is none.
        """
        room, now = self.chats[chat], int(self.clock.now())
        live = [b for b in room.boosts if b["source"]["user"]["id"] == user and b["expiration_date"] > now]
        if not live:
            raise Forbidden("no boost to take back")
        room.boosts.remove(live[0])
        body = {"chat": room.brief(), "boost_id": live[0]["boost_id"], "remove_date": now}
        self.tell("removed_chat_boost", body | {"source": live[0]["source"]}, room)

    # --- channels
    def publish(self, channel: int, text: str, **content: Any) -> Json:
        """A channel posts; in the linked group the post appears and is pinned."""
        source = self.chats[channel]
        mid, source.next_message = source.next_message, source.next_message + 1
        now = int(self.clock.now())
        telegram = {"id": SERVICE_NOTICES, "is_bot": False, "first_name": "Telegram"}
        made: Json = {"message_id": mid, "date": now, "chat": source.brief(), "from": telegram}
        made |= {"text": text} if text else {}
        source.messages[mid] = made | content
        room = self.chats.get(source.linked)
        if room is None:
            return source.messages[mid]
        origin = {"type": "channel", "chat": source.brief(), "message_id": mid, "date": now}
        sent = self.post(
            room,
            SERVICE_NOTICES,
            speaker={"from": telegram, "sender_chat": source.brief()},
            is_automatic_forward=True,
            forward_origin=origin,
            text=text or None,
            **content,
        )
        room.pinned.append(sent["message_id"])
        self.changed("pinned", chat=room.id, pinned=room.pinned)
        return sent
