"""What is due at one moment shares a transaction up to the first that does something."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.engine.dispatch.batches import AT_ONCE
from groupbot.engine.inbox import quarantine
from groupbot.engine.router import Router, Tick
from groupbot.engine.schedule import Heartbeat
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from tests.engine.desk import ROWS, Desk


class Rang(Struct, frozen=True):
    n: int


def ticks_of(*fns: Callable[[Work], Any]) -> list[Tick]:
    return [Tick(1, fn, "t") for fn in fns]


def still(work: Work) -> None:
    work.notes("t", 1).get("nothing")
    work.put("t.seen", 1, work.now)


def writes(work: Work) -> None:
    work.notes("t", 1).set("wrote", 1)


def says(work: Work) -> None:
    work.say(Send(chat=1, text="now"))


def goes_on(work: Work) -> bool:
    return True


async def test_those_that_find_nothing_to_do_share_one_transaction(writer: Writer) -> None:
    desk = Desk(writer, Router("t"))
    before = writer.commits
    assert await desk.dispatch.beat(ticks_of(still, still, still)) == (3, False)
    assert writer.commits == before + 1


@pytest.mark.parametrize("does", [writes, says, lambda work: work.add(ROWS, "t", 1, "k", 1),
                                  lambda work: work.emit(Rang(1)),
                                  lambda work: work.finally_("k", lambda w: None)])  # fmt: skip
async def test_the_first_that_does_something_is_the_last_of_its_transaction(
    writer: Writer, does: Callable[[Work], Any]
) -> None:
    desk = Desk(writer, Router("t"))
    assert await desk.dispatch.beat(ticks_of(still, does, still)) == (2, False)


async def test_what_has_more_to_do_is_to_be_called_alone(writer: Writer) -> None:
    desk = Desk(writer, Router("t"))
    assert await desk.dispatch.beat(ticks_of(still, goes_on, still)) == (2, True)


async def test_what_fails_is_put_aside_alone_and_the_next_comes_in_the_next_transaction(
    writer: Writer,
) -> None:
    desk = Desk(writer, Router("t"))

    def broken(work: Work) -> None:
        work.notes("t", 1).set("broken", 1)
        raise ValueError("late")

    ticks = ticks_of(still, broken, writes)
    assert await desk.dispatch.beat(ticks) == (2, False)
    assert await desk.dispatch.beat(ticks[2:]) == (1, False)
    assert [r.step for r in desk.rows(sa.select(quarantine.c.step))] == ["tick:t.broken"]
    assert (desk.notes("t", "broken"), desk.notes("t", "wrote")) == (None, 1)


async def test_what_the_database_refuses_at_the_flush_is_to_be_called_alone(writer: Writer) -> None:
    desk = Desk(writer, Router("t"))

    def refused(work: Work) -> None:
        work.add(ROWS, "t", 1, "k", None)

    assert await desk.dispatch.beat(ticks_of(still, refused, writes)) == (2, True)
    with pytest.raises(Exception, match=r"(?i)null"):
        await desk.dispatch.tick("tick:t.refused", refused)
    assert desk.notes("t", "wrote") is None


async def test_a_tick_has_nothing_in_hand_of_the_one_before(writer: Writer) -> None:
    desk = Desk(writer, Router("t"))
    seen: list[Any] = []

    def elsewhere(work: Work) -> None:
        work.chat, work.lang, work.zone = 7, "zh", "Asia/Shanghai"

    def looks(work: Work) -> None:
        seen.append((work.chat, work.event, work.lang, work.zone, work.cause))

    await desk.dispatch.beat(ticks_of(elsewhere, looks))
    assert seen == [(0, None, "en", "UTC", "tick:t.looks")]


async def test_a_tick_that_is_given_up_on_holds_no_other_up(writer: Writer) -> None:
    writer.patience = 0
    desk = Desk(writer, Router("t"))
    wrote = asyncio.Event()

    def a_locked(work: Work) -> None:
        raise sqlite3.OperationalError("database is locked")

    def writes(work: Work) -> None:
        loop.call_soon_threadsafe(wrote.set)

    loop = asyncio.get_running_loop()
    heart = Heartbeat(desk.dispatch)
    for tick in ticks_of(a_locked, writes):
        heart.add(tick)
    heart.start()
    try:
        await asyncio.wait_for(wrote.wait(), 60)
    finally:
        heart.stop()


async def test_what_a_look_finds_is_kept_one_by_one_and_a_look_finds_many(writer: Writer) -> None:
    looks: list[int] = []

    def waiting(work: Work) -> Iterator[int]:
        done = work.notes("t", 1).get("done", [])
        looks.append(len(done))
        yield from (n for n in range(AT_ONCE + 10) if n not in done)

    def keep(n: int, work: Work) -> bool:
        notes = work.notes("t", 1)
        notes.set("done", [*notes.get("done", []), n])
        if n == 3:
            raise KeyError("of this one alone")
        return True

    desk = Desk(writer, Router("t"))
    await desk.dispatch.tick("tick:t.keep", keep, waiting)
    assert looks == [0]  # something failed: the rest of what was found is kept, and the next beat looks again
    assert desk.notes("t", "done") == [n for n in range(AT_ONCE) if n != 3]
    assert [step for _, step, _ in desk.aside()] == ["tick:t.keep"]
    writer.write(lambda w: w.notes("t", 1).set("done", [*range(AT_ONCE)]))
    before = writer.commits
    await desk.dispatch.tick("tick:t.keep", keep, waiting)
    assert (looks[1:], writer.commits - before) == ([AT_ONCE, AT_ONCE + 10], 10)


async def test_what_was_found_before_an_error_of_the_look_is_kept(writer: Writer) -> None:
    def waiting(work: Work) -> Iterator[int]:
        done = work.notes("t", 1).get("done", [])
        for n in (n for n in range(10) if n not in done):
            if n == 7:
                raise ZeroDivisionError("of this group alone")
            yield n

    def keep(n: int, work: Work) -> bool:
        notes = work.notes("t", 1)
        notes.set("done", [*notes.get("done", []), n])
        return True

    desk = Desk(writer, Router("t"))
    with pytest.raises(ZeroDivisionError):  # once the others are kept it comes first, and is told of
        await desk.dispatch.tick("tick:t.keep", keep, waiting)
    assert desk.notes("t", "done") == [*range(7)]
