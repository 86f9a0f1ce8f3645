"""Messages taken away and pinned by hand."""

from __future__ import annotations

from groupbot.testing import Talk
from tests.dialogs.acting import member, moderator, opened


async def test_del_takes_the_message_and_itself(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    said = await chat.says(li, "noise")
    command = await chat.says(zhou, "/del", reply_to=said)
    assert (chat.stands(said), chat.stands(command)) == (False, False)
    await chat.says(zhou, "/del")
    assert chat.last() == "请回复要处理的那条消息。"


async def test_purge_takes_everything_since_and_says_how_many(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    before = await chat.says(li, "keep me")
    ids = [chat.world.say(li, chat.id, f"noise {i}")["message_id"] for i in range(120)]
    command = await chat.says(zhou, "/purge", reply_to=ids[0])
    await chat.wait(seconds=2)
    assert [i for i in [*ids, command] if chat.stands(i)] == []
    assert chat.stands(before)
    assert chat.last() == "已清理 121 条。"


async def test_purge_of_a_number_stops_there_and_spurge_says_nothing(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    ids = [await chat.says(li, f"noise {i}") for i in range(5)]
    command = await chat.says(zhou, "/purge 2", reply_to=ids[1])
    await chat.wait(seconds=2)
    assert [chat.stands(i) for i in [*ids, command]] == [True, False, False, True, True, False]
    await chat.says(zhou, "/spurge", reply_to=ids[3])
    assert chat.last().startswith("不出声的操作要先有地方记录。")
    await chat.says(zhou, "/purge many", reply_to=ids[3])
    assert chat.last().startswith("用法:/purge")
    await chat.says(zhou, "/purge")
    assert chat.last() == "请回复要处理的那条消息。"


async def test_purge_says_how_many_telegram_did_not_delete(chat: Talk) -> None:
    """A server that keeps what is older than 48 hours: all else goes."""
    zhou, li = await moderator(chat), member(chat, "Li")
    old = [await chat.says(li, f"old {i}") for i in range(3)]
    await chat.wait(hours=49)
    new = [await chat.says(li, f"new {i}") for i in range(4)]
    await chat.says(zhou, "/purge", reply_to=old[0])
    await chat.wait(seconds=2)
    assert ([chat.stands(i) for i in old], [chat.stands(i) for i in new]) == ([True] * 3, [False] * 4)
    assert chat.last() == "已清理 5 条。还有 3 条没删掉:超过 48 小时的,Telegram 不保证能删。"


async def test_purgefrom_and_purgeto_take_what_is_between(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    ids = [await chat.says(li, f"noise {i}") for i in range(5)]
    await chat.says(zhou, "/purgeto", reply_to=ids[3])
    assert chat.last() == "请先在这个话题里回复开始的那条,发 /purgefrom。"
    await chat.says(zhou, "/purgefrom", reply_to=ids[1])
    await chat.says(zhou, "/purgeto", reply_to=ids[3])
    await chat.wait(seconds=2)
    assert [chat.stands(i) for i in ids] == [True, False, False, False, True]
    assert chat.last() == "已清理 3 条。"


async def test_a_purge_in_a_topic_leaves_the_other_topics_alone(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    tea, cake = await opened(chat, "Tea"), await opened(chat, "Cake")
    first = await chat.says(li, "tea one", topic=tea)
    other = await chat.says(li, "cake one", topic=cake)
    general = await chat.says(li, "general one")
    second = await chat.says(li, "tea two", topic=tea)
    await chat.says(zhou, "/purge", topic=tea, reply_to=first)
    await chat.wait(seconds=2)
    assert [chat.stands(i) for i in (first, other, general, second)] == [False, True, True, False]
    third = await chat.says(li, "cake two", topic=cake)
    await chat.says(zhou, "/purge", reply_to=general)
    await chat.wait(seconds=2)
    assert [chat.stands(i) for i in (other, general, third)] == [True, False, True]


async def test_more_than_a_thousand_at_once_are_refused(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    first = await chat.says(li, "noise")
    chat.room.next_message += 1200
    await chat.says(zhou, "/purge", reply_to=first)
    assert chat.last() == "一共 1202 条,一次最多 1000 条。"
    assert chat.stands(first)


# --- pins
async def test_pin_unpin_and_where_the_pin_is(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "/pinned")
    assert chat.last() == "我没见到这里有置顶。"
    one, two = await chat.says(li, "opening hours"), await chat.says(li, "prices")
    await chat.says(zhou, "/pin loud", reply_to=one)
    await chat.says(zhou, "/pin", reply_to=two)
    assert (chat.last(), chat.room.pinned) == ("已置顶。", [one, two])
    await chat.says(li, "/pinned")
    assert chat.last() == "最新置顶"
    await chat.says(zhou, "/unpin")
    assert (chat.last(), chat.room.pinned) == ("已取消置顶。", [one])
    await chat.says(zhou, "/unpin", reply_to=one)
    assert chat.room.pinned == []
    await chat.says(zhou, "/unpin")
    assert chat.last() == "我没见到这里有置顶。"
    await chat.says(zhou, "/pin")
    assert chat.last() == "请回复要处理的那条消息。"


async def test_permapin_says_the_words_and_pins_them(chat: Talk) -> None:
    zhou = await moderator(chat)
    await chat.says(zhou, "/permapin 1. Be kind.")
    pinned = chat.room.messages[chat.room.pinned[0]]
    assert (pinned["text"], pinned["from"]["id"]) == ("1. Be kind.", chat.app.bot.id)
    await chat.says(zhou, "/permapin *Open* in {chatname} 9–18\n[Shop](buttonurl://example.com)")
    pinned = chat.room.messages[chat.room.pinned[-1]]
    assert pinned["text"] == "Open in Test group 9–18"
    assert [(e["type"], e["offset"], e["length"]) for e in pinned["entities"]] == [("bold", 0, 4)]
    assert pinned["reply_markup"]["inline_keyboard"] == [[{"text": "Shop", "url": "https://example.com"}]]
    await chat.says(zhou, "/permapin Open [Shop](buttonurl://nowhere)")
    assert chat.last() == "没置顶。'nowhere' is no address"
    assert len(chat.room.pinned) == 2
    await chat.says(zhou, "/permapin")
    assert chat.last().startswith("用法:/permapin")


async def test_unpinall_asks_first_and_only_an_administrator_may_answer(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    for text in ("one", "two"):
        await chat.says(zhou, "/pin", reply_to=await chat.says(li, text))
    await chat.says(zhou, "/unpinall")
    assert len(chat.room.pinned) == 2
    await chat.presses(li, "全部取消")
    assert len(chat.room.pinned) == 2
    await chat.presses(zhou, "全部取消")
    assert chat.room.pinned == []


async def test_posts_of_the_linked_channel_are_not_pinned_or_go(chat: Talk) -> None:
    zhou = await moderator(chat)
    channel = chat.world.add_chat("West Lake news", chat.owner, type="channel")
    chat.world.link_channel(chat.id, channel.id)

    async def post() -> int:
        chat.world.publish(channel.id, "New tea is in")
        mid = max(m for m, body in chat.room.messages.items() if body.get("is_automatic_forward"))
        await chat.settle()
        return mid

    await chat.says(zhou, "/antichannelpin")
    assert chat.last().startswith("/antichannelpin:关。")
    first = await post()
    assert chat.room.pinned == [first]
    await chat.says(zhou, "/antichannelpin on")
    second = await post()
    assert (chat.room.pinned, chat.stands(second)) == ([first], True)
    await chat.says(zhou, "/cleanlinked yes")
    third = await post()
    assert (chat.stands(second), chat.stands(third)) == (True, False)
    await chat.says(zhou, "/cleanlinked maybe")
    assert chat.last().startswith("用法:/cleanlinked")
