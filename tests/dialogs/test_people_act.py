"""Whatever people do reaches a handler as one event, and comes back as what it says."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from groupbot.testing import Talk, conversation

HANDLER = """
from groupbot import (
    Admit, JoinRequest, Message, Permit, PinMessage, PollAnswer, Reaction, Router, Send, Topic, Work
)

router = Router("witness", about="Says what it saw.", needs=set())


def tell(work: Work, *seen: object) -> None:
    work.notes("witness").set("seen", " ".join(str(s) for s in seen))


@router.observe
def see(event: object, work: Work) -> None:
    if isinstance(event, Message) and event.chat.type != "private":
        t = event.traits
        shown = [f for f in t.__struct_fields__ if getattr(t, f)] if t else []
        where = f"topic {event.topic}" if event.topic else ""
        speaker = f"channel {event.sender_chat.title}" if event.sender_chat else ""
        reply = f"reply {event.reply_to}" if event.reply_to else ""
        tell(work, event.kind, *shown, where, speaker, reply, "album" if event.album else "")
    elif isinstance(event, Reaction):
        tell(work, "reaction", *event.before, "to", *event.after)


@router.on(JoinRequest)
def asked(event: JoinRequest, work: Work) -> None:
    words = Send(user=event.sender.id, to=event.private, text=f"welcome, {event.bio}")
    tea = "tea" in event.bio
    work.say(Admit(chat=work.chat, member=event.sender.id, accept=tea, query=event.query, words=words))


@router.on(PollAnswer)
def voted(event: PollAnswer, work: Work) -> None:
    work.say(Send(user=event.sender.id, text="vote " + ",".join(event.options)))


@router.command("permitfew", about="Nobody writes.")
def lock(cmd, work: Work) -> None:
    work.say(Permit(chat=work.chat))


@router.command("keep", about="Pins the message replied to.")
def keep(cmd, work: Work) -> None:
    work.say(PinMessage(chat=work.chat, message=cmd.message.reply_to))


@router.command("answerhere", about="Answers in the topic, then closes it.")
def here(cmd, work: Work) -> None:
    work.say(Send(chat=work.chat, text="here", topic=cmd.message.topic))
    work.say(Topic(chat=work.chat, topic=cmd.message.topic, act="close"))
"""


@pytest_asyncio.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Talk]:
    (tmp_path / "handlers").mkdir()
    (tmp_path / "handlers" / "witness.py").write_text(HANDLER)
    async with conversation(tmp_path) as talk:
        assert talk.app.registry.misfits == []
        yield talk


def seen(chat: Talk) -> list[str]:
    """What the handler saw last."""
    rows = chat.rows("select value from note where router = 'witness' and key = 'seen'")
    return str(json.loads(rows[-1][0])).split() if rows else []


CARRIERS = {
    "sticker": "sticker file_id file_unique sticker_set sticker_kind emoji",
    "photo": "photo file_id file_unique file_size",
    "document": "document file_id file_unique file_name file_size mime",
    "animation": "animation file_id file_unique file_name file_size mime",
    "voice": "voice file_id file_unique file_size mime",
    "poll": "poll poll",
    "contact": "contact",
    "dice": "dice emoji",
    "story": "story",
    "checklist": "checklist",
    "rich_message": "rich_message",
    "paid_media": "paid_media paid",
    "via_bot": "text via_bot",
    "quote": "text quote",
    "external_reply": "text external_reply",
    "forward": "text forward_kind forward_name",
    "guest": "text guest",
}


async def test_every_carrier_arrives_with_its_traits(chat: Talk) -> None:
    mei = chat.person("Mei")
    found = {}
    for kind in CARRIERS:
        await chat.sends(mei, kind, "words")
        found[kind] = " ".join(seen(chat))
    assert found == CARRIERS


async def test_a_plain_text_has_no_traits(chat: Talk) -> None:
    await chat.says(chat.person("Mei"), "good morning")
    assert seen(chat) == ["text"]


async def test_an_album_a_reply_and_a_reaction_arrive(chat: Talk) -> None:
    mei = chat.person("Mei")
    first, _ = await chat.sends_album(mei, "photo", "photo", text="two")
    assert seen(chat)[-1] == "album"
    await chat.says(mei, "that one", reply_to=first)
    assert seen(chat)[-2:] == ["reply", str(first)]
    await chat.reacts(mei, first, "👍")
    await chat.reacts(mei, first, "🔥")
    assert seen(chat) == ["reaction", "👍", "to", "🔥"]


async def test_a_channel_speaks_and_the_linked_one_posts(chat: Talk) -> None:
    mei = chat.person("Mei")
    shop = chat.channel("Shop", mei)
    await chat.says(mei, "buy", channel=shop)
    assert seen(chat) == ["text", "channel", "Shop"]
    news = chat.channel("News", chat.owner, linked=True)
    made = await chat.publishes(news, "fresh tea")
    assert chat.room.messages[made]["is_automatic_forward"] is True


async def test_a_command_is_answered_in_its_topic(chat: Talk) -> None:
    topic = await chat.topic("Tea")
    mei = chat.person("Mei")
    await chat.says(mei, "hello", topic=topic)
    assert seen(chat) == ["text", "topic", str(topic)]  # no reply to the message that opened the topic
    await chat.says(mei, "/answerhere", topic=topic)
    assert chat.in_topic(topic) == ["here"]
    assert chat.room.topics[topic].closed


async def test_a_request_is_answered_in_private_and_decided(chat: Talk) -> None:
    link = chat.invite(approval=True)
    li, wu = chat.person("Li", joins=False), chat.person("Wu", joins=False)
    await chat.asks(li, link=link, bio="tea lover")
    await chat.asks(wu, link=link, bio="sells coins")
    assert (chat.status(li), chat.status(wu), chat.asking()) == ("member", "left", [])
    assert chat.bot_texts(li) == ["welcome, tea lover"]


async def test_a_vote_in_a_poll_of_the_bot_arrives(chat: Talk) -> None:
    mei = chat.person("Mei", starts=True)
    poll = chat.world.poll("Tea?", ["yes", "no"], is_anonymous=False)
    bot = next(iter(chat.world.bots.values())).user
    mid = chat.world.post(chat.room, bot, poll=poll)["message_id"]
    await chat.votes(mei, mid, 1)
    await chat.votes(mei, mid)
    assert chat.bot_texts(mei)[-2:] == ["vote 1", "vote"]


async def test_nobody_writes_in_a_lockdown(chat: Talk) -> None:
    await chat.says(chat.owner, "/permitfew")
    assert chat.allowed() == set()


async def test_any_message_is_pinned(chat: Talk) -> None:
    mei = chat.person("Mei")
    mid = await chat.says(mei, "the rules")
    await chat.says(chat.owner, "/keep", reply_to=mid)
    assert chat.room.pinned == [mid]
