"""Cases: shown, corrected, and how they add up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from groupbot.testing import Talk
from tests.dialogs.justice import WORDS, group


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    async with group(tmp_path) as talk:
        yield talk


async def test_reason_and_end_of_a_case_are_changed(zh: Talk) -> None:
    wang = zh.person("老王", language="zh", starts=True)
    mid = await zh.says(wang, "早")
    await zh.says(zh.owner, "/mute 2h 广告", reply_to=mid)
    await zh.says(zh.owner, "/reason 1 连发广告")
    assert zh.last() == "第 1 号的原因改好了。"
    await zh.says(zh.owner, "/duration 1 30m")
    assert zh.last().startswith("第 1 号到 ")
    await zh.says(zh.owner, "/case 1")
    assert "老王" in zh.last() and "Olga 手动 · 连发广告" in zh.last()
    assert "):休息,到" in zh.last()
    await zh.says(wang, "/why", private=True)
    assert "连发广告" in zh.last(wang)
    await zh.wait(minutes=31)
    assert zh.status(wang) == "member"
    await zh.says(zh.owner, "/duration 1 30m")
    assert zh.last(zh.owner) == "第 1 号没有正在生效的休息或移出。"
    await zh.says(zh.owner, "/reason 9 x")
    assert zh.last(zh.owner) == "没有这个编号。"
    await zh.says(zh.owner, "/duration 1 10s")
    assert zh.last(zh.owner).startswith("要在 30 秒到 366 天之间")
    await zh.says(wang, "/case 1")
    assert zh.last(wang) == "这个操作只有管理员能用。"


async def test_cases_stop_counting_when_they_expire(zh: Talk) -> None:
    await zh.says(zh.owner, "/ladder expiry 2d")
    assert zh.last().startswith("一次处理算 2天。")
    zhao = zh.person("小赵", language="zh", starts=True)
    for _ in range(2):
        await zh.says(zhao, WORDS)
        await zh.wait(minutes=1)
    await zh.wait(days=2)
    await zh.says(zhao, WORDS)
    assert zh.status(zhao) == "member"
    assert [r[0] for r in zh.rows("SELECT action FROM verdict ORDER BY id")] == ["remove"] * 3


async def test_cases_in_a_short_time_are_a_break_at_once(zh: Talk) -> None:
    await zh.says(zh.owner, "/ladder window 2 10m")
    assert "10分钟内同一条规则 2 次,直接休息" in zh.last()
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    await zh.wait(minutes=11)
    await zh.says(zhao, WORDS)
    assert zh.status(zhao) == "member"
    qian = zh.person("小钱", language="zh", starts=True)
    for _ in range(2):
        await zh.says(qian, WORDS)
        await zh.wait(minutes=1)
    assert zh.status(qian) == "restricted"
    await zh.says(zh.owner, "/ladder window off")
    assert "直接休息" not in zh.last()


async def test_what_was_flagged_and_taken_back_is_not_put_away_by_a_later_press(tmp_path: Path) -> None:
    async with group(tmp_path, "dealer") as zh:
        wang = zh.person("老王", language="zh", starts=True)
        mid = await zh.says(wang, WORDS)
        await zh.says(zh.owner, "/undo 1")
        assert await zh.presses(zh.owner, "收起", chat=zh.owner) == "第 1 号之前就撤销了。"
        assert zh.stands(mid)
        assert zh.rows("SELECT action, undone_by FROM verdict") == [("flag", zh.owner)]
        assert not any("第 1 号" in told for told in zh.bot_texts(wang))


async def test_a_case_without_words_of_the_member_is_told_in_the_groups_language(zh: Talk) -> None:
    zhao = zh.person("小赵", language="zh", starts=True)
    for n in range(11):
        await zh.says(zhao, f"好 {n}")
    await zh.says(zh.owner, "/case 1")
    assert "规则:刷屏 v" in zh.last()
    assert "15秒内 10 次 · 短时间内太多" in zh.last()
    await zh.says(zh.owner, "/antiraid 1h")
    await zh.says(zh.owner, "/case 2")
    assert "突袭 1" in zh.last()
    assert "aid" not in zh.last()


async def test_what_is_lifted_by_hand_takes_back_no_break_that_was_over(zh: Talk) -> None:
    zhao = zh.person("小赵", language="zh", starts=True)
    for _ in range(3):
        await zh.says(zhao, WORDS)
        await zh.wait(minutes=2)
    await zh.wait(hours=2)  # the third time was a break of an hour
    mid = await zh.says(zhao, "早")
    await zh.says(zh.owner, "/tmute 10m 太吵", reply_to=mid)
    await zh.says(zh.owner, "/unmute", reply_to=mid)
    assert zh.rows("SELECT number FROM verdict WHERE undone_at IS NOT NULL") == [(4,)]
    await zh.says(zhao, WORDS)
    await zh.wait(hours=2)  # the fourth time is a day, not an hour again
    assert zh.status(zhao) == "restricted"
