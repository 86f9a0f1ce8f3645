"""Standings, sanctions, links, upgrades; what people may do and what the bot is told."""

import pytest

from groupbot.surfaces.sandbox.world import ANONYMOUS, Forbidden, World
from tests.surfaces.sandbox.conftest import BOT, TOKEN, Net

HOUR = 3600
NO_RIGHT = "Bad Request: not enough rights to restrict/unrestrict chat member"


async def test_a_banned_person_is_out_cannot_write_and_cannot_come_back(net: Net) -> None:
    net.forget()
    await net.good("banChatMember", chat_id=net.id, user_id=net.mei)
    with pytest.raises(Forbidden):
        net.world.say(net.mei, net.id, "hi")
    with pytest.raises(Forbidden):
        net.world.join(net.mei, net.id)
    found = await net.news()
    assert [u["message"]["left_chat_member"]["id"] for u in found] == [net.mei]
    await net.good("unbanChatMember", chat_id=net.id, user_id=net.mei, only_if_banned=True)
    net.world.join(net.mei, net.id)
    assert net.world.say(net.mei, net.id, "hi")["text"] == "hi"


async def test_what_a_banned_person_said_stays(net: Net) -> None:
    said = net.world.say(net.mei, net.id, "hi")["message_id"]
    await net.good("banChatMember", chat_id=net.id, user_id=net.mei, revoke_messages=True)
    assert said in net.room.messages


async def test_until_date_ends_a_ban_and_a_mute(net: Net) -> None:
    now = int(net.world.clock.now())
    where = {"chat_id": net.id, "user_id": net.mei}
    await net.good("restrictChatMember", permissions={}, until_date=now + HOUR, **where)
    member = await net.good("getChatMember", **where)
    assert (member["status"], member["until_date"], member["can_send_messages"]) == (
        "restricted",
        now + HOUR,
        False,
    )
    with pytest.raises(Forbidden):
        net.world.say(net.mei, net.id, "hi")
    net.world.clock.move(HOUR + 1)
    assert (await net.good("getChatMember", **where))["status"] == "member"
    assert net.world.say(net.mei, net.id, "hi")["text"] == "hi"
    await net.good("banChatMember", until_date=now + 2 * HOUR + 9, **where)
    net.world.clock.move(HOUR + 9)
    assert (await net.good("getChatMember", **where))["status"] == "left"


@pytest.mark.parametrize("ahead", [10, 367 * 86400])
async def test_too_short_or_too_long_is_for_ever(net: Net, ahead: int) -> None:
    until = int(net.world.clock.now()) + ahead
    await net.good("banChatMember", chat_id=net.id, user_id=net.mei, until_date=until)
    assert (await net.good("getChatMember", chat_id=net.id, user_id=net.mei))["until_date"] == 0


async def test_unban_without_only_if_banned_throws_a_member_out(net: Net) -> None:
    where = {"chat_id": net.id, "user_id": net.mei}
    await net.good("unbanChatMember", only_if_banned=True, **where)
    assert net.world.member(net.room, net.mei).status == "member"
    await net.good("unbanChatMember", **where)
    assert net.world.member(net.room, net.mei).status == "left"


async def test_a_mute_outlives_leaving_and_is_lifted_by_all_permissions(net: Net) -> None:
    where = {"chat_id": net.id, "user_id": net.mei}
    await net.good("restrictChatMember", permissions={"can_send_messages": False}, **where)
    net.world.leave(net.mei, net.id)
    net.world.join(net.mei, net.id)
    assert net.world.member(net.room, net.mei).status == "restricted"
    every = [k for k in await net.good("getChatMember", **where) if k.startswith("can_")]
    await net.good("restrictChatMember", permissions=dict.fromkeys(every, True), **where)
    assert net.world.member(net.room, net.mei).status == "member"


@pytest.mark.parametrize("method", ["banChatMember", "restrictChatMember", "unbanChatMember"])
async def test_whom_a_bot_may_not_touch(net: Net, method: str) -> None:
    boss = net.world.add_user("Boss")
    net.world.join(boss, net.id)
    net.world.promote(net.id, boss, net.owner, {"can_delete_messages"})

    async def said(user: int) -> str:
        return await net.wrong(method, chat_id=net.id, user_id=user, permissions={})

    assert await said(net.owner) == "Bad Request: can't remove chat owner"
    assert await said(boss) == "Bad Request: user is an administrator of the chat"
    assert await said(BOT) == "Bad Request: can't restrict self"
    assert await said(0) == "Bad Request: invalid user_id specified"
    assert await said(12) == "Bad Request: PARTICIPANT_ID_INVALID"
    net.world.promote(net.id, BOT, net.owner, {"can_delete_messages"})
    assert await said(net.mei) == NO_RIGHT


async def test_a_basic_group_cannot_mute(net: Net) -> None:
    room = net.world.add_chat("Small", net.owner, type="group")
    net.world.add_bot_to(TOKEN, room.id, net.owner, {"can_restrict_members"})
    where = {"chat_id": room.id, "user_id": net.mei}
    assert await net.wrong("restrictChatMember", permissions={}, **where) == (
        "Bad Request: method is available only for supergroups"
    )
    assert await net.wrong("unbanChatMember", **where) == (
        "Bad Request: method is available for supergroup and channel chats only"
    )


async def test_who_is_here(net: Net) -> None:
    staff = await net.good("getChatAdministrators", chat_id=net.id)
    assert [(m["user"]["id"], m["status"]) for m in staff] == [
        (net.owner, "creator"),
        (BOT, "administrator"),
    ]
    assert await net.good("getChatMemberCount", chat_id=net.id) == 3
    assert (await net.good("getChat", chat_id=net.id))["title"] == "Tea"
    assert await net.wrong("getChatMember", chat_id=net.id, user_id=5) == "Bad Request: user not found"


async def test_an_upgrade_gives_a_new_id_and_keeps_people(net: Net) -> None:
    room = net.world.add_chat("Small", net.owner, type="group")
    net.world.join(net.mei, room.id)
    net.world.add_bot_to(TOKEN, room.id, net.owner)
    net.forget()
    new = net.world.upgrade(room.id, net.owner)
    body = await net.call("sendMessage", chat_id=room.id, text="x")
    assert (body["description"], body["parameters"]) == (
        "Bad Request: group chat was upgraded to a supergroup chat",
        {"migrate_to_chat_id": new},
    )
    found = [u["message"] for u in await net.news()]
    assert [m.get("migrate_to_chat_id") or m.get("migrate_from_chat_id") for m in found] == [new, room.id]
    with pytest.raises(Forbidden):
        net.world.say(net.mei, room.id, "old")
    assert net.world.say(net.mei, new, "new")["chat"]["type"] == "supergroup"


async def test_a_join_by_link_names_the_link(net: Net) -> None:
    link = await net.good("createChatInviteLink", chat_id=net.id, name="poster", member_limit=1)
    ann, bob = net.world.add_user("Ann"), net.world.add_user("Bob")
    await net.news("chat_member")
    net.world.join(ann, net.id, link=link["invite_link"])
    (update,) = await net.news("chat_member")
    assert update["chat_member"]["invite_link"] == link
    with pytest.raises(Forbidden):
        net.world.join(bob, net.id, link=link["invite_link"])
    revoked = await net.good("revokeChatInviteLink", chat_id=net.id, invite_link=link["invite_link"])
    assert revoked["is_revoked"] is True
    assert await net.wrong("revokeChatInviteLink", chat_id=net.id, invite_link="x") == (
        "Bad Request: INVITE_HASH_EXPIRED"
    )


async def test_links_need_their_right(net: Net) -> None:
    net.world.promote(net.id, BOT, net.owner, {"can_pin_messages"})
    assert await net.wrong("createChatInviteLink", chat_id=net.id) == (
        "Bad Request: not enough rights to manage chat invite link"
    )


async def test_an_anonymous_administrator_writes_as_the_group_but_presses_as_themselves(net: Net) -> None:
    net.forget()
    said = net.world.say(net.owner, net.id, "hello", anonymous=True)
    assert (said["from"]["id"], said["sender_chat"]["id"]) == (ANONYMOUS, net.id)
    with pytest.raises(Forbidden):
        net.world.say(net.mei, net.id, "hello", anonymous=True)
    mid = await net.sent(reply_markup={"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]})
    net.world.press(net.owner, net.id, mid, "b")
    assert (await net.news())[-1]["callback_query"]["from"]["id"] == net.owner


def test_privacy_mode_shows_commands_replies_and_service_messages() -> None:
    world = World()
    bot = world.bots
    world.add_bot(TOKEN, privacy=True)
    owner, mei = world.add_user("Olga"), world.add_user("Mei")
    room = world.add_chat("Tea", owner)
    world.add_bot_to(TOKEN, room.id, owner)
    mine = world.post(room, BOT, text="ask me")["message_id"]
    bot[TOKEN].updates.clear()
    world.join(mei, room.id)
    for text, reply in (
        ("chatter", None),
        ("/ping", None),
        ("/ping@groupbot_demo_bot now", None),
        ("/ping@other_bot", None),
        ("yes", mine),
    ):
        world.say(mei, room.id, text, reply_to=reply)
    seen = [u["message"].get("text", "joined") for u in bot[TOKEN].updates]
    assert seen == ["joined", "/ping", "/ping@groupbot_demo_bot now", "yes"]
    world.promote(room.id, BOT, owner, {"can_delete_messages"})
    bot[TOKEN].updates.clear()
    world.say(mei, room.id, "chatter")
    assert len(bot[TOKEN].updates) == 1


async def test_reactions_are_told_to_an_administrator_who_asked(net: Net) -> None:
    mid = await net.sent()
    await net.news("message_reaction")
    net.world.react(net.mei, net.id, mid, ["👍"])
    (update,) = await net.news("message_reaction")
    told = update["message_reaction"]
    assert (told["old_reaction"], told["new_reaction"]) == ([], [{"type": "emoji", "emoji": "👍"}])


async def test_commands_are_kept_by_scope_and_language(net: Net) -> None:
    commands = [{"command": "ping", "description": "Is it there?"}]
    await net.good("setMyCommands", commands=commands, language_code="en")
    assert await net.good("getMyCommands", language_code="en") == commands
    assert await net.good("getMyCommands") == []
    await net.good("deleteMyCommands", language_code="en")
    assert await net.good("getMyCommands", language_code="en") == []
    wrong = [{"command": "Ping!", "description": "x"}]
    assert await net.wrong("setMyCommands", commands=wrong) == "Bad Request: BOT_COMMAND_INVALID"
