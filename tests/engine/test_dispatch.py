"""What dispatch promises: a failing part loses only its own, twice is once, the guilty one alone."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import Struct

from groupbot import Answer, Button, Command, Message, Refusal, Router, Send, Tap, Work
from groupbot.core import taps
from groupbot.core.effects import Effect
from groupbot.engine.dispatch import Item
from groupbot.engine.inbox import quarantine
from groupbot.engine.notes import note
from groupbot.engine.writer import Lost, Writer
from groupbot.surfaces.telegram.wire import split
from tests.engine.desk import GROUP, KEY, LI, MEI, ROWS, Desk, counting, pack, toasts


class Press(Struct, frozen=True, tag="t.press"):
    n: int


class Won(Struct, frozen=True):
    who: int


class Order(Struct, frozen=True):
    by: int

    def refused(self, template: str, data: dict[str, Any]) -> Send:
        return Send(user=self.by, template=template, data=data)


def press(n: int, chat: int = 1) -> str:
    return taps.pack(Press(n), "t.press", chat, KEY)


async def test_failing_observer_stops_neither_guard_nor_handler(writer: Writer) -> None:
    router = Router("t")

    @router.observe
    def broken(event: Any, work: Work) -> None:
        work.notes("t", 1).set("lost", 1)
        work.say(Send(chat=work.chat, text="lost"))
        raise KeyError("observer")

    @router.guard
    def guard(event: Any, work: Work) -> bool:
        work.notes("t", 1).set("guard", 1)
        return False

    @router.command("hi")
    def hi(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="hello"))

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/hi"))
    assert (out.handled, out.quarantined) == (1, 1)
    assert [(s, n) for s, n, _ in desk.aside()] == [("step", "observe:t.broken")]
    assert (desk.notes("t", "guard"), desk.notes("t", "lost"), desk.texts()) == (1, None, ["hello"])


async def test_failing_guard_is_quarantined_and_the_next_guard_still_stops_the_event(writer: Writer) -> None:
    router = Router("t")

    @router.guard
    def broken(event: Any, work: Work) -> bool:
        raise ZeroDivisionError

    @router.guard
    def second(event: Any, work: Work) -> bool:
        return True

    @router.command("hi")
    def hi(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="hello"))

    desk = Desk(writer, router)
    await desk.feed(desk.message("/hi"))
    assert [(s, n) for s, n, _ in desk.aside()] == [("step", "guard:t.broken")]
    assert desk.texts() == []


async def test_refusal_undoes_the_step_and_says_its_template_on_command_and_on_tap(writer: Writer) -> None:
    router = Router("t")

    @router.command("pay", usage="/pay 5", example="/pay 7")
    def pay(cmd: Command, work: Work) -> None:
        work.notes("t", 1).set("paid", 1)
        raise Refusal("common/usage")

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        work.notes("t", 1).set("pressed", 1)
        raise Refusal("common/old_button")

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/pay x"), desk.tap(press(1)))
    assert (desk.notes("t", "paid"), desk.notes("t", "pressed"), desk.aside()) == (None, None, [])
    assert desk.texts() == ["用法:/pay 5\n例如:/pay 7"]
    assert [(a.text, a.cause) for a in out.answers] == [("这个按钮已经过期了。", "refusal")]


async def test_what_was_emitted_may_say_who_is_told_of_a_refusal(writer: Writer) -> None:
    router = Router("t")

    @router.command("order")
    def order(cmd: Command, work: Work) -> None:
        work.emit(Order(12))
        work.emit(Won(12))

    @router.on(Order)
    def ordered(order: Order, work: Work) -> None:
        raise Refusal("common/admin_only")

    @router.on(Won)
    def won(won: Won, work: Work) -> None:
        raise Refusal("common/admin_only")

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/order"))
    [said] = desk.said()  # of the other nobody is told: nobody asked for it
    assert isinstance(said, Send)
    assert (said.user, said.text, out.quarantined) == (12, "Only admins can do this.", 0)


async def test_refusal_whose_template_is_missing_costs_only_the_reply(writer: Writer) -> None:
    router = Router("t")

    @router.command("a")
    def a(cmd: Command, work: Work) -> None:
        raise Refusal("t/nowhere")

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        raise Refusal("t/nowhere")

    @router.command("b")
    def b(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="b"))

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/a"), desk.tap(press(1)), desk.message("/b"))
    assert (out.handled, out.quarantined, desk.texts()) == (3, 2, ["b"])
    assert toasts(out) == [""]  # the wheel on the button stops
    assert [(stage, step) for stage, step, _ in desk.aside()] == [("step", "refusal")] * 2


async def test_failing_handler_tells_the_member_a_number(writer: Writer) -> None:
    router = Router("t")

    @router.command("bad")
    def bad(cmd: Command, work: Work) -> None:
        raise RuntimeError("\x00 boom \ud800")

    desk = Desk(writer, router)
    await desk.feed(desk.message("/bad"))
    number = desk.rows(sa.select(quarantine.c.id))[0].id
    assert [f"Q{number}" in t for t in desk.texts()] == [True]
    assert desk.seen() == [2]


async def test_update_delivered_twice_is_done_once_also_inside_one_batch(writer: Writer) -> None:
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    one, two = desk.message("one"), desk.message("two")
    first = await desk.feed(one, two, one)
    again = await desk.feed(two, one)
    assert (first.duplicates, again.duplicates, desk.notes("t", "n")) == (1, 2, 2)


async def test_press_delivered_again_gets_its_stored_answer(writer: Writer) -> None:
    router = Router("t")

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        notes = work.notes("t", 1)
        notes.set("n", notes.get("n", 0) + 1)
        work.say(Answer(query_id=tap.query_id, text=f"no. {notes.get('n')}", alert=True))

    desk = Desk(writer, router)
    tap = desk.tap(press(1))
    first, again = await desk.feed(tap), await desk.feed(tap)
    assert (toasts(first), toasts(again)) == (["no. 1"], ["no. 1"])
    assert again.answers[0].alert
    assert desk.notes("t", "n") == 1


async def test_late_command_is_recorded_but_not_answered(writer: Writer) -> None:
    router = Router("t")
    router.observe(counting(router))

    @router.command("hi")
    def hi(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="hello"))

    desk = Desk(writer, router)
    await desk.feed(desk.message("/hi", ago=301), desk.message("/hi", ago=290))
    assert (desk.texts(), desk.notes("t", "n")) == (["hello"], 2)


async def test_one_lone_surrogate_spoils_no_other_update_of_the_answer(writer: Writer) -> None:
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    good = [pack(desk.message(f"m{n}")) for n in range(3)]
    bad = pack(desk.message("LONE")).replace(b"LONE", b"a\\ud83dz")
    payload = b'{"ok":true,"result":[' + b",".join([good[0], bad, *good[1:]]) + b"]}"
    out = await desk.feed(*[Item(raw=r) for r in split(payload)])
    assert (out.handled, out.quarantined, desk.notes("t", "n")) == (4, 0, 4)


@pytest.mark.parametrize(
    "field",
    ["text", "title", "first_name", "last_name", "username", "language_code"],
)
async def test_nul_in_any_text_is_stored_on_either_database(writer: Writer, field: str) -> None:
    router = Router("t")

    @router.observe
    def keep(event: Message, work: Work) -> None:
        work.notes("t", 1).set("text", event.text)

    desk = Desk(writer, router)
    update = desk.message("x", user=MEI | {field: "a\x00b"}, chat=GROUP | {field: "a\x00b"})
    if field == "text":
        update["message"]["text"] = "a\x00b"
    out = await desk.feed(update)
    assert (out.handled, desk.aside(), desk.seen()) == (1, [], [2])


@pytest.mark.parametrize(
    "change",
    [
        {"from": MEI | {"id": 1 << 63}},
        {"chat": GROUP | {"id": -(1 << 70)}},
        {"message_id": 1 << 64},
        {"date": 1 << 62},
        {"is_topic_message": True, "message_thread_id": 1 << 64},
        {"reply_to_message": {"message_id": 1 << 64}},
        {"reply_to_message": {"message_id": 1, "from": MEI | {"id": 1 << 64}}},
        {"entities": [{"type": "text_mention", "offset": 0, "length": 1, "user": MEI | {"id": 1 << 65}}]},
        {"migrate_to_chat_id": 1 << 64},
        {"sender_chat": GROUP | {"id": 1 << 64}},
    ],
)
async def test_integers_beyond_64_bits_are_put_aside_at_intake(writer: Writer, change: Any) -> None:
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    bad, good = desk.message("bad", **change), desk.message("good")
    out = await desk.feed(bad, good)
    assert (out.handled, out.quarantined, desk.notes("t", "n")) == (1, 1, 1)
    assert desk.aside() == [("decode", "intake", pack(bad))]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"x"',
        b'{"update_id":"seven"}',
        b'{"update_id":10,"message":{"chat":{"id":1,"type":"private"},"date":1}}',
        b'{"update_id":10,"message":5}',
        b'{"update_id":10,"message":{"message_id":1,"date":1,"chat":null}}',
        b'{"update_id":10,"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"update_id":10,"message":{"message_id":1,"date":1,"chat":{"id":-1,"type":"group"},"poll":'
        + b"[" * 3000
        + b"]" * 3000
        + b"}}",
        b"\xff\xfe\x00",
    ],
)
async def test_malformed_update_is_put_aside_and_the_rest_goes_on(writer: Writer, raw: bytes) -> None:
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    out = await desk.feed(desk.message("a"), raw, desk.message("b"))
    assert (out.handled, out.quarantined, desk.notes("t", "n")) == (2, 1, 2)
    assert [r for _, _, r in desk.aside()] == [raw]


async def test_update_of_an_unknown_kind_is_seen_and_nothing_else(writer: Writer) -> None:
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    out = await desk.feed({"update_id": 77, "telepathy": {"from": MEI}})
    assert (out.handled, out.quarantined, desk.seen(), desk.notes("t", "n")) == (1, 0, [77], None)


async def test_row_the_database_refuses_at_flush_puts_aside_only_the_guilty_one(writer: Writer) -> None:
    router = Router("t")

    @router.command("poison")
    def poison(cmd: Command, work: Work) -> None:
        work.add(ROWS, "t", 1, cmd.args, None)  # value is NOT NULL

    @router.command("good")
    def good(cmd: Command, work: Work) -> None:
        work.add(ROWS, "t", 1, cmd.args, 1)
        work.say(Send(chat=work.chat, text=cmd.args))

    desk = Desk(writer, router)
    updates = [desk.message(f"/good g{n}") for n in range(4)]
    updates.insert(2, desk.message("/poison p"))
    out = await desk.feed(*updates)
    assert (out.handled, out.quarantined) == (4, 1)
    assert [(s, n, r) for s, n, r in desk.aside()] == [("flush", "commit", pack(updates[2]))]
    assert desk.texts() == ["g0", "g1", "g2", "g3"]
    assert desk.seen() == [2, 3, 4, 5, 6]
    again = await desk.feed(*updates)
    assert (again.duplicates, desk.texts()) == (5, ["g0", "g1", "g2", "g3"])


async def test_statement_refused_inside_a_step_costs_only_the_step(writer: Writer) -> None:
    router = Router("t")

    @router.command("bad")
    def bad(cmd: Command, work: Work) -> None:
        work.notes("t", 1).set("kept", 1)
        work.sql.run(sa.insert(note).values(router="t", chat_id=1, key="kept", value="again"))

    @router.command("read")
    def read(cmd: Command, work: Work) -> None:
        work.sql.all(sa.text("select nothing from nowhere"))

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/bad"), desk.message("/read"), desk.message("fine"))
    assert (out.quarantined, desk.notes("t", "kept"), len(desk.seen())) == (2, None, 3)


async def test_full_disk_inside_a_step_is_tried_again_and_puts_nothing_aside(writer: Writer) -> None:
    router = Router("t")
    tries = []

    @router.command("write")
    def write(cmd: Command, work: Work) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise sqlite3.OperationalError("database or disk is full")
        work.say(Send(chat=work.chat, text="written"))

    desk = Desk(writer, router)
    out = await desk.feed(desk.message("/write"))
    assert (out.quarantined, len(tries), desk.texts(), desk.aside()) == (0, 3, ["written"], [])


async def test_a_text_too_long_for_postgresql_is_an_error_of_the_data(writer: Writer) -> None:
    """Its driver says it in the words for a server that is away; waiting would stop the bot for good."""
    router = Router("t")
    writer.write(lambda w: w.sql.run(sa.text("CREATE TABLE long_word (word TEXT PRIMARY KEY)")))
    word = "".join(f"{n * n:x}" for n in range(1000))

    @router.command("keep")
    def keep(cmd: Command, work: Work) -> None:
        work.sql.run(sa.text("INSERT INTO long_word VALUES (:word)").bindparams(word=word))

    @router.command("hello")
    def hello(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="hello"))

    desk = Desk(writer, router)
    writer.patience = 0.5
    out = await desk.feed(desk.message("/keep"), desk.message("/hello"))
    refused = writer.url.startswith("postgresql")
    assert (out.quarantined, desk.texts()[-1]) == (1 if refused else 0, "hello")


async def test_database_away_for_long_is_said_and_nothing_is_lost(writer: Writer) -> None:
    router = Router("t")

    @router.command("write")
    def write(cmd: Command, work: Work) -> None:
        raise sqlite3.OperationalError("database is locked")

    desk = Desk(writer, router)
    writer.patience = 0.05
    with pytest.raises(Lost):
        await desk.feed(desk.message("/write"))
    assert (desk.seen(), desk.aside()) == ([], [])


async def test_any_error_outside_the_steps_puts_aside_only_its_update(writer: Writer) -> None:
    """A feature's facts may be wrong too: no error may reach the poller."""
    router = Router("t")
    router.observe(counting(router))
    desk = Desk(writer, router)
    voice = desk.dispatch.facts.voice

    def failing(work: Work, chat: int | None, user: int | None) -> tuple[str, str]:
        if work.event is not None and getattr(work.event, "text", "") == "bad":
            raise AttributeError("voice")
        return voice(work, chat, user)

    desk.dispatch.facts.voice = failing  # type: ignore[method-assign]
    bad = desk.message("bad")
    out = await desk.feed(desk.message("a"), bad, desk.message("b"))
    assert (out.handled, out.quarantined, desk.notes("t", "n")) == (2, 1, 2)
    assert [r for _, _, r in desk.aside()] == [pack(bad)]


class Thanked(Struct, frozen=True):
    who: int


async def test_what_is_emitted_reaches_its_handlers_and_a_failing_one_undoes_nothing(writer: Writer) -> None:
    router, other = Router("t"), Router("u")

    @router.command("win")
    def win(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="won"))
        work.emit(Won(7))

    @router.command("lose")
    def lose(cmd: Command, work: Work) -> None:
        work.emit(Won(8))
        raise Refusal("common/admin_only")

    @other.on(Won)
    def broken(won: Won, work: Work) -> None:
        raise ValueError("broken")

    @other.on(Won)
    def thank(won: Won, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"thanks {won.who}"))
        work.emit(Thanked(won.who))

    @other.on(Thanked)
    def thanked(happening: Thanked, work: Work) -> None:
        work.say(Send(chat=work.chat, text="thanked"))

    desk = Desk(writer, router, other)
    await desk.feed(desk.message("/win"))
    assert desk.texts() == ["won", "thanks 7", "thanked"]
    assert [n for _, n, _ in desk.aside()] == ["on:u.broken"]
    await desk.feed(desk.message("/lose"))
    assert desk.texts()[3:] == ["这个操作只有管理员能用。"]


async def test_happenings_that_call_each_other_for_ever_are_put_aside(writer: Writer) -> None:
    router = Router("t")

    @router.command("go")
    def go(cmd: Command, work: Work) -> None:
        work.emit(Won(1))

    @router.on(Won)
    def again(won: Won, work: Work) -> None:
        work.emit(Won(won.who + 1))

    desk = Desk(writer, router)
    loop = desk.message("/go")
    out = await desk.feed(loop, desk.message("fine"))
    assert (out.handled, out.quarantined, desk.seen()) == (1, 1, [2, 3])


async def test_word_is_a_command_only_alone_unforwarded_and_where_words_are_on(writer: Writer) -> None:
    router = Router("t")

    @router.command("checkin", words=("签到",), aliases=("ci",))
    def checkin(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"in:{cmd.args}"))

    desk = Desk(writer, router)
    origin = {"type": "user", "sender_user": LI, "date": 1}
    await desk.feed(
        desk.message(" 签到 "),
        desk.message("我来签到"),
        desk.message("签到", forward_origin=origin),
        desk.message("/CI@Test_Bot now"),
        desk.message("!checkin"),
        desk.message("/checkin@other_bot"),
        desk.message("/nothing"),
        desk.message("/"),
    )
    assert desk.texts() == ["in:", "in:now", "in:"]
    assert desk.aside() == []


async def test_tap_without_an_answer_of_its_own_still_stops_the_wheel(writer: Writer) -> None:
    router = Router("t")

    @router.tap(Press)
    def pressed(tap: Tap, work: Work) -> None:
        assert isinstance(tap.data, Press)
        work.notes("t", 1).set("n", tap.data.n)

    desk = Desk(writer, router)
    out = await desk.feed(desk.tap(press(3)), desk.tap("t.press:AAAA.AAAA"))
    assert (toasts(out), desk.notes("t", "n")) == (["", "这个按钮已经过期了。"], 3)


async def test_said_buttons_are_sealed_for_their_chat(writer: Writer) -> None:
    router = Router("t")

    @router.command("play")
    def play(cmd: Command, work: Work) -> None:
        work.say(Send(chat=work.chat, text="press", buttons=((Button("Go", Press(4)),),)))

    desk = Desk(writer, router)
    await desk.feed(desk.message("/play"))
    effect: Effect = desk.said()[0]
    assert isinstance(effect, Send)
    assert effect.buttons[0][0].data == press(4)


async def test_tick_that_fails_is_put_aside_and_undone(writer: Writer) -> None:
    router = Router("t")
    desk = Desk(writer, router)

    def tick(work: Work) -> None:
        work.notes("t", 1).set("ticked", 1)
        raise ValueError("late")

    await desk.dispatch.tick("tick:t.tick", tick)
    kept = desk.rows(sa.select(quarantine.c.step, quarantine.c.update_id))
    assert [(r.step, r.update_id) for r in kept] == [("tick:t.tick", None)]
    assert desk.notes("t", "ticked") is None


async def test_flush_inside_a_step_keeps_its_own_rows_undoable(writer: Writer) -> None:
    router = Router("t")

    @router.observe
    def before(event: Any, work: Work) -> None:
        work.add(ROWS, "t", 1, f"before{event.update_id}", 1)

    @router.command("read")
    def read(cmd: Command, work: Work) -> None:
        work.add(ROWS, "t", 1, "own", 1)
        work.flush()
        assert work.notes("t", 1).get("before2") == 1
        assert work.notes("t", 1).get("own") == 1
        raise ValueError("after the flush")

    desk = Desk(writer, router)
    await desk.feed(desk.message("/read"))
    assert (desk.notes("t", "before2"), desk.notes("t", "own")) == (1, None)


async def test_a_handler_is_passed_by_where_its_cache_says_that_nothing_waits(writer: Writer) -> None:
    router, heard = Router("t"), []

    @router.on(Message, idle="t.words")
    def words(message: Message, work: Work) -> None:
        heard.append(message.text)
        if message.text == "done":
            work.put("t.words", work.chat, ())

    @router.on(Message, idle=("t.value", "on"))
    def switch(message: Message, work: Work) -> None:
        heard.append(message.text.upper())
        work.put("t.value", (work.chat, "on"), message.text == "one")

    desk = Desk(writer, router)
    for text in ("one", "two", "done", "late"):
        await desk.feed(desk.message(text))
    assert heard == ["one", "ONE", "two", "TWO", "done"]
    writer.write(lambda w: w.drop("t.words", 1))
    await desk.feed(desk.message("again"))
    assert heard[5:] == ["again"]
    writer.write(lambda w: w.put("t.words", 1, ()))
    writer.write(lambda w: w.put("t.value", (1, "on"), True))
    await desk.feed(desk.message("three"), desk.message("four"), desk.message("five"))
    assert heard[6:] == ["THREE"]


async def test_observers_and_guards_are_passed_by_likewise(writer: Writer) -> None:
    router, seen = Router("t"), []
    router.observe(lambda event, work: seen.append(f"o {event.text}"), idle="t.kept")
    router.guard(lambda event, work: event.text == "bad", idle=("t.value", "strict"))

    @router.on(Message)
    def heard(message: Message, work: Work) -> None:
        seen.append(message.text)
        work.put("t.kept", work.chat, message.text == "keep")
        work.put("t.value", (work.chat, "strict"), message.text != "free")

    desk = Desk(writer, router)
    await desk.feed(*(desk.message(t) for t in ("keep", "bad", "free", "bad", "last")))
    assert seen == ["o keep", "keep", "o bad", "o free", "free", "bad", "last"]


async def test_what_a_failed_step_said_of_who_waits_counts_for_nothing(writer: Writer) -> None:
    router, heard = Router("t"), []

    @router.command("break")
    def breaks(cmd: Command, work: Work) -> None:
        work.put("t.words", work.chat, ())
        raise KeyError("x")

    @router.on(Message, idle="t.words")
    def words(message: Message, work: Work) -> None:
        heard.append(message.text)

    desk = Desk(writer, router)
    await desk.feed(desk.message("one"), desk.message("/break"), desk.message("two"))
    assert heard == ["one", "two"]


async def test_a_long_question_is_read_beside_the_writer_and_answered_in_a_step_of_its_own(
    writer: Writer,
) -> None:
    router, asked, free = Router("t"), threading.Event(), threading.Event()

    def count(cmd: Command, work: Work) -> int:
        if cmd.args == "no":
            raise Refusal("common/usage")
        if cmd.args == "broken":
            raise KeyError("x")
        before = len(work.sql.all(sa.select(note)))
        asked.set()
        assert free.wait(10)
        return before + len(work.sql.all(sa.select(note)))

    @router.command("count", reads=count)
    def counted(cmd: Command, found: int, work: Work) -> None:
        work.say(Send(chat=work.chat, text=f"{found} in {work.chat}, {work.zone}"))

    @router.command("add")
    def add(cmd: Command, work: Work) -> None:
        work.notes("t").set(cmd.args, 1)

    @router.every(seconds=60, reads=lambda work: len(work.sql.all(sa.select(note))))
    def tick(found: int, work: Work) -> bool:
        work.notes("t", 1).set(f"tick {found}", 1)
        return found < 3

    desk = Desk(writer, router)
    await desk.feed(desk.message("/add a"), desk.message("/count"))
    assert await asyncio.to_thread(asked.wait, 10)
    await desk.feed(desk.message("/add b"))  # the writer is free, and one snapshot does not see it
    free.set()
    await asyncio.gather(*desk.dispatch.reading)
    assert desk.texts() == ["2 in 1, Asia/Shanghai"]
    await desk.feed(desk.message("/count no"), desk.message("/count broken"))
    await asyncio.gather(*desk.dispatch.reading)
    assert [(s, n) for s, n, _ in desk.aside()] == [("step", "handle:count")]
    assert len(desk.texts()) == 3
    await desk.dispatch.tick("tick:t.tick", tick, router.ticks[0].reads)
    keys = [r.key for r in desk.rows(sa.select(note.c.key).order_by(note.c.key))]
    assert keys == ["a", "b", "tick 2", "tick 3"]
