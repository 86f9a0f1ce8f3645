"""A crowd at a packet, through the embedded Telegram."""

import hashlib
import re
from datetime import UTC, timedelta

from groupbot.testing import Talk


async def midday(chat: Talk) -> None:
    """Move both clocks to noon in Shanghai, when packets may be sent; never on a month's last day, whose
    books end at midnight."""
    now = chat.app.clock.now().astimezone(UTC)
    noon = now.replace(hour=4, minute=0, second=0, microsecond=0)
    noon += timedelta(days=noon < now)
    noon += timedelta(days=(noon + timedelta(days=1)).day == 1)
    await chat.wait(seconds=(noon - now).total_seconds())


def card_of(chat: Talk, label: str) -> tuple[int, str]:
    """The newest message with a button of this label, and the button's data."""
    for mid in sorted(chat.room.messages, reverse=True):
        for row in chat.room.messages[mid].get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == label:
                    return mid, button["callback_data"]
    raise AssertionError(f"no button {label!r} in {chat.texts()}")


async def crowd(chat: Talk, people: list[int], label: str = "抢") -> list[str]:
    """All press at once; their toasts in order."""
    message, data = card_of(chat, label)
    queries = [chat.world.press(p, chat.id, message, data) for p in people]
    await chat.settle()
    return [str(chat.world.queries[q].get("text", "")) for q in queries]


def amounts(toasts: list[str]) -> list[int]:
    return [int(m[1]) for t in toasts if (m := re.match(r"抢到 (\d+) 分", t))]


async def test_thirty_people_press_and_eight_get_exactly_the_whole(chat: Talk) -> None:
    await midday(chat)
    people = [chat.person(f"P{i}", language="zh") for i in range(30)]
    await chat.says(chat.owner, "/redpacket 100 8 小年快乐")
    assert chat.last().startswith("🧧 Olga的红包「小年快乐」\n拼手气 100分·8份·1天\n░░░░░░░░ 0/8\n")
    toasts = await crowd(chat, people)
    assert (len(amounts(toasts)), sum(amounts(toasts))) == (8, 100)
    assert toasts.count("手慢一步,8份已领完。") == 22
    line = chat.last().split("\n")[1]
    assert line.startswith("8/8 抢完·") and line.endswith("·积分可换券,不可提现")
    assert "手气最佳 P" in line


async def test_the_seal_stays_on_the_card_and_opens_there_for_everybody(chat: Talk) -> None:
    await midday(chat)
    people = [chat.person(f"P{i}") for i in range(3)]
    await chat.says(chat.owner, "/redpacket 100 3")
    seal = chat.last().split("\n")[-1].split()[-1]
    assert len(seal) == 32
    await crowd(chat, people)
    card = chat.last()
    assert f"封存码 {seal}" in card
    opened = card.split("\n")[-1]
    assert hashlib.sha256(opened.encode()).hexdigest()[:32] == seal
    assert sum(map(int, opened.split("|")[2].split(","))) == 100


async def test_pressing_twice_shows_the_same_amount(chat: Talk) -> None:
    await midday(chat)
    mei, li = chat.person("Mei"), chat.person("Li")
    await chat.says(chat.owner, "/redpacket 100 8")
    first, second, other = await crowd(chat, [mei, mei, li])
    assert first == second == await chat.presses(mei, "抢")
    assert other.startswith("抢到 ")
    await chat.wait(seconds=7)
    assert "▓▓░░░░░░ 2/8" in chat.last()


async def test_the_rest_goes_back_after_a_day_and_the_card_says_so(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/redpacket 100 4 平分")
    await crowd(chat, [mei])
    await chat.wait(hours=24)
    assert chat.last().split("\n")[1] == "抢了 1/4·时间到,余下 75 分已退回·积分可换券,不可提现"
    assert chat.last(chat.owner) == (
        "Your packet is over. The 75 points that were left are back in the house wallet."
    )
    await chat.says(chat.owner, "发红包")
    assert chat.last().startswith("群钱包还有 1975 分,本月已发 25 分。")


async def test_the_result_is_told_as_an_alert_and_in_private(chat: Talk) -> None:
    await midday(chat)
    mei, li = chat.person("Mei", starts=True), chat.person("Li")
    await chat.settle()
    await chat.says(chat.owner, "/redpacket 100 2 平分")
    await crowd(chat, [mei, li])
    assert await chat.presses(li, "看结果") == "你抢到 50 分\nMei 50分\nLi 50分"
    assert await chat.presses(mei, "看结果") == "你抢到 50 分\nMei 50分\nLi 50分\n全部已私信给你"
    assert chat.last(mei).startswith("🧧 Packet, 100 points\n1. Mei  50\n2. Li  50\n")
    assert await chat.presses(chat.person("Late"), "看结果") == "Mei 50分\nLi 50分"


async def test_f3_a_thin_packet_asks_and_goes_out_as_confirmed(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/redpacket 20 10 大家好")
    assert chat.last().startswith("20 分拼 10 份,平均每份不到 10 分")
    await chat.presses(mei, "改成每份一样")
    assert len(chat.bot_texts()) == 1
    await chat.presses(chat.owner, "改成每份一样")
    assert chat.last().startswith("🧧 Olga的红包「大家好」\n每份一样 20分·10份")
    assert len(chat.bot_texts()) == 1
    assert await chat.presses(mei, "抢") == "抢到 2 分,余额 2"


async def test_a_thin_packet_of_a_members_own_is_sent_by_that_member_alone(chat: Talk) -> None:
    await midday(chat)
    mei, li = chat.person("Mei"), chat.person("Li")
    await chat.says(chat.owner, "/redpacket 20 1 equal")
    await chat.presses(mei, "抢")
    await chat.says(chat.owner, "/settings redpacket.members on")
    await chat.says(mei, "/mypacket 20 5")
    assert chat.last().startswith("20 分拼 5 份")
    for other in (li, chat.owner):
        assert await chat.presses(other, "就要拼手气") == "这个红包由发起的人来定。"
    await chat.presses(mei, "就要拼手气")
    assert chat.last().startswith("🧧 Mei的红包")
    assert (await chat.presses(li, "抢")).startswith("抢到 ")
    await chat.says(mei, "/points", private=True)
    assert chat.last(mei) == "Test group: 0 points"


async def test_members_cannot_send_from_the_house_and_staff_do_not_grab(chat: Talk) -> None:
    await midday(chat)
    mei = chat.person("Mei")
    await chat.says(mei, "/redpacket 100 8")
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(mei, "/mypacket 10 1")
    assert chat.last() == "这个群里,红包由管理员发。"
    await chat.says(mei, "红包")
    assert chat.last() == "现在没有红包。看到 🧧 点[抢]就行,抢到的积分可换券。"
    await chat.says(chat.owner, "/redpacket 100 8")
    assert await chat.presses(chat.owner, "抢") == "这是群里发给成员的红包,管理员就不抢啦。"
    await chat.says(mei, "红包")
    assert chat.last() == "有 1 个红包正在抢,往上翻点[抢]。"


async def test_a_newcomer_is_told_how_long_to_wait(chat: Talk) -> None:
    await midday(chat)
    await chat.says(chat.owner, "/redpacket 100 8")
    new = chat.person("New", joins=False)
    await chat.joins(new)
    assert (await chat.presses(new, "抢")).startswith("欢迎!再过 23小时")


async def test_a_bad_order_is_answered_with_what_would_be_right(chat: Talk) -> None:
    await midday(chat)
    chat.world.chats[chat.owner].messages.clear()
    await chat.says(chat.owner, "/redpacket 100")
    assert chat.last(chat.owner).startswith("Usage: /redpacket 100 5")
    await chat.says(chat.owner, "/redpacket 100 eight")
    assert chat.last(chat.owner).startswith("“eight” should be a whole number")
    await chat.says(chat.owner, "/redpacket 500 8")
    assert chat.last(chat.owner) == "A packet holds at most 200 points."
    await chat.says(chat.owner, "/redpacket 100 8")
    await chat.says(chat.owner, "/redpacket 100 8")
    said = "has its packets already (1 a day)."
    assert chat.last(chat.owner) == f"Today {said} The next can go out tomorrow."
    day = chat.app.clock.now().astimezone(UTC) + timedelta(days=5)
    for hour in (12, 15):
        await chat.says(chat.owner, f"/redpacket 40 2 at={day:%Y-%m-%d}T{hour}:00")
    assert chat.last(chat.owner) == f"{day:%b} {day.day} {said} Please choose another day."
    await chat.says(chat.owner, "/settings redpacket.daily 0")
    await chat.says(chat.owner, "/redpacket 40 2")
    assert chat.last(chat.owner).endswith("are switched off here: redpacket.daily is 0.")
