"""Effects as calls, against the embedded Telegram; what it says no to in success-like words is a receipt."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio

from groupbot.core.effects import (
    Admit,
    Ban,
    Bans,
    Button,
    Edit,
    Effect,
    Permit,
    PinMessage,
    Promote,
    React,
    Receipt,
    Restrict,
    Send,
    Topic,
    Unpin,
    from_json,
    to_json,
)
from groupbot.core.text import Entity
from groupbot.engine.clock import Clock, FixedClock
from groupbot.engine.outbox import Target
from groupbot.errors import Denied, Gone
from groupbot.surfaces.sandbox.methods import Methods
from groupbot.surfaces.sandbox.server import Sandbox
from groupbot.surfaces.sandbox.world import PERMISSIONS, RIGHTS, World
from groupbot.surfaces.sandbox.world.things import GENERAL
from groupbot.surfaces.telegram.bot import make_bot
from groupbot.surfaces.telegram.gateway import TelegramGateway
from tests import traffic

TOKEN = "700000001:test-token-that-opens-nothing-here-1"


class Desk:
    """The gateway, and the world it acts on."""

    def __init__(self, world: World, gateway: TelegramGateway, methods: Methods) -> None:
        self.world, self.gateway, self.methods = world, gateway, methods
        self.owner, self.mei = world.add_user("Olga"), world.add_user("Mei")
        world.add_bot(TOKEN)
        self.room = world.add_chat("Tea", self.owner)
        world.join(self.mei, self.room.id)
        world.add_bot_to(TOKEN, self.room.id, self.owner, set(RIGHTS))

    async def do(self, effect: Effect) -> Receipt:
        """Perform it as it comes out of the outbox."""
        assert from_json(to_json(effect)) == effect
        return await self.gateway.perform(effect, Target(effect.user or self.room.id, effect.user is None))

    def says(self, **more: Any) -> int:
        return int(self.world.say(self.mei, self.room.id, "hello", **more)["message_id"])


@pytest_asyncio.fixture
async def desk(request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    """With a parameter: the Bot API version whose ephemeral messages the server has, "" none; or "undated"
    for a server that does not tell the time."""
    world = World()
    asked = getattr(request, "param", None)
    dated, version = asked != "undated", asked if asked != "undated" else None
    audit = traffic.auditor() if version is None else None  # the checker knows 10.1
    async with Sandbox(world, record=audit.feed if audit else None, dated=dated).running() as sandbox:
        world.ephemeral = version or ""
        bot = make_bot(TOKEN, sandbox.url)
        made = Desk(world, TelegramGateway(bot, Clock(), ephemeral=version is not None), sandbox.methods)
        await bot.initialize()
        yield made
        await bot.shutdown()
    assert audit is None or traffic.errors(audit) == []


async def test_a_join_request_is_answered_once(desk: Desk) -> None:
    li, wu = desk.world.add_user("Li"), desk.world.add_user("Wu")
    desk.world.ask_to_join(li, desk.room.id)
    desk.world.ask_to_join(wu, desk.room.id)
    await desk.do(Admit(member=li, accept=True))
    await desk.do(Admit(member=wu, accept=False))
    assert [desk.world.member(desk.room, p).status for p in (li, wu)] == ["member", "left"]
    assert "USER_ALREADY_PARTICIPANT" in (await desk.do(Admit(member=li, accept=True))).note.upper()
    assert "HIDE_REQUESTER_MISSING" in (await desk.do(Admit(member=wu, accept=False))).note.upper()


async def test_a_query_is_answered_as_a_query_and_a_late_one_as_a_request(desk: Desk) -> None:
    desk.world.bots[TOKEN].join_queries = True
    for wait, name in ((0, "Li"), (11, "Wu")):
        person = desk.world.add_user(name)
        desk.world.ask_to_join(person, desk.room.id)
        desk.world.move(wait)
        await desk.do(Admit(member=person, accept=True, query=desk.room.requests[person]["query"]))
        assert desk.world.member(desk.room, person).inside


async def test_who_asks_is_written_to_in_the_chat_of_the_request(desk: Desk) -> None:
    li = desk.world.add_user("Li")
    with pytest.raises(Gone):
        await desk.do(Send(user=li, text="a question"))
    desk.world.ask_to_join(li, desk.room.id)
    await desk.do(Send(user=li, to=li, text="a question"))
    assert [m["text"] for m in desk.world.private(li).messages.values()] == ["a question"]


async def test_last_words_to_who_asks_are_said_before_it_is_decided(desk: Desk) -> None:
    li, wu = desk.world.add_user("Li"), desk.world.add_user("Wu")
    for person in (li, wu):
        desk.world.ask_to_join(person, desk.room.id)
    desk.world.block(wu)
    notes = ("announced; the decision follows", "not announced: Forbidden: bot was blocked by the user")
    for person, note in zip((li, wu), notes, strict=True):  # the decision does not depend on the words
        words = Send(user=person, to=person, text="the door is open")
        said = await desk.do(Admit(member=person, accept=True, words=words))
        assert (said.note, said.then) == (note, (Admit(member=person, accept=True),))
        assert person in desk.room.requests
        await desk.do(said.then[0])
        assert desk.world.member(desk.room, person).inside
    assert [m["text"] for m in desk.world.private(li).messages.values()] == ["the door is open"]
    assert desk.world.private(wu).messages == {}


async def test_permissions_are_set_whole(desk: Desk) -> None:
    await desk.do(Permit(can=("send_messages", "send_photos")))
    assert desk.room.permissions == {"can_send_messages", "can_send_photos"}
    assert "CHAT_NOT_MODIFIED" in (await desk.do(Permit(can=("send_photos", "send_messages")))).note.upper()
    await desk.do(Permit(can=tuple(p.removeprefix("can_") for p in PERMISSIONS)))
    assert desk.room.permissions == set(PERMISSIONS)
    desk.world.promote(desk.room.id, 700000001, desk.owner, {"can_delete_messages"})
    with pytest.raises(Denied):
        await desk.do(Permit())


async def test_a_restricted_member_may_still_do_what_is_named(desk: Desk) -> None:
    await desk.do(Restrict(member=desk.mei, can=("send_messages",)))
    assert desk.room.members[desk.mei].permissions == {"can_send_messages"}
    await desk.do(Restrict(member=desk.mei))
    assert desk.room.members[desk.mei].permissions == set()


async def test_a_sender_chat_is_banned_and_let_back(desk: Desk) -> None:
    shop = desk.world.add_chat("Shop", desk.mei, type="channel").id
    await desk.do(Ban(member=shop))
    assert desk.room.banned_chats == {shop}
    await desk.do(Ban(member=shop, free=True))
    assert desk.room.banned_chats == set()


async def test_a_kick_is_a_short_ban_whose_end_follows_from_its_receipt(desk: Desk) -> None:
    kick = Ban(member=desk.mei, kick=True)
    (end,) = (await desk.do(kick)).then
    assert desk.world.member(desk.room, desk.mei).until > 0  # should the end never leave
    assert len((await desk.do(kick)).then) == 1  # the bot died before it was booked
    assert await desk.do(end) == Receipt()
    assert desk.world.member(desk.room, desk.mei).status == "left"
    assert (await desk.do(end)).note == "the kick is over"


async def test_a_kick_by_a_clock_that_is_behind_ends_by_itself_though_the_bot_died_after_the_ban(
    desk: Desk,
) -> None:
    kick, there = Ban(member=desk.mei, kick=True), desk.world.clock.now()
    for behind in (60, 90, 3600):
        desk.gateway.clock = FixedClock(datetime.fromtimestamp(there - behind, UTC))
        now = desk.world.clock.now()
        await desk.do(kick)  # and nothing was booked
        assert 110 < desk.world.member(desk.room, desk.mei).until - now < 180
        (end,) = (await desk.do(kick)).then  # after the start
        await desk.do(end)
        assert desk.world.member(desk.room, desk.mei).status == "left"
        desk.world.join(desk.mei, desk.room.id)


async def test_a_short_mute_or_ban_by_a_clock_that_is_behind_is_not_for_good(desk: Desk) -> None:
    there = desk.world.clock.now()
    desk.gateway.clock = FixedClock(datetime.fromtimestamp(there - 50, UTC))
    soon = desk.gateway.clock.now() + timedelta(seconds=60)
    await desk.do(Restrict(member=desk.mei, until=soon))
    assert 30 < desk.world.member(desk.room, desk.mei).until - there < 6000
    await desk.do(Ban(member=desk.mei, until=soon))
    assert 30 < desk.world.member(desk.room, desk.mei).until - there < 60


@pytest.mark.parametrize("desk", ["undated"], indirect=True)
async def test_a_kick_by_a_clock_that_is_behind_has_its_end_where_the_server_tells_no_time(
    desk: Desk,
) -> None:
    desk.gateway.clock = FixedClock(datetime(2020, 1, 1, tzinfo=UTC))
    (end,) = (await desk.do(Ban(member=desk.mei, kick=True))).then
    assert desk.world.member(desk.room, desk.mei).until == 0
    await desk.do(end)
    assert desk.world.member(desk.room, desk.mei).status == "left"


async def test_neither_a_kick_nor_its_end_lifts_another_ban(desk: Desk) -> None:
    kick = Ban(member=desk.mei, kick=True)
    (end,) = (await desk.do(kick)).then
    await desk.do(Ban(member=desk.mei))  # said while the kick was under way, so that it leaves before its end
    assert (await desk.do(end)).note == "the kick is over"
    assert await desk.do(kick) == Receipt(note="was banned before and stays so")
    assert desk.world.member(desk.room, desk.mei).status == "kicked"


async def test_a_member_is_promoted_and_put_back(desk: Desk) -> None:
    await desk.do(Promote(member=desk.mei, rights=("delete", "pin")))
    assert {"can_delete_messages", "can_pin_messages"} <= desk.room.members[desk.mei].rights
    await desk.do(Promote(member=desk.mei))
    assert desk.world.member(desk.room, desk.mei).status == "member"


async def test_messages_are_pinned_by_their_ids(desk: Desk) -> None:
    first, second = desk.says(), desk.says()
    await desk.do(PinMessage(message=first))
    await desk.do(PinMessage(message=second))
    await desk.do(Unpin(message=first))
    assert desk.room.pinned == [second]
    assert (await desk.do(Unpin(message=first))).note != ""
    await desk.do(Unpin())
    assert desk.room.pinned == []


async def test_a_topic_lives_its_life(desk: Desk) -> None:
    desk.world.make_forum(desk.room.id)
    (topic,) = (await desk.do(Topic(topic=None, act="create", name="Tea"))).message_ids
    await desk.do(Topic(topic=topic, act="rename", name="Green tea"))
    await desk.do(Topic(topic=topic, act="close"))
    assert (desk.room.topics[topic].name, desk.room.topics[topic].closed) == ("Green tea", True)
    assert "TOPIC_NOT_MODIFIED" in (await desk.do(Topic(topic=topic, act="close"))).note.upper()
    await desk.do(Topic(topic=topic, act="reopen"))
    await desk.do(Topic(topic=topic, act="delete"))
    assert set(desk.room.topics) == {GENERAL}
    await desk.do(Topic(topic=None, act="close"))
    assert desk.room.topics[GENERAL].closed


@pytest.mark.parametrize("closed", [False, True])
async def test_what_was_for_a_topic_that_is_gone_or_closed_is_said_in_general(
    desk: Desk, closed: bool
) -> None:
    desk.world.make_forum(desk.room.id)
    topic = 999
    if closed:
        (topic,) = (await desk.do(Topic(topic=None, act="create", name="Tea"))).message_ids
        await desk.do(Topic(topic=topic, act="close"))
        bot = desk.world.bots[TOKEN].user
        desk.world.promote(desk.room.id, bot, desk.owner, set(RIGHTS) - {"can_manage_topics"})
    receipt = await desk.do(Send(text="news", topic=topic))
    assert receipt.note == "the topic is gone or closed: said in General"
    assert desk.room.messages[receipt.message_ids[0]]["text"] == "news"


async def test_files_leave_from_text_from_a_path_and_by_id(desk: Desk, tmp_path: Any) -> None:
    made = await desk.do(Send(document="rules.yaml", content="locks: [sticker]", text="yours"))
    file = desk.room.messages[made.message_ids[0]]["document"]
    assert (file["file_name"], desk.world.files[made.file_id or ""][1]) == ("rules.yaml", b"locks: [sticker]")
    (tmp_path / "a.txt").write_text("words")
    again = await desk.do(Send(document=str(tmp_path / "a.txt")))
    assert desk.room.messages[again.message_ids[0]]["document"]["file_name"] == "a.txt"
    for kind in ("video", "animation", "sticker"):
        theirs = desk.world.carry(desk.mei, desk.room.id, kind)
        sent = await desk.do(Send(**{kind: theirs[kind]["file_id"]}))
        assert kind in desk.room.messages[sent.message_ids[0]]


def public(desk: Desk) -> list[str]:
    return [m["text"] for m in desk.room.messages.values() if "text" in m]


@pytest.mark.parametrize("desk", ["10.2", "10.3"], indirect=True)
async def test_a_word_for_one_member_is_seen_by_them_alone(desk: Desk) -> None:
    receipt = await desk.do(Send(text="only you", only_for=desk.mei))
    assert (receipt.message_ids, receipt.note) == ((), "seen by one member")
    assert [w["receiver_user"]["id"] for w in desk.room.whispers] == [desk.mei]
    assert public(desk) == []


@pytest.mark.parametrize("desk", [""], indirect=True)
async def test_a_server_without_them_is_never_sent_one(desk: Desk) -> None:
    for _ in range(2):
        with pytest.raises(Gone):
            await desk.do(Send(text="only you", only_for=desk.mei))
    assert desk.room.next_message == 3  # two service messages, and nothing else was ever there


@pytest.mark.parametrize("desk", ["11.0"], indirect=True)
async def test_one_that_became_public_is_taken_back_and_not_tried_again(desk: Desk) -> None:
    """A server of tomorrow that has the method and reads neither shape."""
    for _ in range(2):
        with pytest.raises(Gone):
            await desk.do(Send(text="only you", only_for=desk.mei))
    assert public(desk) == []
    assert [m["text"] for m in desk.room.removed.values()] == ["only you"]


async def test_nothing_is_whispered_unless_the_operator_allowed_it(desk: Desk) -> None:
    desk.world.ephemeral = "10.3"
    with pytest.raises(Gone):
        await desk.do(Send(text="only you", only_for=desk.mei))
    assert (desk.room.whispers, public(desk)) == ([], [])


@pytest.mark.parametrize("desk", ["10.3"], indirect=True)
async def test_who_is_not_here_is_not_whispered_to(desk: Desk) -> None:
    stranger = desk.world.add_user("Wu")
    with pytest.raises(Gone):
        await desk.do(Send(text="only you", only_for=stranger))
    assert public(desk) == []


async def test_words_whose_marks_are_refused_are_said_without_them(desk: Desk) -> None:
    marks = (Entity("custom_emoji", 0, 2, custom_emoji_id="none"),)
    receipt = await desk.do(Send(chat=1, text="🍎 hello", entities=marks))
    assert receipt.note.startswith("said without marks: ")
    message = desk.room.messages[receipt.message_ids[0]]
    assert (message["text"], message.get("entities")) == ("🍎 hello", None)


async def test_an_edit_that_changes_nothing_is_done(desk: Desk) -> None:
    sent = await desk.do(Send(text="0/8", ref="packet:1"))
    there = Target(desk.room.id, True, messages=sent.message_ids)
    for note in ("", "not modified"):
        receipt = await desk.gateway.perform(Edit(chat=1, ref="packet:1", text="1/8"), there)
        assert note in receipt.note
    assert desk.room.messages[sent.message_ids[0]]["text"] == "1/8"


async def test_an_edit_of_a_picture_changes_its_caption_and_of_an_album_the_first_one_only(
    desk: Desk,
) -> None:
    files = [desk.world.photo(bytes([n]))[0]["file_id"] for n in range(3)]
    one = await desk.do(Send(text="Mei", photo=files[0], ref="a"))
    many = await desk.do(Send(text="Mei", album=tuple(("photo", f) for f in files), ref="b"))
    for sent in (one, many):
        there = Target(desk.room.id, True, messages=sent.message_ids)
        for note in ("", "not modified"):
            receipt = await desk.gateway.perform(Edit(chat=1, ref="x", text="nobody"), there)
            assert note in receipt.note
    said = [desk.room.messages[i].get("caption") for i in (*one.message_ids, *many.message_ids)]
    assert said == ["nobody", "nobody", None, None]


async def test_an_edit_of_a_picture_is_cut_as_its_words_were(desk: Desk) -> None:
    """The renderer gives an edit the room of a text: it does not know what stands there."""
    sent = await desk.do(Send(text="Mei", photo=desk.world.photo(b"1")[0]["file_id"], ref="a"))
    there = Target(desk.room.id, True, messages=sent.message_ids)
    marks = (Entity("bold", 0, 1500),)
    await desk.gateway.perform(Edit(chat=1, ref="a", text="y" * 1500, entities=marks), there)
    message = desk.room.messages[sent.message_ids[0]]
    assert message["caption"] == "y" * 1023 + "…"
    assert [(e["offset"], e["length"]) for e in message["caption_entities"]] == [(0, 1024)]


async def test_an_edit_cut_off_between_two_messages_goes_on_with_the_second(desk: Desk) -> None:
    ids = [(await desk.do(Send(text="0/8", ref="x"))).message_ids[0] for _ in range(2)]
    both, first = (Target(desk.room.id, True, messages=tuple(i)) for i in (ids, ids[:1]))
    for there in (first, both):
        await desk.gateway.perform(Edit(chat=1, ref="x", text="1/8"), there)
    assert [desk.room.messages[i]["text"] for i in ids] == ["1/8", "1/8"]


async def test_a_sticker_has_no_words_to_edit(desk: Desk) -> None:
    file = desk.world.carry(desk.mei, desk.room.id, "sticker")["sticker"]["file_id"]
    sent = await desk.do(Send(sticker=file, ref="x"))
    with pytest.raises(Gone, match=r"(?i)there is no caption in the message to edit"):
        await desk.gateway.perform(
            Edit(chat=1, ref="x", text="b"), Target(desk.room.id, True, messages=sent.message_ids)
        )


async def test_a_paid_post_says_so_and_takes_nothing_of_the_free_limit(desk: Desk) -> None:
    for _ in range(2):
        await desk.do(Send(chat=1, text="hello", post=True, paid=True))
    await desk.do(Send(chat=1, text="hello", post=True))
    (limits,) = desk.methods._limits.values()
    assert (limits.paid, limits._tokens > limits.bucket - 2) == (2, True)


async def test_a_reaction_is_put_under_a_message_where_it_may_be(desk: Desk) -> None:
    mid = desk.says()
    assert await desk.do(React(message=mid, sign="👍")) == Receipt()
    assert list(desk.room.messages[mid]["_reactions"].values()) == [["👍"]]
    await desk.do(React(message=mid, sign=""))
    assert list(desk.room.messages[mid]["_reactions"].values()) == [[]]
    receipt = await desk.do(React(message=999, sign="👍"))
    assert "message to react not found" in receipt.note.lower()


async def test_of_what_was_sent_the_gateway_reads_ids_and_others_read_all(desk: Desk) -> None:
    rows = ((Button("Tea", url="https://tea.example"),),)
    receipt = await desk.do(Send(chat=1, text="with buttons", buttons=rows, reply_to=desk.says()))
    whole = await desk.gateway.bot.send_message(desk.room.id, "by a plug-in")
    (sent,) = receipt.message_ids
    assert (whole.text, whole.from_user.id if whole.from_user else 0) == ("by a plug-in", desk.gateway.bot.id)
    assert desk.room.messages[sent]["text"] == "with buttons"


async def test_bans_of_a_bot_that_was_thrown_out_are_not_done(desk: Desk) -> None:
    desk.world.remove_bot(TOKEN, desk.room.id, desk.owner)
    with pytest.raises(Gone) as out:
        await desk.do(Bans(members=(desk.mei,)))
    assert out.value.state == "kicked"


async def test_bans_in_a_group_that_was_upgraded_are_done_at_its_new_id(desk: Desk) -> None:
    desk.room = desk.world.add_chat("Coffee", desk.owner, type="group")
    desk.world.join(desk.mei, desk.room.id)
    desk.world.add_bot_to(TOKEN, desk.room.id, desk.owner, set(RIGHTS))
    new = desk.world.upgrade(desk.room.id, desk.owner)
    with pytest.raises(Gone) as out:
        await desk.do(Bans(members=(desk.mei,)))
    assert out.value.moved_to == new
    desk.room = desk.world.chats[new]
    await desk.do(Bans(members=(desk.mei, desk.owner)))  # who cannot be removed is passed over
    assert desk.world.member(desk.room, desk.mei).status == "kicked"
