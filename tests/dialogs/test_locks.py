"""Locks as people meet them."""

from __future__ import annotations

from typing import Any

from groupbot.core.events import ANONYMOUS_ADMIN
from groupbot.testing import Talk
from tests.dialogs.test_rules import WORDS, cases, set_up, zh

__all__ = ["zh"]
STICKER = {
    "sticker": {
        "file_id": "s1",
        "file_unique_id": "u1",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
        "set_name": "Cats",
    }
}


async def kept(talk: Talk, user: int, text: str = "", **content: Any) -> bool:
    return talk.stands(await talk.says(user, text, **content))


def bot(talk: Talk, name: str) -> int:
    """Somebody else's bot."""
    made = talk.world.add_user(name, username=f"{name.lower()}_bot")
    talk.world.users[made]["is_bot"] = True
    return made


async def test_locked_kind_is_put_away_with_the_words_of_the_lock_and_opened_again(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    assert await kept(zh, zhao, **STICKER)
    await zh.says(zh.owner, "/lock sticker,gif 这里只打字")
    assert zh.last() == "\n".join(
        [
            "本群锁了",
            "gif · 动图 ·「这里只打字」",
            "sticker · 贴纸(放行的贴纸包除外) ·「这里只打字」",
            "打开一个:/unlock gif",
        ]
    )
    assert not await kept(zh, zhao, **STICKER)
    assert "是群里约定不发的类型" in zh.last(zhao)
    assert "「这里只打字」" in zh.last(zhao)
    assert await kept(zh, zhao, "大家好")
    assert await kept(zh, zh.owner, **STICKER)
    (case,) = [c for c in await cases(zh) if c.action != "exempt"]
    assert (case.rule, case.carrier, case.matched, case.action) == ("locks", "sticker", "Cats", "remove")
    await zh.says(zh.owner, f"/case {case.number}")
    assert "):收起\n" in zh.last()
    assert zh.last().endswith("「Cats」 · 贴纸 · 贴纸(放行的贴纸包除外)")
    await zh.says(zh.owner, "/unlock sticker")
    assert zh.last() == "打开了:sticker。"
    assert await kept(zh, zhao, **STICKER)
    await zh.says(zh.owner, "/unlock all")
    assert zh.last() == "打开了:gif。"
    await zh.says(zh.owner, "/unlock gif")
    assert zh.last(zh.owner) == "这个本来就没锁。看看锁了什么:/locks"


async def test_lock_with_an_act_mutes_at_once_in_a_consumer_group(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/lock sticker tmute 2h 这里只打字")
    assert not await kept(zh, zhao, **STICKER)
    assert zh.status(zhao) == "restricted"
    assert "先休息2小时" in zh.last(zhao)
    assert "按你们的名单:小赵先休息,到 " in zh.last(zh.owner)
    await zh.presses(zh.owner, "撤销", chat=zh.owner)
    assert zh.status(zhao) == "member"
    await zh.says(zh.owner, "/lock sticker ### 这里只打字 {mute}")
    assert zh.last().splitlines()[1] == "sticker · 贴纸(放行的贴纸包除外) · mute ·「这里只打字」"
    await zh.says(zh.owner, "/lock gif {shout} 这里只打字")
    assert zh.rows("SELECT count(*) FROM setting WHERE key = 'lock_gif'") == [(0,)]
    assert not await kept(zh, zhao, **STICKER)
    assert zh.status(zhao) == "restricted"
    assert "先休息一下,由管理员恢复" in zh.last(zhao)
    await zh.says(zhao, "/why", private=True)
    assert "先休息,由管理员恢复。" in zh.last(zhao)
    await zh.wait(days=2)
    assert zh.status(zhao) == "restricted"
    await zh.says(zh.owner, "/undo 2")
    assert zh.status(zhao) == "member"


async def test_a_channel_is_never_banned_for_a_time_for_that_would_be_for_ever(zh: Talk) -> None:
    await set_up(zh, "consumer")
    wang = zh.person("老王", language="zh")
    stray = zh.channel("Stray", wang)
    await zh.says(zh.owner, "/channels on")
    await zh.says(wang, "hello", channel=stray)  # which channel is linked is known from now on
    await zh.says(zh.owner, "/lock anonchannel tban 1d")
    assert not zh.stands(await zh.says(wang, "buy here", channel=stray))
    assert zh.room.banned_chats == set()
    await zh.says(zh.owner, "/lock anonchannel ban")
    await zh.says(wang, "buy here", channel=stray)
    assert zh.room.banned_chats == {stray}
    await zh.says(zh.owner, "/duration 2 1d")
    assert zh.last(zh.owner) == "这是频道身份,只能 /ban 或 /unban。"


async def test_store_removes_and_asks_dealer_only_asks(zh: Talk) -> None:
    await set_up(zh, "store")
    wang = zh.person("老王", language="zh")
    await zh.says(zh.owner, "/lock sticker ban")
    assert not await kept(zh, wang, **STICKER)
    assert zh.status(wang) == "member"
    assert "接下来怎么办由你定" in zh.last(zh.owner)
    await set_up(zh, "dealer")
    assert await kept(zh, wang, **STICKER)
    assert zh.status(wang) == "member"
    assert "没有动它,请你定" in zh.last(zh.owner)


async def test_quiet_locks_say_nothing_and_do_not_count(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/lock sticker")
    await zh.says(zh.owner, "/lockwarns off")
    assert zh.last().startswith("锁住的内容悄悄收起")
    before = zh.bot_texts(zhao)
    assert [await kept(zh, zhao, **STICKER) for _ in range(4)] == [False] * 4
    assert zh.bot_texts(zhao) == before
    assert zh.status(zhao) == "member"
    await zh.says(zh.owner, "/lockwarns")
    assert zh.last().startswith("锁住的内容悄悄收起")
    await zh.says(zh.owner, "/lockwarns maybe")
    assert zh.last(zh.owner).startswith("用法")


async def test_allowed_pack_passes_and_shared_ids_are_refused(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/lock sticker url")
    await zh.says(zh.owner, "/allowlist t.me/addstickers/Cats example.com")
    assert zh.last() == "这些可以发\nexample.com\npack:cats\n去掉一个:/rmallowlist example.com"
    assert await kept(zh, zhao, **STICKER)
    assert await kept(zh, zhao, "see example.com/x")
    for shared in (str(ANONYMOUS_ADMIN), "136817688", "777000"):
        await zh.says(zh.owner, f"/allowlist {shared}")
        assert zh.last(zh.owner).startswith("这个 id 是很多人共用的")
    await zh.says(zh.owner, "/rmallowlist stickerpack:cats")
    assert not await kept(zh, zhao, **STICKER)
    await zh.says(zh.owner, "/rmallowlist nothing.example")
    assert zh.last(zh.owner) == "放行名单里没有 nothing.example。看看有什么:/allowlist"
    await zh.says(zh.owner, "/rmallowlistall")
    assert zh.last() == "放行名单里有 1 项,要清空吗?"
    assert await zh.presses(zhao, "清空") != "清空了,共 1 项。"
    assert await zh.presses(zh.owner, "清空") in ("清空了,共 1 项。", "正在核对权限,稍等…")
    await zh.says(zh.owner, "/allowlist")
    assert zh.last() == "还没有放行的。放行一个:/allowlist example.com"


async def test_lock_names_are_explained_and_a_wrong_one_gets_the_near_one(zh: Talk) -> None:
    await set_up(zh, "consumer")
    await zh.says(zh.owner, "/locktypes")
    assert "sticker · stickeranimated" in zh.last()
    await zh.says(zh.owner, "/locktypes links")
    assert zh.last() == "url:网址(放行的除外)。\n锁上:/lock url"
    await zh.says(zh.owner, "/lock stikcer")
    assert zh.last(zh.owner) == "没有「stikcer」这种锁。是不是 sticker?全部在 /locktypes"
    await zh.says(zh.owner, "/lock sticker tmute")
    assert zh.last(zh.owner).startswith("后面怎么处理?")
    await zh.says(zh.owner, "/locks")
    assert zh.last() == "这里什么都没锁。锁一个:/lock sticker;全部种类:/locktypes"
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zhao, "/lock sticker")
    assert zh.last(zhao) == "这个操作只有管理员能用。"


async def test_album_of_a_locked_kind_is_one_case(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh", starts=True)
    await zh.says(zh.owner, "/lock photo tmute 1h")
    photo = zh.world.photo(b"picture")
    ids = [
        await zh.says(zhao, "", photo=photo, media_group_id="9"),
    ]
    assert [zh.stands(i) for i in ids] == [False]
    assert [c.action for c in await cases(zh)] == ["mute"]


async def test_edit_into_a_locked_kind_is_judged_once(zh: Talk) -> None:
    await set_up(zh, "dealer")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/lock email")
    mid = await zh.says(zhao, "hello")
    for text in ("a@example.com", "b@example.com"):
        zh.world.edit(zhao, zh.id, mid, text)
        await zh.settle()
    assert [(c.rule, c.carrier) for c in await cases(zh)] == [("locks", "email")]


async def test_bot_that_a_member_brings_is_shown_out(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/lock bot")
    first = bot(zh, "Spambot")
    zh.world.join(first, zh.id, by=zhao)
    await zh.settle()
    assert zh.status(first) == "kicked"
    second = bot(zh, "Goodbot")
    zh.world.join(second, zh.id, by=zh.owner)
    await zh.settle()
    assert zh.status(second) == "member"


async def test_bot_in_a_store_group_is_shown_out_by_a_person(zh: Talk) -> None:
    await set_up(zh, "store")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/lock bot")
    assert "门店群里最多收起,不会禁言或移出;要更重的请人来定。" in zh.last()
    made = bot(zh, "Spambot")
    zh.world.join(made, zh.id, by=zhao)
    await zh.settle()
    assert zh.status(made) == "member"
    assert "有群友拉进来一个机器人" in zh.last(zh.owner)
    await zh.presses(zh.owner, "请出", chat=zh.owner)
    assert zh.status(made) == "left"
    assert zh.last(zh.owner) == "第 1 号:已请出。"


async def test_locked_reactions_are_taken_off(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao, known = zh.person("小赵", language="zh"), zh.person("老王", language="zh")
    mid = await zh.says(zh.owner, "大家好")
    await zh.says(zh.owner, "/lock reaction")
    await zh.says(zh.owner, f"/approve {known}")
    for who in (zhao, zh.owner, known):
        zh.world.react(who, zh.id, mid, ["👍"])
        await zh.settle()
    assert {w for w, e in zh.room.messages[mid]["_reactions"].items() if e} == {zh.owner, known}


async def test_words_edited_in_under_a_reaction_that_was_taken_off_are_a_case_of_their_own(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zhao = zh.person("小赵", language="zh")
    await zh.says(zh.owner, "/lock reaction")
    mid = await zh.says(zhao, "早")
    zh.world.react(zhao, zh.id, mid, ["👍"])
    await zh.settle()
    zh.world.edit(zhao, zh.id, mid, WORDS)
    await zh.settle()
    assert not zh.stands(mid)
    assert [(c.rule, c.action) for c in await cases(zh)] == [("locks", "again"), ("contact", "remove")]


async def test_topic_has_locks_lists_and_limits_of_its_own_by_command(zh: Talk) -> None:
    await set_up(zh, "consumer")
    await zh.says(zh.owner, "/lock here url")
    assert zh.last(zh.owner) == "请在要单独设置的话题里发这条。"
    deals = await zh.topic("特价")
    people = iter([zh.person(f"小赵{n}", language="zh") for n in range(12)])
    await zh.says(zh.owner, "/lock here sticker 这里只打字", topic=deals)
    assert zh.in_topic(deals)[-1].splitlines()[:2] == [
        "本话题锁了",
        "sticker · 贴纸(放行的贴纸包除外) ·「这里只打字」",
    ]
    await zh.says(zh.owner, "/locks")
    assert zh.last().startswith("这里什么都没锁")
    assert not await kept(zh, next(people), topic=deals, **STICKER)
    assert await kept(zh, next(people), **STICKER)
    # open in the topic what the group locks
    await zh.says(zh.owner, "/lock mention")
    await zh.says(zh.owner, "/unlock here mention", topic=deals)
    assert zh.in_topic(deals)[-1] == "本话题打开了:mention。"
    assert await kept(zh, next(people), "@someone 看看", topic=deals)
    assert not await kept(zh, next(people), "@someone 看看")
    # a list of its own, a copy of the group's to begin with
    await zh.says(zh.owner, "/addblocklist 刷单")
    await zh.says(zh.owner, "/addblocklist here 秒杀", topic=deals)
    assert not await kept(zh, next(people), "今晚秒杀", topic=deals)
    assert not await kept(zh, next(people), "来刷单", topic=deals)
    assert await kept(zh, next(people), "今晚秒杀")
    await zh.says(zh.owner, "/blocklist", topic=deals)
    assert zh.in_topic(deals)[-1].splitlines() == ["本话题的屏蔽名单 · 2", '"刷单"', '"秒杀"']
    await zh.says(zh.owner, "/blocklist")
    assert zh.last().splitlines() == ["屏蔽名单 · 1", '"刷单"']
    await zh.says(zh.owner, "/rmblocklist here 刷单", topic=deals)
    assert await kept(zh, next(people), "来刷单", topic=deals)
    # limits too; each change is in the log, and /settings why names the level
    await zh.says(zh.owner, "/setflood here 2", topic=deals)
    await zh.says(zh.owner, "/settings why flood_row", topic=deals)
    assert zh.in_topic(deals)[-1].splitlines()[2:] == [f"1. 本话题 {deals}:2", "2. 出厂值:0"]
    rows = zh.rows("SELECT text FROM log_record WHERE kind = 'setting' ORDER BY id")
    assert (f"[{deals}] lock_sticker: — → on",) in rows
    assert ("lock_mention: — → on",) in rows
    await zh.says(zh.owner, "/settings here lock_sticker default", topic=deals)
    assert await kept(zh, next(people), topic=deals, **STICKER)


async def test_comments_are_for_members_once_the_lock_is_on(zh: Talk) -> None:
    await set_up(zh, "consumer")
    zh.channel("西湖快讯", zh.owner, linked=True)
    channel = zh.room.linked
    member, zhao, qian = (zh.person(n, language="zh", joins=n == "老王") for n in ("老王", "小赵", "小钱"))
    post = await zh.publishes(channel, "今天到货")
    assert await kept(zh, zhao, "多少钱", reply_to=post)
    await zh.says(zh.owner, "/lock comment")
    assert "comment" in zh.last()
    first = await zh.says(member, "给我留一份", reply_to=post)
    assert zh.stands(first)
    assert not await kept(zh, qian, "这里更便宜", reply_to=post)
    assert not await kept(zh, qian, "真的", reply_to=first)
    assert await kept(zh, zh.owner, "欢迎进群", reply_to=first)
    answers = await zh.says(member, "好的")
    assert await kept(zh, member, "是吗", reply_to=answers)
    await zh.joins(qian)
    assert await kept(zh, qian, "我进来了", reply_to=post)
    zh.world.leave(qian, zh.id)
    await zh.settle()
    assert not await kept(zh, qian, "又走了", reply_to=post)
    found = [(c.carrier, c.action) for c in await cases(zh) if c.action != "exempt"]
    assert {carrier for carrier, _ in found} == {"comment"}
