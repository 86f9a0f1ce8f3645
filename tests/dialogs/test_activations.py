"""A day of members: signing in, looking up, buying, and staff handing over."""

import re

from groupbot.testing import Talk
from handlers.activations import SETTINGS
from tests.dialogs.test_ledger import give
from tests.dialogs.test_redpacket import crowd, midday


async def test_a_day_of_signing_in_and_a_cup_of_tea(chat: Talk) -> None:
    await midday(chat)
    mei, li = chat.person("Mei", language="zh"), chat.person("Li", language="zh")
    await chat.says(mei, "签到")
    assert chat.last() == "Mei 今天第 1 个签到 +2 分,连续 1 天"
    assert await chat.presses(li, "我也签到") == "签到 +2 分,连续 1 天,余额 2"
    assert await chat.presses(li, "我也签到") == "今天签过了,连续 1 天"
    await chat.wait(days=1)
    await chat.says(mei, "/checkin")
    assert chat.last() == "Mei 今天第 1 个签到 +2 分,连续 2 天"
    await chat.says(mei, "/me")
    assert chat.last().startswith("Mei:4 分\n本月挣到 ")
    await chat.says(mei, "/top all")
    assert chat.last() == "全部排行(挣到的积分)\n1. Mei  4\n2. Li  2"

    said = await chat.says(li, "昨天忘了")
    await chat.says(mei, "/checkin back 2026-01-01", reply_to=said)
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/checkin 补签 2020-01-01", reply_to=said)
    assert chat.last(chat.owner).startswith("“2020-01-01” does not work: write 2027-01-28, a day from ")
    await chat.says(chat.owner, "/checkin report")
    assert chat.last().startswith("签到还不满 28 天,先别下结论。近 28 天签到满 20 天的:0 人")

    await give(chat, mei, 100)
    await chat.says(mei, "/shop add 80 1 山楂茶")
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(chat.owner, "/shop add 80 1 山楂茶")
    await chat.says(mei, "兑换")
    assert chat.last() == "山楂茶 · 80 分 · 还有 1"
    assert await chat.presses(li, "山楂茶") == "积分不够:现有 2 分,需要 80 分。"
    await chat.presses(mei, "山楂茶")
    assert chat.last() == "Mei,用 80 分换 山楂茶?"
    assert await chat.presses(li, "确定兑换") == "这是别人的兑换,自己点 /shop 就行。"
    bought = await chat.presses(mei, "确定兑换")
    code = re.search(r"取货码 (\w{6}),", bought)
    assert code is not None and bought.endswith("余额 24")
    assert (await chat.presses(mei, "确定兑换")).startswith("山楂茶 你已经换过了,取货码 ")
    await chat.says(chat.owner, f"/handover {code[1].lower()}")
    assert chat.last() == "山楂茶 已交给 Mei。"
    await chat.says(chat.owner, f"/handover {code[1]} back")
    assert chat.last(chat.owner) == "山楂茶 was handed over before."


async def test_a_passphrase_is_said_in_the_group_and_the_card_shows_it(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei", language="zh")
    await chat.says(chat.owner, "/redpacket 40 2 平分 口令=恭喜发财 谁=老友 新春")
    assert "给老朋友\n口令:恭喜发财,发到群里就能领\n" in chat.last()
    await chat.says(mei, "恭喜发财")
    assert chat.last() == "抢到 20 分"  # the group reads it: no balance
    await chat.says(chat.owner, "/settings redpacket.daily 2")
    await chat.says(chat.owner, "/redpacket 40 2 平分 暗号=山楂")
    card = chat.last()
    assert "\n凭暗号领:知道的发到群里,消息会收走;一分钟最多猜 5 次\n" in card and "山楂" not in card
    li = chat.person("Li", language="zh")
    await chat.says(li, "陈皮?")
    await chat.says(li, "山楂")
    assert chat.last() == "Li 抢到 20 分"
    for _ in range(5):
        await chat.says(mei, "枸杞?")
    await chat.says(mei, "山楂")
    assert chat.texts().count("山楂") == 1  # Mei's, of whom nothing tells that it was right
    assert [t for t in chat.texts() if "暗号=" in t] == []
    await chat.says(chat.owner, "/redpacket 40 2 清口令=是")
    assert chat.last(chat.owner).startswith("“是” does not work: with phrase=tea clean=yes messages that")
    await chat.says(chat.owner, "/packet plan")
    assert chat.last().startswith("群钱包还有 1920 分,本月已发 80 分。")
    await chat.says(chat.owner, "/packet effects")
    assert chat.last().startswith("还没有可以比较的红包:")


async def test_an_event_fills_up_queues_moves_up_and_is_checked_in_on_site(chat: Talk) -> None:
    await chat.says(chat.owner, "/event 2 3h 品茶会")
    code = re.search(r": (\d{6})", chat.last(chat.owner))
    assert code is not None
    mei, li, an = (chat.person(n, language="zh", starts=True) for n in ("Mei", "Li", "An"))
    await chat.settle()
    toasts = [await chat.presses(p, "我参加") for p in (mei, li, an, mei)]
    assert toasts == ["你是第 1 位", "你是第 2 位", "名额满了,你是候补第 1 位,有空位会告诉你", "你是第 1 位"]
    await chat.presses(mei, "不去了")
    assert chat.last(an) == "「品茶会」有人退出,你补上了。"
    await chat.wait(seconds=6)
    assert "\n▓▓▓▓▓▓▓▓ 2/2 人\nLi、An\n" in chat.last()
    await chat.says(chat.owner, "/roster 1")
    assert chat.last(chat.owner) == (
        f"品茶会 (number 1)\n1. Li\n2. An\nThe code on site: {code[1]}, said as /here {code[1]} in the group."
    )
    await chat.says(an, f"/here {code[1]}")
    assert chat.last() == "An 到「品茶会」了,+5 分。"
    await chat.says(an, f"/here {code[1]}")
    assert chat.last(an) == "已经记下你到场了。"
    await chat.wait(hours=4)
    assert "报名结束\n▓▓▓▓▓▓▓▓ 2/2 人·到场 1\n" in "\n".join(chat.bot_texts())
    await chat.says(chat.owner, "/groupbuy 3 1h 山楂 2 提 59")
    await chat.presses(mei, "我参加")
    await chat.wait(hours=2)
    assert "没有成团,谁也不用付款\n▓▓░░░░░░ 1/3 人·团长 Mei\n" in chat.last()


async def test_an_admin_sees_and_sets_what_a_check_in_is_worth(chat: Talk) -> None:
    mei = chat.person("Mei", language="zh")
    await chat.says(chat.owner, "/activations checkin.points 5")
    assert chat.last().startswith("checkin.points = 5  签到得几分;0 表示不开签到\n")
    await chat.says(mei, "签到")
    assert chat.last() == "Mei 今天第 1 个签到 +5 分,连续 1 天"
    await chat.says(chat.owner, "/activations checkin.points many")
    said = "checkin.points cannot be “many”. It may be: a number, from 0, at most 1000. "
    assert chat.last(chat.owner).startswith(said)


async def test_activations_takes_no_number_that_the_settings_refuse(chat: Talk) -> None:
    for s in SETTINGS.values():
        if s.type == "int":
            for beyond in (int(s.least or 0) - 1, int(s.most or 0) + 1):
                await chat.says(chat.owner, f"/activations {s.key} {beyond}")
                assert chat.last(chat.owner).startswith(f"{s.key} cannot be “{beyond}”. It may be: a number")
    own = chat.rows("SELECT key FROM setting")
    assert [k for (k,) in own if k in SETTINGS] == []


async def test_fifty_at_once_each_pressing_twice_take_twenty_places_and_stand_in_line(chat: Talk) -> None:
    people = [chat.person(f"P{i}") for i in range(50)]
    await chat.says(chat.owner, "/event 20 2d 品茶会")
    toasts = await crowd(chat, [p for p in people for _ in range(2)], "我参加")
    assert chat.rows("SELECT count(*), count(DISTINCT person_id) FROM gathering_seat") == [(50, 50)]
    first, again = toasts[::2], toasts[1::2]
    numbers = [int(re.search(r"\d+", t)[0]) for t in first]  # type: ignore[index]
    assert (sorted(numbers[:20]), sorted(numbers[20:])) == ([*range(1, 21)], [*range(1, 31)])
    assert [re.search(r"\d+", t)[0] for t in again] == [str(n) for n in numbers]  # type: ignore[index]


async def test_fifty_at_once_each_pressing_twice_make_one_group_buy_and_no_seat_more(chat: Talk) -> None:
    people = [chat.person(f"P{i}") for i in range(50)]
    await chat.says(chat.owner, "/groupbuy 20 2h 苹果 | 20=59 | 50=49")
    toasts = await crowd(chat, [p for p in people for _ in range(2)], "我参加")
    assert chat.rows("SELECT count(*), count(DISTINCT person_id) FROM gathering_seat") == [(50, 50)]
    numbers = [int(re.search(r"\d+", t)[0]) for t in toasts]  # type: ignore[index]
    assert (sorted(numbers[::2]), numbers[1::2]) == ([*range(1, 51)], numbers[::2])
    await chat.wait(seconds=7)
    assert "50/20 人" in chat.last()
    await chat.wait(seconds=7200)
    assert chat.rows("SELECT state FROM gathering") == [("made",)]
    assert "成团了" in chat.last() and "49" in chat.last()
