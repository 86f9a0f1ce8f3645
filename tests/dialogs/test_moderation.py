"""Bans, breaks and kicks by hand, as administrators and members meet them."""

from __future__ import annotations

from pathlib import Path

import pytest

from groupbot.testing import Talk, conversation
from tests.dialogs.acting import acts, buttons, member, moderator, opened, tier
from tests.dialogs.test_log import logged


async def test_ban_by_reply_says_the_reason_and_the_number(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    said = await chat.says(li, "buy followers")
    await chat.says(zhou, "/ban selling  followers", reply_to=said)
    assert chat.status(li) == "kicked"
    assert chat.last() == "已将 Li 移出本群。原因:selling followers。第 1 号"
    assert acts(chat) == [(1, "ban", li, zhou, "selling followers", 0)]
    await chat.wait(seconds=61)
    assert chat.bot_texts() == []


async def test_the_button_takes_it_back_and_the_line_says_so(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/ban {li}")
    assert buttons(chat) == ["撤销"]
    assert await chat.presses(zhou, "撤销") == "第 1 号:已撤销,不再计数。"
    assert chat.status(li) == "left"
    assert chat.last() == "第 1 号已撤销,不再计数。"
    assert acts(chat)[0][5] == 1
    await chat.says(zhou, "/undo 1")
    assert chat.status(li) == "left"


@pytest.mark.parametrize("how", ["@li_22", "id", "mention", "!"])
async def test_ban_finds_its_target_in_every_way(chat: Talk, how: str) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", username="Li_22")
    mei = member(chat, "Mei")
    await chat.says(li, "hello")
    said = await chat.says(mei, "hi")
    if how == "mention":
        link = {"type": "text_mention", "offset": 5, "length": 6, "user": chat.world.person(li)}
        await chat.says(zhou, "/ban Li Lee adverts", entities=[link], reply_to=said)
    else:
        name = {"id": str(li), "!": "@LI_22"}.get(how, how)
        await chat.says(zhou, f"{'!' if how == '!' else '/'}ban {name} adverts", reply_to=said)
    assert (chat.status(li), chat.status(mei)) == ("kicked", "member")
    assert acts(chat) == [(1, "ban", li, zhou, "adverts", 0)]


async def test_a_username_that_changed_hands_never_hits_who_had_it(chat: Talk) -> None:
    zhou = await moderator(chat)
    old, new = member(chat, "Old", username="li"), member(chat, "New")
    await chat.says(old, "hello")
    del chat.world.users[old]["username"]  # the bot hears nothing of it,
    chat.world.users[new]["username"] = "li"  # nor who took it
    await chat.says(zhou, "/ban @li")
    assert chat.last().startswith("@li 已经不是我认识的那个人在用了,现在是谁我没见过。请回复 TA 的一条消息")
    await chat.says(zhou, "/ban @nobody")
    assert chat.last().startswith("我还没见过 @nobody。")
    await chat.says(zhou, "/ban")
    assert chat.last().startswith("用法:/ban [@用户名|id]")
    assert (chat.status(old), chat.status(new), acts(chat)) == ("member", "member", [])
    await chat.says(new, "hello")
    await chat.says(zhou, "/ban @li")
    assert (chat.status(old), chat.status(new)) == ("member", "kicked")


async def test_of_two_seen_with_a_username_who_has_it_now_is_meant(chat: Talk) -> None:
    zhou = await moderator(chat)
    old, new = member(chat, "Old", username="li"), member(chat, "New")
    await chat.says(old, "hello")
    del chat.world.users[old]["username"]
    chat.world.users[new]["username"] = "li"
    await chat.says(new, "hello")  # now both were seen with it
    del chat.world.users[new]["username"]
    chat.world.users[old]["username"] = "li"  # and it went back
    await chat.says(zhou, "/mute @li")
    assert (chat.status(old), chat.status(new)) == ("restricted", "member")


async def test_without_an_answer_about_a_username_nobody_is_hit_and_the_way_out_is_said(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", username="li")
    await chat.says(li, "hello")
    account = chat.world.users.pop(li)  # Telegram does not answer about them
    await chat.says(zhou, "/ban @li")
    chat.world.users[li] = account
    assert chat.last().startswith("用户名会换人,刚才没能向 Telegram 问到 @li 现在是谁,所以没有动。")
    assert chat.status(li) == "member"
    await chat.says(zhou, f"/ban {li}")
    assert chat.status(li) == "kicked"


async def test_an_anonymous_admins_proof_waits_for_the_name_too(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", username="li")
    await chat.says(li, "hello")
    await chat.says(zhou, "/ban @li", anonymous=True)
    await chat.presses(zhou, buttons(chat)[0])
    assert chat.status(li) == "kicked"
    assert acts(chat)[0][3] == zhou


async def test_tban_and_tmute_end_by_themselves(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    await chat.says(zhou, f"/tmute {li} 2h 30m too loud")
    assert chat.status(li) == "restricted"
    assert "先休息到" in chat.last() and "自动恢复。原因:too loud。" in chat.last()
    await chat.says(zhou, f"/tban {mei} 2d 3h")
    assert chat.status(mei) == "kicked"
    await chat.wait(hours=3)
    assert (chat.status(li), chat.status(mei)) == ("member", "kicked")
    await chat.wait(days=2)
    assert chat.status(mei) == "left"


@pytest.mark.parametrize("span", ["10s", "367d"])
async def test_a_span_that_telegram_takes_as_for_ever_is_not_done_but_said(chat: Talk, span: str) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/tban {li} {span}")
    assert chat.last() == "少于 30 秒或多于 366 天,Telegram 会当成永久。真要永久,请用不带时间的 /ban。"
    await chat.says(zhou, f"/tmute {li} soon")
    assert chat.last().startswith("用法:/tmute")
    assert chat.status(li) == "member"


async def test_dban_and_dmute_take_the_message_along(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    one, two = await chat.says(li, "advert"), await chat.says(mei, "noise")
    await chat.says(zhou, "/dban", reply_to=one)
    await chat.says(zhou, "/dmute 1h", reply_to=two)
    assert (chat.stands(one), chat.stands(two)) == (False, False)
    assert (chat.status(li), chat.status(mei)) == ("kicked", "restricted")
    await chat.says(zhou, f"/dban {li}")
    assert chat.last() == "请回复要处理的那条消息。"


async def test_silent_acts_need_a_log_and_leave_no_word(chat: Talk) -> None:
    zhou = await moderator(chat)
    people = [member(chat, n) for n in ("Li", "Mei", "Bo", "An")]
    await chat.says(zhou, f"/sban {people[0]}")
    assert chat.last().startswith("不出声的操作要先有地方记录。")
    assert chat.status(people[0]) == "member"
    await chat.wait(seconds=61)
    await log_on(chat)
    commands = [
        await chat.says(zhou, f"/{name} {who}")
        for name, who in zip(("sban", "smute", "skick", "swarn"), people, strict=True)
    ]
    assert [chat.status(p) for p in people] == ["kicked", "restricted", "left", "member"]
    assert [chat.stands(c) for c in commands] == [False] * 4
    assert chat.bot_texts() == []
    assert [a[1] for a in acts(chat)] == ["ban", "mute", "kick", "warn"]


async def log_on(chat: Talk) -> None:
    """The group has a place where acts are written down, and its owner lets them be silent."""
    await logged(chat)
    await chat.says(chat.owner, "/silentactions on")
    await chat.wait(seconds=61)


async def test_kick_lets_them_come_back_and_dkick_takes_the_message(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    await chat.says(li, "hello")
    said = await chat.says(mei, "noise")
    await chat.says(zhou, f"/kick {li} later")
    assert (chat.status(li), chat.last()) == ("left", "已请 Li 离开,可以再进群。原因:later。第 1 号")
    await chat.says(zhou, "/dkick", reply_to=said)
    assert (chat.status(mei), chat.stands(said)) == ("left", False)
    await chat.joins(li)
    assert chat.status(li) == "member"


async def test_kick_never_frees_whom_somebody_banned(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei")
    banned = {"status": "kicked", "is_member": False, "until": 0}
    chat.world.set_member(chat.room, li, chat.owner, **banned)
    await chat.settle()
    await chat.says(zhou, f"/kick {li}")
    assert chat.last() == "Li 之前已被移出,保持原样。想放行用 /unban。"
    chat.room.members[mei].status, chat.room.members[mei].is_member = "kicked", False  # the bot did not hear
    await chat.says(zhou, f"/kick {mei}")
    assert (chat.status(li), chat.status(mei)) == ("kicked", "kicked")


async def test_mute_and_unmute_never_free_whom_somebody_banned(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/mute {li} 3d")
    await chat.says(zhou, f"/ban {li}")
    for command in (f"/mute {li} 1h", f"/unmute {li}", "/duration 1 2h"):
        await chat.says(zhou, command)
        assert chat.last() == "Li 之前已被移出,保持原样。想放行用 /unban。"
        assert chat.status(li) == "kicked"
    assert [(a[1], a[5]) for a in acts(chat)] == [("mute", 0), ("ban", 0)]
    chat.world.set_member(chat.room, li, chat.owner, status="member", is_member=True, until=0)
    await chat.settle()
    await chat.says(zhou, f"/mute {li} 1h")  # who is here in spite of a ban was let in
    assert chat.status(li) == "restricted"


async def test_a_ban_made_in_a_client_stands_above_a_mute_and_one_that_is_over_does_not(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(li, "hello")
    await chat.says(zhou, f"/mute {li} 3d")
    chat.world.set_member(chat.room, li, chat.owner, status="kicked", until=0)
    await chat.settle()
    for command in (f"/mute {li} 1h", f"/unmute {li}", "/duration 1 2h", "/undo 1"):
        await chat.says(zhou, command)
        assert chat.status(li) == "kicked"
    await chat.says(zhou, f"/unban {li}")
    await chat.says(zhou, f"/tban {li} 1h")
    await chat.wait(hours=2)
    assert chat.status(li) == "left"  # which Telegram tells nobody
    await chat.says(zhou, f"/unmute {li}")
    assert chat.last() != "Li 之前已被移出,保持原样。想放行用 /unban。"


async def test_unban_and_unmute_end_what_was_in_force(chat: Talk) -> None:
    zhou, li, mei = await moderator(chat), member(chat, "Li"), member(chat, "Mei", starts=True)
    await chat.says(zhou, f"/ban {li}")
    await chat.says(zhou, f"/mute {mei}")
    assert chat.last() == "Mei 先休息,恢复请用 /unmute。第 2 号"
    await chat.says(zhou, f"/unban {li} he wrote to me")
    await chat.says(zhou, f"/unmute {mei}")
    assert (chat.status(li), chat.status(mei)) == ("left", "member")
    assert chat.last() == "Mei 可以发言了。第 4 号"
    assert [(a[1], a[5]) for a in acts(chat)] == [("ban", 1), ("mute", 1), ("unban", 0), ("unmute", 0)]


async def test_the_member_is_told_in_private_and_may_ask_again(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li", starts=True)
    await chat.says(zhou, f"/tmute {li} 1h too loud")
    assert chat.last(li).startswith("Test group · case 1\nAn admin gave you a break from writing until ")
    assert "Reason: too loud." in chat.last(li)
    await chat.presses(li, "Ask again", chat=li)
    assert "Li thinks this was a mistake" in chat.last(chat.owner)
    await chat.says(li, "/why", private=True)
    assert "an admin gave you a break until" in chat.last(li)
    await chat.presses(chat.owner, "Take back", chat=chat.owner)
    assert chat.status(li) == "member"


async def test_administrators_the_bot_and_the_channel_are_refused_in_words(chat: Talk) -> None:
    zhou, chen = await moderator(chat), await moderator(chat, "Chen")
    channel = chat.world.add_chat("West Lake news", chat.owner, type="channel")
    chat.world.link_channel(chat.id, channel.id)
    chat.world.publish(channel.id, "New tea is in")
    await chat.settle()
    post = max(m for m, body in chat.room.messages.items() if body.get("is_automatic_forward"))
    as_group = await chat.says(chat.owner, "Good morning", anonymous=True)
    me = chat.app.bot.id
    for command, reply, answer in (
        (f"/ban {chen}", None, "Chen 是管理员,要动得群主在群设置里来。"),
        (f"/mute {zhou}", None, "Zhou 是管理员,要动得群主在群设置里来。"),
        (f"/kick {chat.owner}", None, "Olga 是管理员,要动得群主在群设置里来。"),
        (f"/ban {me}", None, "这是我自己,就不动了。"),
        ("/ban", post, "这是本群绑定的频道,不能动。"),
        (f"/ban {channel.id}", None, "这是本群绑定的频道,不能动。"),
        ("/warn", as_group, "Test group 是管理员,要动得群主在群设置里来。"),
        ("/ban 1087968824", None, "这个身份是很多人共用的,分不清指的是谁。"),
        ("/ban 777000", None, "这个身份是很多人共用的,分不清指的是谁。"),
    ):
        await chat.says(zhou, command, reply_to=reply)
        assert chat.last() == answer
    assert acts(chat) == []


async def test_a_channel_that_speaks_is_banned_and_let_in_again(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    channel = chat.world.add_chat("Li sells", li, type="channel")
    said = await chat.says(li, "buy", channel=channel.id)
    await chat.says(zhou, "/mute 1h", reply_to=said)
    assert chat.last() == "这是频道身份,只能 /ban 或 /unban。"
    await chat.says(zhou, "/ban adverts", reply_to=said)
    assert chat.last() == "已将 Li sells 移出本群。原因:adverts。第 1 号"
    assert channel.id in chat.room.banned_chats
    await chat.says(zhou, f"/unban {channel.id}")
    assert channel.id not in chat.room.banned_chats


async def test_a_dealer_group_lets_people_act_by_hand(chat: Talk) -> None:
    await tier(chat, "dealer")
    zhou, li = await moderator(chat), member(chat, "Li")
    await chat.says(zhou, f"/mute {li} 1h")
    assert chat.status(li) == "restricted"


async def test_acts_answer_in_their_topic_and_its_first_message_is_no_reply(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    topic = await opened(chat, "Tea")
    await chat.says(zhou, "/ban", topic=topic, reply_to=topic)
    assert chat.status(li) == "member"
    await chat.says(zhou, f"/mute {li} 1h", topic=topic)
    answer = max(m for m, body in chat.room.messages.items() if body["from"]["id"] == chat.app.bot.id)
    assert chat.room.messages[answer]["message_thread_id"] == topic
    assert chat.status(li) == "restricted"


async def test_a_basic_group_says_what_telegram_cannot_do_there(tmp_path: Path) -> None:
    async with conversation(tmp_path, type="group") as chat:
        li, mei = member(chat, "Li"), member(chat, "Mei")
        await chat.says(chat.owner, f"/mute {li}")
        assert chat.last(chat.owner).startswith("This is a basic group, where Telegram cannot do that.")
        await chat.says(chat.owner, f"/ban {mei}")
        assert (chat.status(li), chat.status(mei)) == ("member", "kicked")


async def test_the_linked_channel_is_never_hit_though_it_never_posted(chat: Talk) -> None:
    zhou = await moderator(chat)
    own = chat.channel("Our news", chat.owner, linked=True)
    await chat.says(zhou, f"/ban {own}")
    assert chat.last() == "这是本群绑定的频道,不能动。"
    assert chat.room.banned_chats == set()
    said = await chat.says(chat.owner, "hello", channel=own)  # not forwarded: somebody speaks as it
    await chat.says(zhou, "/ban", reply_to=said)
    assert chat.room.banned_chats == set()


async def test_a_channel_goes_by_its_title_though_it_is_named_by_id(chat: Talk) -> None:
    zhou, li = await moderator(chat), member(chat, "Li")
    stray = chat.channel("Stray", li)
    said = await chat.says(li, "buy here", channel=stray)
    await chat.says(zhou, "/ban adverts", reply_to=said)
    assert chat.last() == "已将 Stray 移出本群。原因:adverts。第 1 号"
    assert chat.room.banned_chats == {stray}
    await chat.says(zhou, f"/unban {stray}")
    assert chat.last() == "Stray 可以再进群了。第 2 号"
    assert chat.room.banned_chats == set()
