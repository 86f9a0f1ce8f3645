"""/segment as an administrator uses it: in private, and the command about a member goes."""

from groupbot.testing import Talk


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
