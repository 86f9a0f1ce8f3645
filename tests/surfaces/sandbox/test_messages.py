"""Sending, editing, deleting, pinning, answering: rights, limits and Telegram's words."""

from typing import Any

import pytest

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.world import Forbidden
from tests.surfaces.sandbox.conftest import BOT, TOKEN, Net
from tests.surfaces.sandbox.test_delivery import button

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
        ({"text": "a" * 4097}, "message is too long"),
        ({"text": "🧧" * 2049}, "message is too long"),
        (
            {"text": "<b>a", "parse_mode": "html"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"text": "a", "message_thread_id": 7}, "message thread not found"),
        ({"text": "a", "parse_mode": "rtf"}, "unsupported parse_mode"),
        ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
        ({"text": "a", "reply_markup": button("")}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": button("红" * 22)}, "BUTTON_DATA_INVALID"),
        ({"text": "a", "reply_markup": "{"}, "can't parse reply markup JSON object"),
        ({"text": "a", "chat_id": 5}, "chat not found"),
        ({"text": "a", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "a", "chat_id": ""}, "chat_id is empty"),
    ],
)
async def test_a_message_that_is_refused(net: Net, params: dict[str, Any], text: str) -> None:
    assert await net.wrong("sendMessage", **{"chat_id": net.id, **params}) == f"Bad Request: {text}"


@pytest.mark.parametrize(
    ("text", "mode"),
    [("a" * 4096, None), ("🧧" * 2048, None), ("<b>" + "&lt;" * 4096 + "</b>", "HTML")],
)
async def test_limits_count_utf16_units_after_parsing(net: Net, text: str, mode: str | None) -> None:
    assert await net.sent(text, **({"parse_mode": mode} if mode else {}))


async def test_callback_data_may_have_64_bytes(net: Net) -> None:
    assert await net.sent(reply_markup=button("红" * 21 + "x"))


async def test_a_text_mention_names_a_known_person_and_forgets_a_stranger(net: Net) -> None:
    text = f'<a href="tg://user?id={net.mei}">M</a> <a href="tg://user?id=1">x</a>'
    made = await net.good("sendMessage", chat_id=net.id, text=text, parse_mode="HTML")
    assert [(e["type"], e["user"]["first_name"]) for e in made["entities"]] == [("text_mention", "Mei")]


async def test_a_reply_to_a_lost_message_goes_without_it_if_allowed(net: Net) -> None:
    reply = {"message_id": 999, "allow_sending_without_reply": True}
    made = await net.good("sendMessage", chat_id=net.id, text="a", reply_parameters=reply)
    assert "reply_to_message" not in made


async def test_an_edit_that_changes_nothing(net: Net) -> None:
    mid = await net.sent("a", reply_markup=button("x"))
    edit = {"chat_id": net.id, "message_id": mid, "text": "a", "reply_markup": button("x")}
    assert await net.wrong("editMessageText", **edit) == NOT_MODIFIED
    edit["reply_markup"] = button("y")
    made = await net.good("editMessageText", **edit)
    assert (made["reply_markup"], "edit_date" in made) == (button("y"), True)
    assert "reply_markup" not in await net.good("editMessageReplyMarkup", chat_id=net.id, message_id=mid)


async def test_edits_of_what_is_not_ours_or_not_there(net: Net) -> None:
    theirs = net.world.say(net.mei, net.id, "mine")["message_id"]
    edit = {"chat_id": net.id, "text": "b"}
    assert await net.wrong("editMessageText", message_id=theirs, **edit) == (
        "Bad Request: message can't be edited"
    )
    assert await net.wrong("editMessageText", message_id=999, **edit) == (
        "Bad Request: message to edit not found"
    )


async def test_a_picture_has_no_text_to_edit(net: Net) -> None:
    file = net.world.photo(b"x")[0]["file_id"]
    made = await net.good("sendPhoto", chat_id=net.id, photo=file, caption="a")
    where = {"chat_id": net.id, "message_id": made["message_id"]}
    assert await net.wrong("editMessageText", text="b", **where) == (
        "Bad Request: there is no text in the message to edit"
    )
    assert (await net.good("editMessageCaption", caption="b", **where))["caption"] == "b"
    assert await net.wrong("sendPhoto", chat_id=net.id, photo=file, caption="🧧" * 513) == (
        "Bad Request: message caption is too long"
    )


async def test_a_message_is_deleted_once(net: Net) -> None:
    mid = net.world.say(net.mei, net.id, "x")["message_id"]
    assert await net.good("deleteMessage", chat_id=net.id, message_id=mid) is True
    assert await net.wrong("deleteMessage", chat_id=net.id, message_id=mid) == (
        "Bad Request: message to delete not found"
    )
    assert [*net.room.removed][-1] == mid


async def test_deleting_needs_the_right_and_a_message_of_less_than_two_days(net: Net) -> None:
    net.world.promote(net.id, BOT, net.owner, {"can_pin_messages"})
    old, other = (net.world.say(net.mei, net.id, "x")["message_id"] for _ in range(2))
    assert await net.wrong("deleteMessage", chat_id=net.id, message_id=other) == (
        "Bad Request: message can't be deleted"
    )
    net.world.promote(net.id, BOT, net.owner, {"can_delete_messages"})
    net.world.clock.move(47 * 3600)
    assert await net.good("deleteMessage", chat_id=net.id, message_id=other) is True
    net.world.clock.move(2 * 3600)
    assert await net.wrong("deleteMessage", chat_id=net.id, message_id=old) == (
        "Bad Request: message can't be deleted"
    )
    net.room.type = "group"
    assert await net.wrong("deleteMessage", chat_id=net.id, message_id=old) == (
        "Bad Request: message can't be deleted for everyone"
    )


async def test_many_are_deleted_at_once_and_the_missing_passed_over(net: Net) -> None:
    ids = [net.world.say(net.mei, net.id, "x")["message_id"] for _ in range(3)]
    assert await net.good("deleteMessages", chat_id=net.id, message_ids=[*ids, 999]) is True
    assert [i for i in ids if i in net.room.messages] == []
    assert await net.wrong("deleteMessages", chat_id=net.id, message_ids=[]) == (
        "Bad Request: message identifiers are not specified"
    )
    assert await net.wrong("deleteMessages", chat_id=net.id, message_ids=[*range(1, 102)]) == (
        "Bad Request: too many message identifiers specified"
    )


async def test_a_pin_leaves_a_service_message_and_needs_the_right(net: Net) -> None:
    mid = await net.sent("keep")
    net.forget()
    await net.good("pinChatMessage", chat_id=net.id, message_id=mid)
    assert net.room.pinned == [mid]
    assert [u["message"]["pinned_message"]["text"] for u in await net.news()] == ["keep"]
    await net.good("unpinChatMessage", chat_id=net.id)
    assert net.room.pinned == []
    assert await net.wrong("pinChatMessage", chat_id=net.id, message_id=999) == (
        "Bad Request: message to pin not found"
    )
    net.world.promote(net.id, BOT, net.owner, {"can_delete_messages"})
    assert await net.wrong("pinChatMessage", chat_id=net.id, message_id=mid) == (
        "Bad Request: not enough rights to manage pinned messages in the chat"
    )


async def test_a_query_is_answered_once_and_in_time(net: Net) -> None:
    mid = await net.sent(reply_markup=button("go"))
    query = net.world.press(net.mei, net.id, mid, "go")
    answer = {"callback_query_id": query, "text": "红包", "show_alert": True}
    assert await net.good("answerCallbackQuery", **answer) is True
    assert net.world.queries[query]["text"] == "红包"
    assert await net.wrong("answerCallbackQuery", **answer) == TOO_OLD
    late = net.world.press(net.mei, net.id, mid, "go")
    assert await net.wrong("answerCallbackQuery", callback_query_id=late, text="x" * 201) == (
        "Bad Request: MESSAGE_TOO_LONG"
    )
    assert await net.wrong("answerCallbackQuery", callback_query_id=late, url="https://a.cn") == (
        "Bad Request: URL_INVALID"
    )
    net.world.clock.move(16)
    assert await net.wrong("answerCallbackQuery", callback_query_id=late) == TOO_OLD
    assert await net.wrong("answerCallbackQuery", callback_query_id="1") == TOO_OLD


async def test_a_private_chat_must_be_started_and_may_be_blocked(net: Net) -> None:
    body = await net.call("sendMessage", chat_id=net.mei, text="hi")
    assert (body["error_code"], body["description"]) == (
        403,
        "Forbidden: bot can't initiate conversation with a user",
    )
    net.world.say(net.mei, net.mei, "/start")
    assert await net.sent("hi", chat_id=net.mei)
    net.forget()
    net.world.block(net.mei)
    assert await net.wrong("sendMessage", chat_id=net.mei, text="hi") == (
        "Forbidden: bot was blocked by the user"
    )
    assert [u["my_chat_member"]["new_chat_member"]["status"] for u in await net.news()] == ["kicked"]
    net.world.say(net.mei, net.mei, "back")
    assert await net.sent("hi", chat_id=net.mei)


async def test_a_group_takes_twenty_a_minute_edits_included(net: Net) -> None:
    net.sandbox.methods = Methods(net.world)
    mid = await net.sent()
    for n in range(19):
        await net.good("editMessageText", chat_id=net.id, message_id=mid, text=str(n))
    body = await net.call("sendMessage", chat_id=net.id, text="more")
    wait = body["parameters"]["retry_after"]
    assert (body["error_code"], body["description"]) == (429, f"Too Many Requests: retry after {wait}")
    assert 1 <= wait <= 61
    assert await net.good("deleteMessage", chat_id=net.id, message_id=mid) is True
    net.world.clock.move(wait)
    assert await net.sent()


async def test_a_bot_that_empties_its_bucket_waits_everywhere(net: Net) -> None:
    net.sandbox.methods = Methods(net.world, limits=lambda: Limits(bucket=5, rate=0.001))
    net.world.say(net.mei, net.mei, "/start")
    codes = [(await net.call("sendMessage", chat_id=net.id, text="x")).get("error_code") for _ in range(6)]
    assert codes == [None] * 5 + [429]
    body = await net.call("sendMessage", chat_id=net.mei, text="x")
    assert body["parameters"] == {"retry_after": 3}


async def test_a_muted_bot_cannot_write(net: Net) -> None:
    net.world.set_member(net.room, BOT, net.owner, status="restricted", rights=set(), permissions=set())
    assert await net.wrong("sendMessage", chat_id=net.id, text="x") == (
        "Bad Request: not enough rights to send text messages to the chat"
    )


async def test_who_is_banned_or_gone_neither_reacts_nor_edits(net: Net) -> None:
    mid = net.world.say(net.mei, net.id, "hi")["message_id"]
    net.world.leave(net.mei, net.id)
    with pytest.raises(Forbidden, match="reactions"):
        net.world.react(net.mei, net.id, mid, ["👍"])
    net.world.join(net.mei, net.id)
    net.world.react(net.mei, net.id, mid, ["👍"])
    await net.good("banChatMember", chat_id=net.id, user_id=net.mei)
    with pytest.raises(Forbidden, match="reactions"):
        net.world.react(net.mei, net.id, mid, [])
    with pytest.raises(Forbidden, match="banned"):
        net.world.edit(net.mei, net.id, mid, "buy now")
    assert net.room.messages[mid]["text"] == "hi"


async def test_who_comments_without_joining_reacts_there(net: Net) -> None:
    news = net.world.add_chat("News", net.owner, type="channel").id
    net.world.link_channel(net.id, news)
    mid = net.world.publish(news, "fresh tea")["message_id"]
    net.world.react(net.world.add_user("Li"), net.id, mid, ["👍"])
    assert len(net.room.messages[mid]["_reactions"]) == 1


@pytest.mark.parametrize(("kind", "word"), [("supergroup", "supergroup"), ("group", "group")])
async def test_a_bot_thrown_out_or_gone_is_forbidden(net: Net, kind: str, word: str) -> None:
    room = net.world.add_chat("Other", net.owner, type=kind)
    net.world.add_bot_to(TOKEN, room.id, net.owner)
    await net.good("leaveChat", chat_id=room.id)
    body = await net.call("sendMessage", chat_id=room.id, text="x")
    assert (body["error_code"], body["description"]) == (
        403,
        f"Forbidden: bot is not a member of the {word} chat",
    )
    net.world.remove_bot(TOKEN, room.id, net.owner)
    body = await net.call("sendMessage", chat_id=room.id, text="x")
    assert (body["error_code"], body["description"]) == (
        403,
        f"Forbidden: bot was kicked from the {word} chat",
    )
