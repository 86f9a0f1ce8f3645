"""Floods and newcomers as people meet them."""

from __future__ import annotations

from typing import Any

import pytest

from groupbot.features.members import service as members
from groupbot.testing import Talk


async def set_up(chat: Talk, tier: str = "consumer", mode: str = "on") -> None:
    """The set-up as the wizard leaves it, rules in force."""

    def write(work: Any) -> None:
        for p in members.profiles(work):
            members.set_profile(work, p.chat, tier=tier, owner=chat.owner)

    await chat.app.writer.submit(write)
    await chat.says(chat.owner, f"/rules {mode}")


async def runs(chat: Talk, user: int, *texts: str) -> list[bool]:
    """Somebody says these; which of them stand afterwards."""
    ids = [await chat.says(user, t) for t in texts]
    return [chat.stands(i) for i in ids]


async def test_flood_without_arguments_shows_how_it_stands(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/flood")
    assert chat.last().startswith(
        "这些算刷屏(15s 内):\n· 10 条消息 burst\n· 4 条一样的(10 分钟内) repeat\n之后:提醒"
    )
    await chat.wait(seconds=61)
    assert all("刷屏" not in t for t in chat.bot_texts())


async def test_members_may_not_set_floods_and_nonsense_is_answered(chat: Talk) -> None:
    await set_up(chat)
    mei = chat.person("Mei")
    await chat.says(mei, "/setflood 3")
    assert "刷屏" not in chat.last()
    await chat.says(chat.owner, "/setflood many")
    assert chat.last(chat.owner) == "A number from 2 to 1000, please, or off."
    await chat.says(chat.owner, "/flood stars 3")
    assert chat.last(chat.owner).startswith("Usage: /flood")


async def test_setflood_counts_messages_in_a_row(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/setflood 3")
    assert "· 3 条连着发(中间没有别人) row" in chat.last()
    assert "门店群里最多收起,不会禁言或移出。" in chat.last()
    mei, bo = chat.person("Mei"), chat.person("Bo")
    assert await runs(chat, mei, "a", "b") == [True, True]
    assert await runs(chat, bo, "between") == [True]
    assert await runs(chat, mei, "a", "b", "c") == [True, True, False]
    await chat.says(chat.owner, "/setflood off")
    assert await runs(chat, bo, "1", "2", "3", "4") == [True] * 4


async def test_setfloodtimer_counts_messages_in_a_span(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/setfloodtimer 4 30s")
    assert chat.last().startswith("这些算刷屏(30s 内):\n· 4 条消息 burst")
    mei, bo = chat.person("Mei"), chat.person("Bo")
    assert await runs(chat, mei, "a", "b", "c") == [True] * 3
    await chat.wait(seconds=31)
    assert await runs(chat, mei, "d", "e", "f") == [True] * 3
    await chat.says(bo, "hi")
    assert await runs(chat, mei, "g") == [False]


@pytest.mark.parametrize(("kind", "text"), [("repeat", "buy one"), ("mentions", "@somebody {} hi")])
async def test_a_limit_beyond_twenty_acts_as_shown(chat: Talk, kind: str, text: str) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/setfloodtimer 100 1h")
    await chat.says(chat.owner, "/flood burst off")
    await chat.says(chat.owner, f"/flood {kind} 25")
    assert f" {kind}" in chat.last()
    said = await runs(chat, chat.person("Mei"), *(text.format(i) for i in range(25)))
    assert said == [True] * 24 + [False]


async def test_clearflood_takes_the_whole_run(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/setfloodtimer 3 30s")
    await chat.says(chat.owner, "/clearflood on")
    assert "整串一起收起" in chat.last()
    assert await runs(chat, chat.person("Mei"), "a", "b", "c") == [False] * 3


async def test_setfloodmode_mutes_in_a_consumer_group_and_the_mute_outlives_membership(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/setfloodtimer 3 30s")
    await chat.says(chat.owner, "/setfloodmode tmute 3h")
    assert "之后:休息 3h" in chat.last()
    mei = chat.person("Mei")
    await runs(chat, mei, "a", "b", "c")
    assert chat.status(mei) == "restricted"
    chat.world.leave(mei, chat.id)
    chat.world.set_member(chat.room, mei, chat.owner, status="left", is_member=False)  # wiped clean
    await chat.settle()
    await chat.joins(mei)
    assert chat.status(mei) == "restricted"
    await chat.wait(hours=3)
    assert chat.status(mei) == "member"


async def test_setfloodmode_never_bans_who_is_no_newcomer(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/setfloodtimer 3 30s")
    await chat.says(chat.owner, "/setfloodmode ban")
    assert "移出只用于 24 小时内的新成员" in chat.last()
    old = chat.person("Old")
    new = chat.person("New", joins=False)
    await chat.joins(new)
    await runs(chat, old, "a", "b", "c")
    await runs(chat, new, "d", "e", "f")
    assert (chat.status(old), chat.status(new)) == ("restricted", "kicked")


async def test_dealer_group_only_asks_a_person(chat: Talk) -> None:
    await set_up(chat, "dealer")
    await chat.says(chat.owner, "/setfloodtimer 3 30s")
    await chat.says(chat.owner, "/setfloodmode ban")
    mei = chat.person("Mei")
    assert await runs(chat, mei, "a", "b", "c") == [True] * 3
    assert "came with too many others at once" in chat.last(chat.owner)
    assert chat.status(mei) == "member"


async def test_links_mentions_lines_and_crowds_are_floods_of_their_own(chat: Talk) -> None:
    await set_up(chat, "store")
    for kind, most in (("mentions", 3), ("lines", 5), ("crowd", 3), ("links", 2)):
        await chat.says(chat.owner, f"/flood {kind} {most}")
    mei, bo, di = chat.person("Mei"), chat.person("Bo"), chat.person("Di")
    assert await runs(chat, mei, "@anna1 @berta hi", "@clara hi") == [True, False]
    assert await runs(chat, bo, "a\nb\nc\nd\ne\nf") == [False]
    assert await runs(chat, di, "see https://a.example", "and https://b.example") == [True, False]
    await chat.wait(minutes=2)
    same = "everybody come to the big opening tomorrow"
    stands = [await runs(chat, who, same) for who in (mei, bo, di)]
    assert stands == [[True], [True], [False]]


async def test_newcomers_go_slowly_for_their_first_messages(chat: Talk) -> None:
    await set_up(chat, "store")
    await chat.says(chat.owner, "/newcomers 2 links")
    assert chat.last().startswith("新成员前 2 条消息先不发:链接。")
    old = chat.person("Old")
    new = chat.person("New", joins=False)
    await chat.joins(new)
    link = "look https://shop.example/x"
    assert await runs(chat, old, link) == [True]
    assert await runs(chat, new, link, "hello", "nice here", link) == [False, True, True, True]
    await chat.says(chat.owner, "/newcomers off")
    other = chat.person("Other", joins=False)
    await chat.joins(other)
    assert await runs(chat, other, link) == [True]


async def test_newcomers_go_slowly_for_their_first_hours(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/newcomers 24h media mentions")
    assert chat.last().startswith("新成员进群 1d 内先不发:图片视频文件、@别人。")
    new = chat.person("New", joins=False)
    await chat.joins(new)
    photo = chat.world.photo(b"picture")
    mid = await chat.says(new, "my dinner", photo=photo)
    assert not chat.stands(mid)
    assert await runs(chat, new, "hi @somebody") == [False]
    for _ in range(4):  # gentle: it never counts
        await runs(chat, new, "hi @somebody")
    assert chat.status(new) == "member"
    await chat.wait(hours=24)
    assert chat.stands(await chat.says(new, "my dinner", photo=photo))


async def test_newcomers_nonsense_is_answered_with_the_usage(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/newcomers slowly please")
    assert chat.last(chat.owner).startswith("Usage: /newcomers")
    await chat.says(chat.owner, "/newcomers")
    assert chat.last().startswith("新成员没有特别的限制。")
