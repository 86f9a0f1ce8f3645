"""The tour of the demo: nine acts in three invented groups, each checked and told as it happens."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.cli._arrival import CHINA, Arrival
from groupbot.cli._bot import BotProcess
from groupbot.cli._cast import Cast, press_start
from groupbot.cli._sample import Sample, picture, sample_week, table
from groupbot.cli._watch import Missed
from groupbot.engine.picture.page import draw_page
from groupbot.engine.reader import looking
from groupbot.engine.shipped import folder
from groupbot.surfaces.sandbox.world import World

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


class Tour(Arrival):
    """Plays the people, watches the bot. `tell(line)` prints; `lang` is that of the sample week."""

    def __init__(
        self,
        world: World,
        cast: Cast,
        bot: BotProcess,
        token: str,
        tell: Callable[[str], None],
        lang: str = "zh",
    ) -> None:
        super().__init__(world, cast, bot, token, tell)
        self._lang = lang
        self.steps = (
            self.added, self.upgrade, self.rule, self.ladder,
            self.promo, self.packet, self.lottery, self.forget, self.review,
        )  # fmt: skip
        self._card = self._lucky = self._share = 0

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
        self._card, self._share = card, max(got)
        lucky = best.removesuffix("分").removesuffix(str(max(got)))
        if lucky not in self.cast.people:
            raise Missed(self.step, f"the card says {best}, the most was {max(got)}")
        self._lucky = self.cast.people[lucky]
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
    async def forget(self, n: int) -> None:
        """Who had the luckiest share of the packet goes for good: the books still sum, no name is left."""
        who, name = self._lucky, self.cast.named(self._lucky)
        press_start(self.world, who)
        self.world.say(who, who, "/forget")
        await self.until(lambda: self.bot_said(who, "要我忘掉你吗"), "/forget asks once more, in private")
        asked = self.newest(who, "要我忘掉你吗")
        query = self.world.press(who, who, asked, self.data(self.world.chats[who], asked, "注销我"))
        await self.until(lambda: self.bot_said(who, "注销回执 F-"), "the receipt comes, in private")
        await self.until(lambda: self.world.queries[query]["answered"], "the button is answered")
        toast = str(self.world.queries[query]["text"])
        receipt = next(t for t in self.said(who) if "注销回执 F-" in t)
        number = receipt.split("注销回执 ")[1].split()[0]
        if not toast.endswith(f"回执 {number}"):
            raise Missed(self.step, f"the button answers {toast!r}, the receipt is {number}")
        await self.until(lambda: not self._known(who), "the bot knows their name no more")
        old = f"手气最佳 已注销成员{self._share}分"
        await self.until(
            lambda: old in str(self.store.messages[self._card].get("text")), "the old card names them no more"
        )
        await self.until(lambda: not self._named(name), "no post of the bot names them")
        shares, points = self._packet()
        if (shares, points) != (8, 100):
            raise Missed(self.step, f"the packet has {shares} shares, sum {points}")
        stays = receipt.partition("留下的:")[2].split("\n")
        why = [line.removeprefix("· ") for line in stays if line.startswith("· ")]
        if not why:
            raise Missed(self.step, "the receipt does not say what stays")
        self.line(
            n, "forget", f"{name} /forget, [注销我] → receipt {number}; the packet still sums to {points}"
        )
        self.line(0, "", f"the old card now: {old}")
        for line in why:
            self.line(0, "", f"stays: {line}")

    def _known(self, person: int) -> bool:
        """Has the bot's database this person, or a claim of theirs?"""
        theirs = sa.select(sa.func.count()).select_from
        known = theirs(sa.table("person")).where(sa.column("id") == person)
        took = theirs(sa.table("packet_claim")).where(sa.column("person_id") == person)
        with looking(f"sqlite:///{self.folder / 'groupbot.db'}") as work:
            return bool(work.sql.value(known) or work.sql.value(took))

    def _named(self, name: str) -> bool:
        """Is a post of the bot in a group left that names them?"""
        return any(self.bot_said(room.id, name) for room in (self.store, *self.cast.rooms))

    def _packet(self) -> tuple[int, int]:
        """Shares taken from the packet, and their sum, by the bot's own books."""
        claims: Any = sa.select(sa.func.count(), sa.func.sum(sa.column("amount"))).select_from(
            sa.table("packet_claim")
        )
        with looking(f"sqlite:///{self.folder / 'groupbot.db'}") as work:
            row: Any = work.sql.first(claims)
            return int(row[0]), int(row[1] or 0)

    # --- 9
    async def review(self, n: int) -> None:
        """A sample week as a page for who answers for the groups, as a table and as a picture."""
        made, page, week = await self._week
        self.line(
            n,
            "review",
            f"{len(made.weeks)} groups, {made.groups} need you: {made.need[0]}"
            f" → {page.parent.name}/{page.name}, {week.name} (a sample week, labelled)",
        )
        for row in table(made.weeks):
            self.line(0, "", row)

    def _draw_week(self) -> tuple[Sample, Path, Path]:
        made = sample_week(self.folder, datetime.now(UTC), self._lang)
        page = draw_page(self.folder / "page.png", made.page)
        return made, page, picture(self.folder / "week.png", made.weeks, self._lang)
