"""What entry needs of the Bot API: files replied to, mutes that outlive leaving, ends that are ends."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groupbot.core.events import Ballot, Joined, Message
from groupbot.core.text import Entity
from groupbot.engine.picture.word import word_png
from groupbot.surfaces.telegram.acting import in_time
from groupbot.surfaces.telegram.intake import decode

NOW = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
CHAT = {"id": -1001, "type": "supergroup", "title": "g"}
MEI = {"id": 7, "is_bot": False, "first_name": "Mei"}


def message(said: str, /, **reply: Any) -> Message:
    replied = {"message_id": 1, "date": 1, "chat": CHAT, "from": MEI, **reply}
    body = {"message_id": 2, "date": 2, "chat": CHAT, "from": MEI, "text": said, "reply_to_message": replied}
    event = decode(json.dumps({"update_id": 1, "message": body}).encode(), NOW)[1]
    assert isinstance(event, Message)
    return event


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        ({"photo": [{"file_id": "small"}, {"file_id": "big"}], "caption": "c"}, ("photo", "big")),
        ({"animation": {"file_id": "a"}, "document": {"file_id": "d"}}, ("animation", "a")),
        ({"video": {"file_id": "v"}}, ("video", "v")),
        ({"sticker": {"file_id": "s"}}, ("sticker", "s")),
        ({"photo": []}, None),
        ({"photo": "odd"}, None),
        ({"document": {"file_id": 5}}, None),
        ({"text": "words"}, None),
    ],
)
def test_a_command_knows_the_file_it_replies_to(reply: dict[str, Any], found: Any) -> None:
    assert message("/setwelcome", **reply).reply_media == found
    assert message("照片墙", **reply).reply_media == found  # a word may be a command
    assert message("What a photo!", **reply).reply_media is None


def test_a_command_knows_the_poll_it_replies_to() -> None:
    poll = {"id": "1", "question": "Which?", "options": [{"text": "a"}, {"text": "b"}], "type": "quiz"}
    assert message("/media x", poll=poll).reply_poll == Ballot("Which?", ("a", "b"), quiz=True)
    told = poll | {"correct_option_ids": [1], "explanation": "so", "is_anonymous": False}
    known = Ballot("Which?", ("a", "b"), named=True, quiz=True, right=1, why="so")
    assert message("/media x", poll=told).reply_poll == known
    assert message(
        "/media x", poll=poll | {"type": "regular", "allows_multiple_answers": True}
    ).reply_poll == (Ballot("Which?", ("a", "b"), many=True))
    for odd in ({}, "odd", {"question": 5}, {"question": "q", "options": 3}):
        assert message("/media x", poll=odd).reply_poll is None
    assert message("/media x", poll=told | {"correct_option_ids": [7]}).reply_poll == (
        Ballot("Which?", ("a", "b"), named=True, quiz=True, why="so")
    )
    assert message("hello", poll=poll).reply_poll is None


def test_a_command_knows_how_words_are_marked() -> None:
    marks = [{"type": "bold", "offset": 0, "length": 2}, {"type": "hashtag", "offset": 3, "length": 1},
             {"type": "italic", "offset": -1, "length": 1}]  # fmt: skip
    assert message("/setwelcome", text="Hi", entities=marks).reply_marks == (Entity("bold", 0, 2),)
    assert message("/setwelcome", caption="Hi", caption_entities=marks).reply_marks == (Entity("bold", 0, 2),)
    assert message("/setwelcome", text="Hi", entities="odd").reply_marks == ()
    assert message("hello", text="Hi", entities=marks).reply_marks == ()


@pytest.mark.parametrize("now", ["restricted", "member"])
def test_a_mute_that_outlived_leaving_is_told(now: str) -> None:
    old = {"status": "restricted", "user": MEI, "is_member": False, "until_date": 0}
    new = {"status": now, "user": MEI, "is_member": True, "until_date": 0}
    body = {"chat": CHAT, "from": MEI, "date": 5, "old_chat_member": old, "new_chat_member": new}
    event = decode(json.dumps({"update_id": 1, "chat_member": body}).encode(), NOW)[1]
    assert isinstance(event, Joined)
    assert event.restricted is (now == "restricted")


def test_an_end_that_is_near_or_past_is_still_an_end() -> None:
    assert in_time(None, NOW) is None
    assert in_time(NOW - timedelta(hours=1), NOW) == NOW + timedelta(seconds=35)
    assert in_time(NOW + timedelta(hours=1), NOW) == NOW + timedelta(hours=1)


def test_a_word_is_drawn_anew_each_time() -> None:
    first, second = word_png("KQWM4"), word_png("KQWM4")
    assert first[:8] == b"\x89PNG\r\n\x1a\n"
    assert first != second
    assert len(first) < 60_000


@pytest.mark.parametrize("asked", [True, False])
def test_a_join_that_was_asked_for_is_told_so(asked: bool) -> None:
    old, new = {"status": "left", "user": MEI}, {"status": "member", "user": MEI}
    body = {"chat": CHAT, "from": MEI, "date": 5, "old_chat_member": old, "new_chat_member": new}
    body |= {"via_join_request": True} if asked else {}
    event = decode(json.dumps({"update_id": 1, "chat_member": body}).encode(), NOW)[1]
    assert isinstance(event, Joined)
    assert event.request is asked
