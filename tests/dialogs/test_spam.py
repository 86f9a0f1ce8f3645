"""The spam score as people meet it: newcomers, administrators who teach, the training mode."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from groupbot.surfaces.sandbox.world import RIGHTS
from groupbot.testing import Talk, conversation
from tests.dialogs.test_rules import cases, set_up

ADVERT = "招-代-理,零-成-本,躺-着-赚,日结三百,想做的私聊我看简介"
OFFER = "宝妈兼职日结,一部手机就能做,月入过万,名额有限,私信我进群"
TALK = "请问今天的快递几点到"


@pytest_asyncio.fixture
async def zh(tmp_path: Path) -> AsyncIterator[Talk]:
    """A consumer group, rules on, whose owner reads Chinese."""
    async with conversation(tmp_path, language="zh") as talk:
        await set_up(talk, "consumer")
        yield talk


async def test_nothing_is_scored_until_an_admin_switches_it_on(zh: Talk) -> None:
    new = zh.person("新人", language="zh")
    assert zh.stands(await zh.says(new, ADVERT))
    await zh.says(zh.owner, "/spammode")
    assert zh.last().startswith("新人广告:没有开。")
    await zh.says(zh.owner, "/spammode on")
    assert zh.last().startswith("新人广告:已开。只看每个人的前 3 条消息,之后不再看。")
    assert not zh.stands(await zh.says(new, ADVERT))


async def test_newcomers_advert_is_a_case_with_its_words(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    new = zh.person("新人", language="zh", starts=True)
    mid = await zh.says(new, OFFER)
    assert not zh.stands(mid)
    (case,) = await cases(zh)
    assert (case.rule, case.version, case.action, case.shadow) == ("spam", 1, "remove", False)
    assert case.matched and len(case.matched) <= 64
    assert "看起来像广告,按群规第" in zh.last(new)


async def test_who_was_heard_three_times_is_looked_at_no_more(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    old = zh.person("老王", language="zh")
    for text in (TALK, "好的谢谢", "明天见"):
        await zh.says(old, text)
    assert zh.stands(await zh.says(old, OFFER))


async def test_administrators_are_never_scored(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    assert zh.stands(await zh.says(zh.owner, OFFER))
    assert await cases(zh) == []


async def test_training_only_notes(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode train")
    assert zh.last().startswith("新人广告:训练中。只记录,不动消息")
    new = zh.person("新人", language="zh", starts=True)
    assert zh.stands(await zh.says(new, OFFER))
    assert all("收起" not in t for t in zh.bot_texts(new))
    assert [(c.rule, c.shadow) for c in await cases(zh)] == [("spam", True)]
    assert not zh.stands(await zh.says(new, "加薇信 jdd886 领返利"))  # the other rules act as before


async def test_spam_takes_the_message_away_and_the_next_like_it_is_caught(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    text = "周末草坪音乐节缺搭子一起拼帐篷露营烧烤"
    first, second = zh.person("甲", language="zh"), zh.person("乙", language="zh")
    mid = await zh.says(first, text)
    assert zh.stands(mid)
    await zh.says(zh.owner, "/spam", reply_to=mid)
    assert not zh.stands(mid)
    assert zh.last().startswith("记住了,这类算广告,消息已收起。只记特征,不存文字。现在这条得分 ")
    for _ in range(2):
        again = await zh.says(zh.person("丙", language="zh"), text)
        if zh.stands(again):
            await zh.says(zh.owner, "/spam", reply_to=again)
    assert not zh.stands(await zh.says(second, text))


async def test_what_spam_takes_away_is_in_the_log_as_what_del_does(zh: Talk) -> None:
    new = zh.person("新人", language="zh")
    for command in ("/spam", "/del"):
        await zh.says(zh.owner, command, reply_to=await zh.says(new, TALK))
    lines = zh.rows("SELECT category, kind, actor, text FROM log_record WHERE kind = 'delete'")
    assert lines == [("admin", "delete", zh.owner, "1")] * 2


async def test_spam_is_refused_where_the_bot_may_take_nothing_away(zh: Talk) -> None:
    mid = await zh.says(zh.person("新人", language="zh"), TALK)
    bot = next(iter(zh.world.bots.values())).user
    zh.world.promote(zh.id, bot, zh.owner, set(RIGHTS) - {"can_delete_messages"})
    await zh.settle()
    await zh.says(zh.owner, "/spam", reply_to=mid)
    assert zh.last(zh.owner).startswith("这件事我在这里还做不了:缺少权限「删除消息」。")
    assert zh.rows("SELECT count(*) FROM spam_lesson") == [(0,)]


async def test_what_is_learnt_keeps_no_text(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    mid = await zh.says(zh.person("甲", language="zh"), "山楂味独角兽帐篷")
    await zh.says(zh.owner, "/spam", reply_to=mid)
    await zh.wait(seconds=61)
    assert zh.rows("select count(*) from spam_weight")[0][0] > 5
    assert zh.rows("select label from spam_lesson") == [("spam",)]
    assert "独角兽" not in "".join(str(r) for r in zh.rows("select * from spam_lesson"))


async def test_undo_teaches_that_it_was_no_advert(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode on")
    for n in range(1, 9):
        mid = await zh.says(zh.person(f"人{n}", language="zh"), OFFER)
        if zh.stands(mid):
            break
        await zh.says(zh.owner, f"/undo {n}")
    assert zh.stands(mid)
    assert 1 < n < 9
    assert zh.rows("select distinct label from spam_lesson") == [("ham",)]


async def test_ham_teaches_and_trusts_its_author(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode train")
    new = zh.person("新人", language="zh")
    mid = await zh.says(new, OFFER)
    await zh.says(zh.owner, "/ham", reply_to=mid)
    assert zh.last().startswith("记住了,这类不算广告。")
    await zh.says(zh.owner, "/ham", reply_to=mid)
    assert zh.last(zh.owner) == "这条已经记过了,不算广告。"
    await zh.says(zh.owner, "/spammode on")
    assert zh.stands(await zh.says(new, OFFER))


async def test_spamscore_explains_and_changes_nothing(zh: Talk) -> None:
    mid = await zh.says(zh.person("新人", language="zh"), OFFER)
    await zh.says(zh.owner, "/spamscore", reply_to=mid)
    assert zh.last().startswith("像广告的程度:")
    assert "这条算" in zh.last() and "▲" in zh.last()
    assert zh.stands(mid)
    assert await cases(zh) == []


async def test_commands_ask_for_a_reply_with_text(zh: Talk) -> None:
    for name in ("spam", "ham", "spamscore"):
        await zh.says(zh.owner, f"/{name}")
        assert zh.last(zh.owner) == "请回复一条有文字的消息再用这个命令。"


async def test_members_cannot_teach_and_staff_cannot_be_taught_as_adverts(zh: Talk) -> None:
    member = zh.person("成员", language="zh")
    mid = await zh.says(zh.person("别人", language="zh"), TALK)
    await zh.says(member, "/spam", reply_to=mid)
    assert zh.stands(mid)
    own = await zh.says(zh.owner, "公告")
    await zh.says(zh.owner, "/spam", reply_to=own)
    assert zh.last(zh.owner) == "这是管理员、本群频道或机器人的消息,不动它。"
    assert zh.rows("select count(*) from spam_lesson") == [(0,)]


async def test_what_the_group_or_its_channel_says_is_not_taught_as_an_advert(zh: Talk) -> None:
    channel = zh.world.add_chat("West Lake news", zh.owner, type="channel")
    zh.world.link_channel(zh.id, channel.id)
    zh.world.publish(channel.id, OFFER)
    await zh.settle()
    post = max(zh.room.messages)
    for mid in (post, await zh.says(zh.owner, OFFER, anonymous=True)):
        await zh.says(zh.owner, "/spam", reply_to=mid)
        assert zh.stands(mid)
        assert zh.last(zh.owner) == "这是管理员、本群频道或机器人的消息,不动它。"
    stray = zh.world.add_chat("Stray", zh.owner, type="channel")
    other = await zh.says(zh.owner, OFFER, channel=stray.id)
    await zh.says(zh.owner, "/spam", reply_to=other)
    assert not zh.stands(other)
    assert zh.rows("select label, message_id from spam_lesson") == [("spam", other)]


async def test_lessons_belong_to_their_chat_and_outlive_a_restart(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode train")
    mid = await zh.says(zh.person("新人", language="zh"), OFFER)
    await zh.says(zh.owner, "/ham", reply_to=mid)
    before = zh.rows("select count(*), count(distinct chat_id) from spam_weight")
    await zh.restarts()
    await zh.says(zh.owner, "/spamscore", reply_to=mid)
    assert "本群教过的" in zh.last()
    assert zh.rows("select count(*), count(distinct chat_id) from spam_weight") == before
    assert before[0][1] == 1


def lessons(talk: Talk) -> list[str]:
    """What was taught, oldest first: '' is judged and not taught."""
    return [r[0] for r in talk.rows("SELECT label FROM spam_lesson ORDER BY at, message_id")]


async def test_what_admins_take_away_of_newcomers_teaches_and_bans_and_purges_do_not(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode train")

    async def new(text: str) -> tuple[int, int]:
        who = zh.person("新人", language="zh", joins=False)
        await zh.joins(who)
        return who, await zh.says(who, text)

    texts = iter(f"山货铺子第{n}批到了,要的敲我名字" for n in range(20))
    for command in ("/del", "/dwarn", "/dmute", "/dkick", "/dban"):
        taught = len(lessons(zh))
        _, mid = await new(next(texts))
        await zh.says(zh.owner, command, reply_to=mid)
        assert lessons(zh)[taught:] == ["spam"], command
    for command in ("/ban", "/warn", "/purge"):  # no word on what was said, or a whole stretch of talk
        _, mid = await new(next(texts))
        await zh.says(zh.owner, command, reply_to=mid)
        assert lessons(zh).count("spam") == 5, command
    regular = zh.person("老王", language="zh")
    for text in (TALK, "好的谢谢", "明天见"):
        await zh.says(regular, text)
    await zh.says(zh.owner, "/del", reply_to=await zh.says(regular, "你这个人真不讲理"))
    assert lessons(zh).count("spam") == 5
    # taken back, it is a lesson the other way
    first = zh.rows("SELECT min(number) FROM verdict WHERE action = 'warn'")[0][0]
    await zh.says(zh.owner, f"/undo {first}")
    assert (lessons(zh).count("ham"), lessons(zh).count("spam")) == (1, 4)
    # off, nothing is learnt
    await zh.says(zh.owner, "/spammode off")
    _, mid = await new(next(texts))
    await zh.says(zh.owner, "/del", reply_to=mid)
    assert lessons(zh).count("spam") == 4


async def test_what_staff_decide_about_reports_teaches(zh: Talk) -> None:
    await zh.says(zh.owner, "/spammode train")
    mei = zh.person("阿芳", language="zh")
    for press, label in (("收起", "spam"), ("没问题", "ham")):
        who = zh.person("新人", language="zh", joins=False)
        await zh.joins(who)
        mid = await zh.says(who, f"山货铺子{label}到了,要的敲我名字")
        await zh.says(mei, "/report", reply_to=mid)
        assert lessons(zh)[-1] == ""
        await zh.presses(zh.owner, press, chat=zh.owner)
        assert lessons(zh)[-1] == label
