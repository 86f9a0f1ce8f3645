"""The log holds what nobody said to the bot: who comes and goes, what is written down, what administrators
do in their own clients."""

from __future__ import annotations

import pytest

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk
from tests.dialogs.test_log import logged
from tests.dialogs.test_log import zh as zh


async def test_members_who_come_and_go_are_logged_as_a_category_of_their_own(zh: Talk) -> None:
    where = await logged(zh)
    zhao = zh.person("小赵", language="zh", joins=False)
    await zh.joins(zhao)
    assert zh.last(where).splitlines() == ["#成员 · Test group", "小赵 进了群"]
    await zh.wait(seconds=20)
    zh.world.leave(zhao, zh.id)
    await zh.settle()
    assert zh.last(where).splitlines() == ["#成员 · Test group", "小赵 离开了群"]
    await zh.says(zh.owner, "/nolog user")
    before = len(zh.bot_texts(where))
    await zh.joins(zhao)
    assert [t.splitlines()[0] for t in zh.bot_texts(where)[before:]] == []


async def test_who_asked_and_was_let_in_was_not_brought_in_by_who_let_them(zh: Talk) -> None:
    where, link = await logged(zh), zh.invite(approval=True)
    zhao, qian, sun = (zh.person(name, language="zh", joins=False) for name in ("小赵", "小钱", "小孙"))
    for person, by in ((zhao, zh.owner), (qian, zh.world.bots[TOKEN].user)):
        await zh.asks(person, link=link)
        await zh.wait(seconds=20)
        assert zh.last(where).splitlines()[1].endswith("申请进群")
        zh.world.decide(zh.room, person, by, accept=True)
        await zh.settle()
        await zh.wait(seconds=20)
        whole = "Olga 放进来了 小赵" if by == zh.owner else "小钱 进了群"
        assert zh.last(where).splitlines()[1] == whole
    zh.world.set_member(zh.room, sun, zh.owner, status="member", is_member=True)
    await zh.settle()
    assert zh.last(where).splitlines()[1] == "Olga 拉进来了 小孙"
    await zh.says(zh.owner, "/log")
    assert "Olga 放进来了 小赵" in zh.last(zh.owner)


async def test_crowd_is_told_in_one_message_more_and_the_rest_of_it_counted(zh: Talk) -> None:
    where = await logged(zh)
    before = len(zh.bot_texts(where))
    for n in range(23):
        zh.world.join(zh.person(f"人{n}", language="zh", joins=False), zh.id)
    await zh.settle()
    assert zh.bot_texts(where)[before:] == ["#成员 · Test group\n人0 进了群"]
    await zh.wait(seconds=15)
    told = zh.last(where).splitlines()
    assert told[:2] == ["#成员 · Test group", "人1 进了群"]
    assert told[-2:] == ["人9 进了群", "又有人进出(未逐条记):「13」"]
    assert len(zh.bot_texts(where)) == before + 2
    await zh.wait(minutes=1)
    assert len(zh.bot_texts(where)) == before + 2
    assert zh.rows("SELECT count(*) FROM log_record WHERE kind = 'joined'") == [(23,)]


async def test_what_is_written_down_is_logged_with_its_author(zh: Talk) -> None:
    where = await logged(zh)
    said = []
    for line in (
        "/save opening 九点到六点",
        "/clear opening",
        '/filter "几点开门" 九点',
        "/stop 几点开门",
        "/export",
    ):
        await zh.says(zh.owner, line)
        said.append(zh.last(where).splitlines())
    assert {head for head, _ in said} == {"#其他 · Test group"}
    assert [line for _, line in said] == [
        "Olga 写下了笔记:「opening」",
        "Olga 拿掉了笔记:「opening」",
        "Olga 设了自动回答:「几点开门」",
        "Olga 取消了自动回答:「几点开门」",
        "Olga 导出了设置",
    ]


async def test_acts_in_clients_that_service_messages_tell_are_logged_and_taken_back(zh: Talk) -> None:
    where = await logged(zh)
    zhou = zh.person("小周", language="zh", starts=True)
    await zh.promotes(zhou, *RIGHTS)
    mid = await zh.says(zhou, "本周活动")
    room = zh.room
    zh.world.post(room, zhou, pinned_message=zh.world.reply_part(room, mid))
    room.pinned.append(mid)
    await zh.settle()
    assert zh.last(where).splitlines() == ["#管理 · Test group", "小周 置顶了消息"]
    await zh.presses(zh.owner, "撤销", chat=where)
    assert room.pinned == []
    assert zh.last(where).splitlines()[1] == "Olga 取消了置顶"
    zh.world.post(room, zhou, new_chat_title="西湖店")
    await zh.settle()
    assert zh.last(where).splitlines()[1] == "小周 改了群名:「西湖店」"
    zh.world.post(room, zhou, delete_chat_photo=True)
    await zh.settle()
    assert zh.last(where).splitlines()[1] == "小周 去掉了群头像"
    topic = await zh.topic("秋季", by=zhou)
    assert zh.last(where).splitlines()[1] == "小周 新建了话题:「秋季」"
    await zh.closes(topic, by=zhou)
    assert zh.last(where).splitlines()[1] == "小周 关闭了话题"
    await zh.presses(zh.owner, "撤销", chat=where)
    assert not room.topics[topic].closed
    assert zh.last(where).splitlines()[1] == "Olga 重新打开了话题"


async def test_demotion_in_a_client_is_taken_back_by_who_has_the_rights(zh: Talk) -> None:
    where = await logged(zh)
    zhou, qian = (zh.person(n, language="zh", starts=True) for n in ("小周", "小钱"))
    zh.world.promote(where, qian, zh.owner, set(RIGHTS))
    await zh.promotes(qian, "can_promote_members", "can_restrict_members")
    await zh.promotes(zhou, "can_pin_messages", "can_delete_messages")
    await zh.promotes(zhou)
    assert zh.last(where).splitlines()[1] == "Olga 取消了管理员 小周:「delete manage pin」"
    await zh.presses(qian, "撤销", chat=where)
    assert zh.status(zhou) == "member"
    await zh.presses(zh.owner, "撤销", chat=where)
    assert zh.status(zhou) == "administrator"
    assert zh.last(where).splitlines()[1] == "Olga 设为管理员 小周"


@pytest.mark.parametrize("how", ["command", "client"])
async def test_taking_back_a_restriction_made_in_a_client_never_frees_whom_somebody_banned(
    zh: Talk, how: str
) -> None:
    where = await logged(zh)
    zhao = zh.person("小赵", language="zh")
    zh.world.set_member(zh.room, zhao, zh.owner, status="restricted", until=0)
    await zh.settle()
    assert zh.last(where).splitlines()[1].startswith("Olga 限制了发言 小赵")
    mid, line = max(zh.world.chats[where].messages.items())
    data = line["reply_markup"]["inline_keyboard"][0][0]["callback_data"]
    if how == "command":
        await zh.says(zh.owner, f"/ban {zhao}")
    else:
        zh.world.set_member(zh.room, zhao, zh.owner, status="kicked", until=0)
        await zh.settle()
    query = zh.world.press(zh.owner, where, mid, data)
    await zh.settle()
    assert zh.world.queries[query]["text"] == "小赵 之前已被移出,保持原样。想放行用 /unban。"
    assert zh.status(zhao) == "kicked"
