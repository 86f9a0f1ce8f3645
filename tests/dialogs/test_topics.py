"""Topics of a forum: where the bot says what nobody asked for, and topics by hand."""

from __future__ import annotations

from groupbot.testing import Talk
from tests.dialogs.acting import buttons, member, moderator, opened, tier


async def test_greetings_go_to_the_action_topic_and_to_general_once_it_is_gone(chat: Talk) -> None:
    await chat.says(chat.owner, "/setactiontopic")
    assert chat.last(chat.owner).startswith("This group has no topics.")
    desk, tea = await opened(chat, "Front desk"), await opened(chat, "Tea")
    await chat.says(chat.owner, "/actiontopic")
    assert "发到 General" in chat.last()
    await chat.says(chat.owner, "/setactiontopic", topic=desk)
    assert chat.in_topic(desk)[-1].startswith("欢迎、入群验证和我自己的通知发到这个话题")
    await chat.says(chat.owner, "/welcome on", topic=tea)
    assert chat.in_topic(tea)[-1].startswith("欢迎新人:开着。")  # what is asked is answered where it was
    await chat.wait(minutes=2)
    await chat.joins(chat.person("Mei", joins=False))
    assert chat.in_topic(desk) == ["欢迎Mei来到「Test group」。群规 /rules"]
    await chat.says(chat.owner, "/captcha on", topic=tea)
    await chat.says(chat.owner, "/lockdown 1h", topic=tea)
    await chat.wait(minutes=2)
    lin = chat.person("Lin", joins=False)
    await chat.joins(lin)
    _, closed, captcha = chat.in_topic(desk)
    assert closed.startswith("群先安静一会儿,")
    assert captcha == "Lin,欢迎。点一下下面的按钮就能发言。"
    assert chat.in_topic(tea) == chat.in_topic(None) == []
    # nothing there that would stay: the topic is closed, and it is said in General
    await chat.says(chat.owner, "/lockdown off", topic=tea)
    await chat.says(chat.owner, "/captcha off", topic=tea)
    await chat.wait(minutes=20)
    chat.world.drop_topic(chat.room, chat.owner, chat.room.topics[desk])
    await chat.joins(chat.person("Bao", joins=False))
    assert chat.in_topic(None) == ["欢迎Bao来到「Test group」。群规 /rules"]
    await chat.says(chat.owner, "/setactiontopic off")
    assert "发到 General" in chat.last()
    await chat.says(chat.owner, "/setactiontopic later")
    assert "/setactiontopic [off]" in chat.last(chat.owner)


async def test_topics_are_made_renamed_closed_and_deleted_by_hand(chat: Talk) -> None:
    tea = await opened(chat, "Tea")
    zhou = await moderator(chat, rights={"can_manage_topics", "can_change_info"})
    await chat.says(zhou, "/newtopic Lost   and found", topic=tea)
    assert chat.in_topic(tea)[-1] == "新话题:Lost and found"
    assert "Lost and found" in {t.name for t in chat.room.topics.values()}
    await chat.says(zhou, "/renametopic Spring tea", topic=tea)
    assert (chat.room.topics[tea].name, chat.in_topic(tea)[-1]) == ("Spring tea", "话题改名为:Spring tea")
    await chat.says(zhou, "/closetopic", topic=tea)
    assert chat.room.topics[tea].closed
    assert chat.in_topic(tea)[-1] == "话题已关闭。重新打开:/reopentopic"
    await chat.says(zhou, "/reopentopic", topic=tea)
    assert (chat.room.topics[tea].closed, chat.in_topic(tea)[-1]) == (False, "话题重新打开了。")
    # deleting takes the right to delete, and asks
    await chat.says(zhou, "/deletetopic", topic=tea)
    assert tea in chat.room.topics and "删除话题" not in buttons(chat)
    await chat.says(chat.owner, "/deletetopic")
    assert (
        chat.last(chat.owner) == "General cannot be deleted. Telegram lets you hide it: group info → topics."
    )
    await chat.says(chat.owner, "/setactiontopic", topic=tea)
    await chat.says(chat.owner, "/deletetopic", topic=tea)
    await chat.presses(zhou, "删除话题")
    assert tea in chat.room.topics
    await chat.presses(chat.owner, "删除话题")
    assert tea not in chat.room.topics
    await chat.says(chat.owner, "/actiontopic")
    assert "发到 General" in chat.last()
    await chat.says(member(chat, "Li"), "/newtopic Mine")
    assert "Mine" not in {t.name for t in chat.room.topics.values()}
    done = "SELECT kind FROM log_record WHERE kind LIKE 'topic%' ORDER BY id"
    # the first was made in a client
    kinds = ["topic_new", "topic_new", "topic_renamed", "topic_closed", "topic_reopened", "topic_deleted"]
    assert [k for (k,) in chat.rows(done)] == kinds
    # from private nobody knows which topic is meant
    await chat.says(chat.owner, "/connect", private=True)
    await chat.presses(chat.owner, "Test group", chat=chat.owner)
    await chat.says(chat.owner, "/closetopic", private=True)
    assert "from private I cannot know which" in chat.last(chat.owner)


async def test_of_somebody_not_yet_known_a_topics_own_rules_hold_and_it_is_said_there(chat: Talk) -> None:
    await tier(chat, "consumer")
    await chat.says(chat.owner, "/rules on")
    tea = await chat.topic("Tea")
    mei = chat.person("Mei")
    await chat.says(chat.owner, "/settings here rule_phrases off", topic=tea)
    said = await chat.says(mei, "加薇信 jdd886 领返利", topic=tea)
    assert not chat.stands(said)
    assert any("站外联系方式,按群规第1条" in t for t in chat.in_topic(tea))
    assert not any("站外联系方式" in t for t in chat.in_topic(None))
