"""Night mode, lockdown, channels and service messages as people meet them."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from groupbot.surfaces.sandbox.world import RIGHTS, Forbidden
from groupbot.testing import Talk
from tests.dialogs.test_flood import set_up

SOME = {"can_send_messages", "can_send_photos", "can_send_polls", "can_invite_users"}
ZONE = ZoneInfo("Asia/Shanghai")  # of a group that speaks Chinese


async def until(chat: Talk, hour: int, minute: int = 0) -> None:
    """Move to the next time the chat's clock shows this."""
    here = chat.app.clock.now().astimezone(ZONE)
    then = here.replace(hour=hour, minute=minute, second=1, microsecond=0)
    if then <= here:
        then += timedelta(days=1)
    await chat.wait(seconds=(then - here).total_seconds())
    await chat.wait(seconds=1)


async def test_lockdown_closes_and_gives_back_exactly_what_was(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/lockdown 2h")
    assert chat.room.permissions == set()
    with pytest.raises(Forbidden):
        chat.world.say(mei, chat.id, "hello?")
    assert any(t.startswith("群先安静一会儿,") for t in chat.bot_texts())
    await chat.wait(hours=2, seconds=1)
    assert chat.room.permissions == SOME
    assert any(t == "群又打开了,可以说话了。" for t in chat.bot_texts())
    assert not any(t.startswith("群先安静一会儿") for t in chat.bot_texts())
    await chat.wait(seconds=20)
    assert chat.rows("SELECT count(*) FROM closure") == [(0,)]


async def test_a_lockdown_said_anew_has_one_notice_the_new_one(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/lockdown 2h")
    [first] = closed(chat)
    await chat.says(chat.owner, "/lockdown 4h")
    [second] = closed(chat)
    assert second != first
    await chat.says(chat.owner, "/lockdown off")
    assert closed(chat) == []


def closed(chat: Talk) -> list[str]:
    """The notices of a closed group that stand."""
    return [t for t in chat.bot_texts() if t.startswith(("群先安静一会儿", "夜深了"))]


async def test_lockdown_survives_a_restart_and_ends_by_word(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    await chat.says(chat.owner, "/lockdown on")
    await chat.restarts()
    await chat.wait(days=1)
    assert chat.room.permissions == set()
    await chat.says(chat.owner, "/lockdown off")
    assert chat.room.permissions == SOME
    await chat.wait(seconds=20)
    await chat.says(chat.owner, "/lockdown off")
    assert chat.last(chat.owner) == "The group is not locked."
    await chat.says(chat.owner, "/lockdown forever")
    assert chat.last(chat.owner).startswith("Usage: /lockdown")


async def test_night_comes_and_goes_on_the_chats_own_clock(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    await until(chat, 12)
    await chat.says(chat.owner, "/nightmode 23:00-07:00")
    assert "每晚 23:00-07:00 休息(Asia/Shanghai)。" in chat.last()
    await until(chat, 22, 58)
    assert chat.room.permissions == SOME
    await until(chat, 23)
    assert chat.room.permissions == set()
    assert "夜深了,群休息到 07:00,明早见。" in chat.bot_texts()
    await chat.restarts()
    await until(chat, 6, 58)
    assert chat.room.permissions == set()
    await until(chat, 7)
    assert chat.room.permissions == SOME
    await until(chat, 23)
    await chat.says(chat.owner, "/nightmode off")
    assert chat.room.permissions == SOME
    await chat.says(chat.owner, "/nightmode whenever")
    assert chat.last(chat.owner).startswith("Usage: /nightmode")


async def test_a_lockdown_over_night_opens_in_the_morning_as_it_was(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    await until(chat, 22)
    await chat.says(chat.owner, "/lockdown 2h")
    await chat.says(chat.owner, "/nightmode 23:00-07:00")
    await until(chat, 23, 30)
    assert len(closed(chat)) == 1
    await until(chat, 0, 30)
    assert chat.room.permissions == set()  # the lockdown is over, the night is not
    assert closed(chat) == ["夜深了,群休息到 07:00,明早见。"]
    await chat.says(chat.owner, "/lockdown on")
    assert closed(chat) == ["群先安静一会儿。有急事私聊管理员。"]
    await chat.says(chat.owner, "/lockdown off")
    await chat.says(chat.owner, "/settings night_hours 23:00-08:00")
    assert closed(chat) == ["夜深了,群休息到 08:00,明早见。"]
    await chat.says(chat.owner, "/nightmode 23:00-07:00")
    await until(chat, 7)
    assert chat.room.permissions == SOME


async def test_another_time_zone_is_told_and_kept_at_once(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    await until(chat, 12)
    await chat.says(chat.owner, "/lockdown 2h")
    assert closed(chat) == ["群先安静一会儿,14:00 再聊。有急事私聊管理员。"]
    await chat.says(chat.owner, "/settings zone Asia/Tokyo")
    assert closed(chat) == ["群先安静一会儿,15:00 再聊。有急事私聊管理员。"]
    await chat.says(chat.owner, "/lockdown off")
    await chat.says(chat.owner, "/nightmode 23:00-07:00")
    assert closed(chat) == []
    await chat.says(chat.owner, "/settings zone America/New_York")
    assert closed(chat) == ["夜深了,群休息到 07:00,明早见。"]
    await chat.says(chat.owner, "/settings zone Asia/Shanghai")
    assert closed(chat) == []
    assert chat.room.permissions == SOME


async def test_what_an_admin_chose_meanwhile_counts(chat: Talk) -> None:
    await set_up(chat)
    chat.room.permissions = set(SOME)
    await chat.says(chat.owner, "/lockdown on")
    bot = next(iter(chat.world.bots.values())).user
    chat.world.promote(chat.id, bot, chat.owner, set(RIGHTS) - {"can_restrict_members"})
    await chat.settle()
    await chat.says(chat.owner, "/lockdown off")
    assert chat.room.permissions == set()  # not allowed
    for _ in range(4):
        await chat.wait(seconds=20)
    assert "cannot give the members' permissions back" in chat.last(chat.owner)
    chat.room.permissions = {"can_send_messages"}  # by hand
    await chat.wait(seconds=20)
    await chat.wait(seconds=20)
    assert chat.room.permissions == {"can_send_messages"}
    assert chat.rows("SELECT count(*) FROM closure") == [(0,)]


# --- channels
async def test_channels_off_removes_a_channel_and_spares_the_linked_one(chat: Talk) -> None:
    await set_up(chat)
    mei = chat.person("Mei")
    stray = chat.world.add_chat("Stray", mei, type="channel")
    own = chat.world.add_chat("Our news", chat.owner, type="channel")
    chat.world.link_channel(chat.id, own.id)
    assert chat.stands(await chat.says(mei, "buy here", channel=stray.id))
    await chat.says(chat.owner, "/channels off")
    assert chat.last().startswith("频道不能用自己的身份在这里说话")
    assert not chat.stands(await chat.says(mei, "buy here", channel=stray.id))
    assert stray.id in chat.room.banned_chats
    case = chat.rows("SELECT rule, version, matched, actor, action, number, id FROM verdict ORDER BY id")[-1]
    assert case[:6] == ("channels", 1, "buy here", stray.id, "ban", case[5])
    line = chat.rows("SELECT category, kind, member, number, text FROM log_record ORDER BY id")[-1]
    assert line == ("automated", "ban", stray.id, case[5], "buy here")
    await chat.says(chat.owner, f"/undo {case[5]}")
    assert stray.id not in chat.room.banned_chats
    assert not chat.stands(await chat.says(mei, "buy here", channel=stray.id))
    assert chat.stands(await chat.says(chat.owner, "news", channel=own.id))
    await chat.says(chat.owner, f"/channels allow {stray.id}")
    assert f"可以的:{stray.id}" in chat.last()
    assert stray.id not in chat.room.banned_chats
    assert chat.stands(await chat.says(mei, "hello", channel=stray.id))
    await chat.says(chat.owner, "/channels on")
    assert chat.last().startswith("频道可以用自己的身份在这里说话。")


async def test_in_a_store_group_the_channel_is_not_banned(chat: Talk) -> None:
    await set_up(chat, "store")
    mei = chat.person("Mei")
    stray = chat.world.add_chat("Stray", mei, type="channel")
    await chat.says(chat.owner, "/channels off")
    assert not chat.stands(await chat.says(mei, "buy here", channel=stray.id))
    assert chat.room.banned_chats == set()
    photo = chat.world.photo(b"picture")  # one album, one case
    more = {"photo": photo, "media_group_id": "77", "channel": stray.id}
    parts = [await chat.says(mei, "", **more) for _ in range(3)]
    assert [chat.stands(p) for p in parts] == [False] * 3
    assert chat.rows("SELECT count(*) FROM verdict") == [(2,)]
    for nonsense in ("maybe", "allow --1001234567890", "allow", "drop 1-2"):
        before = len(chat.bot_texts(chat.owner))
        await chat.says(chat.owner, f"/channels {nonsense}")
        (said,) = chat.bot_texts(chat.owner)[before:]
        assert said.startswith("Usage: /channels")


@pytest.mark.parametrize("how", ["/settings channels off", "/lock anonchannel ban"])
async def test_the_linked_channel_may_speak_however_the_others_were_silenced(chat: Talk, how: str) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/rules on")
    mei = chat.person("Mei")
    own, stray = chat.channel("Our news", chat.owner, linked=True), chat.channel("Stray", mei)
    await chat.says(chat.owner, how)
    for text in ("tea today", "more tea"):
        assert chat.stands(await chat.says(chat.owner, text, channel=own))
    assert chat.room.banned_chats == set()
    assert not chat.stands(await chat.says(mei, "buy here", channel=stray))
    assert chat.room.banned_chats == {stray}


async def test_a_channel_linked_later_is_known_by_its_first_post(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/channels off")
    own = chat.channel("Our news", chat.owner, linked=True)
    await chat.publishes(own, "opening")
    assert chat.stands(await chat.says(chat.owner, "tea today", channel=own))
    assert chat.room.banned_chats == set()


# --- service messages
def services(chat: Talk) -> list[str]:
    """The kinds of service messages that still stand, the bot's own joining left out."""
    kinds = ("new_chat_members", "left_chat_member", "pinned_message")
    return [k for m in list(chat.room.messages.values())[1:] for k in kinds if k in m]


async def test_cleanservice_takes_only_the_types_named(chat: Talk) -> None:
    await set_up(chat)
    mei = chat.person("Mei", joins=False)
    await chat.says(chat.owner, "/cleanservice")
    assert chat.last().startswith("系统消息都留着。")
    before = services(chat)
    await chat.says(chat.owner, "/cleanservice join leave")
    assert chat.last().startswith("这些系统消息会收起:进群、退群。")
    await chat.joins(mei)
    chat.world.leave(mei, chat.id)
    await chat.settle()
    assert services(chat) == before
    await chat.says(chat.owner, "/keepservice join")
    await chat.joins(mei)
    assert services(chat) == [*before, "new_chat_members"]
    chat.world.leave(mei, chat.id)
    await chat.settle()
    assert services(chat) == [*before, "new_chat_members"]
    await chat.says(chat.owner, "/cleanservice all")
    await chat.joins(mei)
    assert services(chat) == [*before, "new_chat_members"]
    await chat.says(chat.owner, "/keepservice all")
    assert chat.last().startswith("系统消息都留着。")


async def test_cleanservicetypes_and_unknown_types_name_what_there_is(chat: Talk) -> None:
    await set_up(chat)
    await chat.says(chat.owner, "/cleanservicetypes")
    assert "join leave photo title pin videochat topic other all" in chat.last()
    await chat.says(chat.owner, "/cleanservice stickers")
    assert chat.last(chat.owner) == ("Known are: join leave photo title pin videochat topic other all off")
