"""Which handler a command or a press belongs to, whether who asks may, and what their chat makes of it."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import Struct

from groupbot import Answer, Command, Message, Router, Send, Tap, Work
from groupbot.core import taps
from groupbot.core.effects import Delete, Effect
from groupbot.core.events import ANONYMOUS_ADMIN, BotStanding, Chat, Person, Standing
from groupbot.engine import proofs
from groupbot.engine.dispatch import Item
from groupbot.engine.dispatch.items import WHOLE, Outcome, id_of
from groupbot.engine.inbox import inbox, quarantine
from groupbot.engine.writer import Writer
from groupbot.features.members import service
from groupbot.features.members.domain import (
    ADMIN_ERROR,
    ANON_ADMIN,
    CLEAN,
    DISABLED,
    DISABLED_ADMINS,
    DISABLED_DROP,
    REPLY_LIFE,
    WORDS,
    Setting,
)
from groupbot.features.members.service import connecting
from tests.engine.desk import GROUP, KEY, LI, MEI, OTHER, Desk, pack, toasts
from tests.engine.test_dispatch import ROWS, Won

ADA = {"id": 22, "is_bot": False, "first_name": "Ada", "language_code": "en"}
OWNER = {"id": 23, "is_bot": False, "first_name": "Olga", "language_code": "en"}
GHOST = {"id": ANONYMOUS_ADMIN, "is_bot": True, "first_name": "Group"}
PRIVATE = {"id": MEI["id"], "type": "private", "first_name": "Mei"}
IN_GROUP = "Please use this command in a group, or connect to one here first: /connect"
ADMIN_ONLY, OWNER_ONLY = "这个操作只有管理员能用。", "这个操作只有群主能用。"


class Press(Struct, frozen=True, tag="t.press"):
    n: int = 1


class Far(Struct, frozen=True, tag="t.far"):
    chat: int


class Guarded(Struct, frozen=True, tag="t.guarded"):
    n: int = 1


def done(cmd: Command, work: Work) -> None:
    who = cmd.sender.id if cmd.sender else 0
    work.say(
        Send(
            chat=work.chat,
            text=f"{cmd.name} {cmd.args} of {who}",
            reply_to=cmd.message.message_id,
            lifetime=60,
        )
    )


async def opened(writer: Writer, *, started: bool = False) -> Desk:
    """A group with Mei and Li, Ada who may delete, and its owner; all are known to Telegram."""
    router = Router("t")
    router.command("say", words=("说",), aliases=("talk",))(done)
    router.command("any", where="any")(done)
    router.command("only", where="private")(done)
    router.command("set", who="admin")(done)
    router.command("mix", admin_args=("off",))(done)
    router.command("fit", admin_args={"cut": "delete", "sew": "info", "try": ""})(done)
    router.command("wear", who="admin", right="delete", admin_args={"out": "info"})(done)
    router.command("mine", where="any", mirrored=True)(done)
    router.command("ours", who="admin", right="delete", where="any", mirrored=True)(done)
    router.command("mute", who="admin", right="delete restrict")(done)
    router.command("top", who="owner")(done)
    router.command("crown", who="owner", where="any")(done)
    router.command("calm", who="helper", where="any")(done)
    router.command("pinit", who="admin", bot_right="pin delete")(done)

    @router.command("twice")
    def twice(cmd: Command, work: Work) -> None:
        for lifetime in (60, 61, None):
            work.say(Send(chat=work.chat, text=str(lifetime), lifetime=lifetime))
        work.say(Send(user=22, text="private", lifetime=60))

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        assert isinstance(tap.data, Press)
        work.say(Send(chat=work.chat, text=f"pressed {tap.data.n}"))

    @router.tap(Far, who="admin")
    def far(tap: Tap, work: Work) -> None:
        work.say(Answer(query_id=tap.query_id, text="far"))

    @router.tap(Guarded, who="admin", right="restrict")
    def guarded(tap: Tap, work: Work) -> None:
        work.say(Answer(query_id=tap.query_id, text="guarded"))

    d = Desk(writer, router)
    await d.feed(d.message("hello"))
    for user, status, rights in (
        (MEI, "member", ()),
        (LI, "member", ()),
        (ADA, "administrator", ("delete",)),
        (OWNER, "creator", ()),
    ):
        await d.feed(fact(d, user, status, *rights))
    if started:
        await d.feed(d.message("/start", chat=PRIVATE))
    return d


def fact(d: Desk, user: Any, status: str, *rights: str) -> Item:
    chat = Chat(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
    person = Person(user["id"], user["first_name"])
    return Item(event=Standing(at=d.at, chat=chat, person=person, status=status, rights=frozenset(rights)))


def put(d: Desk, setting: Setting, value: Any) -> None:
    d.writer.write(lambda w: service.put(w, setting, value, chat=1))


async def told(d: Desk, *updates: Any) -> list[Effect]:
    """What is said because of these updates, in one batch."""
    before = len(d.said())
    await d.feed(*updates)
    return d.said()[before:]


async def words(d: Desk, *updates: Any) -> list[str]:
    return [getattr(e, "text", type(e).__name__) for e in await told(d, *updates)]


# --- where
async def test_a_command_of_the_group_is_not_for_private_and_one_of_private_not_for_the_group(
    writer: Writer,
) -> None:
    d = await opened(writer)
    assert await words(d, d.message("/only", chat=PRIVATE), d.message("/any a", chat=PRIVATE)) == [
        "only  of 11",
        "any a of 11",
    ]
    assert await words(d, d.message("/any b"), d.message("/say c")) == ["any b of 11", "say c of 11"]
    assert await words(d, d.message("/only", user=LI)) == ["请私聊我使用这个指令。"]
    for text in ("/say", "/crown", "/calm"):  # nobody is the owner of a private chat: nobody is asked
        assert await words(d, d.message(text, chat=PRIVATE)) == [IN_GROUP]
    assert d.parked() == 0
    small = {"id": -700, "type": "group", "title": "A few friends"}
    assert await words(d, d.message("/say d", chat=small), d.message("/only", chat=small)) == [
        "say d of 11",
        "Please use this command in a private chat with me.",
    ]


async def test_a_refusal_in_the_group_is_a_short_reply_and_private_to_who_can_be_written_to(
    writer: Writer,
) -> None:
    d = await opened(writer, started=True)
    [reply] = await told(d, d.message("/set", user=LI, is_topic_message=True, message_thread_id=7))
    assert isinstance(reply, Send)
    assert (reply.chat, reply.text, reply.lifetime, reply.topic) == (1, ADMIN_ONLY, 60, 7)
    assert reply.reply_to == d.next_id
    [private] = await told(d, d.message("/set"))
    assert isinstance(private, Send)
    assert (private.user, private.chat, private.reply_to, private.cause) == (11, None, None, "refusal:set")
    [alone] = await told(d, d.message("/say", chat=PRIVATE))
    assert isinstance(alone, Send)
    assert (alone.user, alone.lifetime) == (None, None)


# --- who
async def test_an_argument_may_be_for_administrators_only(writer: Writer) -> None:
    d = await opened(writer)
    assert await words(d, d.message("/mix on"), d.message("/mix off"), d.message("/mix off", user=ADA)) == [
        "mix on of 11",
        ADMIN_ONLY,
        "mix off of 22",
    ]


async def test_a_word_asks_for_the_right_it_names_instead_of_the_commands(writer: Writer) -> None:
    d = await opened(writer)
    no = "你是管理员,但做这件事还要群主给你开通:修改群资料。"
    said = ("/fit cut", "/fit TRY on", "/fit sew", "/fit", "/wear", "/wear out")
    assert await words(d, *[d.message(text, user=ADA) for text in said]) == [
        "fit cut of 22",
        "fit TRY on of 22",
        no,
        "fit  of 22",
        "wear  of 22",
        no,
    ]
    assert await words(d, d.message("/fit try"), d.message("/fit on"), d.message("/fit sew", user=OWNER)) == [
        ADMIN_ONLY,
        "fit on of 11",
        "fit sew of 23",
    ]


async def test_a_helper_needs_no_right_and_an_administrator_does(writer: Writer) -> None:
    router = Router("h")
    router.command("calm", who="helper", right="restrict")(done)
    d = Desk(writer, router)
    d.dispatch.facts.on_shift = lambda work, chat, person: person == LI["id"]  # type: ignore[attr-defined]
    await d.feed(d.message("hello"))
    await d.feed(fact(d, MEI, "member"), fact(d, LI, "member"), fact(d, ADA, "administrator", "delete"))
    assert await words(d, *[d.message("/calm", user=u) for u in (LI, ADA, MEI)]) == [
        "calm  of 12",
        "你是管理员,但做这件事还要群主给你开通:封禁用户。",
        "这个操作只有管理员和当班的值班成员能用。",
    ]


async def test_who_lacks_a_right_is_told_which(writer: Writer) -> None:
    d = await opened(writer)
    assert await words(d, d.message("/mute", user=ADA), d.message("/mute", user=OWNER)) == [
        "你是管理员,但做这件事还要群主给你开通:封禁用户。",
        "mute  of 23",
    ]
    assert await words(d, d.message("/mute"), d.message("/top", user=ADA)) == [ADMIN_ONLY, OWNER_ONLY]


async def test_what_the_bot_itself_may_not_is_said_to_who_may(writer: Writer) -> None:
    d = await opened(writer)
    chat = Chat(GROUP["id"], GROUP["type"], GROUP["title"])  # type: ignore[arg-type]
    for rights, said in (
        ({"delete"}, "这件事我在这里还做不了:缺少权限「置顶消息」。请群主在管理员列表里给我打开。"),
        ({"delete", "pin"}, "pinit  of 22"),
    ):
        await d.feed(
            Item(event=BotStanding(at=d.at, chat=chat, status="administrator", rights=frozenset(rights)))
        )
        assert (await words(d, d.message("/pinit", user=ADA)))[-1:] == [said]
    assert await words(d, d.message("/pinit")) == [ADMIN_ONLY]


async def test_a_channel_may_say_what_anyone_may_and_nothing_else(writer: Writer) -> None:
    d = await opened(writer)
    channel = {"user": {"id": 136817688, "is_bot": True, "first_name": "Channel"}, "sender_chat": OTHER}
    found = await words(d, d.message("/say a", **channel), d.message("/set", **channel))
    assert [w.split(" of ")[0] for w in found] == ["say a", ADMIN_ONLY]


# --- who speaks as the group
def ghost(d: Desk, text: str) -> Any:
    return d.message(text, user=GHOST, sender_chat=GROUP)


async def test_who_speaks_as_the_group_proves_who_they_are_for_all_that_is_not_for_everybody(
    writer: Writer,
) -> None:
    d = await opened(writer)
    assert [w.split(" of ")[0] for w in await words(d, ghost(d, "/say b"))] == ["say b"]
    assert d.rows(sa.select(proofs.proof.c.id)) == []
    for text in ("/set a", "/mix off", "/mute", "/top"):
        [asked] = await told(d, ghost(d, text))
        assert isinstance(asked, Send)
        assert asked.text.startswith(f"这条 {text.split()[0]} 是以群的身份发的")
    put(d, ANON_ADMIN, True)
    assert [w.split(" of ")[0] for w in await words(d, ghost(d, "/mute"))] == ["mute "]
    [asked] = await told(d, ghost(d, "/top"))
    assert isinstance(asked, Send) and asked.buttons


async def test_a_proof_runs_the_command_as_whose_it_is_once(writer: Writer) -> None:
    d = await opened(writer)
    [asked] = await told(d, ghost(d, "/mute 5"))
    assert isinstance(asked, Send)
    data = asked.buttons[0][0].data
    assert data is not None
    out = await d.feed(d.tap(data, user=ADA))
    assert toasts(out) == ["你是管理员,但做这件事还要群主给你开通:封禁用户。"]
    before = len(d.said())
    out = await d.feed(d.tap(data, user=OWNER))
    assert toasts(out) == [""]
    made, removed = d.said()[before:]
    assert isinstance(removed, Delete) and isinstance(made, Send)
    assert (removed.ref, removed.chat, removed.cause) == (asked.ref, 1, "prove:mute")
    assert (made.text, made.cause) == ("mute 5 of 23", "handle:mute")
    [answer] = (await d.feed(d.tap(data, user=OWNER))).answers
    assert (answer.text, answer.cause) == ("这个按钮已经过期了。", "dispatch")
    assert len(d.said()) == before + 2


async def test_what_the_bot_lacks_is_said_after_the_proof_as_well(writer: Writer) -> None:
    d = await opened(writer)
    [asked] = await told(d, ghost(d, "/top"))
    assert isinstance(asked, Send) and asked.buttons[0][0].data is not None
    out = await d.feed(d.tap(asked.buttons[0][0].data, user=LI))
    assert toasts(out) == [OWNER_ONLY]
    writer.clock.shift(timedelta(seconds=61))
    out = await d.feed(d.tap(asked.buttons[0][0].data, user=OWNER))
    assert toasts(out) == ["这个按钮已经过期了。"]


# --- running a group from private
async def test_a_connected_administrator_runs_the_group_from_private(writer: Writer) -> None:
    d = await opened(writer)
    home = {"id": 22, "type": "private", "first_name": "Ada"}
    writer.write(connecting.connect, 22, 1)
    [answer] = await told(d, d.message("/set a", user=ADA, chat=home))
    assert isinstance(answer, Send)
    assert (answer.user, answer.chat, answer.text) == (22, None, "▸ West Lake\nset a of 22")
    assert await words(d, d.message("/any b", user=ADA, chat=home), d.message("说", user=ADA, chat=home)) == [
        "any b of 22",
        IN_GROUP,
    ]
    [answer] = await told(d, d.message("/say c", user=ADA, chat=home))
    assert isinstance(answer, Send)
    assert answer.text == "▸ West Lake\nsay c of 22"


async def test_a_connected_member_runs_nothing(writer: Writer) -> None:
    """Not even what anyone may in the group."""
    d = await opened(writer)
    writer.write(connecting.connect, 11, 1)
    assert await words(d, d.message("/say a", chat=PRIVATE)) == ["▸ West Lake\nOnly admins can do this."]
    assert await words(d, d.message("/any a", chat=PRIVATE)) == ["any a of 11"]


async def test_a_mirrored_command_tells_of_the_connected_group_who_is_in_it_and_is_private_else(
    writer: Writer,
) -> None:
    d = await opened(writer)
    home = {"id": 22, "type": "private", "first_name": "Ada"}
    assert await words(d, d.message("/mine", user=ADA, chat=home)) == ["mine  of 22"]
    for person in (22, 11, 12):
        writer.write(connecting.connect, person, 1)
    assert await words(d, d.message("/mine", user=ADA, chat=home)) == ["▸ West Lake\nmine  of 22"]
    assert await words(d, d.message("/mine", chat=PRIVATE)) == ["▸ West Lake\nmine  of 11"]
    await d.feed(fact(d, LI, "left"))
    writer.write(lambda w: w.put("members.here", (1, LI["id"]), False))
    away = {"id": LI["id"], "type": "private", "first_name": "Li"}
    assert await words(d, d.message("/mine", user=LI, chat=away)) == ["mine  of 12"]


async def test_a_mirrored_command_of_administrators_acts_on_the_connected_group_by_their_rights(
    writer: Writer,
) -> None:
    d = await opened(writer)
    home = {"id": 22, "type": "private", "first_name": "Ada"}
    assert await words(d, d.message("/ours", user=ADA, chat=home)) == [IN_GROUP]
    assert d.parked() == 0
    writer.write(connecting.connect, 22, 1)
    writer.write(connecting.connect, 11, 1)
    assert await words(d, d.message("/ours", user=ADA, chat=home)) == ["▸ West Lake\nours  of 22"]
    assert await words(d, d.message("/ours", chat=PRIVATE)) == ["▸ West Lake\nOnly admins can do this."]
    await d.feed(fact(d, ADA, "administrator"))
    [no] = await words(d, d.message("/ours", user=ADA, chat=home))
    assert no.startswith("▸ West Lake\nYou are an admin") and "delete" in no


# --- the habits of a chat
async def test_a_disabled_command_is_there_for_administrators_only(writer: Writer) -> None:
    d = await opened(writer)
    put(d, DISABLED, ["say"])
    assert await words(d, d.message("/say a"), d.message("/talk b"), d.message("/say c", user=ADA)) == [
        "say c of 22"
    ]
    assert [w.split(" of ")[0] for w in await words(d, ghost(d, "/say d"), d.message("/any e"))] == [
        "say d",
        "any e",
    ]
    put(d, DISABLED_ADMINS, True)
    assert await words(d, d.message("/say f", user=ADA), ghost(d, "/say g")) == []
    put(d, DISABLED_DROP, True)
    assert await told(d, d.message("/talk h")) == [
        Delete(
            chat=1,
            messages=(d.next_id,),
            cause="habits",
            why="/say is disabled here",
        )
    ]


async def test_habits_of_a_group_mean_nothing_in_private(writer: Writer) -> None:
    d = await opened(writer)
    await d.feed(d.message("/any", chat=PRIVATE))
    writer.write(lambda w: service.put(w, DISABLED, ["any"], chat=2))
    writer.write(lambda w: service.put(w, CLEAN, ["other"], chat=2))
    assert await words(d, d.message("/any a", chat=PRIVATE), d.message("/nothing", chat=PRIVATE)) == [
        "any a of 11"
    ]


async def test_members_hear_nothing_of_what_is_not_theirs_where_that_is_off(writer: Writer) -> None:
    d = await opened(writer)
    put(d, ADMIN_ERROR, False)
    assert await words(d, d.message("/set a"), d.message("/mix off"), d.message("/say b")) == ["say b of 11"]
    assert await words(d, d.message("/set c", user=ADA)) == ["set c of 22"]
    [asked] = await told(d, ghost(d, "/set d"))
    assert isinstance(asked, Send) and asked.buttons
    assert await words(d, d.message("/set e", user={"id": 99, "is_bot": False, "first_name": "Op"})) == [
        "set e of 99"
    ]


@pytest.mark.parametrize(
    ("kinds", "gone"),
    [(["user"], [0]), (["admin"], [1]), (["other"], [2]), (["all"], [0, 1, 2]), ([], [])],
)
async def test_messages_of_commands_go_by_their_kind(
    writer: Writer, kinds: list[str], gone: list[int]
) -> None:
    d = await opened(writer)
    put(d, CLEAN, kinds)
    first = d.next_id + 1
    said = await told(d, d.message("/say a"), d.message("/set b", user=ADA), d.message("/nothing"))
    removed = [e for e in said if isinstance(e, Delete)]
    assert [e.messages for e in removed] == [(first + n,) for n in gone]
    assert {(e.chat, e.cause) for e in removed} <= {(1, "habits")}
    assert [getattr(e, "text", "") for e in said if isinstance(e, Send)] == ["say a of 11", "set b of 22"]


async def test_what_is_late_is_not_removed_and_a_word_that_is_no_command_never(writer: Writer) -> None:
    d = await opened(writer)
    put(d, CLEAN, ["all"])
    assert await told(d, d.message("/nothing", ago=301), d.message("!nothing"), d.message("nothing")) == []


async def test_a_command_that_waits_for_a_fact_is_removed_when_it_ran(writer: Writer) -> None:
    d = await opened(writer)
    put(d, CLEAN, ["all"])
    zoe = {"id": 77, "is_bot": False, "first_name": "Zoe", "language_code": "en"}
    assert await told(d, d.message("/set a", user=zoe)) == []
    mid = d.next_id
    said = await told(d, fact(d, zoe, "administrator"))
    assert [getattr(e, "text", getattr(e, "messages", None)) for e in said] == ["set a of 77", (mid,)]


@pytest.mark.parametrize(("life", "stays"), [(0, None), (120, 120), (60, 60)])
async def test_short_replies_stay_as_long_as_the_chat_likes(
    writer: Writer, life: int, stays: int | None
) -> None:
    d = await opened(writer)
    put(d, REPLY_LIFE, life)
    put(d, CLEAN, ["other"])
    said = [e for e in await told(d, d.message("/twice"), d.message("/say a")) if isinstance(e, Send)]
    assert [e.lifetime for e in said] == [stays, 61, None, 60, stays]


# --- buttons
async def test_a_button_is_opened_once_and_means_the_same_to_a_crowd(writer: Writer) -> None:
    d = await opened(writer)
    one, two = (taps.pack(Press(n), "t.press", 1, KEY) for n in (1, 2))
    assert await words(d, d.tap(one), d.tap(two), d.tap(one, user=LI)) == [
        "pressed 1",
        "pressed 2",
        "pressed 1",
    ]
    assert len(d.dispatch._opened) == 2
    forged = d.tap(one, chat=OTHER)
    old = Answer(
        query_id=forged["callback_query"]["id"],
        text="这个按钮已经过期了。",
        cause="dispatch",
    )
    [answer] = (await d.feed(forged)).answers
    assert (answer.query_id, answer.text, answer.cause) == (old.query_id, old.text, old.cause)
    press = d.tap(one)
    for cause in ("t.press", "again"):
        [answer] = (await d.feed(press)).answers
        assert (answer.text, answer.cause) == ("", cause)


async def test_no_more_than_some_thousand_buttons_are_remembered(writer: Writer) -> None:
    d = await opened(writer)
    d.dispatch._opened = {(str(n), 1): Press(n) for n in range(4096)}
    await d.feed(d.tap(taps.pack(Press(1), "t.press", 1, KEY)))
    assert len(d.dispatch._opened) == 1
    d.dispatch._opened = {(str(n), 1): Press(n) for n in range(4095)}
    await d.feed(d.tap(taps.pack(Press(1), "t.press", 1, KEY)))
    assert len(d.dispatch._opened) == 4096


async def test_a_button_in_private_is_sealed_for_its_person(writer: Writer) -> None:
    d = await opened(writer, started=True)
    assert len(await told(d, d.tap(taps.pack(Press(), "t.press", -11, KEY), user=MEI, chat=PRIVATE))) == 1
    out = await d.feed(d.tap(taps.pack(Press(), "t.press", 2, KEY), user=MEI, chat=PRIVATE))
    assert toasts(out) == ["This button has expired."]


async def test_a_button_may_act_on_the_group_it_names(writer: Writer) -> None:
    """Pressed in private or in another group, the rights are those in the group that its data names."""
    d = await opened(writer)
    await d.feed(d.message("hello", chat=OTHER))
    for user, said in ((ADA, "far"), (MEI, ADMIN_ONLY)):
        out = await d.feed(d.tap(taps.pack(Far(1), "t.far", 2, KEY), user=user, chat=OTHER))
        assert toasts(out) == [said]
    out = await d.feed(d.tap(taps.pack(Guarded(), "t.guarded", 1, KEY), user=ADA))
    assert toasts(out) == ["你是管理员,但做这件事还要群主给你开通:封禁用户。"]


# --- words
async def test_a_word_is_a_command_where_the_group_wants_it(writer: Writer) -> None:
    d = await opened(writer)
    assert await words(d, d.message("说"), d.message("说" + " " * 11), d.message("说" + " " * 12)) == [
        "say  of 11",
        "say  of 11",
    ]
    edited = d.message("说")
    edited["edited_message"] = edited.pop("message") | {"edit_date": int(d.at.timestamp())}
    assert await words(d, edited) == []
    put(d, WORDS, False)
    assert await words(d, d.message("说")) == []


async def test_a_word_with_an_at_stands_for_its_command_whatever_follows(writer: Writer) -> None:
    router = Router("t")
    router.command("report", words=("@admin",))(done)
    router.command("keep", forwards=True)(done)
    d = Desk(writer, router)
    origin = {"type": "user", "sender_user": LI, "date": 1}
    found = await words(
        d,
        d.message("@Admin look  here"),
        d.message("@admin"),
        d.message("@admins"),
        d.message("please @admin"),
        d.message("@admin", forward_origin=origin),
        d.message("/keep a", forward_origin=origin),
        d.message("!keep b", forward_origin=origin),
        d.message("keep", forward_origin=origin),
        d.message("/report", forward_origin=origin),
        d.message("/nothing", forward_origin=origin),
    )
    assert found == ["report look  here of 11", "report  of 11", "keep a of 11", "keep b of 11"]
    edited = d.message("@admin")
    edited["edited_message"] = edited.pop("message") | {"edit_date": int(d.at.timestamp())}
    assert await words(d, edited) == []


# --- one step again
async def test_one_step_is_tried_again_alone_and_a_whole_update_with_all_of_them(writer: Writer) -> None:
    router, seen = Router("t"), list[str]()

    @router.observe
    def note(event: Any, work: Work) -> None:
        seen.append("observe")

    @router.guard
    def guard(event: Any, work: Work) -> bool:
        seen.append("guard")
        return False

    @router.on(Message)
    def heard(event: Message, work: Work) -> None:
        seen.append("on")

    @router.command("say")
    def say(cmd: Command, work: Work) -> None:
        seen.append("say")

    d = Desk(writer, router)
    command, late = pack(d.message("/say")), pack(d.message("/say", ago=400))

    async def again(raw: bytes, only: str) -> list[str]:
        seen.clear()
        out = await d.feed(Item(raw=raw, only=only))
        assert (out.duplicates, out.handled) == (0, 1)
        return [*seen]

    assert await again(command, "") == ["observe", "guard", "say"]
    assert await again(command, "guard:t.guard") == ["guard"]
    assert await again(command, "observe:t.note") == ["observe"]
    assert await again(command, "handle:say") == ["say"]
    assert await again(command, WHOLE) == ["observe", "guard", "say"]
    assert await again(late, "") == ["observe", "guard"]
    assert await again(late, WHOLE) == ["observe", "guard", "say"]
    assert await again(pack(d.message("hello")), "") == ["observe", "guard", "on"]


async def test_an_observer_that_failed_runs_again_without_the_others(writer: Writer) -> None:
    """Together first, for nearly always nothing fails; then each alone."""
    router, broken = Router("t"), [True]

    @router.observe
    def fine(event: Any, work: Work) -> None:
        notes = work.notes("t", 1)
        notes.set("fine", notes.get("fine", 0) + 1)

    @router.observe
    def fails(event: Any, work: Work) -> None:
        work.notes("t", 1).set("fails", 1)
        if broken:
            raise KeyError("x")

    @router.guard
    def stops(event: Any, work: Work) -> bool:
        return getattr(event, "text", "") == "stop"

    @router.on(Message)
    def heard(event: Message, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"heard {event.text}"))

    d = Desk(writer, router)
    for text in ("a", "stop"):
        assert await words(d, d.message(text)) == (["heard a"] if text == "a" else [])
    assert (d.notes("t", "fine"), d.notes("t", "fails"), len(d.aside())) == (2, None, 2)
    broken.clear()
    assert await words(d, d.message("b"), d.message("stop")) == ["heard b"]
    assert (d.notes("t", "fine"), d.notes("t", "fails"), len(d.aside())) == (4, 1, 2)


async def test_what_observers_wrote_together_stays_when_the_handler_after_them_fails(writer: Writer) -> None:
    router = Router("t")

    @router.observe
    def writes(event: Any, work: Work) -> None:
        work.notes("t", 1).set("written", 1)

    @router.observe
    def looks(event: Any, work: Work) -> None:
        pass

    @router.command("break")
    def breaks(cmd: Command, work: Work) -> None:
        work.notes("t", 1).set("broken", 1)
        raise KeyError("x")

    d = Desk(writer, router)
    await d.feed(d.message("/break"))
    assert (d.notes("t", "written"), d.notes("t", "broken")) == (1, None)
    assert [step for _, step, _ in d.aside()] == ["handle:break"]


async def test_when_a_batch_is_handled_no_step_is_open(writer: Writer) -> None:
    """What comes after it may begin where it likes (`empty_caches` refuses within a step)."""
    d = await opened(writer)
    router = Router("u")
    router.observe(lambda event, work: work.notes("u", 1).set("seen", 1))
    d.dispatch.registry.add(router)
    for text in ("hello", "/say a"):
        item = Item(raw=pack(d.message(text)))
        writer.write(lambda w, item=item: (d.dispatch.batch(w, [item]), w.empty_caches()))
    assert d.notes("u", "seen") == 1


# --- what a batch leaves
def test_an_id_is_read_from_damaged_bytes() -> None:
    found = [
        id_of(raw)
        for raw in (
            b'{"update_id":17,"message":{',
            b'{"x":1,"update_id" :\t\n 18}',
            b'{"update_id":0}',
            b'{"update_id":17:',
            b'{"update_id":17/',
            b'{"update_id":"19"}',
            b'{"update_id":999999999999999999',
            b'{"update_id":1000000000000000000',
            b'"update_id"20',
            b'{"update":21}',
            b"",
        )
    ]
    assert found == [17, 18, 0, 17, 17, None, 999999999999999999, None, 20, None, None]


async def test_outcomes_add_up(writer: Writer) -> None:
    d = await opened(writer)
    first = await d.feed(d.message("/say a", ago=5))
    second = await d.feed(d.message("/say b", ago=9), d.tap("x"), b"{")
    assert (first.handled, first.said, len(first.answers), first.quarantined) == (1, 1, 0, 0)
    assert (second.handled, second.said, len(second.answers), second.quarantined) == (2, 1, 1, 1)
    zoe = {"id": 77, "is_bot": False, "first_name": "Zoe"}
    waits = await d.feed(d.message("/set", user=zoe))
    assert (waits.said, len(waits.asks), waits.parked, waits.fed) == (0, 1, 1, [])
    whole = Outcome()
    whole.add(first)
    whole.add(second)
    assert whole.newest == max(filter(None, (first.newest, second.newest)))
    whole.add(Outcome(duplicates=2, parked=3))
    assert (whole.handled, whole.said, whole.answers, whole.quarantined) == (3, 2, second.answers, 1)
    assert (whole.duplicates, whole.parked, whole.newest, whole.more) == (2, 3, whole.newest, False)
    empty = Outcome()
    empty.add(first)
    assert empty.newest == first.newest


async def test_a_tick_that_has_more_to_do_runs_again_and_what_it_says_leaves(writer: Writer) -> None:
    d, left, woken = await opened(writer), [3, 2, 1], list[int]()

    async def after(out: Outcome) -> None:
        woken.append(out.said)

    d.dispatch.after = after

    def tick(work: Work) -> bool:
        n = left.pop(0)
        if n == 2:
            work.say(Send(chat=1, text="two"))
        return n > 1

    await d.dispatch.tick("tick:t.tick", tick)
    assert (left, woken) == ([], [1])


async def test_a_list_that_the_database_refuses_is_done_one_at_a_time_and_the_guilty_put_aside(
    writer: Writer,
) -> None:
    d, calls = await opened(writer), list[tuple[int, bool]]()

    def tick(work: Work, most: int = 10, guilty: bool = False) -> bool:
        calls.append((most, guilty))
        left = [n for n in (1, 2, 3, 4) if work.notes("t", 1).get(str(n)) is None]
        for n in left[:most]:
            if guilty:
                work.notes("t", 1).set(str(n), "aside")
            else:
                work.add(ROWS, "t", 1, str(n), None if n == 2 else "sent")  # value is NOT NULL
        return len(left) > most

    await d.dispatch.tick("tick:t.tick", tick)
    assert calls == [(10, False), (1, False), (1, False), (1, True), (1, False), (1, False)]
    assert [d.notes("t", str(n)) for n in (1, 2, 3, 4)] == ["sent", "aside", "sent", "sent"]


async def test_a_list_that_is_refused_whatever_is_done_is_an_error(writer: Writer) -> None:
    d, calls = await opened(writer), list[int]()

    def plain(work: Work) -> None:
        calls.append(0)
        work.add(ROWS, "t", 1, "x", None)

    def worse(work: Work, most: int = 10, guilty: bool = False) -> None:
        calls.append(most)
        work.add(ROWS, "t", 1, "x", None)

    for tick in (plain, worse):
        with pytest.raises(Exception, match=r"NOT NULL|not-null"):
            await d.dispatch.tick("tick:t.tick", tick)
    assert calls == [0, 10, 1, 1]


async def test_what_is_left_for_the_end_of_a_batch_is_done_once_and_alone(writer: Writer) -> None:
    router = Router("t")

    @router.observe
    def note(event: Message, work: Work) -> None:
        if type(event) is Message:
            work.finally_("sum", lambda w: w.say(Send(chat=1, text=f"sum of chat {w.chat}")))
            work.finally_("bad", broken)

    def broken(work: Work) -> None:
        work.say(Send(chat=1, text="lost"))
        raise KeyError("x")

    d = Desk(writer, router)
    assert await words(d, d.message("a"), d.message("b")) == ["sum of chat 0"]  # of none
    kept = d.rows(sa.select(quarantine.c.update_id, quarantine.c.stage, quarantine.c.step))
    assert [tuple(r) for r in kept] == [(None, "step", "finally:bad")]


async def test_what_a_batch_leaves_is_told_after_its_commit(writer: Writer) -> None:
    d, seen = await opened(writer), list[tuple[int, int]]()

    async def after(out: Outcome) -> None:
        seen.append((out.handled, len(d.texts())))

    d.dispatch.after = after
    await d.feed(d.message("/say a"), d.message("/say b"))
    assert seen == [(2, 2)]


async def test_updates_are_kept_for_handlers_of_the_library_where_there_are_any(writer: Writer) -> None:
    d = await opened(writer)
    d.dispatch.registry.ptb_handlers.append(object())
    one, own = d.message("a"), fact(d, MEI, "member")
    assert (await d.feed(one, own)).fed == [pack(one)]


async def test_what_observers_emit_is_heard_also_when_they_are_tried_together(writer: Writer) -> None:
    router = Router("t")

    @router.observe
    def first(event: Any, work: Work) -> None:
        if type(event) is Message:
            work.emit(Won(1))

    @router.observe
    def second(event: Any, work: Work) -> None:
        pass

    @router.on(Won)
    def won(happening: Won, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"won {happening.who}"))

    d = Desk(writer, router)
    assert await words(d, d.message("a")) == ["won 1"]


async def test_an_event_of_our_own_that_fails_names_no_update(writer: Writer) -> None:
    router = Router("t")

    @router.on(Standing)
    def broken(event: Standing, work: Work) -> None:
        raise KeyError("x")

    d = Desk(writer, router)
    await d.feed(d.message("hello"))
    await d.feed(fact(d, MEI, "member"))
    kept = d.rows(sa.select(quarantine.c.update_id, quarantine.c.step, quarantine.c.raw))
    assert [(r.update_id, r.step, bytes(r.raw)) for r in kept] == [(None, "on:t.broken", b"")]


async def test_a_press_that_was_put_aside_and_comes_again_is_only_seen(writer: Writer) -> None:
    router = Router("t")

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        work.add(ROWS, "t", 1, "x", None)  # value is NOT NULL

    d = Desk(writer, router)
    tap = d.tap(taps.pack(Press(), "t.press", 1, KEY))
    await d.feed(d.message("hello"))
    first, again = await d.feed(tap), await d.feed(tap)
    assert (first.quarantined, again.quarantined, again.duplicates, again.answers) == (1, 0, 1, [])


ZOE = {"id": 77, "is_bot": False, "first_name": "Zoe", "language_code": "en"}


async def test_a_press_of_somebody_unknown_is_answered_before_it_waits(writer: Writer) -> None:
    d = await opened(writer)
    out = await d.feed(d.tap(taps.pack(Far(1), "t.far", 1, KEY), user=ZOE), d.message("/say a"))
    [answer] = out.answers
    assert (answer.text, answer.cause, out.parked) == ("正在核对权限,稍等…", "dispatch", 1)
    out = await d.feed(d.tap(taps.pack(Press(), "t.press", 1, KEY), user=LI))
    [answer] = out.answers
    assert (answer.text, answer.cause, d.parked()) == ("正在核对权限,稍等…", "dispatch", 3)


async def test_a_press_in_another_group_that_waited_is_handled_where_it_was_pressed(writer: Writer) -> None:
    d = await opened(writer)
    home = {"id": 77, "type": "private", "first_name": "Zoe"}
    await d.feed(d.message("hello", chat=OTHER), d.message("/start", user=ZOE, chat=home))
    await d.feed(d.tap(taps.pack(Far(1), "t.far", 2, KEY), user=ZOE, chat=OTHER))
    [told_] = await told(d, fact(d, ZOE, "administrator"))
    assert isinstance(told_, Send)
    assert (told_.user, told_.text, d.parked()) == (77, "far", 0)


async def test_an_event_of_our_own_that_the_database_refuses_is_put_aside_and_what_waited_asks_again(
    writer: Writer,
) -> None:
    router = Router("p")

    @router.on(Standing)
    def poison(event: Standing, work: Work) -> None:
        if event.person.id == ZOE["id"]:
            work.add(ROWS, "t", 1, "x", None)  # value is NOT NULL

    router.command("set", who="admin")(done)
    router.command("say")(done)
    d = Desk(writer, router)
    await d.feed(d.message("hello"))
    await d.feed(d.message("/set a", user=ZOE), d.message("/say b"))
    out = await d.feed(fact(d, ZOE, "administrator"))
    assert (out.quarantined, d.aside()) == (1, [("flush", "commit", b"")])
    assert ([a.member for a in out.asks], d.parked()) == ([77], 2)  # it was not stored: it is asked again


async def test_parked_bytes_that_nobody_can_read_any_more_are_put_aside_and_the_rest_goes_on(
    writer: Writer,
) -> None:
    d = await opened(writer)
    await d.feed(d.message("/set a", user=ZOE), d.message("/say b"), d.message("/say c"))
    rows = d.rows(sa.select(inbox.c.id).order_by(inbox.c.id))
    spoil = sa.update(inbox).where(inbox.c.id == rows[1].id).values(raw=b"{")
    writer.write(lambda w: w.sql.run(spoil))
    assert await words(d, fact(d, ZOE, "administrator")) == ["set a of 77", "say c of 11"]
    assert (d.aside(), d.parked()) == ([("decode", "intake", b"{")], 0)
    [kept] = d.rows(sa.select(quarantine.c.update_id))
    assert kept.update_id == d.next_id - 1
    assert await words(d, d.message("/say d")) == ["say d of 11"]


@pytest.mark.parametrize("last", [True, False])
async def test_a_parked_event_that_the_database_refuses_holds_its_chat_no_longer(
    writer: Writer, last: bool
) -> None:
    router = Router("p")

    @router.command("poison")
    def poison(cmd: Command, work: Work) -> None:
        work.add(ROWS, "t", 1, "x", None)  # value is NOT NULL

    router.command("set", who="admin")(done)
    router.command("say")(done)
    d = Desk(writer, router)
    await d.feed(d.message("hello"))
    await d.feed(d.message("/set a", user=ZOE))
    bad = d.message("/poison")
    rest = [] if last else [d.message("/say b"), d.message("/set c", user=LI), d.message("/say d")]
    await d.feed(bad, *rest)
    out = await d.feed(fact(d, ZOE, "administrator"))
    assert (d.aside(), out.quarantined) == ([("flush", "commit", pack(bad))], 1)
    assert d.texts() == ["set a of 77", *([] if last else ["say b of 11"])]
    assert d.parked() == (0 if last else 2)
    assert await words(d, d.message("/say e"), fact(d, LI, "administrator")) == [
        *([] if last else ["set c of 12", "say d of 11"]),
        "say e of 11",
    ]


async def test_an_answer_read_beside_the_writer_leaves_after_its_commit_as_its_chat_likes(
    writer: Writer,
) -> None:
    router, seen = Router("r"), list[tuple[int, int]]()

    def look(cmd: Command, work: Work) -> tuple[int, str, str]:
        return work.chat, work.lang, work.zone

    @router.command("look", where="any", reads=look)
    def looked(cmd: Command, found: tuple[int, str, str], work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"{found}", lifetime=60))

    async def after(out: Outcome) -> None:
        seen.append((out.said, out.handled))

    d = Desk(writer, router)
    await d.feed(d.message("hello"))
    put(d, REPLY_LIFE, 120)
    d.dispatch.after = after
    await d.feed(d.message("/look"))
    await asyncio.gather(*d.dispatch.reading)
    [said] = d.said()
    assert isinstance(said, Send)
    assert (said.text, said.lifetime) == ("(1, 'zh', 'Asia/Shanghai')", 120)
    assert seen == [(0, 1), (1, 0)]
    assert d.dispatch.reading == set()
    writer.write(lambda w: service.put(w, REPLY_LIFE, 120, chat=2))  # a private chat has no such habit
    await d.feed(d.message("/look", chat=PRIVATE))
    await asyncio.gather(*d.dispatch.reading)
    said = d.said()[-1]
    assert isinstance(said, Send)
    assert (said.text, said.lifetime) == ("(2, 'en', 'UTC')", 60)


async def test_questions_end_with_the_bot(writer: Writer) -> None:
    router, free = Router("r"), threading.Event()

    @router.command("look", reads=lambda cmd, work: free.wait(10))
    def looked(cmd: Command, found: bool, work: Work) -> None:
        work.say(Send(chat=work.chat, text="late"))

    d = Desk(writer, router)
    await d.feed(d.message("/look"))
    [task] = d.dispatch.reading
    d.dispatch.forget()
    free.set()
    await asyncio.gather(task, return_exceptions=True)
    assert (task.cancelled(), d.texts()) == (True, [])
