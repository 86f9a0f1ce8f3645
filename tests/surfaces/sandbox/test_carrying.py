"""Carriers, albums, polls, reactions, files and copies; ephemeral messages behind their switch."""

from typing import Any

import pytest

from groupbot.surfaces.sandbox.limits import Limits
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.world import Forbidden
from tests.surfaces.sandbox.conftest import BOT, TOKEN, Net, png

KINDS = (
    "photo sticker voice video animation document audio video_note poll contact location venue dice game "
    "story checklist rich_message paid_media giveaway invoice via_bot quote external_reply forward guest"
).split()


async def test_every_carrier_is_told_as_the_bot_api_writes_it(net: Net) -> None:
    net.forget()
    for kind in KINDS:
        net.world.carry(net.mei, net.id, kind, "words")
    told = await net.news("message")  # its shapes are checked against the Bot API's description
    assert len(told) == len(KINDS)
    with pytest.raises(ValueError, match="unknown carrier"):
        net.world.carry(net.mei, net.id, "smell")


async def test_an_album_is_several_messages_of_one_group(net: Net) -> None:
    net.forget()
    net.world.album(net.mei, net.id, ["photo", "video", "photo"], "three")
    told = [n["message"] for n in await net.news("message")]
    assert [m.get("caption") for m in told] == ["three", None, None]
    assert len({m["media_group_id"] for m in told}) == 1
    with pytest.raises(Forbidden, match="2 to 10"):
        net.world.album(net.mei, net.id, ["photo"])


async def test_the_bot_sends_an_album(net: Net) -> None:
    file = net.world.photo(png())[0]["file_id"]
    media = [{"type": "photo", "media": file, "caption": "a"}, {"type": "photo", "media": file}]
    sent = await net.good("sendMediaGroup", chat_id=net.id, media=media)
    assert [m.get("caption") for m in sent] == ["a", None]
    assert len({m["media_group_id"] for m in sent}) == 1
    wrong = await net.wrong("sendMediaGroup", chat_id=net.id, media=media * 6)
    assert wrong == "Bad Request: too many messages to send as an album"


async def test_an_album_over_the_limit_is_not_sent_at_all(net: Net) -> None:
    net.sandbox.methods = Methods(net.world, limits=lambda: Limits(group_minute=3))
    file = net.world.photo(png())[0]["file_id"]
    media = [{"type": "photo", "media": file}] * 2
    await net.good("sendMediaGroup", chat_id=net.id, media=media)
    before = [*net.room.messages]
    copies = {"chat_id": net.id, "from_chat_id": net.id, "message_ids": before[-2:]}
    for method, params in (("sendMediaGroup", {"chat_id": net.id, "media": media}), ("copyMessages", copies)):
        body = await net.call(method, **params)
        assert (body["error_code"], [*net.room.messages]) == (429, before)
    net.world.clock.move(body["parameters"]["retry_after"])
    await net.good("sendMediaGroup", chat_id=net.id, media=media)
    assert len(net.room.messages) == len(before) + 2
    net.world.clock.move(61)
    assert len(await net.good("copyMessages", **(copies | {"message_ids": [*net.room.messages][-4:]}))) == 4


async def test_votes_of_a_named_poll_are_told_one_by_one(net: Net) -> None:
    poll = {"question": "Tea?", "options": [{"text": "yes"}, {"text": "no"}], "is_anonymous": False}
    sent = await net.good("sendPoll", chat_id=net.id, **poll)
    net.world.bots[TOKEN].allowed = ["poll_answer", "poll"]
    net.world.vote(net.mei, net.id, sent["message_id"], [1])
    net.world.vote(net.mei, net.id, sent["message_id"], [])
    told = await net.news("poll_answer", "poll")
    votes = [n["poll_answer"] for n in told if "poll_answer" in n]
    assert [(v["user"]["id"], v["option_ids"]) for v in votes] == [(net.mei, [1]), (net.mei, [])]
    stopped = await net.good("stopPoll", chat_id=net.id, message_id=sent["message_id"])
    assert stopped["is_closed"] is True
    with pytest.raises(Forbidden, match="closed"):
        net.world.vote(net.mei, net.id, sent["message_id"], [0])
    wrong = await net.wrong("stopPoll", chat_id=net.id, message_id=sent["message_id"])
    assert wrong == "Bad Request: poll has already been closed"


async def test_votes_of_an_anonymous_poll_are_counted_only(net: Net) -> None:
    sent = await net.good("sendPoll", chat_id=net.id, question="Tea?", options=[{"text": "a"}, {"text": "b"}])
    net.forget()
    net.world.bots[TOKEN].allowed = ["poll_answer", "poll"]
    net.world.vote(net.mei, net.id, sent["message_id"], [0])
    told = await net.news("poll_answer", "poll")
    assert [next(k for k in n if k != "update_id") for n in told] == ["poll"]
    assert told[0]["poll"]["total_voter_count"] == 1


async def test_a_quiz_needs_its_answer(net: Net) -> None:
    quiz = {"question": "?", "options": [{"text": "a"}, {"text": "b"}], "type": "quiz"}
    wrong = await net.wrong("sendPoll", chat_id=net.id, **quiz)
    assert wrong == "Bad Request: wrong correct option ID specified"
    made = await net.good("sendPoll", chat_id=net.id, **quiz, correct_option_ids=[1])
    assert made["poll"]["correct_option_ids"] == [1]


async def test_the_bot_reacts_with_one_standard_emoji(net: Net) -> None:
    mid = net.world.say(net.mei, net.id, "x")["message_id"]
    given = {"chat_id": net.id, "message_id": mid}
    await net.good("setMessageReaction", **given, reaction=[{"type": "emoji", "emoji": "👍"}])
    assert net.room.messages[mid]["_reactions"] == {BOT: ["👍"]}
    wrong = await net.wrong("setMessageReaction", **given, reaction=[{"type": "emoji", "emoji": "🧋"}])
    assert wrong == "Bad Request: REACTION_INVALID"
    wrong = await net.wrong("setMessageReaction", chat_id=net.id, message_id=999)
    assert wrong == "Bad Request: message to react not found"


async def test_boosts_come_and_go_as_updates_for_administrators(net: Net) -> None:
    net.forget()
    net.world.bots[TOKEN].allowed = ["chat_boost", "removed_chat_boost"]
    net.world.boost(net.mei, net.id, days=2)
    net.world.boost(net.mei, net.id)
    net.world.unboost(net.mei, net.id)
    given, again, gone = await net.news("chat_boost", "removed_chat_boost")
    boost, source = given["chat_boost"]["boost"], gone["removed_chat_boost"]["source"]
    assert boost["expiration_date"] - boost["add_date"] == 2 * 86400
    assert gone["removed_chat_boost"]["boost_id"] == boost["boost_id"]
    assert (source["source"], source["user"]["id"]) == ("premium", net.mei)
    left = await net.good("getUserChatBoosts", chat_id=net.id, user_id=net.mei)
    assert left["boosts"] == [again["chat_boost"]["boost"]]
    net.room.members[BOT].status = "member"
    net.world.unboost(net.mei, net.id)
    assert await net.news("chat_boost", "removed_chat_boost") == []
    with pytest.raises(Forbidden):
        net.world.unboost(net.mei, net.id)


async def test_a_file_goes_out_again_by_its_id(net: Net) -> None:
    theirs = net.world.carry(net.mei, net.id, "document", body={"file_name": "rules.pdf"})
    file = theirs["document"]["file_id"]
    sent = await net.good("sendDocument", chat_id=net.id, document=file, caption="ours")
    assert (sent["document"]["file_id"], sent["document"]["file_name"]) == (file, "rules.pdf")
    edited = {"chat_id": net.id, "message_id": sent["message_id"], "caption": "new"}
    assert (await net.good("editMessageCaption", **edited))["caption"] == "new"
    wrong = await net.wrong("sendVideo", chat_id=net.id, video="nothing")
    assert wrong == "Bad Request: wrong remote file identifier specified: Wrong string length"
    assert await net.wrong("sendSticker", chat_id=net.id) == "Bad Request: there is no sticker in the request"


async def test_messages_are_copied_without_their_sender(net: Net) -> None:
    mid = net.world.carry(net.mei, net.id, "sticker")["message_id"]
    words = net.world.say(net.mei, net.id, "hello")["message_id"]
    source = {"chat_id": net.id, "from_chat_id": net.id}
    made = await net.good("copyMessage", **source, message_id=words)
    copied = net.room.messages[made["message_id"]]
    assert (copied["text"], copied["from"]["id"]) == ("hello", BOT)
    assert len(await net.good("copyMessages", **source, message_ids=[mid, words, 999])) == 2
    wrong = await net.wrong("copyMessage", **source, message_id=999)
    assert wrong == "Bad Request: message to copy not found"


async def test_an_old_server_makes_an_ephemeral_message_public(net: Net) -> None:
    """The danger: an unknown parameter is passed over."""
    whisper = {"ephemeral_message_parameters": {"receiver_user_id": net.mei}}
    made = net.sandbox.methods.call(TOKEN, "sendMessage", {"chat_id": net.id, "text": "x", **whisper}, {})
    assert made["message_id"] in net.room.messages


@pytest.mark.parametrize("version", ["10.2", "10.3"])
async def test_each_version_reads_its_own_shape(net: Net, version: str) -> None:
    net.world.ephemeral = version
    shapes: dict[str, dict[str, Any]] = {
        "10.2": {"receiver_user_id": net.mei},
        "10.3": {"ephemeral_message_parameters": {"receiver_user_id": net.mei}},
    }
    for of, shape in shapes.items():
        made = net.sandbox.methods.call(TOKEN, "sendMessage", {"chat_id": net.id, "text": "x", **shape}, {})
        assert (made["message_id"] == 0) == (of == version)
    assert [w["receiver_user"]["id"] for w in net.room.whispers] == [net.mei]
