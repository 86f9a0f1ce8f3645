"""Rules as people meet them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio
import sqlalchemy as sa

from groupbot.engine.outbox_table import outbox
from groupbot.features.members import service as members
from groupbot.features.rules.store import verdict
from groupbot.testing import Talk, conversation
from tests.dialogs.test_closing import until

WORDS = "加薇信 jdd886 领返利"


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    """A group whose owner reads Chinese."""
    async with conversation(tmp_path, language="zh") as talk:
        yield talk


async def set_up(chat: Talk, tier: str, mode: str = "on") -> None:
    """The set-up as the wizard will leave it."""

    def write(work: Any) -> None:
        for p in members.profiles(work):
            members.set_profile(work, p.chat, tier=tier, owner=chat.owner)

    await chat.app.writer.submit(write)
    if mode != "shadow":
        await chat.says(chat.owner, f"/rules {mode}")


async def cases(chat: Talk) -> list[Any]:
    """All verdicts, oldest first."""
    return await chat.app.writer.submit(lambda w: w.sql.all(sa.select(verdict).order_by(verdict.c.id)))


async def test_consumer_message_is_removed_and_its_sender_told_privately(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    mid = await zh.says(zhao, WORDS)
    assert not zh.stands(mid)
    assert zh.last(zhao).endswith(
        "的消息含站外联系方式,按群规第2条收起了。这次只是提醒,不影响发言。觉得误判?"
    )
    (case,) = await cases(zh)
    assert (case.rule, case.matched, case.number, case.action, case.shadow) == (
        "contact",
        "加薇信 jdd886",
        1,
        "remove",
        False,
    )
    why = await zh.app.writer.submit(
        lambda w: w.sql.value(sa.select(outbox.c.why).where(outbox.c.kind == "delete", outbox.c.why != ""))
    )
    assert why == "rule contact v1 matched「加薇信 jdd886」, case 1"


async def test_third_time_is_a_break_of_an_hour_and_then_free(zh: Talk) -> None:
    await set_up(zh, "consumer")
    await until(zh, 9)  # far from midnight
    zhao = zh.person("小赵", language="zh", starts=True)
    for _ in range(3):
        await zh.says(zhao, WORDS)
        await zh.wait(seconds=30)
    assert zh.status(zhao) == "restricted"
    assert zh.last(zhao).startswith("今天第3次了,先休息1小时,")
    assert "有急事找 @Olga。" in zh.last(zhao)
    await zh.wait(hours=1)
    mid = await zh.says(zhao, "大家好")
    assert zh.stands(mid)


async def test_dealer_message_is_kept_and_a_person_asked(zh: Talk) -> None:
    await set_up(zh, "dealer")
    wang = zh.person("老王", language="zh", starts=True)
    mid = await zh.says(wang, WORDS)
    assert zh.stands(mid)
    assert all("收起" not in t for t in zh.bot_texts(wang))
    assert "没有动它,请你定" in zh.last(zh.owner)
    assert await zh.presses(zh.owner, "收起", chat=zh.owner) in ("第 1 号:已收起。", "正在核对权限,稍等…")
    assert not zh.stands(mid)
    assert zh.last(zh.owner) == "第 1 号:已收起。"
    assert zh.status(wang) == "member"


async def test_dealer_message_is_let_pass(zh: Talk) -> None:
    await set_up(zh, "dealer")
    wang = zh.person("老王", language="zh")
    mid = await zh.says(wang, WORDS)
    await zh.presses(zh.owner, "放过", chat=zh.owner)
    assert zh.stands(mid)
    assert zh.last(zh.owner) == "第 1 号:放过了,没有动。"


async def test_store_removes_and_never_mutes(zh: Talk) -> None:
    await set_up(zh, "store")
    wang = zh.person("老王", language="zh")
    stands = []
    for _ in range(5):
        stands.append(zh.stands(await zh.says(wang, WORDS)))
        await zh.wait(seconds=30)
    assert stands == [False] * 5
    assert zh.status(wang) == "member"
    assert [c.action for c in await cases(zh)] == ["remove"] * 5


async def test_nothing_happens_before_set_up_but_is_recorded(zh: Talk) -> None:
    wang = zh.person("老王", language="zh", starts=True)
    mid = await zh.says(wang, WORDS)
    assert zh.stands(mid)
    assert all("收起" not in t for t in zh.bot_texts(wang))
    assert [(c.shadow, c.action) for c in await cases(zh)] == [(True, "flag")]


async def test_shadow_week_ends_with_a_digest_and_counts_nothing(zh: Talk) -> None:
    await set_up(zh, "consumer", mode="shadow")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.wait(minutes=1)
    for _ in range(3):
        await zh.says(zhao, WORDS)
        await zh.wait(minutes=1)
    assert zh.bot_texts() == []
    assert all("收起" not in t for t in zh.bot_texts(zhao))
    shadows = await zh.app.writer.submit(
        lambda w: w.sql.all(sa.select(outbox.c.kind).where(outbox.c.state == "shadow"))
    )
    assert [r.kind for r in shadows].count("delete") == 3
    await zh.wait(days=7)
    assert zh.last(zh.owner) == "Test group\n本周有 3 条会被收起,已标误判 0 条,请你过目。"
    await zh.presses(zh.owner, "看一看", chat=zh.owner)
    assert zh.last(zh.owner).startswith("Test group · 观察期共 3 条\n1. ")
    await zh.presses(zh.owner, "✗ 1", chat=zh.owner)
    await zh.presses(zh.owner, "开启", chat=zh.owner)
    mid = await zh.says(zhao, WORDS)
    assert not zh.stands(mid)
    assert (await cases(zh))[-1].action == "remove"
    assert zh.status(zhao) == "member"


async def test_album_is_one_case_and_goes_whole(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    photo = zh.world.photo(b"picture")
    ids = [
        await zh.says(zhao, "", photo=photo, media_group_id="77"),
        await zh.says(zhao, WORDS, photo=photo, media_group_id="77"),
        await zh.says(zhao, "", photo=photo, media_group_id="77"),
    ]
    assert [zh.stands(i) for i in ids] == [False] * 3
    assert len(await cases(zh)) == 1
    assert sum("收起" in t for t in zh.bot_texts(zhao)) == 1


async def test_good_message_edited_into_a_bad_one_is_caught_once(zh: Talk) -> None:
    await set_up(zh, "dealer")
    zhao = zh.person("小赵", language="zh")
    mid = await zh.says(zhao, "大家好")
    for text in (WORDS, WORDS + "!", WORDS + "!!"):
        zh.world.edit(zhao, zh.id, mid, text)
        await zh.settle()
    assert len(await cases(zh)) == 1
    await set_up(zh, "consumer")
    other = await zh.says(zhao, "早")
    zh.world.edit(zhao, zh.id, other, WORDS)
    await zh.settle()
    assert not zh.stands(other)


async def test_undo_frees_and_does_not_count(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    for _ in range(3):
        await zh.says(zhao, WORDS)
        await zh.wait(seconds=30)
    assert zh.status(zhao) == "restricted"
    await zh.presses(zh.owner, "撤销", chat=zh.owner)
    assert zh.status(zhao) == "member"
    assert zh.last(zhao).startswith("「Test group」第 3 号处理已撤销")
    await zh.says(zh.owner, "/undo 2")
    assert "第 2 号已撤销" in zh.last()
    await zh.says(zhao, WORDS)
    assert [(c.action, c.undone_at is not None) for c in await cases(zh)] == [
        ("remove", False),
        ("remove", True),
        ("mute", True),
        ("remove", False),
    ]


async def test_member_may_not_undo(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    await zh.says(zhao, "/undo 1")
    assert zh.last(zhao) == "这个操作只有管理员能用。"
    await zh.says(zhao, "/rules off")
    assert [c.undone_at for c in await cases(zh)] == [None]
    assert not zh.stands(await zh.says(zhao, WORDS))


async def test_appeal_goes_to_a_person_who_may_let_it_stand(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    assert await zh.presses(zhao, "申诉", chat=zhao) == "收到,已转给管理员,结果会告诉你。"
    assert await zh.presses(zhao, "申诉", chat=zhao) == "第 1 号已经申诉过了,管理员看完会告诉你。"
    assert "小赵觉得误判" in zh.last(zh.owner)
    await zh.presses(zh.owner, "维持", chat=zh.owner)
    assert "管理员看过了,这次维持" in zh.last(zhao)


async def test_public_line_names_nobody_comes_once_a_minute_and_goes(zh: Talk) -> None:
    await set_up(zh, "consumer")
    await zh.wait(seconds=61)
    zhao, qian = zh.person("小赵", language="zh"), zh.person("小钱", language="zh")
    await zh.says(zhao, WORDS)
    await zh.says(qian, WORDS)
    assert len(zh.bot_texts()) == 1
    assert "小赵" not in zh.last()
    assert await zh.presses(qian, "申诉") == "这个按钮是给发那条消息的人用的。"
    await zh.wait(seconds=61)
    assert zh.bot_texts() == []


async def test_why_tells_rule_act_and_who_can_lift_it(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, WORDS)
    await zh.says(zhao, "/why", private=True)
    lines = zh.last(zhao).split("\n")
    assert lines[0] == "Test group · 第 1 号"
    assert lines[1].endswith("的消息含站外联系方式(群规第2条):「加薇信 jdd886」")
    assert lines[2] == "已收起,不影响发言。想撤销可以找 @Olga。"
    nobody = zh.person("小孙", language="zh", starts=True)
    await zh.says(nobody, "/why", private=True)
    assert zh.last(nobody) == "没有关于你的记录。"


async def test_staff_are_exempt_even_when_not_yet_known(zh: Talk) -> None:
    await set_up(zh, "consumer", mode="on")
    helper = zh.person("小周", language="zh")
    zh.world.promote(zh.id, helper, zh.owner, {"can_delete_messages"})
    await zh.settle()
    assert zh.stands(await zh.says(helper, WORDS))
    assert zh.stands(await zh.says(zh.owner, WORDS))
    assert zh.stands(await zh.says(zh.owner, WORDS, anonymous=True))
    assert zh.stands(await zh.says(helper, WORDS, is_automatic_forward=True))
    assert [c for c in await cases(zh) if c.action != "exempt"] == []


async def test_who_forwards_is_answerable_and_never_who_wrote_it(zh: Talk) -> None:
    """Also when an administrator forwards it, to ask the others about it."""
    await set_up(zh, "consumer")
    zhao, li = zh.person("小赵", language="zh", starts=True), zh.person("小李", language="zh", starts=True)
    author = {"id": li, "is_bot": False, "first_name": "小李"}
    origin = {"type": "user", "sender_user": author, "date": 1}
    assert zh.stands(await zh.says(zh.owner, WORDS, forward_origin=origin))
    assert [c for c in await cases(zh) if c.action != "exempt"] == []
    mid = await zh.says(zhao, WORDS, forward_origin=origin)
    assert not zh.stands(mid)
    found = [c.actor for c in await cases(zh) if c.action != "exempt"]
    assert found == [zhao]
    assert [t for t in zh.bot_texts(li) if "群规第" in t] == []


async def test_flood_is_one_case(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zh.holds()
    zhao = zh.person("小赵", language="zh", starts=True)
    stands = []
    for i in range(13):
        stands.append(zh.stands(await zh.says(zhao, f"话 {i}")))
        if i in (4, 10):
            await zh.app.sweep()  # the hour's tidying forgets nobody's count
    assert stands == [True] * 9 + [False] * 4
    assert [(c.rule, c.matched) for c in await cases(zh)] == [("flood", "10 in 15 s")]
    qian = zh.person("小钱", language="zh", starts=True)
    again = []
    for _ in range(5):
        again.append(zh.stands(await zh.says(qian, "买一送一")))
        await zh.wait(minutes=1)
    assert again == [True, True, True, False, False]


async def test_rules_are_shown_and_set_and_a_phrase_counts_at_once(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/rules set 好好说话。")
    await zh.says(zh.owner, "/rules add 返现")
    await zh.says(zhao, "群规")
    assert zh.last().startswith(
        "群规\n好好说话。\n\n这些由我照看:\n1. 不用群里约定不用的词\n2. 不留站外联系方式"
    )
    assert not zh.stands(await zh.says(zhao, "大家看 返.現 活动"))
    await zh.says(zh.owner, "/rules drop 返现")
    assert zh.stands(await zh.says(zhao, "大家看 返现 活动二"))
    assert not zh.stands(await zh.says(zhao, "see example.com"))
    await zh.says(zh.owner, "/rules allow example.com")
    assert zh.stands(await zh.says(zhao, "see https://www.example.com/x"))


async def test_basic_group_stops_at_removing_and_says_so(tmp_path: Path) -> None:
    async with conversation(tmp_path, type="group", language="zh") as zh:
        await set_up(zh, "consumer")
        zhao = zh.person("小赵", language="zh", starts=True)
        for _ in range(3):
            mid = await zh.says(zhao, WORDS)
            await zh.wait(seconds=30)
        assert not zh.stands(mid)
        assert "这里是普通群,不能限时休息" in zh.last(zh.owner)
        assert zh.status(zhao) == "member"
