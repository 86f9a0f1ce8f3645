"""/segment as an administrator uses it: in private, and the command about a member goes."""

from groupbot.testing import Talk
from tests.dialogs.test_redpacket import midday


async def test_an_admin_describes_the_group_and_a_member_and_nobody_else_reads_it(chat: Talk) -> None:
    fang = chat.person("阿芳", starts=True)
    here = await chat.says(fang, "你们好")
    await chat.says(chat.owner, "/segment 巨大")
    assert chat.last(chat.owner).startswith("“巨大” is none of the words: wholesale retail")
    await chat.says(chat.owner, "/segment retail small")
    assert "for customers who are retail, small\n0 members are described, too few" in chat.last(chat.owner)
    before = len(chat.bot_texts())
    await chat.says(chat.owner, "/segment 餐饮 大", reply_to=here)
    assert chat.last(chat.owner) == "阿芳: catering, large\nThey can see it with /mydata."
    assert "阿芳" not in "".join(chat.bot_texts()[before:])
    await chat.says(fang, "/segment")
    assert "阿芳:" not in chat.last(fang)


async def test_a_packet_for_a_segment_is_refused_in_words_and_given_to_who_belongs(chat: Talk) -> None:
    await midday(chat)
    fang, mei = chat.person("阿芳", starts=True), chat.person("Mei")
    said = [await chat.says(p, "早") for p in (fang, mei)]
    await chat.says(chat.owner, "/redpacket 50 1 平分 客群=大")
    assert chat.last(chat.owner) == (
        "0 members are described as large; a packet has no more shares than that. Answer a member with "
        "/segment large loyal to describe them."
    )
    await chat.says(chat.owner, "/redpacket 50 1 谁=老板")
    assert chat.last(chat.owner).startswith("“老板” is nobody I know. Write who=new, old, staff or all;")
    for words, message in (("大 老友", said[0]), ("小", said[1])):
        await chat.says(chat.owner, f"/segment {words}", reply_to=message)
    await chat.says(chat.owner, "/redpacket 50 1 平分 客群=大")
    assert "\n给大客户\n" in chat.last()
    for other in (mei, chat.person("老王")):  # described otherwise, or not at all
        assert await chat.presses(other, "抢") == (
            "这个红包是给大客户的,下次轮到你。自己归在哪一类,私聊我发 /mydata 能看到。"
        )
    assert await chat.presses(fang, "抢") == "抢到 50 分,余额 50"
