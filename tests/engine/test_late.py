"""Without a network nothing is given up, and what comes too late is not said."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
import sqlalchemy as sa
from telegram.error import Conflict, RetryAfter, TimedOut

from groupbot.core.effects import Ban, Delete, Edit, Effect, Send
from groupbot.engine.addresses import set_state
from groupbot.engine.clock import ticking
from groupbot.engine.entries import Entry
from groupbot.engine.outbox import Target
from groupbot.engine.outbox_table import outbox
from groupbot.engine.writer import Writer
from groupbot.errors import Later
from groupbot.surfaces.telegram.transport import Unreached
from groupbot.surfaces.telegram.trouble import trouble
from tests.engine.test_outbox import calm, group, say, sending, states


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
def test_only_what_was_judged_counts_as_a_try() -> None:
    errors = (Unreached("no route"), RetryAfter(3), Conflict("two pollers"), TimedOut())
    found = [trouble(e) for e in errors]
    assert [isinstance(f, Later) and f.counts for f in found] == [False, False, False, True]


async def test_calls_that_reach_nobody_are_tried_for_as_long_as_it_takes(writer: Writer) -> None:
    chat, tries = group(writer), 0

    def away(effect: Effect, target: Target) -> None:
        nonlocal tries
        tries += 1
        if tries <= 8:
            raise Later("not reached", retry_after=0.0, reached=False)

    async with sending(writer) as (box, gateway):
        gateway.answer = away
        await say(box, writer, Delete(chat=chat, messages=(1,)))
        async with asyncio.timeout(60):
            while tries <= 8:
                if box.calls.away is not None:
                    box.calls.away = ticking()  # else each pause is as long as all before it
                await asyncio.sleep(0.02)
                writer.clock.shift(timedelta(seconds=1))  # type: ignore[attr-defined]
                box.wake()
        await calm(box)
        assert box.calls.away is None
    assert states(writer) == [("delete", "done", None)]
    row = writer.write(lambda w: w.sql.first(sa.select(outbox.c.tries)))
    assert row.tries == 1


async def test_pause_grows_to_a_minute_while_the_network_is_away(writer: Writer) -> None:
    chat = group(writer)

    def away(effect: Effect, target: Target) -> None:
        raise Later("not reached", retry_after=2.0, reached=False)

    async with sending(writer) as (box, gateway):
        gateway.answer = away
        for since, pause in ((0.0, 2.0), (30.0, 30.0), (3600.0, 60.0)):
            await say(box, writer, Delete(chat=chat, messages=(1,)))
            box.calls.away = asyncio.get_running_loop().time() - since
            before = len(gateway.done)
            async with asyncio.timeout(60):
                while len(gateway.done) == before or box.hand.busy:  # until it is booked, and the pacer told
                    await asyncio.sleep(0.01)
            due = writer.write(lambda w: w.sql.value(sa.select(sa.func.max(outbox.c.due))))
            assert pause - 0.01 <= (due - writer.clock.now()).total_seconds() < pause + 20
            writer.write(lambda w: w.sql.run(sa.delete(outbox)))
            box.pacer.__init__(box.pacer.pace)  # type: ignore[misc]
            box.hand.held.clear()


async def test_reply_of_five_minutes_ago_is_too_late_and_a_ban_never(writer: Writer) -> None:
    chat = group(writer)
    now = writer.clock.now()
    post = Send(chat=chat, text="post", post=True, not_after=now + timedelta(hours=2))
    writer.write(
        lambda w: [
            w.say(e)
            for e in (
                Send(chat=chat, text="reply", ref="r", reply_to=1),
                Ban(chat=chat, member=5),
                post,
                Send(chat=chat, text="old post", post=True, not_after=now + timedelta(minutes=1)),
            )
        ]
    )
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.ref == "r").values(state="waiting")))
    writer.write(lambda w: w.say(Delete(chat=chat, ref="r")))  # parked: waits for the reply's receipt
    writer.clock.shift(timedelta(minutes=5, seconds=1))  # type: ignore[attr-defined]
    async with sending(writer) as (box, gateway):
        await calm(box)
        assert gateway.texts() == ["Ban", "post"]
    assert states(writer) == [
        ("send", "dead", "too late"),
        ("ban", "done", None),
        ("send", "done", None),
        ("send", "dead", "too late"),
        ("delete", "dead", None),
    ]
    left = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).where(outbox.c.kind == "send")))
    assert [r.payload for r in left] == ["", "", ""]


async def test_what_became_too_late_while_it_was_leaving_does_not_leave(writer: Writer) -> None:
    """The machine slept after the row was marked, before the call."""
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        perform = box._perform

        async def asleep(entry: Entry) -> None:
            writer.clock.shift(timedelta(minutes=6))  # type: ignore[attr-defined]
            await perform(entry)

        box._perform = asleep  # type: ignore[method-assign]
        await say(box, writer, Send(chat=chat, text="reply", reply_to=1))
        await say(box, writer, Ban(chat=chat, member=5))
        await calm(box)
        assert gateway.texts() == ["Ban"]
    assert states(writer) == [("send", "dead", "too late"), ("ban", "done", None)]


async def test_reply_within_its_time_leaves_with_the_newest_edit(writer: Writer) -> None:
    chat = group(writer)
    writer.write(lambda w: w.say(Send(chat=chat, text="0/8", ref="r")))
    writer.clock.shift(timedelta(minutes=4))  # type: ignore[attr-defined]
    writer.write(lambda w: w.say(Edit(chat=chat, text="1/8", ref="r")))
    async with sending(writer) as (box, gateway):
        await calm(box)
        assert gateway.texts() == ["1/8"]


async def test_an_edit_of_a_picture_that_has_not_left_is_cut_as_its_words_were(writer: Writer) -> None:
    chat = group(writer)
    for n, photo in enumerate((None, "AgACAgIAAx0CZ9yXbgADZ1")):
        writer.write(lambda w, n=n, p=photo: w.say(Send(chat=chat, text="0/8", photo=p, ref=f"r:{n}")))
        writer.write(lambda w, n=n: w.say(Edit(chat=chat, text="y" * 1500, ref=f"r:{n}")))
    async with sending(writer) as (box, gateway):
        await calm(box)
        assert gateway.texts() == ["y" * 1500, "y" * 1023 + "…"]


async def test_what_waits_for_a_chat_that_is_gone_ends_too(writer: Writer) -> None:
    chat = group(writer)
    writer.write(lambda w: (set_state(w, chat, "kicked"), w.say(Send(chat=chat, text="a", lifetime=60))))
    async with sending(writer) as (box, gateway):
        await calm(box)
        assert [s for _, s, _ in states(writer)] == ["waiting"]
        writer.clock.shift(timedelta(minutes=6))  # type: ignore[attr-defined]
        await asyncio.sleep(1.1)
        box.wake()
        await calm(box)
        assert gateway.texts() == []
    assert states(writer) == [("send", "dead", "too late")]
