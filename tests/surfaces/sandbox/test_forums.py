"""Topics: made, closed, deleted, and written in; Telegram's own words where that cannot be."""

import pytest

from groupbot.surfaces.sandbox.world import Forbidden
from groupbot.surfaces.sandbox.world.things import GENERAL
from tests.surfaces.sandbox.conftest import BOT, Net


@pytest.fixture
def forum(net: Net) -> Net:
    net.world.make_forum(net.id)
    net.forget()
    return net


async def test_a_topic_is_made_and_written_in(forum: Net) -> None:
    made = await forum.good("createForumTopic", chat_id=forum.id, name="Tea")
    thread = made["message_thread_id"]
    assert made == {"message_thread_id": thread, "name": "Tea", "icon_color": 7322096}
    sent = await forum.good("sendMessage", chat_id=forum.id, text="in", message_thread_id=thread)
    assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)
    assert sent["reply_to_message"]["forum_topic_created"] == {"name": "Tea", "icon_color": 7322096}
    assert "message_thread_id" not in await forum.good("sendMessage", chat_id=forum.id, text="General")
    news = await forum.news("message")
    assert [n["message"]["forum_topic_created"]["name"] for n in news] == ["Tea"]


async def test_a_topic_that_is_not_there_is_named_so(forum: Net) -> None:
    for thread in (GENERAL, 999):
        wrong = await forum.wrong("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread)
        assert wrong == "Bad Request: message thread not found"
        wrong = await forum.wrong("closeForumTopic", chat_id=forum.id, message_thread_id=thread)
        assert wrong == "Bad Request: TOPIC_ID_INVALID"


async def test_a_reply_goes_to_the_topic_of_its_message(forum: Net) -> None:
    topic = forum.world.open_topic(forum.room, forum.owner, "Tea")
    asked = forum.world.say(forum.mei, forum.id, "how?", topic=topic.id)
    reply = {"message_id": asked["message_id"]}
    sent = await forum.good("sendMessage", chat_id=forum.id, text="so", reply_parameters=reply)
    assert sent["message_thread_id"] == topic.id


async def test_a_closed_topic_is_open_to_who_manages_topics_only(forum: Net) -> None:
    topic = forum.world.open_topic(forum.room, forum.owner, "Tea")
    await forum.good("closeForumTopic", chat_id=forum.id, message_thread_id=topic.id)
    wrong = await forum.wrong("closeForumTopic", chat_id=forum.id, message_thread_id=topic.id)
    assert wrong == "Bad Request: TOPIC_NOT_MODIFIED"
    with pytest.raises(Forbidden, match="closed"):
        forum.world.say(forum.mei, forum.id, "x", topic=topic.id)
    await forum.good("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic.id)
    forum.world.promote(forum.id, BOT, forum.owner, {"can_delete_messages"})
    wrong = await forum.wrong("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic.id)
    assert wrong == "Bad Request: TOPIC_CLOSED"
    wrong = await forum.wrong("reopenForumTopic", chat_id=forum.id, message_thread_id=topic.id)
    assert wrong == "Bad Request: not enough rights to edit the topic"


async def test_a_deleted_topic_takes_its_messages_along(forum: Net) -> None:
    topic = forum.world.open_topic(forum.room, forum.owner, "Tea")
    gone = forum.world.say(forum.mei, forum.id, "x", topic=topic.id)["message_id"]
    kept = forum.world.say(forum.mei, forum.id, "y")["message_id"]
    await forum.good("deleteForumTopic", chat_id=forum.id, message_thread_id=topic.id)
    assert (gone in forum.room.messages, kept in forum.room.messages) == (False, True)
    wrong = await forum.wrong("sendMessage", chat_id=forum.id, text="x", message_thread_id=topic.id)
    assert wrong == "Bad Request: message thread not found"


async def test_general_is_closed_hidden_and_renamed_by_its_own_methods(forum: Net) -> None:
    await forum.good("closeGeneralForumTopic", chat_id=forum.id)
    with pytest.raises(Forbidden, match="closed"):
        forum.world.say(forum.mei, forum.id, "x")
    await forum.good("reopenGeneralForumTopic", chat_id=forum.id)
    await forum.good("hideGeneralForumTopic", chat_id=forum.id)
    await forum.good("unhideGeneralForumTopic", chat_id=forum.id)
    await forum.good("editGeneralForumTopic", chat_id=forum.id, name="Hall")
    kinds = [
        next(k for k in m["message"] if k.endswith(tuple("dn")) and "topic" in k) for m in await forum.news()
    ]
    assert kinds == [
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
        "forum_topic_edited",
    ]


async def test_a_group_without_topics_has_none(net: Net) -> None:
    wrong = await net.wrong("createForumTopic", chat_id=net.id, name="x")
    assert wrong == "Bad Request: the chat is not a forum"
    wrong = await net.wrong("sendMessage", chat_id=net.id, text="x", message_thread_id=3)
    assert wrong == "Bad Request: message thread not found"
