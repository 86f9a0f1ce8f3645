"""What people do: each step of a script as an act of the embedded Telegram's world."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from groupbot.surfaces.sandbox.world import ChatRoom, Forbidden

if TYPE_CHECKING:
    from tests.simulation.sim import Sim

T = TypeVar("T")

TALK = (
    "早上好", "收到", "今天有货吗", "谢谢", "明天几点开门", "hello everybody",
    "is the shop open", "好的好的", "看看这个", "我也要两提", "ok",
    "下雨了注意安全", "周末见", "this tea is nice", "几点开始", "在的",
)  # fmt: skip
ASKED = (
    "/ping", "/me", "/points", "/points log", "/checkin", "签到", "/top", "/rules", "/help",
    "/why", "/packets", "/draws", "/shop", "/notes", "/get hours", "#hours", "/admins", "/orders",
    "/privacy", "/verify", "/stats", "/verify 1", "/id", "/here", "/report", "/warns", "/filters",
    "hours please", "/mypacket 5 2", "/start", "芝麻开门", "/nonsense",
    "/ping@groupbot_demo_bot", "/connect", "/top all", "/approval",
)  # fmt: skip
ORDERED = (
    "/warn {who} loud", "/tmute {who} 10m", "/mute {who}", "/unmute {who}", "/kick {who}",
    "/ban {who} spam", "/unban {who}", "/tban {who} 1h", "/warns {who}", "/resetwarns {who}",
    "/unwarn {who}", "/approve {who}", "/unapprove {who}", "/info {who}", "/undo 1", "/undo 2",
    "/case 1", "/settings", "/locks", "/blocklist", "/plans", "/lottery close", "/lottery cancel",
    "/packets", "/save hours 9 to 18", "/filter tea green tea", "/stop tea", "/clear hours",
    "/lock sticker", "/unlock sticker", "/setrules be kind", "/setwelcome hi {first}",
    "/welcome on", "/goodbye on", "/shop add 5 3 tea", "/export", "/log", "/pin", "/unpin",
    "/stats", "/del", "/purge", "/lockdown 5m", "/lockdown off", "/flood 20", "/rehearse",
    "/reports", "/doctor", "/usernote {who} hm", "/newcomers 5m", "/captcha on", "/captcha off",
    "/antiraid 5m", "/antiraid off", "/replylife 30", "/disable ping", "/enable ping",
    "/cleanservice on", "/cleanservice off", "/privatenotes on", "/privatenotes off",
    "/title {who} Chief", "/slow", "/nightmode", "/undopoints 1", "/handover ABC123", "/schedule",
    "/duration 1 2h",
)  # fmt: skip
USURPED = (
    "/ban {decoy}", "/mute {decoy}", "/kick {decoy}", "/promote {decoy}", "/tban {decoy} 1h",
    "/warn {decoy}", "/redpacket 50 2", "/lottery gold x1 1h", "/shop add 1 99 gold", "/award 50",
    "/purge", "/rmblocklist {word}", "/undo 1", "/lock all", "/stopall", "/setrules mine", "/reset",
)  # fmt: skip


def pick(things: Sequence[T], number: float) -> T | None:
    """One of them by a number in 0..1; None of none."""
    return things[min(len(things) - 1, int(number * len(things)))] if things else None


def brought(kind: float, number: float) -> bytes:
    """A file that owners bring, by a number in 0..1: of this bot's, of Rose's, two of nobody's. The other
    says what is in it."""
    on, hours = ("true", "false")[int(number * 2)], f"from 9 to {int(number * 1e6)}"
    greetings = {"should_goodbye": on == "true", "should_welcome": on != "true"}
    notes = [{"data_id": "", "name": "hours", "text": hours, "type": 0}]
    rose = {"bot_id": 609517172, "version": 2, "data": {"greetings": greetings, "notes": {"notes": notes}}}
    return (
        f"groupbot: 1\nsettings:\n  goodbye: {on}\nnotes:\n  hours: {hours}\n".encode(),
        json.dumps(rose).encode(),
        b"\xff\xfenonsense",
        b"{" * 50,
    )[int(kind * 4)]


class People:
    """The people's acts. Numbers `a` to `d` are the step's own, in 0..1."""

    sim: Sim

    # --- talking
    def talk(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        reply = pick(list(room.messages)[-8:], d) if c > 0.7 else None
        self.sim.innocent(self._say(user, room, str(pick(TALK, c)) + " " + str(int(d * 1e6)), reply_to=reply))

    def forbidden(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        word = self.sim.words[self.sim.home(room)]
        shape = ("{} now", "come: {}", "{}", "look {} !!")[int(c * 4)]
        if d < 0.2:
            return self.sim.forbid(
                self.sim.world.carry(user, room.id, "photo", shape.format(word), topic=self._topic(room, d))
            )
        self.sim.forbid(self._say(user, room, shape.format(word) + (f" {int(d * 1e4)}" if d > 0.5 else "")))

    def foreign_word(self, a: float, b: float, c: float, d: float) -> None:
        """Another group's word is none here."""
        room, user = self._somebody(a, b)
        words = [w for home, w in self.sim.words.items() if home != self.sim.home(room)]
        self.sim.innocent(self._say(user, room, f"talk of {pick(words, c)} {int(d * 1e6)}"))

    def evade(self, a: float, b: float, c: float, d: float) -> None:
        """Said cleanly, then edited."""
        sim = self.sim
        own = [
            (room, m)
            for room in sim.groups()
            for m in list(room.messages.values())[-20:]
            if m["from"]["id"] in sim.plain(room) and "text" in m and "sender_chat" not in m
        ]
        found = pick(own, a)
        if found is not None:
            room, m = found
            sim.not_innocent(m)
            sim.world.edit(m["from"]["id"], room.id, m["message_id"], f"edited {sim.words[sim.home(room)]}")
            sim.forbid(m)

    def edit(self, a: float, b: float, c: float, d: float) -> None:
        sim = self.sim
        own = [k for k in sim.innocents if k[0] in sim.world.chats]
        found = pick(own[-20:], a)
        message = sim.world.chats[found[0]].messages.get(found[1]) if found else None
        if found and message is not None and "text" in message:
            sim.world.edit(message["from"]["id"], found[0], found[1], message["text"] + " (edited)")

    def ask(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        reply = pick([k[1] for k in self.sim.innocents if k[0] == room.id][-5:], d) if d > 0.6 else None
        self._say(user, room, str(pick(ASKED, c)), reply_to=reply if reply in room.messages else None)

    def order(self, a: float, b: float, c: float, d: float) -> None:
        """An administrator's command."""
        sim = self.sim
        room = self._room(a)
        boss = pick(sim.staff(room), b)
        who = pick(sim.plain(room), d)
        if boss is None or who is None:
            return
        text = str(pick(ORDERED, c)).format(who=who, first="{first}")
        if text.startswith(("/purge", "/del", "/pin")):
            own = [k[1] for k in sim.innocents if k[0] == room.id and k[1] in room.messages][-3:]
            target = pick(own, d)
            if target is None:
                return
            sim.spared(room)  # what a person has removed is no fault
            self._say(boss, room, text, reply_to=target)
            return
        if text.startswith(("/lock ", "/disable", "/antiraid 5m", "/lockdown 5m")):
            sim.spared(room)  # not for a ban, a kick or the captcha: what was said before them stays
        if text.startswith("/approve"):
            sim.approved.add(who)
        self._say(boss, room, text)

    def usurp(self, a: float, b: float, c: float, d: float) -> None:
        """A command of somebody who may not."""
        sim = self.sim
        room, user = self._somebody(a, b)
        if user == sim.dan:
            return  # how soon his rights end is asked elsewhere
        text = str(pick(USURPED, c)).format(decoy=sim.decoys[sim.home(room)], word=sim.words[sim.home(room)])
        reply = pick([k[1] for k in sim.innocents if k[0] == room.id and k[1] in room.messages][-5:], d)
        sim.note("usurps", (user, room.id, text))
        self._say(user, room, text, reply_to=reply if text in ("/award 50", "/purge") else None)

    def anonymous(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        boss = pick(self.sim.staff(room), b)
        if boss is not None:
            text = str(pick(("/ping", "/warns", "/locks", "/redpacket 20 2", "hello from the group"), c))
            self._say(boss, room, text, anonymous=True)

    def channel(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        own = [x for x in self.sim.channels if user in self.sim.world.chats[x].members]
        if own:
            self._say(user, room, f"our channel says {int(d * 1e6)}", channel=own[0])

    def carry(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        kinds = (
            "sticker", "voice", "poll", "contact", "location", "venue", "dice", "game", "story",
            "checklist", "rich_message", "document", "photo", "video", "animation", "audio",
            "video_note", "via_bot", "quote", "external_reply", "forward", "guest", "giveaway",
            "invoice", "paid_media",
        )  # fmt: skip
        kind = str(pick(kinds, c))
        text = "caption " + (self.sim.words[self.sim.home(room)] if d > 0.7 else "fine")
        made = self.sim.world.carry(user, room.id, kind, text, topic=self._topic(room, d))
        words = made.get("text", "") + made.get("caption", "")
        if self.sim.words[self.sim.home(room)] in words:
            self.sim.forbid(made)

    def album(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        self.sim.world.album(user, room.id, ["photo"] * (2 + int(c * 4)), "album", topic=self._topic(room, d))

    def react(self, a: float, b: float, c: float, d: float) -> None:
        room, user = self._somebody(a, b)
        target = pick(list(room.messages)[-10:], c)
        if target is not None:
            self.sim.world.react(user, room.id, target, ["👍"] if d > 0.3 else [])

    def private(self, a: float, b: float, c: float, d: float) -> None:
        user = self._somebody(a, b)[1]
        said = (
            "/start",
            "/ping",
            "/points",
            "/help",
            "/why",
            "/privacy",
            "/quiet",
            "hello",
            "/connection",
            "/verify 1",
        )
        self.sim.world.say(user, user, str(pick(said, c)))

    # --- buttons
    def press(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        user = pick(self.sim.inside(room), b)
        found = pick(self._buttons(room), 1 - c**2)
        if found is not None and user is not None:
            self.sim.pressing(user, room, *found)

    def crowd(self, a: float, b: float, c: float, d: float) -> None:
        """Everybody presses the newest card."""
        room = self._room(a)
        found = pick(self._buttons(room), 0.9999)
        if found is not None:
            for user in self.sim.inside(room):
                self.sim.pressing(user, room, *found)

    def press_again(self, a: float, b: float, c: float, d: float) -> None:
        """A client that lost its connection sends its press again, under a new update (tba#699)."""
        found = pick(self.sim.presses[-12:], a)
        if found is not None:
            user, chat, message, data = found
            room = self.sim.world.chats.get(chat)
            if room is not None and message in room.messages:
                self.sim.pressing(user, room, message, data)

    def forge(self, a: float, b: float, c: float, d: float) -> None:
        """Data of another chat's button, or changed by a letter: from nobody's card."""
        sim = self.sim
        found = pick(sim.presses, a)
        room, user = self._somebody(b, c)
        if found is None or not room.messages:
            return
        _, chat, _, data = found
        if sim.homes.get(chat) == sim.home(room) or d > 0.5:  # a group's buttons survive its upgrade
            at = int(d * len(data)) % max(1, len(data))
            data = data[:at] + ("A" if data[at : at + 1] != "A" else "B") + data[at + 1 :]
        sim.forging(user, room, data)

    # --- games and people
    def packet(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        boss = pick(self.sim.staff(room), b)
        if boss is not None:
            more = ("", " equal", " phrase=芝麻开门", " happy new year")[int(d * 4)]
            self._say(boss, room, f"/redpacket {20 + int(c * 100)} {2 + int(c * 9)}{more}")

    def lottery(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        boss = pick(self.sim.staff(room), b)
        if boss is not None:
            text = ("gift x1 30s", "gift x2 2m", "5points x3 40s", "gift x2 1m points5", "cup x1 1h full3")[
                int(c * 5)
            ]
            self._say(boss, room, f"/lottery {text}")

    def shop(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        boss = pick(self.sim.staff(room), b)
        if boss is not None:
            price = 1 + int(c * 9) if a < 0.5 else 1 + int(c**3 * 90)  # what nobody can pay too
            self._say(boss, room, f"/shop add {price} {1 + int(d * 3)} cup")
            if d > 0.5:
                self._say(boss, room, "/shop")

    def gather(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        boss = pick(self.sim.staff(room), b)
        if boss is not None:
            self._say(
                boss,
                room,
                str(pick(("/event 2 1h Tea round", "/groupbuy 3 1h Cups", "/preorder 30 1h Tea"), c)),
            )

    def award(self, a: float, b: float, c: float, d: float) -> None:
        sim = self.sim
        found = pick([k for k in sim.innocents if k[0] in sim.world.chats][-20:], a)
        if found is None or found[1] not in sim.world.chats[found[0]].messages:
            return
        room = sim.world.chats[found[0]]
        boss = pick(sim.staff(room), b)
        if boss is not None:
            points = 10 + int(c * 20) if c < 0.85 else 900  # the house has 2,000 a month
            self._say(boss, room, f"/award {points} thanks", reply_to=found[1])
            if d > 0.7:  # and spent at once
                self._say(room.messages[found[1]]["from"]["id"], room, f"/mypacket {points} 1")
            if d > 0.5:
                sim.loop.call_later(0.5 + c * 5, self._take_back, sim.home(room), d * 1000 % 1)

    def _take_back(self, home: int, number: float) -> None:
        """The owner takes one of the newest awards back, whether it is spent or not."""
        sim = self.sim
        room = next(r for r in sim.groups() if sim.home(r) == home)
        try:
            made = sim.committed(
                "SELECT DISTINCT t.id FROM txn t JOIN posting p ON p.txn_id = t.id"
                " JOIN account a ON a.id = p.account_id JOIN chat_address x ON x.chat_id = a.chat_id"
                f" WHERE t.kind = 'award' AND x.telegram_id = {room.id} ORDER BY t.id DESC LIMIT 4"
            )
        except sqlite3.OperationalError:  # what a dead process had begun is undone once the next one is up
            sim.loop.call_later(1.0, self._take_back, home, number)
            return
        found = pick(made, number)
        with suppress(Forbidden):
            self._say(sim.owner, room, f"/undopoints {found[0] if found else 1}")

    def join(self, a: float, b: float, c: float, d: float) -> None:
        room, sim = self._room(a), self.sim
        outside = [u for u in sim.members if not sim.world.member(room, u).inside]
        user = pick(outside, b)
        if user is not None:
            sim.world.join(user, room.id)

    def leave(self, a: float, b: float, c: float, d: float) -> None:
        room = self._room(a)
        plain = self.sim.plain(room)
        user = pick(plain, b)
        if user is not None and len(plain) > 3:
            self.sim.world.leave(user, room.id)

    def block(self, a: float, b: float, c: float, d: float) -> None:
        user = pick(self.sim.members, a)
        if user is not None and user in self.sim.world.bots[self.sim.token].started:
            self.sim.world.block(user, free=b > 0.5)

    def promote(self, a: float, b: float, c: float, d: float) -> None:
        """Dan comes and goes as an administrator."""
        room, sim = self._room(a), self.sim
        rights = set() if b > 0.5 else {"can_restrict_members", "can_delete_messages"}
        if sim.world.member(room, sim.dan).inside and room.type == "supergroup":
            sim.world.promote(room.id, sim.dan, sim.owner, rights)
            sim.ever_staff.add(sim.dan)

    def file(self, a: float, b: float, c: float, d: float) -> None:
        """The owner brings settings as a file, of this bot's or Rose's, or nonsense, and agrees."""
        sim, room = self.sim, self._room(a)
        name = "group.json" if b >= 0.25 else "group.yaml"
        document = sim.world.file(brought(b, c), name) | {"file_name": name}
        made = sim.world.say(sim.owner, room.id, "", document=document)
        sim.world.say(sim.owner, room.id, "/import", reply_to=made["message_id"])
        sim.loop.call_later(2 + d * 5, sim._agreed, "mv.yes")

    # --- picking
    def _room(self, number: float) -> ChatRoom:
        groups = self.sim.groups()
        return groups[min(len(groups) - 1, int(number**1.5 * len(groups)))]

    def _somebody(self, a: float, b: float) -> tuple[ChatRoom, int]:
        room = self._room(a)
        user = pick(self.sim.plain(room), b)
        if user is None:
            raise Forbidden("nobody is here")
        return room, user

    def _say(self, user: int, room: ChatRoom, text: str, **more: Any) -> dict[str, Any]:
        reply = more.get("reply_to")
        if reply is None and room.is_forum and "channel" not in more:
            more["topic"] = self._topic(room, (user % 7) / 7)
        return self.sim.world.say(user, room.id, text, **more)

    def _topic(self, room: ChatRoom, number: float) -> int | None:
        return pick([t for t, s in room.topics.items() if not s.closed], number) if room.is_forum else None

    def _buttons(self, room: ChatRoom) -> list[tuple[int, str]]:
        return [
            (mid, b["callback_data"])
            for mid, m in list(room.messages.items())[-40:]
            if "reply_markup" in m
            for row in m["reply_markup"].get("inline_keyboard", [])
            for b in row
            if "callback_data" in b
        ]


ACTS: dict[str, Callable[..., None]] = {
    name: fn for name, fn in vars(People).items() if callable(fn) and not name.startswith("_")
}
