"""Planned posts in a conversation: on time, once, or skipped and told."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.domain import LANGUAGE, ZONE
from groupbot.features.promos.domain import MOURNING
from groupbot.testing import Talk, conversation

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPERATOR = 990001


class Planned:
    """A conversation in a store's chat, at 09:30 in Shanghai, with a folder for plans."""

    def __init__(self, talk: Talk, folder: Path) -> None:
        self.talk, self.folder = talk, folder / "content_templates" / "plans"
        [(self.chat,)] = talk.rows("SELECT id FROM chat WHERE type = 'supergroup' AND title <> ''")

    @property
    def now(self) -> datetime:
        return self.talk.app.clock.now().astimezone(SHANGHAI)

    async def until(self, hour: int, minute: int = 0, second: int = 0) -> None:
        """Move both clocks to this time of the chat's day (tomorrow's, if it is over)."""
        now = self.now
        wanted = now.replace(hour=hour, minute=minute, second=second, microsecond=0)
        await self.talk.wait(seconds=((wanted - now) % timedelta(days=1)).total_seconds() + 0.01)

    async def profile(self, tier: str = "store", zone: str = "Asia/Shanghai") -> None:
        def fn(work: Work) -> None:
            members.set_profile(work, self.chat, tier=tier, owner=self.talk.owner)
            members.put(work, LANGUAGE, "zh", chat=self.chat)
            members.put(work, ZONE, zone, chat=self.chat)
            members.put(work, MOURNING, [], chat=self.chat)  # today may be such a day

        await self.talk.app.writer.submit(fn)

    def write(self, text: str = "", name: str = "own.yaml", **fields: Any) -> None:
        if not text:
            usual: dict[str, Any] = {
                "name": "小年促销",
                "audience": "门店",
                "kind": "promotion",
                "template": "promos/card",
                "start": f"{self.now:%Y-%m-%d} 10:00",
                "rrule": "FREQ=DAILY",
                "data": '{point: 山楂陈皮, how: 2提, price: 59元, was: "72", until: 2027-02-04, '
                'contact: "@小周", url: "https://shop.example/1"}',
            }
            text = "- " + "\n  ".join(f"{k}: {v}" for k, v in {**usual, **fields}.items()) + "\n"
        (self.folder / name).write_text(text, "utf-8")

    def slots(self) -> list[tuple[str, str | None]]:
        return self.talk.rows("SELECT state, reason FROM plan_slot ORDER BY due")  # type: ignore[return-value]


@pytest_asyncio.fixture
async def planned(tmp_path: Path) -> AsyncIterator[Planned]:
    (tmp_path / "content_templates" / "plans").mkdir(parents=True)
    async with conversation(tmp_path, title="西湖店", operators=(OPERATOR,)) as talk:
        made = Planned(talk, tmp_path)
        await made.until(9, 30)
        talk.holds()  # a second too late, and `until` would be tomorrow
        await made.profile()
        yield made


CARD = "【西湖店】山楂陈皮 2提59元(平时72)· 到2月4日 · 售后 @小周"


async def test_a_promotion_is_posted_at_its_second_and_once(planned: Planned) -> None:
    planned.write()
    await planned.until(9, 59, 59)
    assert planned.talk.bot_texts() == []
    for second in (0, 1, 2):
        await planned.until(10, 0, second)
        assert planned.talk.bot_texts() == [CARD]
    [message] = [m for m in planned.talk.room.messages.values() if m.get("reply_markup")]
    [[button], _] = message["reply_markup"]["inline_keyboard"]
    assert (button["text"], button["url"]) == ("去看看", "https://shop.example/1")
    # a question goes to who answers for the group, once, and is counted
    talk = planned.talk
    mei, boss = talk.person("Mei"), talk.owner
    for _ in range(2):
        assert await talk.presses(mei, "问一问") == "好,Olga会来找你。"
    told = [t for t in talk.bot_texts(boss) if "has a question" in t]
    assert len(told) == 1 and told[0].startswith(
        "Mei has a question about “小年促销” in 西湖店: please get in touch."
    )
    assert talk.rows("SELECT plan, count(*) FROM v_question GROUP BY plan") == [("小年促销", 1)]
    await planned.until(10)
    assert planned.talk.bot_texts() == [CARD, CARD]


async def test_a_bot_stopped_a_second_before_posts_once_when_it_is_back(planned: Planned) -> None:
    talk = planned.talk
    planned.write()
    await planned.until(9, 59, 59)
    await talk.restarts()
    await planned.until(10)
    await talk.restarts()
    await planned.until(10, 0, 5)
    assert talk.bot_texts() == [CARD]


async def test_a_missed_promotion_is_skipped_and_the_owner_told(planned: Planned) -> None:
    planned.write()
    await planned.until(9, 59)
    await planned.until(10, 16)
    assert planned.talk.bot_texts() == []
    assert planned.talk.last(planned.talk.owner) == (
        f"Not posted:\n· 西湖店, {planned.now:%m-%d} 10:00 “小年促销”: 16 minutes late, too late to be of use"
    )
    await planned.talk.says(planned.talk.owner, "/plans")
    shown = planned.talk.last().splitlines()
    assert [line.partition("「")[2] for line in shown if "「" in line] == [
        "小年促销」",
        "小年促销」:晚了16分钟,不再补发",
    ]


@pytest.mark.parametrize(
    ("tier", "zone", "reason"),
    [("dealer", "Asia/Shanghai", "promotions"), ("store", "", "zone")],
)
async def test_no_promotion_for_dealers_nor_before_the_zone_is_confirmed(
    planned: Planned, tier: str, zone: str, reason: str
) -> None:
    await planned.profile(tier, zone)
    planned.write(audience="全部")
    await planned.until(9, 59)
    await planned.until(10)
    assert planned.talk.bot_texts() == []
    assert planned.slots() == [("skipped", reason), ("waiting", None)]


async def test_a_chat_not_set_up_gets_nothing(tmp_path: Path) -> None:
    (tmp_path / "content_templates" / "plans").mkdir(parents=True)
    async with conversation(tmp_path) as talk:
        planned = Planned(talk, tmp_path)
        await planned.until(9, 30)
        planned.write(audience="全部")
        await planned.until(10)
        assert (talk.bot_texts(), planned.slots()) == ([], [])


async def test_a_broken_file_keeps_the_last_good_plan(planned: Planned) -> None:
    planned.write()
    await planned.until(9, 40)
    planned.write("- name: [broken\n")
    await planned.until(10)
    assert planned.talk.bot_texts() == [CARD]


@pytest.mark.parametrize(
    "fields",
    [
        {"audience": "门电"},
        {"start": "2027-01-30 22:00"},
        {"template": "promos/crad"},
        {"data": "{point: 山楂陈皮, how: 2提}"},
    ],
)
async def test_a_plan_that_does_not_fit_posts_nothing(planned: Planned, fields: dict[str, str]) -> None:
    planned.write(**fields)
    await planned.until(9, 59)
    await planned.until(10)
    assert (planned.talk.bot_texts(), planned.slots()) == ([], [])


async def test_a_template_that_breaks_later_skips_and_says_where(planned: Planned) -> None:
    own = planned.folder.parent / "shop"
    own.mkdir()
    for lang in ("zh", "en"):
        (own / f"offer.{lang}.html.j2").write_text("{{ point }}", "utf-8")
    planned.write(template="shop/offer")
    await planned.until(9, 40)
    await asyncio.sleep(0.6)  # templates are looked at again after half a second
    for lang in ("zh", "en"):
        (own / f"offer.{lang}.html.j2").write_text("{{ pont }}", "utf-8")
    await planned.until(10)
    assert planned.slots() == [("skipped", "template"), ("waiting", None)]
    [(detail,)] = planned.talk.rows("SELECT detail FROM plan_slot WHERE state = 'skipped'")
    assert detail.endswith(
        "shop/offer.zh.html.j2:1: 'pont' is undefined: did you mean point? -> mend the name"
    )


async def test_a_plan_waits_for_its_template(planned: Planned) -> None:
    planned.write(template="shop/offer")
    await planned.until(9, 40)
    assert planned.slots() == []
    own = planned.folder.parent / "shop"
    own.mkdir()
    (own / "offer.zh.html.j2").write_text("{{ point }}!", "utf-8")
    await planned.until(9, 59)
    await planned.until(10)
    assert planned.talk.bot_texts() == ["山楂陈皮!"]


async def test_operators_stop_everything_and_go_on_after_a_button(planned: Planned) -> None:
    talk = planned.talk
    talk.world.users[OPERATOR] = dict(talk.world.users[talk.owner], id=OPERATOR, first_name="Wen")
    talk.room.members[OPERATOR] = type(talk.room.members[talk.owner])()
    planned.write()
    await planned.until(9, 59)
    await talk.says(talk.owner, "/stopall")
    assert talk.rows("SELECT count(*) FROM setting WHERE key = 'plans_stopped'") == [(0,)]
    await talk.says(OPERATOR, "/stopall")  # who never started the bot stops everything all the same
    assert talk.last() == "已办好。内容只能私下发给你:请打开 https://t.me/groupbot_demo_bot 点「开始」。"
    assert talk.rows("SELECT count(*) FROM setting WHERE key = 'plans_stopped'") == [(1,)]
    await talk.says(OPERATOR, "/resumeall")
    assert talk.last().startswith("内容只能私下发给你:")
    assert talk.last().endswith(",再发一次。")
    before = talk.bot_texts()
    for bot in talk.world.bots.values():
        bot.started.add(OPERATOR)
    await talk.says(OPERATOR, "/start", private=True)
    await talk.says(OPERATOR, "/stopall")
    assert talk.last(OPERATOR) == "Everything is stopped. To go on: /resumeall"
    assert talk.bot_texts() == before
    await planned.until(10)
    assert planned.slots() == [("skipped", "stopped"), ("waiting", None)]
    await talk.says(OPERATOR, "/resumeall")
    assert await talk.presses(OPERATOR, "Go on", chat=OPERATOR) == "Going on, from the next slot."
    assert talk.last(OPERATOR) == "Going on, from the next slot."
    await planned.until(9, 59)
    await planned.until(10)
    assert talk.last() == CARD


async def test_an_experts_slot_announces_and_a_recording_stands_in_once(planned: Planned) -> None:
    talk = planned.talk
    zhou, mei = talk.person("老周", starts=True), talk.person("阿梅")
    here = await talk.says(zhou, "hi")
    await talk.says(talk.owner, "/expert 储存; 晚上", reply_to=here)
    planned.write(
        "- name: 每月答疑\n  audience: 门店\n  expert: {topic: 储存, in: 1h}\n  instead: promos/notice\n"
        "  data: {title: 录播, text: 先看录好的储存课。}\n"
        f"  start: {planned.now:%Y-%m-%d} 10:00\n  rrule: FREQ=DAILY;COUNT=2\n"
    )
    await planned.until(9, 59)
    await planned.until(10)
    (card,) = [t for t in talk.bot_texts() if t.startswith("储存 · 老周 在线答疑")]
    assert "开始,一小时。现在就能提问:/ask 问题" in card
    await talk.says(mei, "/ask 能放多久?")
    await planned.until(11, 1)
    await talk.says(zhou, "/answer 1 一年")
    await planned.until(12, 1)
    assert "老周 答了 1/1 个问题。" in talk.last()
    await planned.until(10)
    await planned.until(11, 0)
    before = len(talk.bot_texts())
    await planned.until(11, 16)
    await planned.until(11, 30)
    assert talk.bot_texts()[before:] == ["录播\n先看录好的储存课。"]  # and not also that they did not come
    assert any(t.endswith("老周 今天没能上线,这场改天。") for t in talk.bot_texts())
    assert talk.last(talk.owner).startswith("西湖店: 老周 gave no answer in the first 15 minutes of “储存”.")
    await talk.says(talk.owner, "/sessions")
    assert "(计划 每月答疑)没来,0问" in talk.last()
    assert "(计划 每月答疑)1问1答" in talk.last()


async def test_who_announced_a_session_and_is_forgotten_is_a_former_member_and_what_stands_in_names_nobody(
    planned: Planned,
) -> None:
    talk = planned.talk
    zhou = talk.person("老周", starts=True)
    here = await talk.says(zhou, "hi")
    await talk.says(talk.owner, "/expert 储存; 晚上", reply_to=here)
    front = "---\nbuttons: {go: 看}\nsample: {name: 阿芳, topic: 储存}\n---\n"
    own = f"{front}今晚 {{{{ name }}}} 讲「{{{{ topic }}}}」\n"
    folder = planned.folder.parent / "promos"
    folder.mkdir()
    for lang in ("zh", "en"):
        (folder / f"evening.{lang}.html.j2").write_text(own, "utf-8")
    planned.write(
        "- name: 晚课\n  audience: 门店\n  expert: {topic: 储存, in: 1h}\n  instead: recap\n"
        "  template: promos/evening\n  data: {url: 'https://tea.example'}\n"
        f"  start: {planned.now:%Y-%m-%d} 10:00\n  rrule: FREQ=DAILY;COUNT=1\n"
    )
    await planned.until(9, 59)
    await planned.until(10)
    assert "今晚 老周 讲「储存」" in talk.bot_texts()
    await planned.until(11, 16)
    await talk.says(zhou, "/forget", private=True)
    await talk.presses(zhou, "Forget me", chat=zhou)
    await talk.wait(seconds=5)
    post = next(m for m in talk.room.messages.values() if m.get("text") == "今晚 已注销成员 讲「储存」")
    assert post["reply_markup"]["inline_keyboard"][0][0]["url"] == "https://tea.example"
    await talk.wait(minutes=2)
    assert [t for t in talk.bot_texts() if "老周" in t] == []


async def test_a_planned_post_offers_the_groups_coupon_and_its_button_gives_it(planned: Planned) -> None:
    talk = planned.talk
    mei = talk.person("阿梅", starts=True)
    await talk.says(mei, "hi")
    await talk.says(talk.owner, "/coupon 山楂2提59元 7d")
    await talk.says(talk.owner, "/codes 1 make 2", private=True)
    await talk.presses(talk.owner, "Publish", chat=talk.owner)
    planned.write(
        "- name: 领券\n  audience: 门店\n  kind: promotion\n  template: promos/coupon\n"
        f"  start: {planned.now:%Y-%m-%d} 10:00\n  rrule: FREQ=DAILY\n"
    )
    await planned.until(9, 59)
    await talk.wait(days=1)
    await planned.until(10)
    (post,) = [
        t
        for t in talk.bot_texts()
        if t.startswith("【西湖店】山楂2提59元 · 本群专享\n还剩 2 张,每人 1 张 · ")
    ]
    assert "前领" in post
    toast = await talk.presses(mei, "领券")
    assert toast, talk.last(mei)
    assert "山楂2提59元" in talk.last(mei)
