"""Approvals: who is trusted is exempt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from groupbot.testing import Talk
from tests.dialogs.justice import WORDS, group


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    async with group(tmp_path) as talk:
        yield talk


async def test_approved_member_is_exempt_until_taken_back(zh: Talk) -> None:
    fang = zh.person("阿芳", language="zh", starts=True)
    mid = await zh.says(fang, "早")
    await zh.says(zh.owner, "/approve 花店老板", reply_to=mid)
    assert zh.last() == "阿芳 已认可,不再受刷屏、内容和进群验证的限制。"
    assert zh.stands(await zh.says(fang, WORDS))
    assert all([zh.stands(await zh.says(fang, f"{i}")) for i in range(12)])
    await zh.says(fang, "/approval")
    assert zh.last() == "阿芳:已认可(花店老板)。"
    await zh.says(zh.owner, "/approved")
    assert zh.last().startswith("· 阿芳:花店老板")
    await zh.says(zh.owner, f"/unapprove {fang}")
    assert zh.last() == "阿芳 的认可取消了,照常。"
    await zh.wait(minutes=11)
    assert not zh.stands(await zh.says(fang, WORDS))
    await zh.says(zh.owner, f"/unapprove {fang}")
    assert zh.last(zh.owner) == "阿芳 没有被认可过。"


async def test_only_admins_approve_and_nobody_an_admin(zh: Talk) -> None:
    fang = zh.person("阿芳", language="zh", starts=True)
    await zh.says(fang, f"/approve {fang}")
    assert zh.last(fang) == "这个操作只有管理员能用。"
    await zh.says(zh.owner, f"/approve {zh.owner}")
    assert zh.rows("SELECT count(*) FROM approval") == [(0,)]


async def test_owner_takes_back_all_after_a_question(zh: Talk) -> None:
    for name in ("阿芳", "老王"):
        who = zh.person(name, language="zh")
        mid = await zh.says(who, "早")
        await zh.says(zh.owner, "/approve", reply_to=mid)
    helper = zh.person("小周", language="zh", starts=True)
    await zh.promotes(helper, "can_restrict_members")
    await zh.says(helper, "/unapproveall")
    assert zh.rows("SELECT count(*) FROM approval") == [(2,)]
    await zh.says(zh.owner, "/unapproveall")
    assert zh.last() == "要取消全部 2 位的认可吗?"
    await zh.presses(helper, "全部取消")
    assert zh.rows("SELECT count(*) FROM approval") == [(2,)]
    await zh.presses(zh.owner, "全部取消")
    assert zh.rows("SELECT count(*) FROM approval") == [(0,)]
    assert zh.last() == "2 位的认可都取消了。"


async def test_in_private_the_question_is_answered_where_it_stands(zh: Talk) -> None:
    mid = await zh.says(zh.person("阿芳", language="zh"), "早")
    await zh.says(zh.owner, "/approve", reply_to=mid)
    await zh.says(zh.owner, "/connect")
    before = zh.bot_texts()
    await zh.says(zh.owner, "/unapproveall", private=True)
    assert zh.last(zh.owner) == "▸ Test group\n要取消全部 1 位的认可吗?"
    await zh.presses(zh.owner, "全部取消", chat=zh.owner)
    assert zh.rows("SELECT count(*) FROM approval") == [(0,)]
    assert (zh.last(zh.owner), zh.bot_texts()) == ("1 位的认可都取消了。", before)
    with pytest.raises(AssertionError, match="no button"):
        await zh.presses(zh.owner, "全部取消", chat=zh.owner)


async def test_a_button_pressed_twice_keeps_the_first_answer(zh: Talk) -> None:
    mid = await zh.says(zh.person("阿芳", language="zh"), "早")
    await zh.says(zh.owner, "/approve", reply_to=mid)
    await zh.says(zh.owner, "/unapproveall")
    card = max(m for m, message in zh.room.messages.items() if "reply_markup" in message)
    data = zh.room.messages[card]["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    presses = [zh.world.press(zh.owner, zh.id, card, data) for _ in range(2)]
    await zh.settle()
    assert [zh.world.queries[p].get("text", "") for p in presses] == ["", "这个按钮已经过期了。"]
    assert zh.last() == "1 位的认可都取消了。"


async def test_clean_messages_approve_where_that_is_switched_on(zh: Talk) -> None:
    fang = zh.person("阿芳", language="zh", starts=True)
    for i in range(3):
        await zh.says(fang, f"早上好 {i}")
    assert zh.rows("SELECT count(*) FROM clean_count") == [(0,)]
    await zh.says(zh.owner, "/approve auto 3")
    assert zh.last() == "连续 3 条消息没有问题、入群满一天的成员会自动认可。"
    for i in range(3):
        await zh.says(fang, f"晚上好 {i}")
    assert zh.rows("SELECT person_id, by_id FROM approval") == [(fang, 0)]
    assert zh.stands(await zh.says(fang, WORDS))
