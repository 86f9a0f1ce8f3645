"""A notice from its post to its end, as people see it."""

from pathlib import Path

from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.testing import Talk, conversation


async def test_a_notice_is_read_counted_rewritten_and_closed(chat: Talk) -> None:
    mei, bo = chat.person("Mei"), chat.person("Bo")
    for who in (mei, bo):
        await chat.says(who, "hi")
    await chat.says(mei, "/notice 48h a")
    assert "公告" not in chat.last()
    await chat.says(chat.owner, "/notice 48h 周一盘点,10点开门")
    assert chat.last().startswith("公告 1\n\n周一盘点,10点开门\n\n已阅 0/2 · ")
    assert await chat.presses(mei, "已阅") == await chat.presses(mei, "已阅")
    assert "已阅 1/2" in chat.last()
    await chat.says(chat.owner, "/notices 1")
    told = chat.last(chat.owner)
    assert "Read by 1 of 2" in told
    assert told.endswith("Not yet:\n· Bo")
    await chat.says(chat.owner, "/notice #1 48h 周二盘点")
    card = next(t for t in chat.bot_texts() if t.startswith("公告 1"))
    assert card.startswith("公告 1 · 第2版,请再点一次\n\n周二盘点\n\n已阅 0/2")
    await chat.presses(bo, "已阅")
    await chat.wait(hours=50)
    card = next(t for t in chat.bot_texts() if t.startswith("公告 1"))
    assert card.endswith("已结束 · 1/2 已阅")
    assert chat.last(chat.owner).startswith("Test group · notice 1 · over\n周二盘点\nRead by 1 of 2")


async def test_a_notice_to_an_audience_is_shown_let_go_and_told_by_group(tmp_path: Path) -> None:
    async with conversation(tmp_path, title="西湖店", operators=(7000000001,)) as chat:
        boss, mei = chat.owner, chat.person("Mei")
        await chat.says(mei, "hi")

        def set_up(work: Work) -> None:
            members.set_profile(work, members.profiles(work)[0].chat, tier="store", owner=boss)

        await chat.app.writer.submit(set_up)
        await chat.says(boss, "/noticeto 门市 48h a", private=True)
        assert "门店" in chat.last(boss)  # the nearest name
        await chat.says(boss, "/noticeto 门店 48h 周一盘点", private=True)
        assert chat.last(boss).startswith("Notice to many #1 · waits\n门店, 1 group ")
        assert chat.last() == ""
        await chat.presses(boss, "Send", chat=boss)
        assert chat.last().startswith("公告 1\n\n周一盘点\n\n已阅 0/1 · ")
        await chat.says(boss, "/noticeto #1", private=True)
        assert chat.last(boss).endswith("Read by 0 of 1 (0%)\n· 西湖店 0 of 1, not yet: Mei")
        await chat.presses(mei, "已阅")
        await chat.wait(hours=50)
        await chat.wait(seconds=61)
        assert chat.last(boss).startswith("Notice to many #1 · 门店 · over")
        assert chat.last(boss).endswith("Read by 1 of 1 (100%)\n· 西湖店 1 of 1")
