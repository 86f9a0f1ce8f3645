"""Every lock sees its own kind, lets plain words be, and lets pass what is allowed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from groupbot.core.events import Message
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import allowing, locks
from groupbot.features.rules.domain.facts import Finding, Policy, inspect
from groupbot.features.rules.domain.policy import ALLOWED, make
from groupbot.features.rules.service.locking import GROUPS, kinds
from groupbot.surfaces.telegram.intake import decode

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
FILE = {"file_id": "x", "file_unique_id": "y"}
SIZE = {**FILE, "width": 1, "height": 1}
STICKER = {**SIZE, "type": "regular", "is_animated": False, "is_video": False, "set_name": "Cats"}


def marked(kind: str, text: str = "words", **more: Any) -> dict[str, Any]:
    return {"text": text, "entities": [{"type": kind, "offset": 0, "length": 5, **more}]}


def forwarded(type_: str, **origin: Any) -> dict[str, Any]:
    return {"text": "words", "forward_origin": {"type": type_, "date": 1, **origin}}


PERSON = {"id": 5, "is_bot": False, "first_name": "A"}
BOT = {"id": 6, "is_bot": True, "first_name": "B", "username": "shop_bot"}
CHANNEL = {"id": -1005, "type": "channel", "title": "News", "username": "newsroom"}
KINDS: dict[str, dict[str, Any]] = {
    "all": {"text": "words"},
    "text": {"text": "words"},
    "photo": {"photo": [SIZE]},
    "video": {"video": SIZE},
    "videonote": {"video_note": FILE},
    "gif": {"animation": SIZE, "document": FILE},
    "voice": {"voice": FILE},
    "audio": {"audio": FILE},
    "document": {"document": {**FILE, "file_name": "a.apk"}},
    "album": {"photo": [SIZE], "media_group_id": "7"},
    "paidmedia": {"paid_media": {"star_count": 1, "paid_media": []}},
    "spoiler": {"photo": [SIZE], "has_media_spoiler": True},
    "sticker": {"sticker": STICKER},
    "stickeranimated": {"sticker": {**STICKER, "is_animated": True}},
    "stickerpremium": {"sticker": {**STICKER, "premium_animation": FILE}},
    "emoji": {"text": "so good 🔥"},
    "emojionly": {"text": "🔥 👩‍👩‍👧 🇨🇳 1️⃣"},
    "emojicustom": marked("custom_emoji", "🔥🔥🔥🔥🔥", custom_emoji_id="1"),
    "emojigame": {"dice": {"emoji": "🎯", "value": 3}},
    "dice": {"dice": {"emoji": "🎲", "value": 3}},
    "poll": {"poll": {"id": "1", "question": "?", "options": []}},
    "quiz": {"poll": {"id": "1", "question": "?", "options": [], "type": "quiz"}},
    "checklist": {"checklist": {"title": "x", "tasks": []}},
    "contact": {"contact": {"phone_number": "1", "first_name": "A"}},
    "location": {"venue": {"title": "x", "address": "y"}},
    "livelocation": {"location": {"latitude": 1.0, "longitude": 1.0, "live_period": 60}},
    "game": {"game": {"title": "x", "description": "y"}},
    "invoice": {"invoice": {"title": "x", "description": "y"}},
    "giveaway": {"giveaway": {"winner_count": 1}},
    "rich": {"rich_message": {"blocks": [{"type": "paragraph", "text": "words"}]}},
    "story": {"text": "look: t.me/newsroom/s/12"},
    "unknown": {"hologram": {"words": "words"}},
    "forward": forwarded("hidden_user", sender_user_name="A"),
    "forwarduser": forwarded("user", sender_user=PERSON),
    "forwardbot": forwarded("user", sender_user=BOT),
    "forwardchannel": forwarded("channel", chat=CHANNEL, message_id=3),
    "forwardgroup": forwarded("chat", sender_chat={"id": -1007, "type": "supergroup", "title": "G"}),
    "forwardstory": {"story": {"chat": CHANNEL, "id": 2}},
    "anonchannel": {"text": "words", "sender_chat": CHANNEL},
    "inline": {"text": "words", "via_bot": BOT},
    "guestbot": {"text": "words", "guest_bot_caller_user": PERSON},
    "externalreply": {"text": "words", "external_reply": {"origin": {"type": "hidden_user"}}},
    "storyreply": {"text": "words", "reply_to_story": {"chat": CHANNEL, "id": 2}},
    "quote": {"text": "words", "quote": {"text": "x", "position": 0}},
    "button": {"text": "words", "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}},
    "url": {"text": "see example.com/x"},
    "textlink": marked("text_link", url="https://example.com"),
    "invitelink": {"text": "t.me/+AbCdEf123456"},
    "botlink": {"text": "try @shop_bot"},
    "email": {"text": "write to a.b@example.com"},
    "phone": {"text": "call +44 20 7946 0958"},
    "mention": {"text": "hi @some_name"},
    "hashtag": {"text": "buy #山楂 now"},
    "cashtag": {"text": "buy $TON now"},
    "command": {"text": "/start"},
    "code": marked("pre"),
    "cjk": {"text": "hello 世界"},
    "cyrillic": {"text": "hello мир"},
    "arabic": {"text": "hello سلام"},
    "rtl": {"text": "hello שלום"},
    "zalgo": {"text": "z̶̷̸̡a̴̵̶̢lgo"},
    "long": {"text": "word " * 201},
}


def body(content: dict[str, Any]) -> Message:
    message = {
        "message_id": 1,
        "date": 1800000000,
        "chat": {"id": -1, "type": "supergroup", "title": "T"},
        "from": {"id": 7, "is_bot": False, "first_name": "A"},
        **content,
    }
    _, event = decode(json.dumps({"update_id": 1, "message": message}).encode(), AT)
    assert isinstance(event, Message)
    return event


def policy(
    *names: str, allowed: list[str] | None = None, sites: list[str] | None = None, **more: Any
) -> Policy:
    """Only these locks; no other rule."""
    given: dict[str, Any] = {f"lock_{n}": "on" for n in names}
    given |= {locks.ALLOWLIST.key: allowed or [], ALLOWED.key: sites or [], **more}

    def get(setting: Setting) -> Any:
        if setting.key.startswith("rule_") and setting.key != "rule_locks":
            return False
        return given.get(setting.key, setting.fallback("consumer"))

    return make("consumer", get)


def find(content: dict[str, Any], *names: str, **more: Any) -> Finding | None:
    return inspect(body(content), policy(*names, **more))


def test_there_are_at_least_fifty_locks_and_each_has_its_kind() -> None:
    assert len(locks.LOCKS) >= 50
    assert {one.id for one in locks.LOCKS if one.check is not None} == set(KINDS)
    assert [name for line in kinds() for name in line] == [one.id for one in locks.LOCKS]
    assert len(GROUPS) == len(kinds())


@pytest.mark.parametrize("name", sorted(KINDS))
def test_lock_sees_its_kind_and_names_itself(name: str) -> None:
    found = find(KINDS[name], name)
    assert found is not None
    assert (found.rule, found.carrier) == ("locks", name)
    assert found.matched


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"all", "text"}))
def test_lock_lets_plain_words_be(name: str) -> None:
    for text in ("Good morning, see you at 10:30 in the café?", "ok", "price is 59 or 2 for 99.50, #1 of 5"):
        assert find({"text": text}, name) is None
    assert find({"photo": [SIZE], "caption": "ours"}, name) is None or name == "photo"


def test_story_is_an_address_too_and_a_story_passed_on_is_both() -> None:
    passed = {"story": {"chat": CHANNEL, "id": 2}}
    assert find(passed, "story") is not None and find(passed, "forwardstory") is not None
    assert find(KINDS["story"], "forwardstory") is None
    assert find({"text": "t.me/newsroom/12 and example.com/s/12"}, "story") is None
    hidden = marked("text_link", url="tg://resolve?domain=newsroom&story=4")
    assert find(hidden, "story") is not None


def test_forward_from_a_bot_is_what_telegram_says_not_how_it_is_called() -> None:
    person = forwarded("user", sender_user={**PERSON, "username": "talbot"})
    quiet = forwarded("user", sender_user={**BOT, "username": None, "first_name": "Assistant"})
    assert (find(person, "forwardbot"), find(quiet, "forwarduser")) == (None, None)
    assert find(person, "forwarduser") is not None and find(quiet, "forwardbot") is not None


def test_nothing_locked_has_no_locks() -> None:
    assert policy().locks is None
    assert policy().whole is False
    assert policy("sticker").whole is True


def test_lock_switched_off_as_a_rule_finds_nothing() -> None:
    made = make(
        "consumer", lambda s: {"lock_all": "on", "rule_locks": False}.get(s.key, s.fallback("consumer"))
    )
    assert inspect(body({"photo": [SIZE]}), made) is None


@pytest.mark.parametrize(
    ("name", "item"),
    [
        ("sticker", "t.me/addstickers/cats"),
        ("stickeranimated", "stickerpack:Cats"),
        ("document", "file:*.apk"),
        ("document", ".apk"),
        ("command", "/start"),
        ("anonchannel", "-1005"),
        ("forwardchannel", "-1005"),
        ("forward", "id:-1005"),
    ],
)
def test_what_is_allowed_passes(name: str, item: str) -> None:
    content = KINDS["forwardchannel"] if name == "forward" else KINDS[name]
    assert find(content, name) is not None
    assert find(content, name, allowed=[allowing.item(item)]) is None


def test_allowed_addresses_pass() -> None:
    assert find(KINDS["url"], "url", sites=["example.com"]) is None
    assert find({"text": "t.me/shop_bot"}, "botlink", sites=["t.me/shop_bot"]) is None
    assert find({"text": "t.me/shop_bot and @other_bot"}, "botlink", sites=["t.me/shop_bot"]) is not None


@pytest.mark.parametrize("text", ["1087968824", "136817688", "777000", "id:777000", "@GroupAnonymousBot"])
def test_shared_id_is_refused(text: str) -> None:
    with pytest.raises(allowing.Shared):
        allowing.item(text)


def test_shared_id_that_came_another_way_allows_nobody() -> None:
    assert allowing.allowed(("id:136817688", "id:-1005")).ids == frozenset((-1005,))


def test_act_and_reason_of_a_lock_go_with_the_finding() -> None:
    found = find(KINDS["sticker"], "sticker", lock_sticker="tban 2w", lock_reasons={"sticker": "Words only"})
    assert found is not None
    assert (found.wish, found.notice) == ("tban 2w", "Words only")


def test_quiet_locks_only_take_away() -> None:
    found = find(KINDS["sticker"], "sticker", lock_warns=False)
    assert found is not None
    assert found.wish == "del"


@pytest.mark.parametrize("value", ["nonsense", "tban", "ban 3 weeks"])
def test_value_nobody_can_read_locks_with_the_ladder(value: str) -> None:
    found = find(KINDS["sticker"], lock_sticker=value)
    assert found is not None
    assert found.wish == ""


@pytest.mark.parametrize(
    ("said", "meant"), [("Sticker_Premium", "stickerpremium"), ("LINKS", "url"), ("x", None)]
)
def test_locks_are_found_by_their_names(said: str, meant: str | None) -> None:
    found = locks.named(said)
    assert (found.id if found else None) == meant


def test_every_alias_names_a_lock() -> None:
    assert set(locks.ALIASES.values()) <= set(locks.BY_ID)
    assert not set(locks.ALIASES) & set(locks.BY_ID)
