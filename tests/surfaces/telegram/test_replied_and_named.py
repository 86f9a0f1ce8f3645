"""Who is replied to, and names that are links, as updates carry them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from groupbot.core.events import Left, Message, Service
from groupbot.surfaces.telegram.carriers import span
from groupbot.surfaces.telegram.intake import decode

NOW = datetime(2027, 1, 30, tzinfo=UTC)
GROUP = {"id": -1001, "type": "supergroup", "title": "West Lake"}
LI = {"id": 11, "is_bot": False, "first_name": "Li"}


def read(**more: Any) -> Any:
    body = {"message_id": 5, "date": 1_800_000_000, "chat": GROUP, "from": LI} | more
    return decode(json.dumps({"update_id": 1, "message": body}).encode(), NOW)[1]


@pytest.mark.parametrize(("text", "offset", "length", "found"), [
    ("/ban Mei", 5, 3, (5, 3)),
    ("/ban 😀Mei x", 7, 3, (6, 3)),
    ("/ban 😀😀 x", 5, 4, (5, 2)),
    ("short", 90, 3, (5, 0)),
    ("short", -1, 3, (0, 0)),
])  # fmt: skip
def test_a_place_in_utf16_is_one_in_characters(
    text: str, offset: int, length: int, found: tuple[int, int]
) -> None:
    assert span(text, offset, length) == found


def test_a_name_that_is_a_link_keeps_its_place_and_person() -> None:
    mark = {"type": "text_mention", "offset": 7, "length": 3, "user": LI}
    event = read(text="/ban 😀Mei x", entities=[mark])
    assert isinstance(event, Message)
    assert (event.named, event.mentions) == (((6, 3, 11),), (11,))


def test_a_reply_to_a_channel_or_its_automatic_post_says_so() -> None:
    news = {"id": -100777, "type": "channel", "title": "News"}
    said = {"message_id": 4, "chat": GROUP, "date": 1, "from": LI, "sender_chat": news}
    event = read(text="/ban", reply_to_message=said | {"is_automatic_forward": True})
    assert isinstance(event, Message)
    assert event.reply_chat is not None
    assert (event.reply_chat.id, event.reply_automatic) == (-100777, True)


def test_a_pin_names_its_message() -> None:
    event = read(pinned_message={"message_id": 3, "chat": GROUP, "date": 1})
    assert isinstance(event, Service)
    assert (event.kind, event.about) == ("pinned_message", 3)


@pytest.mark.parametrize(("status", "banned"), [("kicked", True), ("left", False)])
def test_who_was_banned_is_told_from_who_left(status: str, banned: bool) -> None:
    body = {
        "chat": GROUP,
        "from": LI,
        "date": 1,
        "old_chat_member": {"status": "member", "user": LI},
        "new_chat_member": {"status": status, "user": LI, "until_date": 0},
    }
    event = decode(json.dumps({"update_id": 1, "chat_member": body}).encode(), NOW)[1]
    assert isinstance(event, Left)
    assert event.banned is banned


def test_who_is_called_is_told_by_id_or_by_username_in_order() -> None:
    marks = [
        {"type": "mention", "offset": 3, "length": 5},
        {"type": "text_mention", "offset": 9, "length": 3, "user": LI},
        {"type": "mention", "offset": 90, "length": 5},
    ]
    text = "😀 @Lily Mei"
    assert read(text=text, entities=marks).called == ("Lily", 11, "")
    assert read(photo=[], caption=text, caption_entities=marks[:1]).called == ("Lily",)
    assert read(text="no @Lily marked").called == ()
