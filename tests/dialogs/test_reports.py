"""Reports: members ask for a look, people decide."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from groupbot.errors import Refusal
from groupbot.features.reports import service
from groupbot.testing import Talk
from tests.dialogs.acting import buttons
from tests.dialogs.justice import group
from tests.dialogs.test_forgotten import forgets


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    async with group(tmp_path) as talk:
        yield talk


async def reported(zh: Talk, language: str = "zh") -> tuple[int, int, int]:
    """Somebody's message, reported: the sender, the reporter, the message."""
    wang, fang = (zh.person(name, language=language, starts=True) for name in ("老王", "阿芳"))
    mid = await zh.says(wang, "买一送一,私聊我")
    await zh.says(fang, "/report 广告", reply_to=mid)
    return wang, fang, mid


async def test_report_reaches_staff_and_leaves_the_message_and_its_command_goes(zh: Talk) -> None:
    _, fang, mid = await reported(zh)
    assert zh.stands(mid)
    assert all("/report" not in t for t in zh.texts())
    assert zh.last(fang) == "收到,已转给管理员,谢谢。"
    card = zh.last(zh.owner)
    assert card.splitlines()[0] == "Test group · 举报 1 次"
    assert "老王" in card and "「买一送一,私聊我」" in card and "· 阿芳:广告" in card


@pytest.mark.parametrize(
    ("button", "result", "status", "stands"),
    [
        ("没问题", "没问题", "member", True),
        ("收起并提醒", "收起并提醒了", "member", False),
        ("收起并休息1小时", "收起并休息1小时", "restricted", False),
        ("收起并移出", "收起并移出了", "kicked", False),
    ],
)
async def test_staff_decide_by_a_button(
    zh: Talk, button: str, result: str, status: str, stands: bool
) -> None:
    wang, fang, mid = await reported(zh)
    await zh.presses(zh.owner, button, chat=zh.owner)
    assert zh.stands(mid) is stands
    assert zh.status(wang) == status
    assert zh.last(zh.owner).endswith(f"Olga:{result}")
    assert zh.last(fang).endswith("没问题,留着。" if stands else "已处理,谢谢你。")
    rows = zh.rows("SELECT rule, action, matched, reason, by_id FROM verdict")
    acts = {"收起并提醒了": "warn", "收起并休息1小时": "mute", "收起并移出了": "ban"}
    assert rows == ([] if stands else [("hand", acts[result], "买一送一,私聊我", "", zh.owner)])
    late = zh.person("小孙", language="zh", starts=True)
    if stands:
        await zh.says(late, "@admin", reply_to=mid)
        assert zh.last(late) == "Olga已经看过:没问题。"


async def test_break_ends_after_an_hour_and_the_member_is_told(zh: Talk) -> None:
    wang, _, _ = await reported(zh)
    await zh.presses(zh.owner, "休息1小时", chat=zh.owner)
    assert "先休息一会儿" in zh.last(wang)
    await zh.wait(hours=1, seconds=20)
    assert zh.status(wang) == "member"


async def warned(zh: Talk, wang: int, fang: int, by: int, times: int) -> str:
    """So many messages are reported, and put away with a reminder; the last toast."""
    said = ""
    for i in range(times):
        mid = await zh.says(wang, f"买一送一,私聊我{i}")
        await zh.says(fang, "/report 广告", reply_to=mid)
        said = await zh.presses(by, "收起并提醒", chat=zh.owner)
    return said


async def test_reminders_on_reports_count_with_all_others_and_the_last_is_a_break(zh: Talk) -> None:
    wang, fang = (zh.person(n, language="zh", starts=True) for n in ("老王", "阿芳"))
    await zh.says(wang, "早")
    await zh.says(zh.owner, f"/warn {wang}")
    assert await warned(zh, wang, fang, zh.owner, 1) == "收起并提醒了(2/3),第 2 号。"
    assert "这次是提醒(2/3),不影响发言。" in zh.last(wang)
    said = await warned(zh, wang, fang, zh.owner, 1)
    assert said == "收起并提醒了(3/3),第 3 号。次数到了,先休息1天,第 4 号。"
    assert zh.status(wang) == "restricted"
    assert zh.last(wang).startswith("「Test group」第 4 号:你的一条消息「买一送一,私聊我0」被举报,")
    assert "这是第 3/3 次提醒,次数到了,先休息到 " in zh.last(wang)
    await zh.presses(wang, "申诉", chat=wang)
    rows = zh.rows("SELECT number, action, reason, appeal FROM verdict ORDER BY id")
    assert rows[-2:] == [(3, "warn", "", None), (4, "mute", "3/3", "open")]
    await zh.wait(days=1, seconds=1)
    assert zh.status(wang) == "member"
    await zh.says(zh.owner, f"/warns {wang}")
    assert zh.last().startswith("老王:0/3")


async def test_to_end_the_break_after_the_last_reminder_teaches_nothing_of_the_message(zh: Talk) -> None:
    wang, fang = (zh.person(n, language="zh", starts=True) for n in ("老王", "阿芳"))
    await zh.says(zh.owner, "/spammode on")
    await zh.says(zh.owner, "/warnlimit 2")
    await zh.says(wang, "早")
    await zh.says(zh.owner, f"/warn {wang}")
    await warned(zh, wang, fang, zh.owner, 1)
    lessons = zh.rows("SELECT * FROM spam_lesson")
    assert zh.status(wang) == "restricted" and lessons
    await zh.says(zh.owner, "/undo 3")
    assert zh.status(wang) == "member"
    assert zh.rows("SELECT * FROM spam_lesson") == lessons


async def test_reminders_on_reports_reach_the_limit_as_the_group_has_set_it(zh: Talk) -> None:
    wang, fang = (zh.person(n, language="zh", starts=True) for n in ("老王", "阿芳"))
    await zh.says(zh.owner, "/warnlimit 2")
    await zh.says(zh.owner, "/warnmode ask")
    said = await warned(zh, wang, fang, zh.owner, 2)
    assert said == "收起并提醒了(2/2),第 2 号。次数到了,接下来怎么办由管理员定。"
    assert zh.status(wang) == "member"
    await zh.says(zh.owner, "/warnmode ban")
    assert (await warned(zh, wang, fang, zh.owner, 1)).endswith("次数到了,移出本群,第 4 号。")
    assert zh.status(wang) == "kicked"
    assert "这是第 3/2 次提醒,次数到了,你被移出了群。" in zh.last(wang)


async def test_who_has_a_break_is_not_told_that_they_can_go_on_writing(zh: Talk) -> None:
    for button, said in (
        ("收起", "管理员看过后收起了。有急事找"),
        ("收起并提醒", "这次是提醒(1/3)。有急事找"),
    ):
        wang, _, _ = await reported(zh)
        await zh.says(zh.owner, f"/mute {wang} 1d")
        await zh.presses(zh.owner, button, chat=zh.owner)
        assert said in zh.last(wang)


async def test_an_hours_break_neither_lifts_a_ban_nor_cuts_a_longer_break_short(zh: Talk) -> None:
    wang, _, mid = await reported(zh)
    await zh.says(zh.owner, f"/ban {wang}")
    done = await zh.presses(zh.owner, "收起并休息1小时", chat=zh.owner)
    assert done == "收起了,第 2 号。之前已移出,保持原样。"
    assert (zh.status(wang), zh.stands(mid)) == ("kicked", False)
    assert zh.last(zh.owner).endswith("Olga:收起了")
    assert zh.last(wang).startswith(
        "「Test group」第 2 号:你的一条消息「买一送一,私聊我」被举报,管理员看过后收起了。有急事找"
    )
    li, fang = zh.person("小李", language="zh", starts=True), zh.person("小方", language="zh")
    mid = await zh.says(li, "买二送一")
    await zh.says(fang, "/report", reply_to=mid)
    await zh.says(zh.owner, f"/mute {li} 7d")
    done = await zh.presses(zh.owner, "收起并休息1小时", chat=zh.owner)
    assert done == "收起了,第 4 号。之前的休息更长,保持原样。"
    assert "之前的休息照旧,到 " in zh.last(li)
    await zh.wait(hours=2)
    assert (zh.status(li), zh.stands(mid)) == ("restricted", False)


async def test_at_admin_is_a_report_and_a_second_one_joins_the_first(zh: Talk) -> None:
    _, fang, mid = await reported(zh)
    sun = zh.person("小孙", language="zh", starts=True)
    await zh.says(sun, "@admin 还在发", reply_to=mid)
    assert zh.last(zh.owner).splitlines()[0] == "Test group · 举报 2 次"
    assert sum("举报 " in t for t in zh.bot_texts(zh.owner)) == 1
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(fang) == "你已经举报过这条,管理员在看。"


async def test_report_is_refused_politely(zh: Talk) -> None:
    wang, fang = zh.person("老王", language="zh", starts=True), zh.person("阿芳", language="zh", starts=True)
    await zh.says(fang, "/report")
    assert zh.last(fang) == "请回复要举报的那条消息再发。"
    own = await zh.says(zh.owner, "大家好")
    await zh.says(fang, "/report", reply_to=own)
    assert zh.last(fang) == "这条是管理员或我发的,有意见可以直接跟群主说。"
    mine = await zh.says(fang, "早")
    await zh.says(fang, "/report", reply_to=mine)
    assert zh.last(fang) == "这是你自己的消息,直接删掉就行。"
    mid = await zh.says(wang, "早")
    await zh.says(zh.owner, "/report", reply_to=mid)
    assert zh.last(zh.owner) == "你是管理员,可以直接处理。"
    assert zh.rows("SELECT count(*) FROM report") == [(0,)]


async def test_reports_are_switched_off_and_listed(zh: Talk) -> None:
    _, fang, mid = await reported(zh)
    await zh.says(zh.owner, "/reports")
    assert zh.last().startswith("举报:开着。还没处理的:")
    await zh.says(fang, "/reports off")
    assert "管理员" in zh.last(fang)
    await zh.says(zh.owner, "/reports off")
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(fang) == "本群没有开举报。有事可以直接找管理员。"


async def test_reports_are_limited_an_hour(zh: Talk) -> None:
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh", starts=True)
    for i in range(6):
        mid = await zh.says(wang, f"话 {i}")
        await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(fang) == "一小时最多举报 5 次,过会儿再来。有急事可以直接找管理员。"
    await zh.wait(hours=1, minutes=1)
    mid = await zh.says(wang, "再来")
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(fang) == "收到,已转给管理员,谢谢。"


async def test_who_reports_without_cause_loses_the_command_for_a_while(zh: Talk) -> None:
    wang, fang = zh.person("老王", language="zh"), zh.person("阿芳", language="zh", starts=True)
    for i in range(3):
        mid = await zh.says(wang, f"话 {i}")
        await zh.says(fang, "/report", reply_to=mid)
        await zh.presses(zh.owner, "没问题", chat=zh.owner)
    mid = await zh.says(wang, "再来")
    await zh.says(fang, "/report", reply_to=mid)
    assert zh.last(fang).startswith("你最近的几次举报看过都没问题")


async def test_many_reports_put_a_message_away_until_staff_decide(zh: Talk) -> None:
    wang, fang, mid = await reported(zh)
    for i in range(3):
        assert zh.stands(mid)
        await zh.says(zh.person(f"友{i}", language="zh"), "/report", reply_to=mid)
    assert not zh.stands(mid)
    assert zh.last(zh.owner).endswith("举报的人多,先收起了,等你定。")
    assert "先收起了,等管理员看过再定" in zh.last(wang)
    assert zh.status(wang) == "member"
    await zh.presses(zh.owner, "没问题", chat=zh.owner)
    assert zh.rows("SELECT rule, action, undone_by FROM verdict") == [("reports", "human", zh.owner)]
    assert zh.last(wang).startswith("「Test group」第 1 号处理已撤销")
    assert zh.last(fang).endswith("管理员看过了:没问题。不过举报的人多,之前已经收起,放不回去了。")


async def test_whose_message_was_only_put_away_reads_just_that(zh: Talk) -> None:
    wang, _, _ = await reported(zh)
    await zh.presses(zh.owner, "收起", chat=zh.owner)
    assert zh.rows("SELECT action FROM verdict") == [("remove",)]
    await zh.says(wang, "/why", private=True)
    assert "管理员收起了你的一条消息" in zh.last(wang)
    assert "移出" not in zh.last(wang)


async def test_what_was_put_away_is_not_said_again_by_the_list_of_open_reports(zh: Talk) -> None:
    _, _, mid = await reported(zh)
    await zh.says(zh.owner, "/reports")
    assert "买一送一" in zh.last()
    for i in range(3):
        await zh.says(zh.person(f"友{i}", language="zh"), "/report", reply_to=mid)
    await zh.says(zh.owner, "/reports")
    assert "已先收起" in zh.last()
    assert "买一送一" not in zh.last()


async def test_what_a_reporter_wrote_is_read_by_those_who_decide_and_by_nobody_else(zh: Talk) -> None:
    wang, fang = zh.person("老王", language="zh", starts=True), zh.person("阿芳", language="en", starts=True)
    mid = await zh.says(wang, "买一送一,私聊我")
    await zh.says(fang, "/report 他昨天也找过我表妹", reply_to=mid)
    assert "· 阿芳:他昨天也找过我表妹" in zh.last(zh.owner)
    await zh.presses(zh.owner, "收起并提醒", chat=zh.owner)
    await zh.says(wang, "/why", private=True)
    assert "管理员提醒了你一次" in zh.last(wang)
    assert not [t for t in zh.bot_texts(wang) if "表妹" in t]
    await zh.says(zh.owner, f"/warns {wang}")
    assert zh.last().startswith("老王:1/3")
    assert not [t for t in zh.bot_texts() if "表妹" in t]
    await forgets(zh, fang)
    assert "表妹" not in zh.dump()


async def test_a_report_is_dismissed_though_what_was_put_away_was_taken_back_before(zh: Talk) -> None:
    _, _, mid = await reported(zh)
    for i in range(3):
        await zh.says(zh.person(f"友{i}", language="zh"), "/report", reply_to=mid)
    await zh.says(zh.owner, "/undo 1")
    await zh.presses(zh.owner, "没问题", chat=zh.owner)
    assert zh.rows("SELECT result FROM report") == [("dismiss",)]
    assert zh.last(zh.owner).endswith("Olga:没问题")


async def test_who_was_forgotten_is_named_on_no_card_and_only_their_message_can_be_put_away(zh: Talk) -> None:
    wang, fang, mid = await reported(zh, "en")
    shown = zh.last(zh.owner)
    await forgets(zh, wang)
    assert zh.last(zh.owner) == shown.replace("老王", "已注销成员").replace(":「买一送一,私聊我」", "")
    assert buttons(zh, zh.owner)[-3:] == ["收起", "看原消息", "没问题"]
    await zh.presses(zh.owner, "收起", chat=zh.owner)
    assert not zh.stands(mid)
    assert zh.last(zh.owner).endswith("Olga:收起了")
    assert zh.rows("SELECT action, person FROM verdict") == [("remove", 1)]
    await forgets(zh, fang)
    assert "阿芳" not in zh.last(zh.owner)
    assert "· 已注销成员\n" in zh.last(zh.owner)


async def test_who_was_forgotten_is_not_warned_or_removed_by_a_press_on_its_way(zh: Talk) -> None:
    """Made on the card as it was, before it was drawn anew."""
    wang, _, mid = await reported(zh, "en")
    await forgets(zh, wang)
    for act in ("warn", "mute", "ban"):
        with pytest.raises(Refusal, match="reports/former"):
            await zh.app.writer.submit(service.decide, 1, act, zh.owner)
    assert (zh.stands(mid), zh.rows("SELECT COUNT(*) FROM verdict")) == (True, [(0,)])


async def test_store_message_is_never_put_away_by_reports(tmp_path: Path) -> None:
    async with group(tmp_path, tier="store") as zh:
        await zh.says(zh.owner, "/reports on")
        _, _, mid = await reported(zh)
        for i in range(5):
            await zh.says(zh.person(f"友{i}", language="zh"), "/report", reply_to=mid)
        assert zh.stands(mid)
        assert zh.last(zh.owner).splitlines()[0] == "Test group · 举报 6 次"
