"""Helpers on their shift, and notes of staff."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from groupbot.testing import Talk
from tests.dialogs.justice import group


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    async with group(tmp_path) as talk:
        yield talk


async def test_helper_on_shift_decides_but_does_not_ban(zh: Talk) -> None:
    mei = zh.person("小美", language="zh", starts=True)
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh")
    await zh.says(mei, "早")
    await zh.says(zh.owner, f"/helpers add {mei}")
    assert zh.last() == "小美 加入值班:daily。当班时可以处理举报,没有别的权限。"
    mid = await zh.says(wang, "买一送一")
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(mei).splitlines()[0] == "Test group · 举报 1 次"
    await zh.presses(mei, "收起并移出", chat=mei)
    assert zh.status(wang) == "member" and zh.stands(mid)
    await zh.presses(mei, "休息1小时", chat=mei)
    assert zh.status(wang) == "restricted" and not zh.stands(mid)
    assert zh.last(zh.owner).endswith("小美:收起并休息1小时")
    assert zh.rows("SELECT action, by_id FROM verdict") == [("mute", mei)]


async def test_a_helpers_reminder_is_the_last_one_and_removes_nobody(zh: Talk) -> None:
    mei, wang, fang = (zh.person(n, language="zh", starts=True) for n in ("小美", "老王", "阿芳"))
    await zh.says(mei, "早")
    await zh.says(zh.owner, f"/helpers add {mei}")
    await zh.says(zh.owner, "/warnlimit 2")
    await zh.says(zh.owner, "/warnmode ban")
    mid = await zh.says(wang, "买一送一")
    await zh.says(zh.owner, f"/warn {wang}")
    await zh.says(fang, "/report", reply_to=mid)
    said = await zh.presses(mei, "收起并提醒", chat=mei)
    assert said == "收起并提醒了(2/2),第 2 号。次数到了,接下来怎么办由管理员定。"
    assert (zh.status(wang), zh.stands(mid)) == ("member", False)
    assert zh.rows("SELECT action, by_id FROM verdict") == [("warn", zh.owner), ("warn", mei)]


async def test_helper_off_shift_or_off_the_rota_may_nothing(zh: Talk) -> None:
    mei, wang = zh.person("小美", language="zh", starts=True), zh.person("老王", language="zh")
    fang = zh.person("阿芳", language="zh")
    await zh.says(mei, "早")
    await zh.says(zh.owner, f"/helpers add {mei}")
    mid = await zh.says(wang, "买一送一")
    await zh.says(fang, "/report", reply_to=mid)
    await zh.says(zh.owner, f"/helpers drop {mei}")
    assert zh.last() == "小美 不再值班,谢谢。"
    await zh.presses(mei, "收起并提醒", chat=mei)
    await zh.says(mei, "/reports")
    assert zh.last(mei) == "这个操作只有管理员和当班的值班成员能用。"
    assert zh.stands(mid)
    await zh.says(zh.owner, f"/helpers drop {mei}")
    assert zh.last(zh.owner) == "这位不在值班表里。"


async def test_rota_is_shown_and_bad_shifts_are_refused(zh: Talk) -> None:
    mei = zh.person("小美", language="zh")
    await zh.says(mei, "早")
    await zh.says(zh.owner, f"/helpers add {mei} 周一-周五 9:00-18:00")
    assert "mon-fri 9:00-18:00" in zh.last()
    await zh.says(mei, "/helpers")
    assert zh.last().startswith("· 小美 mon-fri 9:00-18:00")
    await zh.says(zh.owner, f"/helpers add {mei} sometimes")
    assert zh.last(zh.owner).startswith("时间没看懂")
    await zh.says(mei, f"/helpers add {mei}")
    assert zh.rows("SELECT person_id FROM helper") == [(mei,)]


async def test_notes_are_kept_shown_in_private_and_dropped(zh: Talk) -> None:
    wang = zh.person("老王", language="zh", starts=True)
    mid = await zh.says(wang, "早")
    await zh.says(zh.owner, "/usernote 问过两次发票", reply_to=mid)
    assert zh.last() == "记下了,一共 1 条。只有管理员看得到。"
    await zh.says(zh.owner, f"/usernote {wang} 喜欢陈皮")
    await zh.says(zh.owner, f"/usernotes {wang}")
    lines = zh.last(zh.owner).splitlines()
    assert lines[0] == "老王" and lines[1].startswith("1. 问过两次发票(Olga,")
    await zh.says(wang, f"/usernotes {wang}")
    assert zh.last(wang) == "这个操作只有管理员能用。"
    await zh.says(zh.owner, f"/usernotes {wang} drop 1")
    assert zh.rows("SELECT text FROM user_note") == [("喜欢陈皮",)]
    assert all("发票" not in t for t in zh.bot_texts())
