"""The sender around its calls: toasts, what cannot be booked, who is told, and how it starts and ends."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import weakref
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Answer, Ask, Delete, Edit, Effect, Receipt, Restrict, Send
from groupbot.core.events import BotStanding, Chat, Event, Upgraded
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine.addresses import upgrade
from groupbot.engine.clock import ticking
from groupbot.engine.entries import Result
from groupbot.engine.outbox import Outbox, Target
from groupbot.engine.outbox.hand import keys_of
from groupbot.engine.outbox_table import outbox
from groupbot.engine.receipts import book, mark
from groupbot.engine.recovery import recover
from groupbot.engine.taking_back import spare
from groupbot.engine.upgrades import forget_messages
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import Denied, Gone, Later
from tests.conftest import START
from tests.engine.test_outbox import FAST, Recorder, arrived, calm, group, say, sending, states


async def test_five_hundred_toasts_are_under_way_at_most(writer: Writer) -> None:
    gateway = Recorder()
    box = Outbox(writer, gateway)
    for n in range(502):
        box.answer(Answer(query_id=f"q{n}"))
    await box.stop()
    assert len(gateway.done) == 500
    box.answer(Answer(query_id="late"))
    await asyncio.sleep(0)
    assert len(gateway.done) == 500


async def test_a_question_comes_back_with_what_telegram_told(writer: Writer) -> None:
    told = BotStanding(at=START, chat=Chat(-1001, "supergroup"), status="administrator")
    heard: list[tuple[Event, ...]] = []

    async def back(events: tuple[Event, ...]) -> None:
        heard.append(events)

    gateway = Recorder()
    gateway.answer = lambda e, t: Receipt(events=(told,))
    box = Outbox(writer, gateway)
    box.ask(Ask(chat=1, member=5), Target(-1001, True), back)
    await box.stop()
    assert (heard, gateway.done) == ([(told,)], [(Ask(chat=1, member=5), Target(-1001, True))])


async def test_what_cannot_be_booked_holds_nothing_else_back(writer: Writer) -> None:
    """Three receipts in one transaction, of which the database refuses one: then each alone."""
    box = Outbox(writer, Recorder())
    await say(box, writer, *[Send(chat=group(writer, n), text="a") for n in (1, 2, 3)])
    await box._take()
    marked = await writer.submit(mark, box.hand.entries)
    receipts: list[Any] = [Receipt((5,)), Receipt((None,)), Receipt((6,))]  # type: ignore[arg-type]
    box._results = [Result(e, "done", r) for e, r in zip(marked, receipts, strict=True)]
    await box._book()
    assert [s for _, s, _ in states(writer)] == ["done", "sending", "done"]
    assert box._results == []


async def test_of_two_that_came_back_the_one_that_can_be_booked_is(writer: Writer) -> None:
    box = Outbox(writer, Recorder())
    await say(box, writer, *[Send(chat=group(writer, n), text="a") for n in (1, 2)])
    await box._take()
    marked = await writer.submit(mark, box.hand.entries)
    receipts: list[Any] = [Receipt((None,)), Receipt((6,))]  # type: ignore[arg-type]
    box._results = [Result(e, "done", r) for e, r in zip(marked, receipts, strict=True)]
    await box._book()
    assert [s for _, s, _ in states(writer)] == ["sending", "done"]


async def test_a_row_nobody_can_read_is_dead_and_the_next_one_leaves(writer: Writer) -> None:
    """Another version wrote it, or a plug-in what its field cannot hold; its edit ends with it."""
    chat, a_minute = group(writer), timedelta(minutes=1)
    first = Send(chat=chat, text="0/8", ref="p:1", lifetime=a_minute)  # type: ignore[arg-type]
    writer.write(lambda w: w.say(first))
    async with sending(writer) as (box, gateway):
        await say(box, writer, Edit(chat=chat, text="1/8", ref="p:1"), Send(chat=chat, text="next"))
        await calm(box)
        assert [e.text for e, _ in gateway.done if isinstance(e, Send)] == ["next"]
    found = [(kind, state, str(why).partition(":")[0]) for kind, state, why in states(writer)]
    assert found == [("send", "dead", "cannot be read"), ("edit", "dead", "None"), ("send", "done", "None")]


def test_who_looks_through_what_waits_passes_over_what_nobody_can_read(writer: Writer) -> None:
    """For a removal that is taken back, and for what answers messages that an upgrade put out of reach."""
    chat = group(writer)
    writer.write(lambda w: w.say(Delete(chat=chat, messages=(5,))))
    writer.write(lambda w: w.say(Send(chat=chat, text="a", reply_to=5)))
    writer.write(lambda w: w.sql.run(sa.update(outbox).values(payload='{"do": "something newer"}')))
    writer.write(lambda w: spare(w, chat, 5))
    writer.write(lambda w: forget_messages(w, chat))
    assert [state for _, state, _ in states(writer)] == ["dead", "waiting"]


async def test_while_a_receipt_is_booked_the_sender_is_not_idle(writer: Writer) -> None:
    chat, booking, free, submit = group(writer), asyncio.Event(), asyncio.Event(), writer.submit

    async def slow(fn: Any, *args: Any) -> Any:
        if fn is book:
            booking.set()
            await free.wait()
        return await submit(fn, *args)

    async with sending(writer) as (box, _):
        writer.submit = slow  # type: ignore[method-assign]
        await say(box, writer, Send(chat=chat, text="a"))
        await asyncio.wait_for(booking.wait(), 60)
        assert not box.idle
        free.set()
        await calm(box)
        assert (box.figures.ends, box.figures.calls) == ({"done": 1}, {"send": 1})


async def test_the_end_of_a_mute_does_not_overtake_the_mute_that_is_tried_again(writer: Writer) -> None:
    """Also before it is booked that it must be."""
    chat, gateway = group(writer), Recorder()
    box = Outbox(writer, gateway, pacer=Pacer(Pace(free_rate=float("inf"))))
    await say(box, writer, Restrict(chat=chat, member=5), Restrict(chat=chat, member=5, free=True))

    def timeout(effect: Effect, target: Target) -> None:
        raise Later("timed out", retry_after=0.1, unknown=True)

    gateway.answer = timeout
    await box._round()
    await asyncio.gather(*box._tasks)
    assert box.hand.choose(box.pacer, START)[0] == []
    assert [r.state for r in box._results] == ["waiting"]
    gateway.answer = lambda e, t: None
    await box._round()
    writer.clock.shift(timedelta(minutes=1))
    async with asyncio.timeout(60):
        while len(gateway.done) < 3:
            box.wake()
            await box._round()
            await asyncio.sleep(0.01)
    assert [getattr(e, "free", None) for e, _ in gateway.done] == [False, False, True]
    await box.stop()


async def test_nor_does_it_after_a_restart_and_what_is_beside_moderation_does_not_wait(
    writer: Writer,
) -> None:
    chat, gateway = group(writer), Recorder()
    box = Outbox(writer, gateway)
    await say(box, writer, Restrict(chat=chat, member=5), Restrict(chat=chat, member=5, free=True))

    def timeout(effect: Effect, target: Target) -> None:
        raise Later("timed out", retry_after=2.0, unknown=True)

    gateway.answer = timeout
    await box._round()
    await asyncio.gather(*box._tasks)
    await box._book()
    await say(box, writer, Send(chat=chat, text="beside"), Restrict(chat=chat, member=6))
    gateway.answer = lambda e, t: None
    await box._round()
    await box.stop()
    assert [type(e).__name__ for e, _ in gateway.done] == ["Restrict", "Send"]
    async with sending(writer) as (box, gateway):
        await say(box, writer, Restrict(chat=chat, member=7))
        await asyncio.sleep(0.05)
        assert gateway.done == []
        writer.clock.shift(timedelta(seconds=3))
        await arrived(gateway, 4)
    assert [(e.member, e.free) for e, _ in gateway.done if isinstance(e, Restrict)] == [
        (5, False),
        (5, True),
        (6, False),
        (7, False),
    ]


async def test_a_database_that_is_away_is_asked_again_after_a_second(writer: Writer) -> None:
    box, looks = Outbox(writer, Recorder()), list[float]()

    async def away(writer: Writer) -> None:
        looks.append(ticking())
        if len(looks) == 1:
            raise Lost("away")
        box.hand.stale = False

    box.hand.take = away  # type: ignore[method-assign]
    running = asyncio.create_task(box.run())
    async with asyncio.timeout(60):
        while len(looks) < 2:
            await asyncio.sleep(0.01)
    assert looks[1] - looks[0] > 0.9
    await box.stop()
    await asyncio.wait_for(running, 60)


async def test_a_database_that_is_away_at_the_start_does_not_end_the_sender(writer: Writer) -> None:
    box, submit, tried = Outbox(writer, Recorder()), writer.submit, list[Any]()

    async def away_once(fn: Any, *args: Any) -> Any:
        tried.append(fn)
        if len(tried) == 1:
            raise Lost("away")
        return await submit(fn, *args)

    writer.submit = away_once  # type: ignore[method-assign]
    running = asyncio.create_task(box.run())
    async with asyncio.timeout(60):
        while len(tried) < 3 and not running.done():
            await asyncio.sleep(0.01)
    assert tried[:2] == [recover, recover]
    await box.stop()
    await asyncio.wait_for(running, 60)


async def test_a_database_that_goes_while_receipts_are_booked_one_by_one_loses_none(writer: Writer) -> None:
    """The lot is refused, the first is booked alone, then the database is away while another comes back."""
    box = Outbox(writer, Recorder())
    await say(box, writer, *[Send(chat=group(writer, n), text="a") for n in (1, 2, 3, 4, 5)])
    await box._take()
    marked = await writer.submit(mark, box.hand.entries)
    results = [Result(e, "done", Receipt((n,))) for n, e in enumerate(marked, 1)]
    submit, tried = writer.submit, list[list[Result]]()

    async def failing(fn: Any, what: list[Result]) -> Any:
        tried.append(what)
        if len(tried) == 1:
            box._results.append(results[4])
            raise ValueError("refused")
        if len(tried) == 3:
            raise Lost("away")
        return await submit(fn, what)

    writer.submit = failing  # type: ignore[method-assign]
    box._results = results[:4]
    with pytest.raises(Lost):
        await box._book()
    assert tried == [results[:4], results[:1], results[1:2]]
    assert box._results == results[1:]
    writer.submit = submit  # type: ignore[method-assign]
    await box._book()
    assert [s for _, s, _ in states(writer)] == ["done"] * 5


async def test_a_sender_that_sleeps_is_woken_to_stop(writer: Writer) -> None:
    box = Outbox(writer, Recorder())
    await box.stop()
    assert box._wake.is_set()


async def test_a_person_who_blocked_the_bot_is_told_of_and_a_group_is_not(writer: Writer) -> None:
    chat, heard = group(writer), list[Event]()

    async def inform(event: Event) -> None:
        heard.append(event)

    def gone(effect: Effect, target: Target) -> None:
        raise Gone("bot was blocked by the user", blocked=True)

    async with sending(writer, inform=inform) as (box, gateway):
        gateway.answer = gone
        await say(box, writer, Send(user=9, text="a"), Send(chat=chat, text="b"))
        await calm(box)
    assert heard == [BotStanding(at=START, chat=Chat(9, "private"), status="kicked")]


async def test_a_database_that_goes_while_others_are_told_holds_no_chat(writer: Writer) -> None:
    """They are told when it is back."""
    heard = list[Event]()

    async def inform(event: Event) -> None:
        heard.append(event)
        if len(heard) == 1:
            raise Lost("away")

    box = Outbox(writer, Recorder(), inform=inform)
    await say(box, writer, Send(user=9, text="a"), Send(chat=group(writer), text="b"))
    await box._take()
    blocked, again = await writer.submit(mark, box.hand.entries)
    box.hand.busy = keys_of(again)
    box._results = [
        Result(blocked, "dead", error="bot was blocked by the user", blocked=True),
        Result(again, "waiting", error="502", again_in=2.0),
    ]
    await box._book()
    assert (box.hand.busy, len(box.hand.held)) == (set(), 1)
    await asyncio.gather(*box._tasks)
    assert heard == [BotStanding(at=START, chat=Chat(9, "private"), status="kicked")] * 2


async def test_a_whisper_that_failed_in_a_group_says_nothing_of_a_person(writer: Writer) -> None:
    """What is in the way is not that somebody blocked the bot, and the group's id is nobody's."""
    chat, heard = group(writer), list[Event]()

    async def inform(event: Event) -> None:
        heard.append(event)

    def refused(effect: Effect, target: Target) -> None:
        if isinstance(effect, Send) and effect.only_for is not None:
            raise Denied("not enough rights")

    async with sending(writer, inform=inform) as (box, gateway):
        gateway.answer = refused
        whisper = Send(chat=chat, text="you", only_for=9, fallback=Send(chat=chat, text="somebody"))
        await say(box, writer, whisper)
        await calm(box)
        assert gateway.texts() == ["you", "somebody"]
    assert heard == []


async def test_without_anybody_to_inform_the_sender_goes_on(writer: Writer) -> None:
    chat = group(writer, 1, "group")

    def moved(effect: Effect, target: Target) -> None:
        if getattr(effect, "text", "") == "a":
            raise Gone("upgraded", moved_to=-100777, blocked=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = moved
        await say(box, writer, Send(chat=chat, text="a"))
        await arrived(gateway, 1)
        await say(box, writer, Send(user=9, text="b"))
        async with asyncio.timeout(60):
            while "b" not in gateway.texts():
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("tried", [0, 1])
async def test_a_silence_is_kept_across_a_restart(writer: Writer, tried: int) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        gateway.answer = lambda e, t: _refuse()
        writer.write(lambda w: w.say(Send(chat=chat, text="a")))
        writer.write(lambda w: w.sql.run(sa.update(outbox).values(tries=tried)))  # it failed before
        box.wake()
        await arrived(gateway, 1)
        await calm(box)
        assert 20 < box.pacer.chat_wait(ticking(), -chat, message=True, group=True) <= 30
        async with asyncio.timeout(60):
            while not box.depth:  # counted at a look within the second
                await asyncio.sleep(0.05)
        assert (box.depth, box.figures.refused) == (1, 1)
    async with sending(writer) as (box, gateway):
        await say(box, writer, Send(chat=chat, text="b"), Delete(chat=chat, messages=(1,)))
        async with asyncio.timeout(60):
            while not box.held:
                await asyncio.sleep(0.01)
        assert gateway.done == []
        assert 20 < box.pacer.chat_wait(ticking(), -chat, message=False, group=True) <= 30
        assert box.held == 1


def _refuse() -> None:
    raise Later("429", retry_after=30.0, counts=False)


async def test_what_was_taken_away_before_it_left_holds_its_chat_no_longer(writer: Writer) -> None:
    chat = group(writer)
    box = Outbox(writer, Recorder())
    await say(box, writer, Send(chat=chat, text="a"))
    await box._take()
    ready, _ = box.hand.choose(box.pacer, START)
    assert len(box.hand.busy) == 2
    await writer.submit(lambda w: w.sql.run(sa.update(outbox).values(state="dead")))
    await box._leave(ready)
    assert (box.hand.busy, box.calls.gateway.done) == (set(), [])  # type: ignore[attr-defined]


async def test_without_its_database_the_sender_holds_nobody_and_forgets_nothing(writer: Writer) -> None:
    chat = group(writer)
    box = Outbox(writer, Recorder())
    await say(box, writer, Send(chat=chat, text="a"))
    submit = writer.submit

    async def away(fn: Any, *args: Any) -> Any:
        raise Lost("away")

    async def lost(job: Any) -> bool:
        writer.submit = away  # type: ignore[method-assign]
        try:
            await job
        except Lost:
            return True
        finally:
            writer.submit = submit  # type: ignore[method-assign]
        return False

    assert await lost(box._take())
    assert box.hand.stale
    await box._take()
    ready, _ = box.hand.choose(box.pacer, START)
    assert await lost(box._leave(ready))
    assert box.hand.busy == set()
    await box._leave(ready)
    await asyncio.gather(*box._tasks)
    assert await lost(box._book())
    assert len(box._results) == 1
    await box.stop()
    assert [s for _, s, _ in states(writer)] == ["done"]


class Unheard:
    """A connection that makes a commit whose answer is lost."""

    def __init__(self, raw: Any) -> None:
        self.raw, self.lost = raw, False

    def execute(self, words: str, *given: Any) -> Any:
        found = self.raw.execute(words, *given)
        if words == "COMMIT" and not self.lost:
            self.lost = True
            raise sqlite3.OperationalError("disk I/O error")
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)


async def test_a_mark_whose_commit_was_not_heard_still_leaves(writer: Writer) -> None:
    box = Outbox(writer, Recorder())
    await say(box, writer, Send(chat=group(writer), text="a"))
    await box._take()
    ready, _ = box.hand.choose(box.pacer, START)
    writer._raw = Unheard(writer._raw)
    await box._leave(ready)
    await asyncio.gather(*box._tasks)
    await box._book()
    assert states(writer) == [("send", "done", None)]
    assert writer.write(lambda w: w.sql.value(sa.select(outbox.c.tries))) == 1


async def test_what_was_marked_when_the_database_went_leaves_when_it_is_back(writer: Writer) -> None:
    box, submit = Outbox(writer, Recorder(), pacer=Pacer(FAST)), writer.submit
    await say(box, writer, Send(chat=group(writer), text="a"))
    await box._take()
    ready, _ = box.hand.choose(box.pacer, START)

    async def unheard(fn: Any, *args: Any) -> Any:
        await submit(fn, *args)
        raise Lost("away")

    writer.submit = unheard  # type: ignore[method-assign]
    with pytest.raises(Lost):
        await box._leave(ready)
    assert [s for _, s, _ in states(writer)] == ["sending"]
    writer.submit = submit  # type: ignore[method-assign]
    await box._round()
    await asyncio.gather(*box._tasks)
    await box._book()
    assert [s for _, s, _ in states(writer)] == ["done"]


async def test_what_follows_a_receipt_is_said_once_where_its_commit_was_not_heard(writer: Writer) -> None:
    box, chat = Outbox(writer, Recorder()), group(writer)
    whisper = Send(chat=chat, text="you", only_for=9, fallback=Send(chat=chat, text="somebody"))
    await say(box, writer, whisper, Send(chat=chat, text="in passing", lifetime=60))
    await box._take()
    refused, landed = await writer.submit(mark, box.hand.entries)
    box._results = [
        Result(refused, "dead", error="no rights", blocked=True),
        Result(landed, "done", Receipt((5,))),
    ]
    writer._raw = Unheard(writer._raw)
    await box._book()
    assert states(writer) == [
        ("send", "dead", "no rights"),
        ("send", "done", None),
        ("send", "waiting", None),
        ("delete", "waiting", None),
    ]


async def test_stopping_waits_for_calls_under_way_books_them_and_ends_those_that_take_too_long(
    writer: Writer,
) -> None:
    quick, slow = group(writer, 1), group(writer, 2)
    gateway = Recorder()

    async def perform(effect: Effect, target: Target) -> Receipt:
        gateway.done.append((effect, target))
        await asyncio.sleep(0.05 if target.telegram_id == -1001 else 60)
        return Receipt((5,))

    gateway.perform = perform  # type: ignore[method-assign]
    box = Outbox(writer, gateway)
    running = asyncio.create_task(box.run())
    await say(box, writer, Send(chat=quick, text="a"), Send(chat=slow, text="b"))
    await arrived(gateway, 2)
    assert not box.idle
    await box.stop(0.2)
    await asyncio.wait_for(running, 60)
    await asyncio.sleep(0.01)
    assert (box._tasks, box._wake.is_set()) == (set(), True)
    assert [s for _, s, _ in states(writer)] == ["done", "sending"]
    await say(box, writer, Send(chat=quick, text="c"))
    await asyncio.sleep(0.05)
    assert len(gateway.done) == 2


@pytest.mark.parametrize("under_way", [0, 1])
async def test_stopping_while_rows_are_marked_lets_them_leave_and_books_them(
    writer: Writer, under_way: int
) -> None:
    """A row that is marked and does not leave is unknown after the next start."""
    chats, gateway = [group(writer, n) for n in (1, 2)], Recorder()
    box, marked, submit = Outbox(writer, gateway), asyncio.Event(), writer.submit

    async def slow(fn: Any, *args: Any) -> Any:
        found = await submit(fn, *args)
        if fn is mark:
            marked.set()
            await asyncio.sleep(0.1)
        return found

    async def perform(effect: Effect, target: Target) -> Receipt:
        gateway.done.append((effect, target))
        await marked.wait()
        return Receipt((5,))

    gateway.perform = perform  # type: ignore[method-assign]
    running = asyncio.create_task(box.run())
    if under_way:
        await say(box, writer, Send(chat=chats[0], text="under way"))
        await arrived(gateway, 1)
    writer.submit = slow  # type: ignore[method-assign]
    await say(box, writer, Send(chat=chats[1], text="being marked"))
    await asyncio.wait_for(marked.wait(), 60)
    await box.stop(60)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [s for _, s, _ in states(writer)] == ["done"] * (1 + under_way)
    assert (len(gateway.done), box._tasks) == (1 + under_way, set())


async def test_idle_is_who_has_nothing_due_and_nothing_under_way(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await calm(box)
        planned = Send(chat=chat, text="later", post=True, due=START + timedelta(minutes=1))
        await say(box, writer, planned)
        assert not box.idle
        await calm(box)
        writer.clock.shift(timedelta(minutes=1))
        assert not box.idle
        box.wake()
        await calm(box)
        assert gateway.texts() == ["later"]


async def test_the_sender_sleeps_until_it_is_woken(writer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("groupbot.engine.outbox.hand.LOOK_EVERY", 600.0)  # it looks by itself once a second
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await calm(box)
        looks = writer.commits
        await asyncio.sleep(0.2)
        assert writer.commits - looks <= 1
        await say(box, writer, Send(chat=chat, text="a"))
        await arrived(gateway, 1)


async def test_what_waits_behind_a_message_follows_it_and_not_at_the_next_look(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupbot.engine.outbox.hand.LOOK_EVERY", 600.0)
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await calm(box)
        await say(box, writer, *[Send(chat=chat, text=str(n)) for n in range(6)])
        await arrived(gateway, 6)
    assert gateway.texts() == [str(n) for n in range(6)]


async def test_a_round_that_let_something_go_is_followed_by_another_at_once(writer: Writer) -> None:
    chat = group(writer)
    box = Outbox(writer, Recorder())
    assert not box.idle
    await say(box, writer, Send(chat=chat, text="a"))
    assert await box._round() == 0
    await asyncio.gather(*box._tasks)
    assert await box._round() > 0.5
    assert [s for _, s, _ in states(writer)] == ["done"]


async def test_a_silence_lasts_from_when_it_was_booked(writer: Writer) -> None:
    """The next try is due by the clock of the commit: nothing else may leave before it."""
    found = []
    for n, (state, silence) in enumerate((("waiting", True), ("waiting", False), ("dead", True))):
        box, chat = Outbox(writer, Recorder()), group(writer, n)
        await say(box, writer, Send(chat=chat, text="a", lifetime=60))
        await box._take()
        [entry] = await writer.submit(mark, box.hand.entries[-1:])
        box._results = [Result(entry, state, error="429", again_in=30.0, silence=silence)]
        await box._book()
        found.append(box.pacer.chat_wait(ticking(), -chat, message=True, group=True) > 29)
    assert found == [True, False, False]


async def test_an_upgrade_that_a_call_told_of_is_handled_like_any_other(writer: Writer) -> None:
    chat, heard = group(writer, 1, "group"), list[Event]()

    async def inform(event: Event) -> None:
        heard.append(event)
        await writer.submit(lambda w: upgrade(w, -1001, -100777))

    def moved(effect: Effect, target: Target) -> None:
        if target.telegram_id == -1001:
            raise Gone("upgraded", moved_to=-100777)

    async with sending(writer, inform=inform) as (box, gateway):
        gateway.answer = moved
        await say(box, writer, Send(chat=chat, text="a"))
        await calm(box)
    assert heard == [Upgraded(at=START, chat=Chat(-1001, "group"), new_id=-100777)]
    assert [t.telegram_id for _, t in gateway.done] == [-1001, -100777]


async def test_what_is_under_way_is_held_until_it_ends(writer: Writer) -> None:
    """The event loop alone holds a task weakly: one that nobody else holds is collected while it waits."""
    box, waits, ended = Outbox(writer, Recorder()), list[Any](), list[int]()

    async def job() -> None:
        future: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        waits.append(weakref.ref(future))
        ended.append(await future)

    box._spawn(job())
    await asyncio.sleep(0)
    gc.collect()
    future = waits[0]()
    assert future is not None
    future.set_result(7)
    await box.stop()
    await asyncio.sleep(0)
    assert (ended, box._tasks) == ([7], set())
