"""Warnings by hand: counted, taken back, expiring, and what follows the last one."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.testing import Talk, conversation
from tests.dialogs.acting import acts, member, moderator, tier


async def test_a_warning_counts_and_is_said_with_its_reason(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    said = await chat.says(li, "noise")
    await chat.says(zhou, "/warn too loud", reply_to=said)
    assert chat.last() == "提醒 Li:第 1/3 次。原因:too loud。第 1 号"
    assert chat.last(li).startswith(
        "Test group · case 1\nAn admin reminded you (1 of 3); you can go on writing."
    )
    assert chat.stands(said)
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_only_who_can_write_reads_that_they_can_go_on(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(li, "noise")
    await chat.says(zhou, f"/mute {li} 1d")
    await chat.says(zhou, f"/warn {li}")
    assert "An admin reminded you (1 of 3). Anything urgent" in chat.last(li)


async def test_who_cannot_be_told_alone_reads_one_line_without_a_name_gone_after_a_minute(
    chat: Talk,
) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/warn {li}")
    line, answer = chat.bot_texts()
    assert line == ("管理员提醒了一位群友,不影响发言(第 1 号)。是你?觉得误判可以申诉,私聊我发 /why 看原因。")
    assert answer == "提醒 Li:第 1/3 次。第 1 号"  # the administrator's own
    assert await chat.presses(zhou, "申诉") == "这个按钮是给发那条消息的人用的。"
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_dwarn_takes_the_message_along(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    said = await chat.says(li, "noise")
    await chat.says(zhou, "/dwarn", reply_to=said)
    assert (chat.stands(said), chat.last()) == (False, "提醒 Li:第 1/3 次。第 1 号")


async def test_what_was_warned_about_is_judged_again_when_it_is_edited(chat: Talk) -> None:
    await tier(chat, "consumer")
    await chat.says(chat.owner, "/rules on")
    zhou = await moderator(chat)
    for act in ("/warn", "/mute 1h"):
        li = member(chat, act)
        said = await chat.says(li, "noise")
        await chat.says(zhou, act, reply_to=said)
        chat.world.edit(li, chat.id, said, "加薇信 jdd886 领返利")
        await chat.settle()
        assert not chat.stands(said)


async def test_warnings_are_shown_to_their_own_member_and_to_administrators(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/warn {li} loud")
    await chat.says(zhou, f"/warn {li}")
    await chat.says(li, "/warns")
    lines = chat.last().split("\n")
    assert (lines[0], len(lines)) == ("Li:2/3", 3)
    assert lines[2].endswith(":loud")
    await chat.says(mei, f"/warns {li}")
    assert chat.last() == "这个操作只有管理员能用。"
    await chat.says(zhou, f"/warns {li}")
    assert chat.last().startswith("Li:2/3")


async def test_warnings_are_taken_back_one_or_all(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    for _ in range(2):
        await chat.says(zhou, f"/warn {li}")
    await chat.says(zhou, f"/rmwarn {li}")
    assert chat.last() == "已撤销。Li 现在 1/3。"
    await chat.says(zhou, f"/unwarn {li}")
    await chat.says(zhou, f"/unwarn {li}")
    assert chat.last() == "Li 没有提醒记录。"
    await chat.says(zhou, f"/warn {li}")
    await chat.says(zhou, f"/resetwarns {li}")
    assert chat.last() == "已撤销。Li 现在 0/3。"
    assert [a[5] for a in acts(chat)] == [1, 1, 1]


async def test_a_warning_that_stands_after_an_appeal_counts_on(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(li, "hello")
    await chat.says(zhou, f"/warn {li} loud")
    await chat.presses(li, "Ask again", chat=li)
    await chat.presses(chat.owner, "Let it be", chat=chat.owner)
    assert "this time it stands" in chat.last(li)
    await chat.says(zhou, f"/warns {li}")
    assert chat.last().startswith("Li:1/3")
    await chat.says(zhou, f"/unwarn {li}")
    assert chat.last() == "已撤销。Li 现在 0/3。"


async def test_where_a_person_decides_a_warning_beyond_the_limit_is_counted_and_no_more(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(li, "noise")
    await chat.says(chat.owner, "/warnlimit 2")
    await chat.says(chat.owner, "/warnmode ask")
    for _ in range(3):
        await chat.says(zhou, f"/warn {li}")
    assert chat.last() == "提醒 Li:第 3 次。次数到了,接下来怎么办由你定。第 3 号"
    assert "An admin reminded you (number 3); you can go on writing." in chat.last(li)
    await chat.says(zhou, f"/warns {li}")
    assert chat.last().startswith("Li:3 次")


async def test_the_last_warning_of_a_consumer_group_is_a_break_and_the_count_begins_anew(chat: Talk) -> None:
    await tier(chat, "consumer")
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    for _ in range(3):
        await chat.says(zhou, f"/warn {li}")
    assert chat.last() == "提醒 Li:第 3/3 次。次数到了,先休息1天,自动恢复。第 3 号,接着是第 4 号"
    assert chat.status(li) == "restricted"
    assert [(a[1], a[4]) for a in acts(chat)] == [("warn", "")] * 3 + [("mute", "3/3")]
    await chat.wait(days=1, seconds=1)
    assert chat.status(li) == "member"
    await chat.says(zhou, f"/warn {li}")
    assert chat.last() == "提醒 Li:第 1/3 次。第 5 号"


async def test_what_follows_the_last_warning_is_told_to_the_member_with_its_own_way_to_ask_again(
    chat: Talk,
) -> None:
    await tier(chat, "consumer")
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(li, "hello")
    for _ in range(3):
        await chat.says(zhou, f"/warn {li} too loud")
    told = chat.last(li)
    assert told.startswith(
        "Test group · case 4\nThat was reminder 3 of 3. You have a break from writing until "
    )
    assert told.endswith("; it ends by itself. Reason: too loud. Anything urgent: @Olga. A mistake?")
    assert sum("3 of 3" in t for t in chat.bot_texts(li)) == 1
    await chat.presses(li, "Ask again", chat=li)
    assert chat.rows("SELECT number, appeal FROM verdict WHERE appeal IS NOT NULL") == [(4, "open")]


@pytest.mark.parametrize(
    ("mode", "told"),
    [
        ("ban", "That was reminder 2 of 2. You were taken out of the group. Reason: loud."),
        (
            "kick",
            "That was reminder 2 of 2. You were taken out of the group; you can come back. Reason: loud.",
        ),
        ("ask", "An admin reminded you (2 of 2); you can go on writing. Reason: loud."),
    ],
)
async def test_whom_the_last_warning_takes_out_of_the_group_reads_that_and_nothing_else(
    tmp_path: Path, mode: str, told: str
) -> None:
    async with conversation(tmp_path) as chat:
        li = member(chat, "Li", starts=True)
        await chat.says(li, "hello")
        await chat.says(chat.owner, "/warnlimit 2")
        await chat.says(chat.owner, f"/warnmode {mode}")
        for _ in range(2):
            await chat.says(chat.owner, f"/warn {li} loud")
        assert told in chat.last(li)
        assert sum("case" in t for t in chat.bot_texts(li)) == 2


async def test_the_button_below_the_last_warning_takes_back_what_followed_it(chat: Talk) -> None:
    await tier(chat, "consumer")
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(li, "hello")
    for _ in range(3):
        await chat.says(zhou, f"/warn {li}")
    await chat.says(zhou, "/undo 3")  # the warning alone
    assert chat.status(li) == "restricted"
    assert "Another one still stands: /why shows it." in chat.last(li)
    assert await chat.presses(zhou, "撤销") == "第 4 号:已撤销,不再计数。"
    assert chat.status(li) == "member"
    assert "It does not count and you can write as usual." in chat.last(li)
    assert "第 4 号已撤销,不再计数。" in chat.bot_texts()


async def test_the_last_warning_neither_lifts_a_ban_nor_cuts_a_longer_break_short(chat: Talk) -> None:
    await tier(chat, "consumer")
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    for act, who, stays in (("/mute", li, "restricted"), ("/ban", mei, "kicked")):
        await chat.says(who, "hello")
        await chat.says(zhou, f"{act} {who}")
        for _ in range(3):
            await chat.says(zhou, f"/warn {who}")
        assert "次数到了,接下来怎么办由你定。" in chat.last()
        assert chat.status(who) == stays
        assert [a[1] for a in acts(chat) if a[2] == who] == [act[1:], "warn", "warn", "warn"]


@pytest.mark.parametrize(
    ("language", "mode", "said"),
    [
        ("zh", "tban 1w", "次数到了,移出本群7天。"),
        ("en", "tban 2d 3h", "out of the group for 2 days 3 hours. "),
        ("en", "tmute 1d", "a break of 1 day. "),
        ("en", "ban", "That was the last one: out of the group. "),
    ],
)
async def test_how_long_follows_the_last_warning_is_said_in_words(
    tmp_path: Path, language: str, mode: str, said: str
) -> None:
    async with conversation(tmp_path, group_language=language) as chat:
        li = member(chat, "Li")
        await chat.says(li, "hello")
        await chat.says(chat.owner, "/warnlimit 2")
        await chat.says(chat.owner, f"/warnmode {mode}")
        await chat.says(chat.owner, f"/warn {li}")
        await chat.says(chat.owner, f"/warn {li}")
        assert said in chat.last()


async def test_in_store_groups_a_person_decides_and_nothing_else_can_be_set(chat: Talk) -> None:
    await tier(chat, "store")
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, "/warnmode ban")
    assert chat.last() == "经销商群和门店群里,提醒到次数后由人来定。"
    await chat.says(li, "hello")
    for _ in range(4):
        await chat.says(zhou, f"/warn {li}")
    assert chat.last() == "提醒 Li:第 4 次。次数到了,接下来怎么办由你定。第 4 号"
    assert chat.status(li) == "member"


async def test_limit_mode_and_time_are_shown_and_set_by_either_name(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, "/warnlimit")
    assert chat.last().split("\n")[0] == "提醒 3 次为限,每次有效 30d;到次数后:由人来定。"
    await chat.says(zhou, "/setwarnlimit 2")
    await chat.says(zhou, "/setwarnmode tban 1w")
    await chat.says(zhou, "/warntime 2d 3h")
    assert chat.last().split("\n")[0] == "提醒 2 次为限,每次有效 2d 3h;到次数后:tban 1w。"
    for bad in ("/warnlimit 1", "/warnlimit many", "/warnmode tban 5s", "/warntime 5s", "/warntime soon"):
        await chat.says(zhou, bad)
        assert chat.last().startswith("用法:")
    await chat.says(zhou, f"/warn {li}")
    await chat.wait(days=2, hours=3, seconds=1)
    await chat.says(zhou, f"/warn {li}")
    assert "第 1/2 次" in chat.last()
    await chat.says(zhou, "/warntime off")
    await chat.says(zhou, f"/warn {li}")
    assert chat.status(li) == "kicked"


async def test_what_follows_the_last_warning_is_left_to_people_where_the_bot_may_not(tmp_path: Path) -> None:
    async with conversation(tmp_path, rights={"can_delete_messages"}) as chat:
        li = member(chat, "Li")
        await chat.says(li, "hello")
        await chat.says(chat.owner, "/warnlimit 2")
        await chat.says(chat.owner, "/warnmode tban 2d")
        await chat.says(chat.owner, f"/warn {li}")
        await chat.says(chat.owner, f"/warn {li}")
        said = "提醒 Li:第 2/2 次。次数到了;我在这里缺少权限「封禁用户」,接下来怎么办由你定。第 2 号"
        assert chat.last() == said
        assert (chat.status(li), [a[1] for a in acts(chat)]) == ("member", ["warn", "warn"])


async def test_whose_ban_is_taken_back_reads_that_they_may_come_in_again(chat: Talk) -> None:
    await tier(chat, "consumer")
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(zhou, f"/ban {li}")
    await chat.says(zhou, "/undo 1")
    assert "It does not count and you can come back into the group." in chat.last(li)
