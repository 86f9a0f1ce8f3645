"""The tour of the demo: nine acts in three invented groups, each checked and told as it happens."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast, press_start
from groupbot.cli._sample import picture, sample_week, table
from groupbot.cli._watch import Missed, Watcher
from groupbot.engine.reader import looking
from groupbot.engine.shipped import folder
from groupbot.surfaces.sandbox.world import ChatRoom, World

CHINA = ZoneInfo("Asia/Shanghai")
PLAN = """- name: 山楂陈皮
  audience: 门店
  kind: promotion
  template: promos/card
  data: {{point: 山楂陈皮, how: 2提, price: 59元, was: "72", until: {until}, contact: "@小周", url: "https://example.com/shop"}}
  start: {start}
  quiet: override
  reason: the demo runs at any hour
  state: live
"""
AUDIENCES = "门店: {tier: store}\n"


class Tour(Watcher):
    """Plays the people, watches the bot. `tell(line)` prints."""

    def __init__(
        self, world: World, cast: Cast, bot: BotProcess, token: str, tell: Callable[[str], None]
    ) -> None:
        super().__init__(world, cast, bot, token, tell)
        self.store: ChatRoom = cast.store
        self.steps = (
            self.added, self.upgrade, self.rule, self.ladder,
            self.promo, self.packet, self.lottery, self.review,
        )  # fmt: skip

    async def run(self) -> int:
        """All steps in order; how many there were.

        Raises:
            Missed: a step did not happen in time.
        """
        self._week = asyncio.create_task(asyncio.to_thread(self._draw_week))
        for n, act in enumerate(self.steps, 1):
            self.step = act.__name__
            await act(n)
        return len(self.steps)

    # --- 1 and 2
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
    async def promo(self, n: int) -> None:
        """Due at a second, said once, though the bot is killed just before."""
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=10)
        plans = self.folder / "content_templates" / "plans"
        plans.mkdir(parents=True, exist_ok=True)
        (plans / "audiences.yaml").write_text(AUDIENCES, "utf-8")
        until = (due + timedelta(days=5)).date().isoformat()
        local = due.astimezone(CHINA)
        (plans / "demo.yaml").write_text(
            PLAN.format(until=until, start=f"{local:%Y-%m-%d %H:%M:%S}"), "utf-8"
        )
        await self.until(self._planned, "the bot takes the plan file in")
        killed = datetime.now(CHINA)
        self.bot.kill()
        self.bot.start()
        await self.until(lambda: self.bot_said(self.store.id, "山楂陈皮"), "the promotion is posted")
        post = next(m for m in self.store.messages.values() if "山楂陈皮" in m.get("text", ""))
        said = datetime.fromtimestamp(post["date"], CHINA)
        await asyncio.sleep(1.5)
        times = sum("山楂陈皮" in t for t in self.said(self.store.id))
        if times != 1:
            raise Missed(self.step, f"posted {times} times")
        words = "once, though the bot was killed at"
        self.line(n, "promo", f"due {local:%H:%M:%S}, said {said:%H:%M:%S}, {words} {killed:%H:%M:%S}")
        self.line(0, "", post["text"] + self.labels(post))

    def _planned(self) -> bool:
        waits = (
            sa.select(sa.func.count())
            .select_from(sa.table("plan_slot"))
            .where(sa.column("state") == "waiting")
        )
        with looking(f"sqlite:///{self.folder / 'groupbot.db'}") as work:
            return bool(work.sql.value(waits))

    # --- 6 and 7
    async def packet(self, n: int) -> None:
        """A crowd grabs."""
        room, owner, fang = self.store, self.cast.owner, self.cast.people["阿芳"]
        self.world.say(owner, room.id, "/redpacket 100 8 小年快乐")
        await self.until(lambda: self.bot_said(room.id, "🧧"), "the packet's card is posted")
        card = self.newest(room.id, "🧧")
        people = [u for u in room.members if u != owner and not self.world.users[u]["is_bot"]][:24]
        people = [fang, *[u for u in people if u != fang]][:24]
        data = self.data(room, card, "抢")
        queries = {u: self.world.press(u, room.id, card, data) for u in people}
        await self.until(
            lambda: all(self.world.queries[q]["answered"] for q in queries.values()), "every tap is answered"
        )
        first = self.world.queries[queries[fang]]["text"]
        again = self.world.press(fang, room.id, card, data)
        await self.until(lambda: self.world.queries[again]["answered"], "the second tap is answered")
        toasts = [str(self.world.queries[q]["text"]) for q in queries.values()]
        got = [int(t.split("抢到 ")[1].split(" ")[0]) for t in toasts if t.startswith("抢到")]
        await self.until(lambda: "8/8" in str(room.messages[card].get("text")), "the card shows 8/8")
        if sum(got) != 100 or len(got) != 8:
            raise Missed(self.step, f"{len(got)} shares, sum {sum(got)}")
        best = str(room.messages[card]["text"]).split("手气最佳 ")[-1].split("·")[0].strip()
        same = self.world.queries[again]["text"].split(",")[0]
        self.line(
            n,
            "packet",
            f"「小年快乐」100分/8份: {len(people)} tapped, 8 got it, sum {sum(got)}, 手气最佳 {best}",
        )
        self.line(0, "", f"阿芳 tapped twice: {first.split(',')[0]} / {same}")

    async def lottery(self, n: int) -> None:
        """Entries frozen, drawn, verified by a script that shares no code; an altered record fails."""
        room, owner = self.cast.consumer, self.cast.owner
        self.world.say(owner, room.id, "/lottery 山楂陈皮 x3 1h")
        await self.until(lambda: self.bot_said(room.id, "🎁"), "the lottery's card is posted")
        card = self.newest(room.id, "🎁")
        zhao = self.cast.people["小赵"]
        people = [u for u in room.members if u not in (owner, zhao) and not self.world.users[u]["is_bot"]][
            :22
        ]
        data = self.data(room, card, "参加")
        queries = [self.world.press(u, room.id, card, data) for u in people]
        await self.until(
            lambda: all(self.world.queries[q]["answered"] for q in queries), "every entry is answered"
        )
        self.world.say(owner, room.id, "/lottery close")
        await self.until(lambda: self.bot_said(room.id, "中奖"), "the winners are announced")
        record = await self._record()
        ok, told = await self._verify(record)
        altered = json.loads(json.dumps(record))
        altered["ranking"][-1] = altered["ranking"][-1][::-1]  # one entry swapped for another
        bad, complaint = await self._verify(altered)
        if not ok or bad:
            raise Missed(self.step, f"verifier: {told} / {complaint}")
        self.line(
            n,
            "lottery",
            f"{record['count']} entries frozen, 3 winners, checked by the stand-alone verifier ✓",
        )
        self.line(0, "", f'one entry altered → ✗ "{complaint}"')

    async def _record(self) -> dict[str, Any]:
        """The public record of the draw, as /verify sends it to whoever asks."""
        owner = self.cast.owner
        before = set(self.world.chats[owner].messages)
        self.world.say(owner, self.cast.consumer.id, "/verify")
        found: dict[str, Any] = {}

        def whole() -> bool:
            pieces = [m["text"] for i, m in self.world.chats[owner].messages.items() if i not in before]
            text = "".join(p for p in pieces if p.startswith("{") or not p.startswith("抽奖"))
            try:
                found.update(json.loads(text))
            except ValueError:
                return False
            return True

        await self.until(whole, "/verify sends the record")
        return found

    async def _verify(self, record: dict[str, Any]) -> tuple[bool, str]:
        """The stand-alone script's verdict: right or not, and its last line."""
        path = self.folder / "record.json"
        path.write_text(json.dumps(record), "utf-8")
        script = folder("content_templates") / "lottery" / "verify_lottery.py"
        done = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            str(script),
            str(path),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        out, _ = await done.communicate()
        lines = out.decode().strip().splitlines()
        return done.returncode == 0, lines[-1].removeprefix("✗").strip() if lines else ""

    # --- 8
    async def review(self, n: int) -> None:
        """A sample week as a table and a picture."""
        weeks, path = await self._week
        self.line(
            n,
            "review",
            f"{len(weeks)} groups, a sample week → {path.parent.name}/{path.name} (labelled as a sample)",
        )
        for row in table(weeks):
            self.line(0, "", row)

    def _draw_week(self) -> tuple[Any, Path]:
        weeks = sample_week(self.folder, datetime.now(UTC))
        return weeks, picture(self.folder / "week.png", weeks, sample=True)
