"""Real shapes of updates, and what becomes of them when they are broken."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groupbot.core.events import (
    BoostChanged,
    BotStanding,
    Chat,
    Event,
    Joined,
    JoinRequest,
    Left,
    Link,
    Message,
    Person,
    PollAnswer,
    PollTotals,
    Reaction,
    Service,
    Standing,
    Tap,
    Traits,
    Upgraded,
)
from groupbot.surfaces.telegram import carriers
from groupbot.surfaces.telegram.intake import decode
from tests import traffic

NOW = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
AT = 1801303200
MEI = {"id": 5001, "is_bot": False, "first_name": "Mei", "username": "mei", "language_code": "zh-hans"}
OLGA = {"id": 5002, "is_bot": False, "first_name": "Olga"}
BOT = {"id": 700000001, "is_bot": True, "first_name": "Bot", "username": "tea_bot"}
GROUP = {"id": -1001234567890, "type": "supergroup", "title": "Tea", "is_forum": True}
CHANNEL = {"id": -1009876543210, "type": "channel", "title": "News"}
BASE = {"message_id": 77, "date": AT, "chat": GROUP, "from": MEI}
PHOTO = [{"file_id": "AgAC", "file_unique_id": "u", "width": 90, "height": 60, "file_size": 900}]


FILE = {"file_id": "CgAC", "file_unique_id": "u2", "file_name": "a.mp4", "mime_type": "video/mp4"}


def says(**more: Any) -> dict[str, Any]:
    return {"update_id": 41, "message": {**BASE, **more}}


def member(status: str, user: dict[str, Any] = MEI, **more: Any) -> dict[str, Any]:
    return {"status": status, "user": user, **more}


def changed(kind: str, before: dict[str, Any], after: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"chat": GROUP, "from": OLGA, "date": AT, "old_chat_member": before, "new_chat_member": after}
    return {"update_id": 41, kind: {**body, **more}}


LINK = {"type": "text_link", "offset": 0, "length": 4, "url": "https://a.cn/x"}
SHAPES: dict[str, dict[str, Any]] = {
    "text": says(text="look here", entities=[LINK], message_thread_id=9, is_topic_message=True),
    "reply": says(text="yes", reply_to_message={**BASE, "message_id": 70, "from": OLGA, "text": "no?"}),
    "quote": says(text="yes", quote={"text": "the quoted words", "position": 0, "is_manual": True}),
    "photo": says(photo=PHOTO, caption="a caption", caption_entities=[LINK], media_group_id="7"),
    "sticker": says(sticker={"file_id": "C", "file_unique_id": "u", "type": "regular", "emoji": "👍"}),
    "poll": says(
        poll={
            "id": "1",
            "question": "the question",
            "options": [{"text": "first choice", "voter_count": 0}],
            "type": "regular",
        }
    ),
    "contact": says(contact={"phone_number": "+8613800000000", "first_name": "Cheap", "user_id": 9}),
    "forward": says(
        text="news",
        forward_origin={"type": "channel", "chat": CHANNEL, "message_id": 3, "date": AT},
    ),
    "story": says(story={"chat": CHANNEL, "id": 5}),
    "rich": says(
        rich_message={
            "blocks": [
                {"type": "heading", "text": "Big win", "size": 1},
                {
                    "type": "paragraph",
                    "text": [
                        "go to ",
                        {"type": "bold", "text": {"type": "url", "text": "here", "url": "https://spam.cn"}},
                    ],
                },
            ]
        }
    ),
    "buttons": says(
        text="see",
        via_bot=BOT,
        reply_markup={"inline_keyboard": [[{"text": "Win now", "url": "https://spam.cn"}]]},
    ),
    "tomorrow": says(hologram={"layers": [{"title": "cheap tea", "url": "https://spam.cn"}]}),
    "pinned": says(pinned_message={**BASE, "message_id": 70, "text": "the rules"}),
    "anonymous": says(text="as the group", sender_chat=GROUP),
    "edited": {"update_id": 41, "edited_message": {**BASE, "edit_date": AT + 60, "text": "new words"}},
    "joined": says(new_chat_members=[MEI, OLGA]),
    "removed": {"update_id": 41, "message": {**BASE, "from": OLGA, "left_chat_member": MEI}},
    "upgraded": says(migrate_to_chat_id=-1005555555555),
    "tap": {
        "update_id": 41,
        "callback_query": {
            "id": "99",
            "from": MEI,
            "message": {**BASE, "from": BOT, "text": "press"},
            "chat_instance": "1",
            "data": "abc",
        },
    },
    "came": changed(
        "chat_member",
        member("left"),
        member("member"),
        invite_link={"invite_link": "https://t.me/+a…", "creator": OLGA, "is_primary": False},
    ),
    "muted": changed(
        "chat_member",
        member("member"),
        member("restricted", is_member=True, can_send_messages=False, until_date=AT + 60),
    ),
    "banned": changed("chat_member", member("member"), member("kicked", until_date=0)),
    "rights": changed(
        "my_chat_member",
        member("member", BOT),
        member("administrator", BOT, can_delete_messages=True, can_pin_messages=True),
    ),
    "reaction": {
        "update_id": 41,
        "message_reaction": {
            "chat": GROUP,
            "message_id": 77,
            "user": MEI,
            "date": AT,
            "old_reaction": [],
            "new_reaction": [
                {"type": "emoji", "emoji": "👍"},
                {"type": "custom_emoji", "custom_emoji_id": "5"},
            ],
        },
    },
    "asks": {
        "update_id": 41,
        "chat_join_request": {
            "chat": GROUP,
            "from": MEI,
            "user_chat_id": 5001,
            "date": AT,
            "bio": "tea",
            "invite_link": {"invite_link": "https://t.me/+x", "creator": OLGA, "name": "shop"},
            "query_id": "q1",
        },
    },
    "in a topic": says(
        text="hello",
        message_thread_id=9,
        is_topic_message=True,
        reply_to_message={**BASE, "message_id": 9, "forum_topic_created": {"name": "Tea", "icon_color": 1}},
    ),
    "gif": says(
        animation={**FILE, "width": 9, "height": 9, "duration": 1},
        document=FILE,
        has_media_spoiler=True,
        via_bot={**BOT, "id": 6001},
    ),
    "premium": says(sticker={**FILE, "set_name": "gold", "is_video": True, "premium_animation": FILE}),
    "odd sticker": says(sticker="not an object"),
    "guest": says(text="I was called", guest_bot_caller_user=OLGA),
    "unread": {"update_id": 41, "message_reaction_count": {"chat": GROUP, "reactions": []}},
}
KINDS: dict[str, type[Event] | None] = dict.fromkeys(SHAPES, Message) | {
    "pinned": Service,
    "joined": Joined,
    "removed": Left,
    "upgraded": Upgraded,
    "tap": Tap,
    "came": Joined,
    "muted": Standing,
    "banned": Left,
    "rights": BotStanding,
    "reaction": Reaction,
    "asks": JoinRequest,
    "unread": None,
}


def read(update: dict[str, Any]) -> Event | None:
    return decode(json.dumps(update).encode(), NOW)[1]


def message(name: str) -> Message:
    found = read(SHAPES[name])
    assert isinstance(found, Message)
    return found


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_becomes_its_event(name: str) -> None:
    update_id, found = decode(json.dumps(SHAPES[name], ensure_ascii=False).encode(), NOW)
    kind = KINDS[name]
    assert update_id == 41
    assert type(found) is (type(None) if kind is None else kind)
    if found is not None:
        assert (found.update_id, found.chat.id, found.at.tzinfo) == (41, GROUP["id"], UTC)


@pytest.mark.parametrize(
    ("name", "kind", "words", "urls"),
    [
        ("rich", "rich_message", ["Big win", "go to ", "here"], ["https://spam.cn"]),
        ("tomorrow", "unknown", ["cheap tea"], ["https://spam.cn"]),
        ("buttons", "text", ["see", "Win now"], ["https://spam.cn"]),
        ("poll", "poll", ["the question", "first choice"], []),
        ("quote", "text", ["yes", "the quoted words"], []),
        ("contact", "contact", ["+8613800000000", "Cheap"], []),
        ("photo", "photo", ["a caption"], ["https://a.cn/x"]),
        ("text", "text", ["look here"], ["https://a.cn/x"]),
        ("edited", "text", ["new words"], []),
    ],
)
def test_visible_text_is_found_in_every_carrier(
    name: str, kind: str, words: list[str], urls: list[str]
) -> None:
    found = message(name)
    said = [t for _, t in found.carriers]
    assert found.kind == kind
    assert [w for w in words if w not in said] == []
    assert [u for u in urls if u not in found.urls] == []


def rich(*blocks: dict[str, Any]) -> Message:
    """A message of these blocks, as a newcomer sends it."""
    told = says(rich_message={"blocks": list(blocks)})
    return cast(Message, read(told))


def test_of_a_text_without_end_the_beginning_and_the_end_are_seen() -> None:
    long = {"type": "paragraph", "text": "tea " * 10_000}
    found = rich({"type": "heading", "text": "win"}, long, {"type": "paragraph", "text": "now"})
    assert sum(len(t) for _, t in found.carriers) <= carriers.MOST
    assert found.carriers[0][1] == "win"
    assert found.carriers[-1][1] == "now"
    assert sum(len(t) for _, t in rich({"text": "x" * 40_000 + "now"}).carriers) == carriers.MOST
    assert rich({"text": "x" * 40_000 + "now"}).visible.endswith("now")


def test_what_is_put_in_the_middle_of_a_long_text_is_seen() -> None:
    long = {"type": "paragraph", "text": "tea " * 1900}
    assert "cheap" in rich(long, {"type": "paragraph", "text": "cheap"}, long).visible


def test_what_is_put_behind_many_pieces_is_seen() -> None:
    blanks = [{"type": "paragraph", "text": "."}] * 5000
    found = rich(*blanks, {"type": "url", "text": "cheap tea", "url": "https://spam.cn"}, *blanks[:50])
    assert len(found.carriers) <= carriers.PIECES
    assert "cheap tea" in found.visible
    many = rich(*({"url": f"https://a{i}.cn"} for i in range(3000)))
    assert len(many.urls) == carriers.PIECES
    assert {"https://a0.cn", "https://a2999.cn"} <= set(many.urls)


def test_what_stands_beside_a_long_text_is_seen_whole() -> None:
    told = says(text="x" * 4096, quote={"text": "the quoted words", "position": 0})
    assert ("text", "the quoted words") in cast(Message, read(told)).carriers


def test_a_replied_messages_words_are_not_the_senders() -> None:
    found = message("reply")
    assert (found.visible, found.reply_to) == ("yes", 70)
    assert found.reply_person is not None and found.reply_person.id == OLGA["id"]


def test_facts_beside_the_text() -> None:
    assert message("text").topic == 9
    assert message("forward").forwarded == f"channel:{CHANNEL['id']}"
    assert message("photo").album == "7"
    assert message("buttons").via_bot == "tea_bot"
    assert message("anonymous").anonymous
    assert (message("edited").edited, message("edited").at.timestamp()) == (True, AT + 60)


def test_comings_and_goings() -> None:
    came, banned, removed = (read(SHAPES[n]) for n in ("came", "banned", "removed"))
    assert isinstance(came, Joined) and came.link is not None
    assert came.link.creator == OLGA["id"] and not came.request
    let = read(changed("chat_member", member("left"), member("member"), via_join_request=True))
    assert isinstance(let, Joined) and let.request
    assert isinstance(banned, Left) and banned.removed
    assert isinstance(removed, Left) and removed.removed
    rights = read(SHAPES["rights"])
    assert isinstance(rights, BotStanding) and rights.rights == {"delete", "pin", "tags"}
    reaction = read(SHAPES["reaction"])
    assert isinstance(reaction, Reaction) and reaction.after == ("👍", "5")


# --- broken on purpose
junk = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=2**62, max_value=2**70),
    st.floats(allow_nan=False),
    st.text(max_size=8),
    st.sampled_from(["\x00", "\ud83d", "\u202e", "a\x00b", "https://\ud83d.cn"]),
    st.just([]),
    st.just({}),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(
        st.sampled_from(["id", "type", "text", "url", "chat", "user"]), st.integers(), max_size=3
    ),
)


def spots(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a value."""
    found = [path] if path else []
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        found += spots(inner, (*path, key))
    return found


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A real update with up to three places gone, changed or doubled, perhaps with bytes broken."""
    update = json.loads(json.dumps(SHAPES[draw(st.sampled_from(sorted(SHAPES)))]))
    for _ in range(draw(st.integers(1, 3))):
        places = spots(update)
        if not places:
            break
        *path, last = draw(st.sampled_from(places))
        at = update
        for key in path:
            at = at[key]
        act = draw(st.sampled_from(["drop", "change", "wrap"]))
        if act == "drop":
            del at[last]
        elif act == "change":
            at[last] = draw(junk)
        else:
            at[last] = [at[last], at[last]]
    raw = json.dumps(update, ensure_ascii=draw(st.booleans())).encode("utf-8", "surrogatepass")
    if draw(st.integers(0, 9)) == 0:
        at = draw(st.integers(0, len(raw) - 1))
        raw = raw[:at] + draw(st.binary(max_size=3)) + raw[at + 1 :]
    return raw


@settings(max_examples=1500, deadline=None)
@given(mutated())
def test_a_broken_update_is_read_or_is_a_value_error(raw: bytes) -> None:
    try:
        _, event = decode(raw, NOW)
    except ValueError:
        return
    if isinstance(event, Message):  # what the databases and Telegram will be given
        for text in (event.text, event.visible, *event.urls):
            assert "\x00" not in text
            text.encode()
        assert -(2**63) <= event.chat.id < 2**63


@pytest.mark.parametrize(
    "raw",
    [
        b'{"update_id":41,"message":' * 5000 + b"1" + b"}" * 5000,
        b'{"update_id":41,"message":{"message_id":1,"date":1,"chat":{"id":1},"x":' + b"[" * 90_000,
        json.dumps(says(hologram=[{"title": "x" * 50}] * 10_000)).encode(),
        json.dumps(says(text="\x00" * 100_000)).encode(),
        b'{"update_id":41,"message":{"message_id":1,"date":99999999999999,"chat":{"id":1}}}',
        b"\xff" * 100_000,
        b"",
        b"null",
    ],
    ids=["nested", "deep", "wide", "nul", "date", "bytes", "empty", "null"],
)
def test_the_worst_is_over_quickly(raw: bytes) -> None:
    began = time.process_time()  # a loaded machine says nothing about the bytes
    try:
        decode(raw, NOW)
    except ValueError:
        pass
    assert time.process_time() - began < 1.0


def test_plain_text_has_no_traits() -> None:
    assert message("reply").traits is None


@pytest.mark.parametrize(
    ("name", "traits"),
    [
        ("text", Traits(entities=("text_link",))),
        ("quote", Traits(quote=True)),
        ("photo", Traits(entities=("text_link",), file_id="AgAC", file_unique="u", file_size=900)),
        ("sticker", Traits(file_id="C", file_unique="u", sticker_kind="static", emoji="👍")),
        (
            "premium",
            Traits(
                file_id="CgAC",
                file_unique="u2",
                sticker_set="gold",
                sticker_kind="video",
                premium_sticker=True,
            ),
        ),
        (
            "gif",
            Traits(
                via_bot=6001,
                spoiler=True,
                file_id="CgAC",
                file_unique="u2",
                file_name="a.mp4",
                mime="video/mp4",
            ),
        ),
        ("contact", Traits(contact=9)),
        ("poll", Traits(poll="1")),
        ("forward", Traits(forward_kind="channel", forward_name="News")),
        ("guest", Traits(guest=5002)),
        ("odd sticker", None),
    ],
)
def test_what_is_unusual_is_a_trait(name: str, traits: Traits | None) -> None:
    assert message(name).traits == traits


def test_a_message_of_a_topic_is_no_reply_to_what_opened_it() -> None:
    found = message("in a topic")
    assert (found.topic, found.reply_to, found.reply_person) == (9, None, None)


def test_a_button_outside_a_forum_has_no_topic() -> None:
    """Replies of a plain supergroup carry a thread too."""
    query = {"id": "1", "from": MEI, "data": "x"}
    for forum, topic in ((True, 9), (False, None)):
        under = {**BASE, "message_thread_id": 9} | ({"is_topic_message": True} if forum else {})
        found = read({"update_id": 1, "callback_query": {**query, "message": under}})
        assert isinstance(found, Tap)
        assert found.topic == topic


def test_a_join_request_is_read() -> None:
    found = read(SHAPES["asks"])
    assert isinstance(found, JoinRequest)
    assert (found.bio, found.private, found.query) == ("tea", 5001, "q1")
    assert found.link == Link("https://t.me/+x", "shop", 5002)
    assert found.sender == Person(5001, "Mei", None, "mei", "zh-hans")


def test_a_vote_is_read_by_lasting_option_ids() -> None:
    vote = {"poll_id": "7", "user": MEI, "option_ids": [1], "option_persistent_ids": ["b"]}
    found = read({"update_id": 1, "poll_answer": vote})
    assert isinstance(found, PollAnswer)
    assert (found.poll, found.options, found.chat.id) == ("7", ("b",), 5001)
    found = read({"update_id": 1, "poll_answer": {"poll_id": "7", "user": MEI, "option_ids": [1]}})
    assert isinstance(found, PollAnswer)
    assert found.options == ("1",)
    assert (
        read({"update_id": 1, "poll_answer": {"poll_id": "7", "voter_chat": CHANNEL, "option_ids": []}})
        is None
    )


def test_totals_of_a_poll_are_read_without_anybody() -> None:
    yes, no = {"persistent_id": "0", "text": "yes", "voter_count": 1}, {"text": "no", "voter_count": 2}
    said = {"id": "7", "question": "q", "total_voter_count": 3, "is_closed": True, "options": [yes, no]}
    found = read({"update_id": 1, "poll": said})
    assert found == PollTotals(at=NOW, chat=Chat(0, ""), update_id=1, poll="7", votes=(1, 2), closed=True)
    bare = read({"update_id": 1, "poll": {"id": "7"}})
    assert isinstance(bare, PollTotals)
    assert (bare.votes, bare.closed, bare.sender) == ((), False, None)


def test_boosts_are_read_with_whose_they_are() -> None:
    boost = {
        "boost_id": "b",
        "add_date": 1,
        "expiration_date": 90,
        "source": {"source": "premium", "user": MEI},
    }
    found = read({"update_id": 1, "chat_boost": {"chat": CHANNEL, "boost": boost}})
    assert isinstance(found, BoostChanged)
    assert (found.person, found.boost, found.until) == (5001, "b", datetime.fromtimestamp(90, UTC))
    gone = {"chat": CHANNEL, "boost_id": "b", "remove_date": 7, "source": {"source": "premium", "user": MEI}}
    found = read({"update_id": 1, "removed_chat_boost": gone})
    assert isinstance(found, BoostChanged)
    assert (found.person, found.until, found.at) == (5001, None, datetime.fromtimestamp(7, UTC))
    nobody = {**gone, "source": {"source": "giveaway", "giveaway_message_id": 0, "is_unclaimed": True}}
    assert read({"update_id": 1, "removed_chat_boost": nobody}) is None


def test_every_content_of_the_bot_api_is_known() -> None:
    """A field nobody lists would be taken for a carrier of tomorrow, and its message judged as one."""
    if traffic.checker() is None:
        pytest.skip(traffic.ABSENT)
    beside = {
        "message_id message_thread_id direct_messages_topic from sender_chat sender_boost_count date chat",
        "sender_business_bot sender_tag guest_query_id business_connection_id forward_origin reply_markup",
        "is_topic_message is_automatic_forward reply_to_message external_reply quote reply_to_story via_bot",
        "reply_to_checklist_task_id reply_to_poll_option_id guest_bot_caller_user guest_bot_caller_chat",
        "edit_date has_protected_content is_from_offline is_paid_post media_group_id author_signature",
        "paid_star_count entities link_preview_options suggested_post_info effect_id caption",
        "caption_entities show_caption_above_media has_media_spoiler",
    }
    events = "text new_chat_members left_chat_member migrate_to_chat_id migrate_from_chat_id"
    known = {w for line in beside for w in line.split()} | set(events.split())
    fields = {f["name"] for f in traffic.api().types["Message"]["fields"]}
    assert len(fields) > 100
    assert sorted(fields - known - set(carriers.KINDS) - set(carriers.SERVICE)) == []


def test_a_venue_is_a_venue() -> None:
    place = {"latitude": 1.0, "longitude": 2.0}
    found = read(says(venue={"location": place, "title": "Tea house", "address": "1"}, location=place))
    assert isinstance(found, Message)
    assert found.kind == "venue"


def test_a_service_message_tells_its_topic_and_name() -> None:
    inside = {"message_thread_id": 7, "is_topic_message": True}
    named = read(says(forum_topic_edited={"name": "Autumn"}, **inside))
    closed, titled = read(says(forum_topic_closed={}, **inside)), read(says(new_chat_title="West Lake"))
    assert isinstance(named, Service) and isinstance(closed, Service) and isinstance(titled, Service)
    assert (named.topic, named.text) == (7, "Autumn")
    assert (closed.topic, closed.text) == (7, "")
    assert (titled.topic, titled.text) == (None, "West Lake")


def test_a_demotion_tells_what_somebody_had() -> None:
    had = member("administrator", can_pin_messages=True, can_manage_chat=True)
    event = read(changed("chat_member", had, member("member")))
    assert isinstance(event, Standing)
    assert (event.had >= {"pin", "manage"}, event.rights) == (True, frozenset())
