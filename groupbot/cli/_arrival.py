"""The first acts of the tour: the bot arrives, a group is upgraded, rules are kept, the ladder climbs."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast, press_start
from groupbot.cli._watch import Missed, Watcher
from groupbot.surfaces.sandbox.world import ChatRoom, World

CHINA = ZoneInfo("Asia/Shanghai")


class Arrival(Watcher):
    """Plays who adds the bot and who breaks the rules."""

    def __init__(
        self, world: World, cast: Cast, bot: BotProcess, token: str, tell: Callable[[str], None]
    ) -> None:
        super().__init__(world, cast, bot, token, tell)
        self.store: ChatRoom = cast.store

    async def added(self, n: int) -> None:
        """Added without rights: told in private, granted, three taps each."""
        owner = self.cast.owner
        press_start(self.world, owner)
        for name in ("小赵", "业务员小陈", "阿芳"):
            press_start(self.world, self.cast.people[name])
        await self.until(lambda: self.bot_said(owner, "你好"), "the bot greets 小周 in private")
        for room in self.cast.rooms:
            self.world.add_bot_to(self.token, room.id, owner)
        await self.until(
            lambda: sum("现在只观察" in t for t in self.said(owner)) == 3,
            "the missing rights are told in private",
        )
        lacks = next(t for t in self.said(owner) if "还差" in t).split("还差")[1].split("权限")[0]
        rights = {"can_delete_messages", "can_restrict_members", "can_pin_messages", "can_invite_users"}
        user = next(b.user for b in self.world.bots.values())
        for room in self.cast.rooms:
            self.world.promote(room.id, user, owner, rights)
        await self.until(
            lambda: sum("一切就绪" in t for t in self.said(owner)) == 3, "all is well, in private"
        )
        for tier, label in (("dealer", "经销商群"), ("store", "门店群"), ("consumer", "消费者群")):
            await self._set_up(getattr(self.cast, tier), label)
        rooms = " · ".join(r.title for r in self.cast.rooms)
        self.line(
            n, "added", f"{rooms} → observing; lacks {lacks}: 小周 told in private, granted, three taps each"
        )

    async def _set_up(self, room: ChatRoom, label: str) -> None:
        owner = self.cast.owner
        asked = self.newest(owner, f"「{room.title}」一切就绪")
        self.tap(owner, owner, asked, label)
        await self.until(
            lambda: self.bot_said(owner, f"「{room.title}」里用哪种语言"), "asked for the language"
        )
        self.tap(owner, owner, self.newest(owner, f"「{room.title}」里用哪种语言"), "中文")
        await self.until(
            lambda: self.bot_said(owner, f"「{room.title}」按哪个时区"), "asked for the time zone"
        )
        self.tap(owner, owner, self.newest(owner, f"「{room.title}」按哪个时区"), "Asia/Shanghai")
        await self.until(lambda: self.bot_said(owner, f"「{room.title}」设好了"), "set up")

    async def upgrade(self, n: int) -> None:
        """A basic group becomes a supergroup; then the rules are switched on."""
        owner, old = self.cast.owner, self.store
        fang = self.cast.people["阿芳"]
        self.world.say(fang, old.id, "大家早,今天有新品吗?")
        new = self.world.upgrade(old.id, owner)
        self.store = self.world.chats[new]
        for room in (self.cast.consumer, self.cast.dealer, self.store):
            self.world.say(owner, room.id, "/rules on")
        await self.until(
            lambda: all(
                self.bot_said(r.id, "不留站外联系方式")
                for r in (self.cast.consumer, self.cast.dealer, self.store)
            ),
            "the rules are on in all three",
        )
        kept = sum(m.inside for m in self.store.members.values()) - 1
        self.line(
            n,
            "upgrade",
            f"{old.title} was a basic group → new id, {kept} members, tier, language and zone kept",
        )
        self.line(0, "", "rules switched on in all three groups by 小周: /rules on")

    # --- 3 and 4
    async def rule(self, n: int) -> None:
        """The same words: removed among consumers, only flagged among dealers."""
        zhao, wang = self.cast.people["小赵"], self.cast.people["老王"]
        text = "加薇信 jdd886 领返利"
        mine = self.world.say(zhao, self.cast.consumer.id, text)["message_id"]
        theirs = self.world.say(wang, self.cast.dealer.id, text)["message_id"]
        await self.until(lambda: mine not in self.cast.consumer.messages, "the message is removed")
        await self.until(lambda: self.bot_said(zhao, "群规"), "小赵 is told why, in private")
        staff = [self.cast.people["业务员小陈"], self.cast.owner]
        await self.until(
            lambda: any(self.bot_said(s, "jdd886") for s in staff),
            "a human is asked about the dealer's message",
        )
        if theirs not in self.cast.dealer.messages:
            raise Missed(self.step, "the dealer's message should have stayed")
        asked = next(self.cast.named(s) for s in staff if self.bot_said(s, "jdd886"))
        why = self.why("delete", self.cast.consumer)
        self.line(n, "rule", f"山楂粉丝群 小赵「{text}」→ removed, {why}")
        notice = next(m for m in self.world.chats[zhao].messages.values() if "按群规" in str(m.get("text")))
        self.line(0, "", f"only 小赵 sees: {notice['text']}{self.labels(notice)}")
        self.line(0, "", f"老王 says it in 华东经销商群 → kept; {asked} asked: a human decides there")

    async def ladder(self, n: int) -> None:
        """The third time is an hour's rest."""
        zhao, room = self.cast.people["小赵"], self.cast.consumer
        for text in ("想要的加 v信 jdd886", "私聊我 VX:jdd886"):
            mid = self.world.say(zhao, room.id, text)["message_id"]
            await self.until(lambda mid=mid: mid not in room.messages, f"「{text}」 is removed")  # type: ignore[misc]
        await self.until(lambda: self.world.member(room, zhao).status == "restricted", "小赵 is muted")
        until = datetime.fromtimestamp(self.world.member(room, zhao).until, CHINA)
        before = len(self.said(zhao))
        self.world.say(zhao, zhao, "/why")

        def lifting() -> re.Match[str] | None:  # notices of before may still come in between
            return re.search(r"@(\S+?)[。\s]", "\n".join(self.said(zhao)[before:]))

        await self.until(lambda: lifting() is not None, "/why names who can lift it")
        lifts = lifting()
        assert lifts is not None
        span = round((until - datetime.now(CHINA)).total_seconds() / 60)
        whom = f"/why tells him the rule and who can lift it: @{lifts[1]}"
        self.line(n, "ladder", f"小赵, third time → muted {span} min, until {until:%H:%M}; {whom}")

    # --- 5
