"""Who comes in and what everybody may do: requests, permissions, promotion, sender chats, channels."""

import pytest

from groupbot.surfaces.sandbox.world import PERMISSIONS, Forbidden
from tests.surfaces.sandbox.conftest import BOT, TOKEN, Net

WANTED = ("chat_join_request", "chat_member", "message")


@pytest.fixture
def li(net: Net) -> int:
    return net.world.add_user("Li")


async def asked(net: Net, li: int, **more: str) -> str:
    made = await net.good("createChatInviteLink", chat_id=net.id, creates_join_request=True, name="shop")
    net.forget()
    net.world.bots[TOKEN].allowed = list(WANTED)
    with pytest.raises(Forbidden, match="ask"):
        net.world.join(li, net.id, link=made["invite_link"])
    net.world.ask_to_join(li, net.id, link=made["invite_link"], **more)
    return str(made["invite_link"])


async def test_a_request_is_told_and_approved(net: Net, li: int) -> None:
    link = await asked(net, li, bio="tea lover")
    request = (await net.news(*WANTED))[0]["chat_join_request"]
    assert (request["from"]["id"], request["user_chat_id"], request["bio"]) == (li, li, "tea lover")
    assert request["invite_link"]["invite_link"] == link
    await net.good("approveChatJoinRequest", chat_id=net.id, user_id=li)
    joined, service = await net.news(*WANTED)
    assert joined["chat_member"]["via_join_request"] is True
    assert joined["chat_member"]["from"]["id"] == BOT
    assert service["message"]["new_chat_members"][0]["id"] == li
    wrong = await net.wrong("approveChatJoinRequest", chat_id=net.id, user_id=li)
    assert wrong == "Bad Request: USER_ALREADY_PARTICIPANT"


async def test_a_declined_request_is_gone(net: Net, li: int) -> None:
    await asked(net, li)
    await net.good("declineChatJoinRequest", chat_id=net.id, user_id=li)
    wrong = await net.wrong("declineChatJoinRequest", chat_id=net.id, user_id=li)
    assert wrong == "Bad Request: HIDE_REQUESTER_MISSING"
    assert not net.world.member(net.room, li).inside


async def test_who_asks_may_be_written_to_for_five_minutes(net: Net, li: int) -> None:
    refused = "Forbidden: bot can't initiate conversation with a user"
    assert await net.wrong("sendMessage", chat_id=li, text="x") == refused
    await asked(net, li)
    await net.good("sendMessage", chat_id=li, text="a question first")
    net.world.move(301)
    assert await net.wrong("sendMessage", chat_id=li, text="x") == refused


@pytest.mark.parametrize("verdict", ["approve", "decline"])
async def test_who_asks_may_be_written_to_only_until_it_is_decided(net: Net, li: int, verdict: str) -> None:
    await asked(net, li)
    other = net.world.add_chat("Coffee", net.owner)
    net.world.ask_to_join(li, other.id)
    await net.good(f"{verdict}ChatJoinRequest", chat_id=net.id, user_id=li)
    await net.good("sendMessage", chat_id=li, text="one request still stands")
    net.world.decide(other, li, net.owner, accept=False)
    refused = "Forbidden: bot can't initiate conversation with a user"
    assert await net.wrong("sendMessage", chat_id=li, text="x") == refused


async def test_a_mute_outlives_a_new_request(net: Net) -> None:
    until = int(net.world.clock.now()) + 3600
    await net.good("restrictChatMember", chat_id=net.id, user_id=net.mei, permissions={}, until_date=until)
    net.world.leave(net.mei, net.id)
    for muted in (True, False):
        await asked(net, net.mei)
        await net.good("approveChatJoinRequest", chat_id=net.id, user_id=net.mei)
        told = (await net.news(*WANTED))[-2]["chat_member"]
        assert told["new_chat_member"]["status"] == ("restricted" if muted else "member")
        assert net.world.member(net.room, net.mei).inside
        net.world.leave(net.mei, net.id)
        net.world.clock.move(3601)


async def test_only_who_may_invite_hears_of_requests_and_answers_them(net: Net, li: int) -> None:
    net.world.promote(net.id, BOT, net.owner, {"can_delete_messages"})
    net.forget()
    net.world.ask_to_join(li, net.id)
    assert await net.news(*WANTED) == []
    wrong = await net.wrong("approveChatJoinRequest", chat_id=net.id, user_id=li)
    assert wrong == "Bad Request: not enough rights"


async def test_a_guard_bot_answers_a_query_within_ten_seconds(net: Net, li: int) -> None:
    net.world.bots[TOKEN].join_queries = True
    assert (await net.good("getMe"))["supports_join_request_queries"] is True
    await asked(net, li)
    query = (await net.news(*WANTED))[0]["chat_join_request"]["query_id"]
    answer = {"chat_join_request_query_id": query, "result": "approve"}
    await net.good("answerChatJoinRequestQuery", **answer)
    assert net.world.member(net.room, li).inside
    late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await net.wrong("answerChatJoinRequestQuery", **answer) == late


async def test_permissions_of_everybody_change_and_hold(net: Net) -> None:
    can = dict.fromkeys(PERMISSIONS, False) | {"can_send_messages": True}
    whole = {"chat_id": net.id, "permissions": can, "use_independent_chat_permissions": True}
    await net.good("setChatPermissions", **whole)
    assert await net.wrong("setChatPermissions", **whole) == "Bad Request: CHAT_NOT_MODIFIED"
    assert (await net.good("getChat", chat_id=net.id))["permissions"] == can
    net.world.say(net.mei, net.id, "words")
    for kind in ("photo", "sticker", "voice", "poll", "video", "document"):
        with pytest.raises(Forbidden, match="muted"):
            net.world.carry(net.mei, net.id, kind)
    net.world.carry(net.owner, net.id, "sticker")


async def test_permissions_need_the_right(net: Net) -> None:
    net.world.promote(net.id, BOT, net.owner, {"can_delete_messages"})
    wrong = await net.wrong("setChatPermissions", chat_id=net.id, permissions={})
    assert wrong == "Bad Request: not enough rights to change chat permissions"


async def test_promotion_gives_only_what_the_bot_has(net: Net) -> None:
    await net.good("promoteChatMember", chat_id=net.id, user_id=net.mei, can_delete_messages=True)
    assert net.room.members[net.mei].rights == {"can_delete_messages", "can_manage_chat"}
    net.world.promote(net.id, BOT, net.owner, {"can_promote_members"})
    wrong = await net.wrong("promoteChatMember", chat_id=net.id, user_id=net.mei, can_pin_messages=True)
    assert wrong == "Bad Request: RIGHT_FORBIDDEN"
    await net.good("promoteChatMember", chat_id=net.id, user_id=net.mei)
    assert net.world.member(net.room, net.mei).status == "member"
    net.world.promote(net.id, net.mei, net.owner, {"can_pin_messages"})
    wrong = await net.wrong("promoteChatMember", chat_id=net.id, user_id=net.mei)
    assert wrong == "Bad Request: CHAT_ADMIN_REQUIRED"


async def test_a_channel_speaks_and_is_banned(net: Net) -> None:
    shop = net.world.add_chat("Shop", net.mei, type="channel", username="shop").id
    net.forget()
    net.world.say(net.mei, net.id, "buy", channel=shop)
    said = (await net.news("message"))[0]["message"]
    assert (said["from"]["username"], said["sender_chat"]["id"]) == ("Channel_Bot", shop)
    await net.good("banChatSenderChat", chat_id=net.id, sender_chat_id=shop)
    with pytest.raises(Forbidden, match="channel is banned"):
        net.world.say(net.mei, net.id, "buy", channel=shop)
    with pytest.raises(Forbidden, match="not your channel"):
        net.world.say(net.owner, net.id, "buy", channel=shop)
    await net.good("unbanChatSenderChat", chat_id=net.id, sender_chat_id=shop)
    net.world.say(net.mei, net.id, "buy", channel=shop)
    wrong = await net.wrong("banChatSenderChat", chat_id=net.id, sender_chat_id=-100999)
    assert wrong == "Bad Request: PARTICIPANT_ID_INVALID"


async def test_posts_of_the_linked_channel_come_pinned(net: Net) -> None:
    news = net.world.add_chat("News", net.owner, type="channel").id
    net.world.link_channel(net.id, news)
    net.forget()
    made = net.world.publish(news, "fresh tea")["message_id"]
    said = (await net.news("message"))[0]["message"]
    assert (said["from"]["id"], said["is_automatic_forward"], said["sender_chat"]["id"]) == (
        777000,
        True,
        news,
    )
    assert net.room.pinned == [made]
    await net.good("unpinAllChatMessages", chat_id=net.id)
    assert net.room.pinned == []
    assert (await net.good("getChat", chat_id=net.id))["linked_chat_id"] == news


async def test_a_tag_is_for_regular_members_short_and_without_emoji(net: Net) -> None:
    await net.news("chat_member")
    await net.good("setChatMemberTag", chat_id=net.id, user_id=net.mei, tag="老朋友")
    told = (await net.news("chat_member"))[-1]["chat_member"]
    assert (told["old_chat_member"].get("tag"), told["new_chat_member"]["tag"]) == (None, "老朋友")
    for tag, wrong in (("a" * 17, "RANK_INVALID"), ("茶🍵", "RANK_EMOJI_NOT_ALLOWED")):
        said = await net.wrong("setChatMemberTag", chat_id=net.id, user_id=net.mei, tag=tag)
        assert said == f"Bad Request: {wrong}"
    said = await net.wrong("setChatMemberTag", chat_id=net.id, user_id=net.owner, tag="Boss")
    assert said == "Bad Request: user is an administrator of the chat"
    stranger = net.world.add_user("Nobody")
    said = await net.wrong("setChatMemberTag", chat_id=net.id, user_id=stranger, tag="New")
    assert said == "Bad Request: USER_NOT_PARTICIPANT"
    await net.good("setChatMemberTag", chat_id=net.id, user_id=net.mei)
    assert "tag" not in await net.good("getChatMember", chat_id=net.id, user_id=net.mei)
    net.world.promote(net.id, BOT, net.owner, {"can_pin_messages"})
    said = await net.wrong("setChatMemberTag", chat_id=net.id, user_id=net.mei, tag="New")
    assert said == "Bad Request: not enough rights to change the tag of the user"
