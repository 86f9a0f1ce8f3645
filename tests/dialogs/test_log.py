"""The log: where it goes, what is in it, who may make a place the log of a group."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import TOKEN, Talk
from tests.dialogs.justice import WORDS, group
from tests.dialogs.test_forgotten import forgets


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    async with group(tmp_path) as talk:
        yield talk


async def place(zh: Talk, title: str, type_: str = "supergroup", owner: int = 0) -> int:
    """Another chat with the bot; its Telegram id."""
    room = zh.world.add_chat(title, owner or zh.owner, type=type_)
    zh.world.add_bot_to(TOKEN, room.id, owner or zh.owner, set(RIGHTS))
    await zh.settle()
    return room.id


async def says(zh: Talk, user: int, chat: int, text: str, **more: Any) -> int:
    """Somebody writes in another chat."""
    message = zh.world.say(user, chat, text, **more)
    await zh.settle()
    return int(message["message_id"])


def code(zh: Talk, chat: int) -> str:
    """The code last given out in a chat."""
    text = next(t for t in reversed(zh.bot_texts(chat)) if "/setlog " in t)
    return text.split("/setlog ")[1].split()[0]


async def logged(zh: Talk) -> int:
    """A group that keeps the log of the test's group."""
    where = await place(zh, "值班日志")
    await says(zh, zh.owner, where, "/setlog")
    await zh.says(zh.owner, f"/setlog {code(zh, where)}")
    return where


async def test_code_links_a_group_and_rules_acts_are_logged_with_an_undo(zh: Talk) -> None:
    where = await logged(zh)
    assert zh.last() == "日志从现在起发到「值班日志」。"
    assert zh.last(where).splitlines() == ["#设置 · Test group", "Olga 设了日志"]
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    assert zh.last(where).splitlines() == [
        "#自动 · Test group",
        "收起了 小赵:「加薇信 jdd886」 · 规则 contact v1 · 第 1 号",
    ]
    await zh.presses(zh.owner, "撤销", chat=where)
    assert zh.last(where).splitlines() == [
        "#管理 · Test group",
        "Olga 撤销了处理 小赵:「加薇信 jdd886」 · 第 1 号",
    ]
    assert zh.rows("SELECT undone_by FROM verdict") == [(zh.owner,)]


async def test_buttons_of_a_log_ask_for_rights_in_the_group_they_act_on(zh: Talk) -> None:
    where = await logged(zh)
    reader = zh.person("小钱", language="zh", starts=True)
    zh.world.promote(where, reader, zh.owner, set(RIGHTS))
    await zh.settle()
    await zh.says(zh.person("小赵", language="zh"), WORDS)
    await zh.presses(reader, "撤销", chat=where)
    assert zh.rows("SELECT undone_by FROM verdict") == [(None,)]
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh")
    mid = await zh.says(wang, "买一送一")
    await zh.says(fang, "/report", reply_to=mid)
    await zh.promotes(reader, "can_pin_messages")
    await zh.presses(reader, "收起并移出", chat=where)
    assert zh.stands(mid) and zh.status(wang) == "member"


async def test_reports_go_to_the_log_and_are_decided_there(zh: Talk) -> None:
    where = await logged(zh)
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh")
    mid = await zh.says(wang, "买一送一")
    await zh.says(fang, "/report 广告", reply_to=mid)
    assert zh.last(where).splitlines()[0] == "Test group · 举报 1 次"
    await zh.presses(zh.owner, "收起并提醒", chat=where)
    assert not zh.stands(mid)
    assert zh.bot_texts(where)[-2].endswith("Olga:收起并提醒了")
    assert zh.last(where).splitlines() == [
        "#举报 · Test group",
        "Olga 处理举报:收起并提醒 老王:「买一送一」 · 第 1 号",
    ]


async def test_acts_in_clients_are_logged_with_their_actor_and_can_be_taken_back(zh: Talk) -> None:
    where = await logged(zh)
    zhou, wang = zh.person("小周", language="zh"), zh.person("老王", language="zh")
    await zh.promotes(zhou, "can_restrict_members")
    assert zh.last(where).splitlines()[1] == "Olga 设为管理员 小周:「manage restrict」"
    zh.world.set_member(zh.room, wang, zhou, status="kicked", is_member=False)
    await zh.settle()
    assert zh.last(where).splitlines()[1] == "小周 移出了群 老王"
    await zh.presses(zh.owner, "撤销", chat=where)
    assert zh.status(wang) == "left"
    assert zh.last(where).splitlines()[1] == "Olga 解除了移出 老王"
    await zh.promotes(zhou)
    assert zh.last(where).splitlines()[1] == "Olga 取消了管理员 小周:「manage restrict」"


async def test_acts_of_the_bot_are_logged_once(zh: Talk) -> None:
    where = await logged(zh)
    wang = zh.person("老王", language="zh")
    mid = await zh.says(wang, "早")
    before = len(zh.bot_texts(where))
    await zh.says(zh.owner, "/mute 2h 广告", reply_to=mid)
    assert zh.status(wang) == "restricted"
    assert len(zh.bot_texts(where)) == before + 1
    assert zh.last(where).splitlines()[1] == "Olga 设了休息 老王 2小时:「广告」 · 第 1 号"
    await zh.presses(zh.owner, "撤销", chat=where)
    assert zh.status(wang) == "member"


async def test_settings_are_logged_and_a_category_can_be_left_out(zh: Talk) -> None:
    where = await logged(zh)
    await zh.says(zh.owner, "/reports off")
    assert zh.last(where).splitlines() == ["#设置 · Test group", "Olga 改了设置:「reports: — → off」"]
    await zh.says(zh.owner, "/nolog settings")
    assert "settings · 不记" in zh.last()
    before = len(zh.bot_texts(where))
    await zh.says(zh.owner, "/reports on")
    assert len(zh.bot_texts(where)) == before
    await zh.says(zh.owner, "/log settings")
    await zh.says(zh.owner, "/reports off")
    assert zh.last(where).splitlines()[1] == "Olga 改了设置:「reports: on → off」"
    await zh.says(zh.owner, "/nolog weather")
    assert zh.last(zh.owner).startswith("✓ settings → 值班日志")
    await zh.says(zh.owner, "/logcategories")
    assert zh.last().startswith("✓ settings → 值班日志")
    await zh.says(zh.owner, "/log")
    assert "Olga 改了设置:「reports: on → off」" in zh.last(zh.owner).splitlines()[0]


async def test_what_trusted_anonymous_admins_set_and_write_down_is_logged_as_theirs(zh: Talk) -> None:
    where = await logged(zh)
    await zh.says(zh.owner, "/anonadmin on")
    for line, told in (
        ("/settings keep_text on", "改了设置:「keep_text"),
        ("/logcopies on", "改了设置:「log_copies"),
        ("/privatenotes on", "改了设置:「privatenotes"),
        ("/filterevery 60s", "改了设置:「filter_every"),
        ("/privaterules on", "改了设置:「privaterules"),
        ("/setrules 友善待人", "改了设置:「rules_text"),
        ("/attitude on", "改了设置:「attitude"),
        ("/theme count", "改了设置:「theme_guard"),
        ("/raidtime 3h", "改了设置:「raid_seconds"),
        ("/channels off", "改了设置:「channels"),
        ("/welcome off", "改了设置:「welcome"),
        ("/save 价格 见表", "写下了笔记:「价格"),
        ("/filter 价格 见表", "设了自动回答:「价格"),
    ):
        await zh.says(zh.owner, line, anonymous=True)
        assert zh.last(where).splitlines()[1].startswith(f"匿名管理员 {told}"), zh.last(where)


async def test_category_goes_to_its_own_place(zh: Talk) -> None:
    where = await logged(zh)
    other = await place(zh, "举报处")
    await says(zh, zh.owner, other, "/setlog")
    await zh.says(zh.owner, f"/setlog {code(zh, other)} reports")
    assert zh.last() == "reports 类的日志从现在起发到「举报处」。"
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh")
    mid = await zh.says(wang, "买一送一")
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(other).startswith("Test group · 举报 1 次")
    assert "举报 1 次" not in zh.last(where)


async def test_topic_is_the_log_at_once(zh: Talk) -> None:
    topic = await zh.topic("日志")
    await zh.says(zh.owner, "/setlog", message_thread_id=topic, is_topic_message=True)
    await zh.says(zh.person("小赵", language="zh"), WORDS)
    assert zh.in_topic(topic)[-1].startswith("#自动 · Test group")


async def test_who_reported_whom_is_not_read_in_a_topic_that_every_member_reads(zh: Talk) -> None:
    topic = await zh.topic("日志")
    await zh.says(zh.owner, "/setlog", message_thread_id=topic, is_topic_message=True)
    mid = await zh.says(zh.person("老王", language="zh"), "买一送一")
    await zh.says(zh.person("阿芳", language="zh"), "/report 广告", reply_to=mid)
    assert "· 阿芳:广告" in zh.last(zh.owner)
    assert not [t for t in zh.bot_texts() if "阿芳" in t]


async def test_channel_is_the_log_by_forward_and_its_admin_alone_may(zh: Talk) -> None:
    channel = await place(zh, "频道日志", "channel")
    await says(zh, zh.owner, channel, "/setlog")
    await zh.presses(zh.owner, "是我发的", chat=channel)
    assert "转发过去" in zh.last(channel)
    origin = {
        "type": "channel",
        "date": int(zh.world.clock.now()),
        "chat": {"id": channel, "type": "channel", "title": "频道日志"},
        "message_id": 1,
    }
    zhou = zh.person("小周", language="zh", starts=True)
    await zh.promotes(zhou, "can_change_info")
    await zh.says(zhou, "/setlog", forward_origin=origin)
    assert zh.rows("SELECT count(*) FROM log_route") == [(0,)]
    await zh.says(zh.owner, "/setlog", forward_origin=origin)
    assert zh.last() == "日志从现在起发到「频道日志」。"
    await zh.says(zh.person("小赵", language="zh"), WORDS)
    assert zh.last(channel).startswith("#自动 · Test group")


async def test_anonymous_admin_makes_no_other_place_the_log(zh: Talk) -> None:
    """They share one id: that a code was given to it says nothing of who uses it."""
    qian = zh.person("小钱", language="zh", starts=True)
    where = await place(zh, "别人的群", owner=qian)
    await says(zh, qian, where, "/anonadmin on")
    await zh.says(zh.owner, "/anonadmin on")
    await says(zh, qian, where, "/setlog", anonymous=True)
    await zh.says(zh.owner, f"/setlog {code(zh, where)}", anonymous=True)
    assert zh.last() == "匿名身份看不出是不是那边的管理员,请用自己的账号发。"
    assert zh.rows("SELECT count(*) FROM log_route") == [(0,)]
    topic = await zh.topic("日志")
    await zh.says(zh.owner, "/setlog", message_thread_id=topic, is_topic_message=True, anonymous=True)
    await zh.says(zh.owner, f"/setlog {code(zh, zh.room.id)} reports", anonymous=True)
    assert zh.rows("SELECT DISTINCT topic FROM log_route ORDER BY category") == [(topic,)]


async def test_place_of_others_does_not_become_the_log(zh: Talk) -> None:
    qian = zh.person("小钱", language="zh", starts=True)
    where = await place(zh, "别人的群", owner=qian)
    await says(zh, qian, where, "/setlog")
    given = code(zh, where)
    await zh.says(zh.owner, f"/setlog {given}")
    assert zh.last() == "你不是那边的管理员,没有改动。"
    await zh.says(zh.owner, "/setlog AAAAAAAA")
    assert zh.last(zh.owner).startswith("这个口令不对或过期了")
    await zh.says(qian, f"/setlog {given}")
    assert zh.rows("SELECT count(*) FROM log_route") == [(0,)]
    zh.world.join(zh.owner, where)
    zh.world.promote(where, zh.owner, qian, {"can_delete_messages"})
    await zh.settle()
    await zh.says(zh.owner, f"/setlog {given}")
    assert zh.last() == "日志从现在起发到「别人的群」。"


async def test_who_was_demoted_meanwhile_makes_no_log_of_a_place(zh: Talk) -> None:
    qian = zh.person("小钱", language="zh", starts=True)
    where = await place(zh, "别人的群", owner=qian)
    zh.world.join(zh.owner, where)
    zh.world.promote(where, zh.owner, qian, set(RIGHTS))
    await zh.settle()
    await says(zh, zh.owner, where, "/setlog")
    zh.world.promote(where, zh.owner, qian, set())
    await zh.settle()
    await zh.says(zh.owner, f"/setlog {code(zh, where)}")
    assert zh.last(zh.owner) == "你不是那边的管理员,没有改动。"
    assert zh.rows("SELECT count(*) FROM log_route") == [(0,)]


async def test_code_is_good_for_ten_minutes(zh: Talk) -> None:
    where = await place(zh, "值班日志")
    await says(zh, zh.owner, where, "/setlog")
    given = code(zh, where)
    await zh.wait(minutes=11)
    await zh.says(zh.owner, f"/setlog {given}")
    assert zh.last(zh.owner).startswith("这个口令不对或过期了")


async def test_silent_acts_need_a_log_and_the_owner(zh: Talk) -> None:
    await zh.says(zh.owner, "/silentactions on")
    assert zh.last(zh.owner).startswith("有日志能看到,才可以不出声。设置方法:在频道里发 /setlog,")
    await zh.says(zh.owner, "/smute 2h")
    assert "在本群的某个话题里发 /setlog" in zh.last(zh.owner)
    await logged(zh)
    zhou = zh.person("小周", language="zh", starts=True)
    await zh.promotes(zhou, *RIGHTS)
    await zh.says(zhou, "/silentactions on")
    await zh.says(zhou, "/silentactions")
    wang = zh.person("老王", language="zh")
    mid = await zh.says(wang, "早")
    await zh.says(zh.owner, "/smute 2h", reply_to=mid)
    assert zh.status(wang) == "member"
    assert zh.last(zh.owner).endswith("日志有了;还要群主用 /silentactions on 打开。")
    await zh.says(zh.owner, "/nolog admin")
    await zh.says(zh.owner, "/smute 2h", reply_to=mid)
    assert zh.last(zh.owner).endswith("日志里没有记管理员的操作:/log admin 加回来。")
    await zh.says(zh.owner, "/log admin")
    await zh.says(zh.owner, "/silentactions on")
    assert zh.last() == "悄悄处理:开。日志里都看得到。"
    await zh.says(zh.owner, "/smute 2h", reply_to=mid)
    assert zh.status(wang) == "restricted"
    await zh.says(zh.owner, "/unsetlog")
    assert zh.last() == "日志停了,悄悄处理也随之关掉。"
    await zh.says(zh.owner, "/silentactions")
    assert zh.last().splitlines() == ["悄悄处理:关。", "改:/silentactions on|off(群主)"]


async def test_log_place_can_stop_it_and_a_lost_place_is_none(zh: Talk) -> None:
    where = await logged(zh)
    await says(zh, zh.owner, where, "/unsetlog")
    assert zh.rows("SELECT count(*) FROM log_route") == [(0,)]
    await says(zh, zh.owner, where, "/unsetlog")
    where = await logged(zh)
    await zh.says(zh.owner, "/silentactions on")
    zh.world.remove_bot(TOKEN, where, zh.owner)
    await zh.settle()
    await zh.says(zh.owner, "/silentactions")
    assert zh.last().splitlines() == ["悄悄处理:关。", "改:/silentactions on|off(群主)"]


async def test_log_stopped_from_its_own_place_is_told_and_nothing_stays_silent(zh: Talk) -> None:
    where = await logged(zh)
    await zh.says(zh.owner, "/silentactions on")
    await says(zh, zh.owner, where, "/unsetlog")
    assert zh.last(where) == zh.last() == "日志停了,悄悄处理也随之关掉。"
    zhou = zh.person("小周", language="zh", starts=True)
    await zh.promotes(zhou, *RIGHTS)
    zh.world.join(zhou, where)
    zh.world.promote(where, zhou, zh.owner, set(RIGHTS))
    await zh.settle()
    await says(zh, zhou, where, "/setlog")
    await zh.says(zhou, f"/setlog {code(zh, where)}")
    wang = zh.person("老王", language="zh")
    await zh.says(zhou, "/smute 2h", reply_to=await zh.says(wang, "早"))
    assert zh.status(wang) == "member"
    await zh.says(zh.owner, "/log")
    assert "Olga 取消了日志" in zh.last(zh.owner)
    assert "Olga 改了设置:「silent_actions: on → off」" in zh.last(zh.owner)


async def test_one_category_stopped_from_its_place_leaves_the_rest_of_the_log(zh: Talk) -> None:
    where, other = await logged(zh), await place(zh, "举报处")
    await says(zh, zh.owner, other, "/setlog")
    await zh.says(zh.owner, f"/setlog {code(zh, other)} reports")
    await zh.says(zh.owner, "/silentactions on")
    await says(zh, zh.owner, other, "/unsetlog")
    assert zh.last(where).splitlines()[1] == "Olga 取消了日志"
    await zh.says(zh.owner, "/silentactions")
    assert zh.last().splitlines()[0] == "悄悄处理:开。日志里都看得到。"


async def test_what_rules_put_away_is_copied_to_the_log_where_the_group_wants_it(zh: Talk) -> None:
    await zh.says(zh.owner, "/logcopies on")
    assert zh.last(zh.owner) == "这里没有设日志。"
    where = await logged(zh)
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    assert not any(WORDS in t for t in zh.texts(where)[:-1])
    await zh.says(zh.owner, "/logcopies on")
    answer, told = zh.bot_texts()[-2:]
    assert answer.startswith("规则收起的消息,先抄一份到日志:开。")
    assert told == "本群新变化:被规则收起的消息会抄一份到本群的日志,供管理员核对。详情:/privacy"
    photo = zh.world.photo(b"picture")
    mid = await zh.says(zhao, f"{WORDS}1", photo=photo)
    assert not zh.stands(mid)
    kept, line = list(zh.world.chats[where].messages.values())[-2:]
    assert (kept["caption"], "photo" in kept) == (f"{WORDS}1", True)
    assert "第 2 号" in line["text"]
    await zh.says(zh.owner, "/case 2")
    assert zh.last().splitlines()[-1].endswith(" · 图片 · 配文")
    await zh.says(zh.owner, "/unsetlog")
    third = await zh.says(zhao, f"{WORDS}2")
    assert not zh.stands(third)


async def test_who_was_forgotten_is_called_so_in_the_log_and_no_channel(zh: Talk) -> None:
    wang, mei = (zh.person(name, language="en", starts=True) for name in ("老王", "小美"))
    await zh.promotes(mei, "can_restrict_members")
    await zh.says(mei, "/warn", reply_to=await zh.says(wang, "广告"))
    for who in (mei, wang):
        await forgets(zh, who)
    await zh.says(zh.owner, "/log")
    lines = [line.partition(" ")[2].partition(" ")[2] for line in zh.last(zh.owner).splitlines()]
    assert lines[0] == "已注销成员 提醒了 已注销成员 · 第 1 号"
    assert [line for line in lines if "管理员" in line] == ["Olga 设为管理员 已注销成员"]
