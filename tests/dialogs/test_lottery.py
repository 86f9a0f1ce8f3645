"""A draw from the first entry to the proof, through the embedded Telegram."""

import json
import re
from typing import Any

from groupbot.testing import Talk
from tests.dialogs.test_forgotten import CANARY, FORMER, forgets
from tests.dialogs.test_redpacket import crowd
from tests.features.lottery.test_domain import other, verifier


def record_of(chat: Talk, person: int) -> dict[str, Any]:
    """The record as somebody would copy it out of the private chat."""
    pieces = chat.bot_texts(person)
    start = max(i for i, t in enumerate(pieces) if t.startswith("{"))
    found: dict[str, Any] = json.loads("\n".join(t for t in pieces[start:] if not t.startswith("This page")))
    return found


async def test_a_draw_is_held_proved_and_claimed(chat: Talk) -> None:
    people = [chat.person(f"P{i}") for i in range(22)]
    mei = chat.person("Mei", starts=True)
    await chat.settle()
    await chat.says(chat.owner, "/lottery 山楂陈皮礼盒 x3 24h")
    card = chat.last()
    assert card.startswith("🎁 抽奖 #1:山楂陈皮礼盒 × 3\n")
    sealed = re.findall(r"(?:commitment|rules)\)([0-9a-f]{64})", card)
    toasts = await crowd(chat, [*people, mei, people[0]], "参加")
    assert [t.startswith("参加成功,编号 ") for t in toasts] == [True] * 23 + [False]
    assert toasts[-1].startswith("你已经在里面了,编号 ")
    await chat.wait(hours=24)
    ended, winners = chat.bot_texts()
    assert ended.split("\n")[1].startswith("已开奖,23 人参加:")
    assert winners.startswith("🎉 抽奖 #1「山楂陈皮礼盒」中奖,请在 ")
    await chat.says(mei, "/verify")
    assert chat.last().startswith("抽奖 #1·23 人参加。全部数据已私信给你。")
    page = next(m for _, m in sorted(chat.world.chats[mei].messages.items(), reverse=True) if "document" in m)
    assert page["document"]["file_name"] == "verify.html"
    assert page["caption"].startswith("This page checks the draw")
    record = record_of(chat, mei)
    assert (verifier()(record, ended), record["count"]) == ("", 23)
    assert [record["commitment"], record["rules_hash"]] == sealed
    numbers = re.findall(r"编号 ([0-9a-f]{8})", winners)
    assert numbers == [w[:8] for w in record["winners"]]
    record["ranking"][5] = other(record["ranking"][5])
    assert verifier()(record) == "entry root differs"
    winner = next(p for p, t in zip([*people, mei], toasts, strict=False) if numbers[0] in t)
    loser = next(p for p, t in zip([*people, mei], toasts, strict=False) if not any(n in t for n in numbers))
    assert await chat.presses(winner, "领奖") == "登记好了:山楂陈皮礼盒。管理员会联系你。"
    assert await chat.presses(winner, "领奖") == "登记好了:山楂陈皮礼盒。管理员会联系你。"
    assert await chat.presses(loser, "领奖") == "这次没抽中,下次好运。"
    assert [t for t in chat.bot_texts(chat.owner) if "claims draw #1" in t] != []


async def test_a_draw_can_be_closed_early_and_without_entries_ends_quietly(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(mei, "抽奖")
    assert chat.last() == "现在没有抽奖。"
    await chat.says(chat.owner, "/lottery gift x2 30s")
    await chat.says(mei, "抽奖")
    assert chat.last().startswith("正在抽「gift」× 2,")
    await chat.says(mei, "/lottery close")
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/lottery close")
    ended = next(t for t in chat.bot_texts() if t.startswith("🎁"))
    assert ended.split("\n")[1] == "到时间了,没有人参加,奖品收回。"
    await chat.says(mei, "/verify 1")
    assert chat.last().startswith("抽奖 #1·0 人参加。先私聊我一次")


async def test_a_draw_whose_entrants_are_all_out_does_not_say_that_nobody_came(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/lottery gift x1 1h")
    await chat.presses(mei, "参加")
    await chat.promotes(mei, "can_change_info")
    await chat.says(chat.owner, "/lottery close")
    ended = next(t for t in chat.bot_texts() if t.startswith("🎁"))
    assert ended.split("\n")[1:3] == [
        "到时间了,参加的人都不符合条件,奖品收回。",
        "开奖时 1 人不符合条件,原因见 /verify",
    ]


async def test_staff_and_late_presses_are_answered_kindly(chat: Talk) -> None:
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/lottery gift x2 30s")
    assert await chat.presses(chat.owner, "参加") == "奖品留给成员,管理员不参加抽奖。"
    assert (await chat.presses(mei, "参加")).startswith("参加成功,编号 ")
    await chat.says(mei, "/verify 1")
    assert chat.last().startswith("还没开奖")
    await chat.wait(seconds=31)
    assert "只有" not in chat.last()
    texts = [t for t in chat.bot_texts() if t.startswith("🎁")]
    assert texts[0].split("\n")[1] == "已开奖,1 人参加:Mei。奖品多于人数,每人一份,余 1 份收回。"


async def test_a_draw_is_set_up_in_private_with_buttons_and_its_codes_stay_there(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    await chat.settle()
    await chat.says(chat.owner, "/lottery")
    await chat.says(chat.owner, "Box x99", private=True)
    assert chat.bot_texts(chat.owner)[-1].startswith("One prize a line")
    await chat.says(chat.owner, "Coupon x2 codes\n50 points x1", private=True)
    assert chat.bot_texts(chat.owner)[-1].startswith("Send me the 2 codes for Coupon")
    await chat.says(chat.owner, "AAAA-1\nBBBB-2", private=True)
    for label in ("1 hour", "When full", "Messages", "Messages", "Messages", "Join check"):
        await chat.presses(chat.owner, label, chat=chat.owner)
    screen = chat.bot_texts(chat.owner)[-1]
    assert "Drawn in 1 hour, or at 20 entries" in screen
    assert screen.endswith("Conditions: join check")
    assert await chat.presses(chat.owner, "Publish", chat=chat.owner) == "Published in the group."
    card = chat.last()
    assert "Coupon × 2" in card and "AAAA" not in card
    assert (await chat.presses(mei, "参加")).startswith("参加成功")
    await chat.says(chat.owner, "/lottery cancel 99")
    assert chat.bot_texts(chat.owner)[-1] == "No draw is open here."
    await chat.says(chat.owner, "/lottery close")
    assert await chat.presses(mei, "领奖") == "「Coupon」已私信给你,请收好。"
    code = next(t for t in chat.bot_texts(mei) if "AAAA-1" in t)
    assert "BBBB" not in code
    await chat.says(chat.owner, "/lottery cancel 1")
    assert chat.bot_texts(chat.owner)[-1].startswith("Draw #1 is closed; its result can no longer")
    await chat.says(chat.owner, "/lottery Box x1 口令:恭喜")
    await chat.says(mei, "恭喜")
    assert chat.last().startswith("参加成功")
    await chat.says(chat.owner, "/lottery cancel")
    assert "取消" not in await chat.presses(mei, "取消抽奖")
    await chat.presses(chat.owner, "取消抽奖")
    assert [t for t in chat.bot_texts() if "开奖前取消,1 人参加" in t] != []


async def test_the_screen_of_a_draw_tells_what_was_asked_for(chat: Talk) -> None:
    await chat.says(chat.owner, "/lottery")
    await chat.says(chat.owner, "Gift box x3 30m boost", private=True)
    assert chat.bot_texts(chat.owner)[-1].split("\n")[1:] == [
        "· Gift box × 3",
        "Drawn in 30 minutes, equal chances",
        "Conditions: a boost of the group",
    ]


async def test_the_prize_that_says_codes_is_the_one_with_codes_however_prizes_are_parted(chat: Talk) -> None:
    for line in ("Box x3 + Tea x2 codes", "Box x3; Tea x2 codes", "Box x3\n\nTea x2 codes"):
        await chat.says(chat.owner, "/lottery")
        await chat.says(chat.owner, line, private=True)
        assert chat.bot_texts(chat.owner)[-1].startswith("Send me the 2 codes for Tea")


async def test_who_boosts_the_group_may_join_a_draw_that_asks_for_it(chat: Talk) -> None:
    mei, li = chat.person("Mei", language="zh"), chat.person("Li", language="zh")
    chat.world.boost(mei, chat.id)
    await chat.says(chat.owner, "/lottery 茶 x1 1h 助力")
    assert "给本群助力" in chat.last()
    looking = "正在问 Telegram 你有没有助力,过几秒再点一次"
    assert [await chat.presses(p, "参加") for p in (mei, li)] == [looking, looking]
    assert "1 " in await chat.presses(mei, "参加")
    assert (await chat.presses(li, "参加")).startswith("给本群助力(boost)的朋友才能参加")
    chat.world.unboost(mei, chat.id)
    chat.world.boost(li, chat.id)
    await chat.settle()
    assert (await chat.presses(li, "参加")).endswith("现在 2 人")
    await chat.says(chat.owner, "/lottery close")
    assert [t for t in chat.bot_texts() if "开奖时 1 人不符合条件" in t] != []
    await chat.says(chat.owner, "/lottery 茶 x1 1h #新年茶会")
    assert "在群里发带 #新年茶会 的消息就算参加" in chat.last()
    await chat.says(mei, "今天泡了壶陈皮 #新年茶会")
    await chat.says(mei, "还要 #新年茶会")
    said = [
        m for m in chat.room.messages.values() if "新年茶会" in m.get("text", "") and m["from"]["id"] == mei
    ]
    assert [list(m.get("_reactions", {}).values()) for m in said] == [[["👍"]], []]
    assert (await chat.presses(mei, "我的编号")).startswith("你已经在里面了,编号 ")
    assert (await chat.presses(li, "我的编号")) == "在群里发带 #新年茶会 的消息就算参加。"


async def test_organiser_who_never_started_the_bot_does_not_hide_a_claim(chat: Talk) -> None:
    lin, mei, li = chat.person("Lin"), chat.person("Mei", starts=True), chat.person(CANARY)
    await chat.promotes(lin, "can_change_info")
    await chat.says(lin, "/lottery 礼盒 x2 1h")
    for who in (mei, li):
        await chat.presses(who, "参加")
    await chat.wait(hours=1, minutes=1)
    await chat.presses(mei, "领奖")
    assert chat.bot_texts(chat.owner)[-1] == "Mei claims draw #1, 礼盒. Please hand it over."
    assert [t for t in chat.bot_texts() if "请联系发奖" in t] == []
    await chat.says(chat.owner, "/quiet", private=True)  # now nobody can be written to
    await chat.presses(li, "领奖")
    said = "请管理员留意:{} 来领抽奖 #1「礼盒」了,请联系发奖。"
    assert chat.last() == said.format(CANARY)
    await forgets(chat, li)
    assert [t for t in chat.bot_texts() if "请联系发奖" in t] == [said.format(FORMER)]


async def test_the_reachable_owner_hears_of_a_prize_that_nobody_claimed(chat: Talk) -> None:
    lin, mei = chat.person("Lin"), chat.person("Mei")
    await chat.promotes(lin, "can_change_info")
    await chat.says(chat.owner, "/settings lottery.claim 1")
    await chat.says(lin, "/lottery 礼盒 x1 1h")
    await chat.presses(mei, "参加")
    await chat.wait(hours=1, minutes=1)
    await chat.wait(hours=1, minutes=1)
    assert "Draw #1, 礼盒: Mei did not claim in time." in chat.bot_texts(chat.owner)
