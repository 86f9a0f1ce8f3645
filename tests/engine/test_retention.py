"""Slices of what the engine forgets."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.effects import Delete, Edit, Send
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.retention import forget_ended, forget_private, sweep
from groupbot.engine.router import Router, Tick
from groupbot.engine.schedule import Heartbeat
from groupbot.engine.writer import Writer
from groupbot.errors import Later
from tests.engine.desk import Desk
from tests.engine.test_outbox import calm, group, say, sending, states


async def test_ended_rows_go_after_thirty_days_and_what_is_owed_stays(writer: Writer) -> None:
    chat = group(writer)

    def lost(effect: object, target: object) -> None:
        if getattr(effect, "ref", "") == "lost":
            raise Later("timed out", unknown=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = lost
        await say(box, writer, Send(chat=chat, text="a", why="matched x"), Send(chat=chat, ref="lost"))
        await calm(box)
    writer.write(lambda w: w.say(Edit(chat=chat, text="b", ref="lost")))
    writer.write(lambda w: w.say(Delete(chat=chat, messages=(1,), due=w.now + timedelta(days=60))))
    writer.write(lambda w: w.say(Send(chat=chat, text="never"), shadow=True))
    kept = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    assert [bool(r.payload) for r in kept] == [False, True, True, True, False]  # unknown: somebody may decide
    writer.clock.shift(timedelta(days=29))  # type: ignore[attr-defined]
    writer.write(sweep)
    assert len(states(writer)) == 5
    writer.clock.shift(timedelta(days=2))  # type: ignore[attr-defined]
    writer.write(sweep)
    writer.write(sweep)
    assert states(writer) == [("delete", "waiting", None)]


def test_a_long_list_goes_a_slice_at_a_time(writer: Writer) -> None:
    chat = group(writer)
    writer.write(lambda w: [w.say(Send(chat=chat, text=f"{n}"), shadow=True) for n in range(5)])
    writer.clock.shift(timedelta(days=31))  # type: ignore[attr-defined]
    more = [writer.write(lambda w: forget_ended(w, 2)) for _ in range(3)]
    assert (more, states(writer)) == ([True, True, False], [])


async def test_names_of_what_was_said_to_people_go_a_slice_at_a_time(writer: Writer) -> None:
    """But those that a feature gave, for it may still change what stands there, and those in groups."""
    chat = group(writer)
    async with sending(writer) as (box, _):
        await say(box, writer, *(Send(user=n, text="a") for n in (7, 8, 9)))
        await say(box, writer, Send(user=7, text="b", ref="pick:1"), Send(chat=chat, text="c"))
        await calm(box)
    writer.clock.shift(timedelta(days=31))  # type: ignore[attr-defined]
    more = [writer.write(lambda w: forget_private(w, 2)) for _ in range(2)]
    kept = writer.write(lambda w: w.sql.all(sa.select(posted.c.chat_id, posted.c.ref)))
    assert (more, sorted(tuple(r) for r in kept)) == ([True, False], [(-7, "pick:1"), (chat, "out:5")])


async def test_rare_ticks_run_at_the_start_too(writer: Writer) -> None:
    def rare(work: object) -> None: ...

    def often(work: object) -> None: ...

    heart = Heartbeat(Desk(writer, Router("t")).dispatch)
    heart.add(Tick(3600, rare, "a"))
    heart.add(Tick(300, often, "a"))
    heart.start()
    first = {job.id: job.next_run_time for job in heart._scheduler.get_jobs()}
    heart.stop()
    assert (first["tick:a.often"] - first["tick:a.rare"]).total_seconds() > 299
