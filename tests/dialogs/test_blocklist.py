"""The blocklist as people meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.features.rules.domain import allowing, blocklist
from groupbot.features.rules.service import week
from groupbot.testing import Talk, conversation
from tests.dialogs.acting import buttons
from tests.dialogs.test_rules import cases, set_up, zh

__all__ = ["zh"]


async def kept(talk: Talk, user: int, text: str, **content: object) -> bool:
    return talk.stands(await talk.says(user, text, **content))


async def test_entries_count_at_once_are_listed_and_taken_off(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    assert await kept(zh, zhao, "刷单吗")
    await zh.says(zh.owner, '/addblocklist (刷单, "free * money") {warn} 这里不聊这个')
    assert zh.last() == "加进屏蔽名单了:刷单、free * money。现在有 2 项。"
    assert not await kept(zh, zhao, "刷 单吗")
    assert not await kept(zh, zhao, "FREE easy money!")
    assert await kept(zh, zhao, "free and easy money")
    assert "含群里约定不发的内容" in zh.last(zhao)
    assert "「这里不聊这个」" in zh.last(zhao)
    found = [(c.rule, c.matched, c.action, c.wish, c.notice) for c in await cases(zh) if c.action != "exempt"]
    assert found == [
        ("blocklist", "刷 单", "remove", "warn", "这里不聊这个"),
        ("blocklist", "FREE easy money", "remove", "warn", "这里不聊这个"),
    ]
    await zh.says(zh.owner, "/blocklist")
    assert zh.last() == "\n".join(
        ["屏蔽名单 · 2", '"刷单" {warn} 这里不聊这个', '"free * money" {warn} 这里不聊这个']
    )
    await zh.says(zh.owner, "/rmblocklist free * money")
    assert zh.last() == "从屏蔽名单去掉了:free * money。还有 1 项。"
    assert await kept(zh, zhao, "FREE easy money!")
    await zh.says(zh.owner, '/addblocklist (free, "free money")')
    await zh.says(zh.owner, "/rmblocklist free money")
    assert zh.last() == "从屏蔽名单去掉了:free money。还有 2 项。"
    await zh.says(zh.owner, "/rmblocklist casino")
    assert zh.last(zh.owner) == "屏蔽名单里没有这个。看看有什么:/blocklist"


async def test_entry_bans_in_a_consumer_group_and_undo_lifts_it(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/addblocklist casino {tban 2w}")
    assert not await kept(zh, zhao, "casino")
    assert zh.status(zhao) == "kicked"
    assert "按你们的名单:小赵已移出,到 " in zh.last(zh.owner)
    await zh.presses(zh.owner, "撤销", chat=zh.owner)
    assert zh.status(zhao) == "left"
    assert zh.last(zh.owner) == "第 1 号:已撤销,不再计数。"
    assert "撤销" not in buttons(zh, zh.owner)


async def test_face_holds_in_stores_and_with_dealers(zh: Talk) -> None:
    await set_up(zh, "store")
    wang = zh.person("老王", language="zh")
    await zh.says(zh.owner, "/addblocklist casino {ban}")
    assert not await kept(zh, wang, "casino")
    assert zh.status(wang) == "member"
    await set_up(zh, "dealer")
    assert await kept(zh, wang, "casino again")
    assert zh.status(wang) == "member"


async def test_mode_deletion_and_reason_hold_for_entries_without_their_own(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/addblocklist casino")
    await zh.says(zh.owner, "/blocklistmode tmute 12h")
    await zh.says(zh.owner, "/setblocklistreason 这些词我们不用")
    assert zh.last().startswith("碰到屏蔽名单的消息会收起;之后:tmute 12h。附言:「这些词我们不用」")
    assert not await kept(zh, zhao, "casino")
    assert zh.status(zhao) == "restricted"
    assert "「这些词我们不用」先休息12小时" in zh.last(zhao)
    await zh.says(zh.owner, "/undo 1")
    await zh.says(zh.owner, "/resetblocklistreason")
    await zh.says(zh.owner, "/blocklistmode on")
    await zh.says(zh.owner, "/blocklistdelete off")
    assert zh.last().startswith("碰到屏蔽名单的消息留着,请人来定;之后:按群里的惯例。")
    assert await kept(zh, zhao, "casino again")
    assert "没有动它,请你定" in zh.last(zh.owner)
    await zh.says(zh.owner, "/blocklistmode shout")
    assert zh.last(zh.owner).startswith("后面怎么处理?")


async def test_entry_that_cannot_be_taken_is_refused_in_words(zh: Talk) -> None:
    await set_up(zh, "consumer")
    for text, said in (
        ("**", "几乎什么都会碰到"),
        ("re:(a)\\1", "这个正则读不懂"),
        ('"open', "没有收尾"),
        ("casino {shout}", "不认识后面的处理方式"),
    ):
        await zh.says(zh.owner, f"/addblocklist {text}")
        assert said in zh.last(zh.owner)
    await zh.says(zh.owner, "/blocklist")
    assert zh.last() == "屏蔽名单是空的。加一个:/addblocklist 刷单"
    await zh.says(zh.owner, "/rmblocklist")
    assert zh.last(zh.owner).startswith("用法")


async def test_only_the_owner_empties_the_list_and_is_asked(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhou = zh.person("小周", language="zh", starts=True)
    zh.world.promote(zh.id, zhou, zh.owner, {"can_delete_messages"})
    await zh.settle()
    await zh.says(zhou, "/addblocklist (a1, b2)")
    assert zh.last() == "加进屏蔽名单了:a1、b2。现在有 2 项。"
    await zh.says(zhou, "/unblocklistall")
    assert zh.last() == "加进屏蔽名单了:a1、b2。现在有 2 项。"
    await zh.says(zh.owner, "/unblocklistall")
    assert zh.last() == "屏蔽名单里有 2 项,要清空吗?"
    await zh.presses(zhou, "清空")
    assert (await zh.app.writer.submit(_count, zh.id)) == 2
    await zh.presses(zh.owner, "清空")
    assert (await zh.app.writer.submit(_count, zh.id)) == 0


def _count(work: object, telegram_id: int) -> int:
    from groupbot.features.members import service as members
    from groupbot.features.rules.domain.blocklist import ENTRIES

    return sum(len(members.get(work, p.chat, ENTRIES)) for p in members.profiles(work))  # type: ignore[arg-type]


async def test_file_and_sources_are_found_in_the_group(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/addblocklist (file:*.apk, stickerpack:badpack, inlinebot:@gif)")
    file = {"file_id": "f1", "file_unique_id": "u1"}
    assert not await kept(zh, zhao, "", document={**file, "file_name": "Game.APK"})
    assert await kept(zh, zhao, "", document={**file, "file_name": "menu.pdf"})
    gif = {"id": 99, "is_bot": True, "first_name": "G", "username": "gif"}
    assert not await kept(zh, zhao, "x", via_bot=gif)


async def test_message_edited_into_an_entry_is_judged(zh: Talk) -> None:
    await set_up(zh, "consumer")
    await zh.says(zh.owner, "/addblocklist casino {tmute 12h}")
    zhao = zh.person("小赵", language="zh")
    mid = await zh.says(zhao, "hello")
    zh.world.edit(zhao, zh.id, mid, "casino")
    await zh.settle()
    assert not zh.stands(mid)
    assert zh.status(zhao) == "restricted"


@pytest.mark.parametrize(
    ("language", "full", "long"),
    [
        ("zh", "名单满了,最多 2 项,先去掉几项。", "太长了,最多 3,000 个字。"),
        (
            "en",
            "The list is full: 2 entries at most. Take some out first.",
            "Too long: 3,000 characters at most.",
        ),
    ],
)
async def test_a_full_list_is_called_full_and_a_long_text_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, full: str, long: str
) -> None:
    monkeypatch.setattr(blocklist, "MOST", 2)
    monkeypatch.setattr(allowing, "MOST", 2)
    monkeypatch.setattr(week, "PHRASE_LIMIT", 2)
    async with conversation(tmp_path, group_language=language, language=language) as chat:
        for command in ("/addblocklist word{}", "/allowlist t.me/addstickers/cats{}", "/rules add word{}"):
            for n in range(3):
                await chat.says(chat.owner, command.format(n))
            assert chat.last(chat.owner) == full, command
        await chat.says(chat.owner, f"/rules set {'x' * 3001}")
        assert chat.last(chat.owner) == long
