"""What failed for good or may have arrived waits for a word; alarms come within a budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import Struct
from structlog.testing import capture_logs

from groupbot import Command, Router
from groupbot.core.effects import Ban, Edit, Effect, Send
from groupbot.core.events import Chat, Joined, Person
from groupbot.core.taps import pack
from groupbot.engine.dispatch import Item
from groupbot.engine.inbox import put_aside
from groupbot.engine.outbox import Target
from groupbot.engine.outbox_table import outbox
from groupbot.engine.plugins import load
from groupbot.engine.retention import UNDECIDED, close_undecided
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.errors import Denied, Gone, Later, Refusal
from groupbot.features.operations import service
from groupbot.features.operations.domain import HOURLY, KINDS, Alarm, allowed, refused_too_often
from tests.engine.desk import KEY, Desk
from tests.engine.test_outbox import calm, group, say, sending

NOON = datetime(2027, 1, 30, 12, 0, tzinfo=UTC)


def rows(writer: Writer) -> list[tuple[str, str, bool]]:
    found = writer.write(
        lambda w: w.sql.all(sa.select(outbox.c.kind, outbox.c.state, outbox.c.payload).order_by(outbox.c.id))
    )
    return [(r.kind, r.state, bool(r.payload)) for r in found]


def fails(effect: Effect, target: Target) -> None:
    text = getattr(effect, "text", "")
    if text in ("lost", "card"):
        raise Later("timed out", retry_after=0.0, unknown=True)
    if text == "blocked":
        raise Gone("bot was blocked by the user", blocked=True)
    raise Denied("not enough rights")


async def test_what_an_operator_may_decide_on_is_listed_and_decided_once(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        gateway.answer = fails
        await say(
            box,
            writer,
            Send(chat=chat, text="lost", ref="a"),
            Send(chat=chat, text="post", post=True),
            Send(chat=chat, text="passing", lifetime=60),
            Send(user=5, text="blocked"),
            Ban(chat=chat, member=5),
        )
        await calm(box)
        await say(box, writer, Edit(chat=chat, text="newer", ref="a"))
        letters = writer.write(service.letters)
        assert [(x.state, x.kind, x.text, x.chat) for x in letters] == [
            ("unknown", "send", "lost", "G1"),
            ("dead", "send", "post", "G1"),
            ("dead", "ban", "", "G1"),
        ]
        gateway.answer = lambda e, t: None
        writer.write(service.send_again, letters[0].id)
        with pytest.raises(Refusal):
            writer.write(service.send_again, letters[0].id)
        writer.write(service.let_be, letters[1].id, "11")
        with pytest.raises(Refusal):
            writer.write(service.let_be, letters[1].id, "11")
        box.wake()
        await calm(box)
    # the edit that waited for the receipt followed it; what was let be is empty
    assert rows(writer) == [
        ("send", "done", False),
        ("send", "dead", False),
        ("send", "dead", False),
        ("send", "dead", False),
        ("ban", "dead", True),
        ("edit", "done", False),
    ]
    writer.clock.shift(UNDECIDED + timedelta(hours=1))  # type: ignore[attr-defined]
    writer.write(close_undecided)
    assert writer.write(service.letters) == []


async def test_what_was_let_be_takes_with_it_what_waited_for_it(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        gateway.answer = fails
        await say(box, writer, Send(chat=chat, text="card", ref="p:1"))
        await calm(box)
        await say(box, writer, Edit(chat=chat, text="1/8", ref="p:1"))
    letter, n = writer.write(service.after, 0)
    assert letter is not None and n == 1
    writer.write(service.let_be, letter.id, "11")
    assert [(k, s) for k, s, _ in rows(writer)] == [("send", "dead"), ("edit", "dead")]


def test_effects_of_an_update_are_traced_to_it(writer: Writer) -> None:
    from groupbot.core.events import Message

    chat = group(writer)

    def handle(work: Work) -> None:
        work.event = Message(at=work.now, chat=Chat(-1001, "supergroup"), update_id=4711, message_id=1)
        work.cause = "handle:ping"
        work.say(Send(chat=chat, text="here"))

    writer.write(handle)
    found = writer.write(service.trace, 4711)
    assert [(r.cause, r.kind, r.state, r.title) for r in found] == [("handle:ping", "send", "waiting", "G1")]


def test_each_kind_is_told_once_in_ten_minutes_and_the_rest_is_counted_on(writer: Writer) -> None:
    writer.me = Me(writer.me.id, ops_chat=-1009)
    told: list[Alarm] = []

    def watch(work: Work) -> None:
        service.watch(work)
        told.extend(work.emitted)

    def broken(work: Work) -> None:
        put_aside(work, update_id=1, stage="step", step="handle:x", error=KeyError("x"), raw=b"{}")

    writer.write(watch)
    writer.write(broken)
    writer.write(watch)
    for _ in range(3):
        writer.write(broken)
        writer.write(watch)
    assert [(a.kind, a.n) for a in told] == [("quarantine", 1)]
    writer.clock.shift(timedelta(minutes=10))  # type: ignore[attr-defined]
    writer.write(watch)
    writer.write(watch)
    assert [(a.kind, a.n) for a in told] == [("quarantine", 1), ("quarantine", 3)]


class Win(Struct, frozen=True, tag="t.win"):
    """A press."""


class Won(Struct, frozen=True):
    """A happening."""


async def test_whatever_fails_is_put_aside_and_told(writer: Writer) -> None:
    """G19: an error planted in every place where code of a handler runs."""
    router, refused = Router("t"), Router("u")

    def broken(*given: Any) -> None:
        raise KeyError("planted")

    @router.command("go")
    def go(cmd: Command, work: Work) -> None:
        work.emit(Won())

    @refused.command("row")
    def row(cmd: Command, work: Work) -> None:
        work.sql.run(sa.text("INSERT INTO nowhere VALUES (1)"))

    router.command("bad")(broken)
    router.tap(Win)(broken)
    router.on(Joined)(broken)
    router.on(Won)(broken)
    desk = Desk(writer, router, refused)
    writer.me = Me(writer.me.id, ops_chat=-1009)
    here, li = Chat(-100500, "supergroup", "West Lake"), Person(12, "Li")
    joined = Item(event=Joined(at=desk.at, chat=here, sender=li, people=(li,)))
    await desk.feed(
        desk.message("/bad"),
        desk.message("/go"),
        desk.message("/row"),
        desk.tap(pack(Win(), "t.win", 1, KEY)),
        joined,
    )
    await desk.dispatch.tick("tick:t.broken", broken)
    await desk.dispatch.failed(KeyError("planted"))
    watching = Router("w")
    watching.observe(broken)
    watching.guard(broken)
    await Desk(writer, watching).feed(desk.message("hello"))
    steps = sorted(step for _, step, _ in desk.aside())
    assert steps == [
        "guard:w.broken", "handle:bad", "handle:row", "handle:t.win", "observe:w.broken", "on:t.broken",
        "on:t.broken", "raw", "tick:t.broken",
    ]  # fmt: skip
    told: list[Alarm] = []

    def look(work: Work) -> None:
        service.watch(work)
        told.extend(work.emitted)

    writer.write(look)
    assert [(a.kind, a.n) for a in told] == [("quarantine", len(steps))]
    assert [t.seconds for t in load().ticks if t.fn.__module__.endswith("operations")] == [4]  # told in 5 s


def test_without_an_ops_chat_the_log_tells_what_sql_shows(writer: Writer) -> None:
    one = group(writer, 1)
    writer.write(lambda w: w.say(Send(chat=one, text="a", post=True)))
    writer.clock.shift(timedelta(minutes=6))  # type: ignore[attr-defined]

    def watch(work: Work) -> list[Any]:
        service.watch(work)
        return list(work.emitted)

    with capture_logs() as said:
        assert [writer.write(watch) for _ in range(3)] == [[], [], []]
        writer.clock.shift(timedelta(minutes=10))  # type: ignore[attr-defined]
        writer.write(watch)
    alarm = {"event": "alarm", "log_level": "warning", "kind": "backlog", "n": 1, "next": "runbook: backlog"}
    assert [s for s in said if s["event"] == "alarm"] == [alarm | {"minutes": m} for m in (6, 16)]


def test_an_outbox_that_is_stuck_is_told_and_a_kicked_chat_is_not(writer: Writer) -> None:
    from groupbot.engine.addresses import set_state

    writer.me = Me(writer.me.id, ops_chat=-1009)
    one, two = group(writer, 1), group(writer, 2)
    writer.write(lambda w: [w.say(Send(chat=c, text="a")) for c in (one, two)])
    writer.write(lambda w: set_state(w, two, "kicked"))
    writer.clock.shift(timedelta(minutes=6))  # type: ignore[attr-defined]

    def watch(work: Work) -> list[Alarm]:
        service.watch(work)
        return list(work.emitted)

    assert writer.write(watch) == [Alarm("backlog", 1, {"minutes": 6})]


def test_the_budget_of_words() -> None:
    said = [(KINDS[n % len(KINDS)], NOON - timedelta(minutes=59 - n)) for n in range(HOURLY)]
    assert not allowed(said, "disk", NOON)
    assert allowed(said[1:], "disk", NOON)
    assert not allowed([("disk", NOON - timedelta(minutes=9))], "disk", NOON)
    assert allowed([("disk", NOON - timedelta(minutes=10))], "disk", NOON)
    assert [refused_too_often(*c) for c in ((39, 39), (40, 2), (40, 3))] == [False, False, True]
