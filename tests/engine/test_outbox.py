"""The sender: order, receipts, what is unknown, who is held back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import REPLY, Ban, Delete, Edit, Effect, Pin, Receipt, Send, Topic
from groupbot.core.events import Chat, Event, Upgraded
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine.addresses import resolve, set_state, upgrade
from groupbot.engine.entries import Result
from groupbot.engine.order import keep_back
from groupbot.engine.outbox import Outbox, Target
from groupbot.engine.outbox.hand import Hand
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.receipts import book, mark
from groupbot.engine.recovery import recover
from groupbot.engine.taking_back import drop_posts
from groupbot.engine.work import Work
from groupbot.engine.writer import Lost, Writer
from groupbot.errors import Denied, Gone, Later

FAST = Pace(rate=1000, free_rate=1000, chat_minute=1000, chat_gap=0.0)


class Recorder:
    """A gateway that keeps what it was asked; `answer` may raise."""

    def __init__(self) -> None:
        self.done: list[tuple[Effect, Target]] = []
        self.answer: Callable[[Effect, Target], Any] = lambda e, t: None
        self.ids = 100

    async def perform(self, effect: Effect, target: Target) -> Receipt:
        self.done.append((effect, target))
        await asyncio.sleep(0)
        said = self.answer(effect, target)
        if isinstance(said, Receipt):
            return said
        self.ids += 1
        return Receipt((self.ids,)) if isinstance(effect, Send) else Receipt()

    def texts(self) -> list[str]:
        return [str(getattr(e, "text", "")) or type(e).__name__ for e, _ in self.done]


@asynccontextmanager
async def sending(
    writer: Writer, pace: Pace = FAST, inform: Any = None
) -> AsyncIterator[tuple[Outbox, Recorder]]:
    gateway = Recorder()
    box = Outbox(writer, gateway, pacer=Pacer(pace), inform=inform)
    task = asyncio.create_task(box.run())
    try:
        yield box, gateway
    finally:
        await box.stop()
        await asyncio.wait_for(task, 60)


async def calm(box: Outbox, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        quiet = 0
        while quiet < 3:
            quiet = quiet + 1 if box.idle else 0
            await asyncio.sleep(0.01)


async def arrived(gateway: Recorder, count: int, seconds: float = 60.0) -> None:
    """So many calls were made."""
    async with asyncio.timeout(seconds):
        while len(gateway.done) < count:
            await asyncio.sleep(0.01)


def group(writer: Writer, n: int = 1, type: str = "supergroup") -> int:
    return writer.write(lambda w: resolve(w, Chat(-1000 - n, type, f"G{n}")).id)


async def say(box: Outbox, writer: Writer, *effects: Effect) -> None:
    await writer.submit(lambda w: [w.say(e) for e in effects])
    box.wake()


def states(writer: Writer) -> list[tuple[str, str, str | None]]:
    rows = writer.write(
        lambda w: w.sql.all(sa.select(outbox.c.kind, outbox.c.state, outbox.c.error).order_by(outbox.c.id))
    )
    return [(r.kind, r.state, r.error) for r in rows]


async def test_receipt_books_the_name_and_what_waited_for_it_follows(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await say(
            box,
            writer,
            Send(chat=chat, text="0/8", ref="p:1", pin=True),
            Edit(chat=chat, text="1/8", ref="p:1"),
            Edit(chat=chat, text="2/8", ref="p:1"),
        )
        await calm(box)
        assert gateway.texts() == ["0/8", "Pin", "2/8"]
        assert [t.messages for e, t in gateway.done if isinstance(e, Edit | Pin)] == [(101,), (101,)]
        await say(box, writer, Delete(chat=chat, ref="p:1"))
        await calm(box)
        assert gateway.done[-1][1].messages == (101,)
        assert writer.write(lambda w: w.sql.all(sa.select(posted))) == []
        await say(box, writer, Edit(chat=chat, text="3/8", ref="p:1"))
        await calm(box)
    assert states(writer)[-1] == ("edit", "dead", "nothing is posted as p:1")
    assert all(p == "" for p in _payloads(writer))


def _payloads(writer: Writer) -> list[str]:
    return [r.payload for r in writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload)))]


async def test_unknown_send_is_never_repeated_and_its_edits_stay_parked(writer: Writer) -> None:
    chat = group(writer)

    def timeout(effect: Effect, target: Target) -> None:
        if isinstance(effect, Send):
            raise Later("timed out", retry_after=0.0, unknown=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = timeout
        await say(box, writer, Send(chat=chat, text="hello", ref="a"))
        await calm(box)
        await say(box, writer, Edit(chat=chat, text="again", ref="a"))
        await calm(box)
        assert gateway.texts() == ["hello"]
    assert [(k, s) for k, s, _ in states(writer)] == [("send", "unknown"), ("edit", "parked")]


async def test_what_may_be_repeated_is_repeated_until_it_is_dead(writer: Writer) -> None:
    chat = group(writer)

    def lost(effect: Effect, target: Target) -> None:
        raise Later("connection lost", retry_after=0.0, unknown=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = lost
        await say(box, writer, Ban(chat=chat, member=5))
        await calm(box)
        assert len(gateway.done) == 6
    assert states(writer) == [("ban", "dead", "gave up after 6 tries: connection lost")]


async def test_a_removal_that_does_not_come_through_holds_no_other_back(writer: Writer) -> None:
    chat = group(writer)

    def lost(effect: Effect, target: Target) -> None:
        if isinstance(effect, Delete) and effect.messages == (7,):
            raise Later("connection lost", retry_after=0.0, unknown=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = lost
        await say(box, writer, Delete(chat=chat, messages=(7,)))
        await calm(box)
        assert len(gateway.done) == 6
        await say(box, writer, Delete(chat=chat, messages=(8,)))
        await calm(box)
    assert [(k, s) for k, s, _ in states(writer)] == [("delete", "waiting"), ("delete", "done")]


async def test_missing_right_is_dead_and_the_chat_is_limited(writer: Writer) -> None:
    chat = group(writer)

    def denied(effect: Effect, target: Target) -> None:
        raise Denied("not enough rights")

    async with sending(writer) as (box, gateway):
        gateway.answer = denied
        await say(box, writer, Delete(chat=chat, messages=(1, 2)))
        await calm(box)
    assert states(writer) == [("delete", "dead", "not enough rights")]
    assert writer.write(lambda w: resolve(w, Chat(-1001, "supergroup", "G1")).state) == "limited"


async def test_limited_chat_is_active_again_once_that_kind_goes_through(writer: Writer) -> None:
    chat = group(writer)

    def denied(effect: Effect, target: Target) -> None:
        if isinstance(effect, Delete):
            raise Denied("not enough rights")

    def state() -> str:
        return writer.write(lambda w: resolve(w, Chat(-1001, "supergroup", "G1")).state)

    async with sending(writer) as (box, gateway):
        gateway.answer = denied
        await say(box, writer, Delete(chat=chat, messages=(1,)))
        await calm(box)
        await say(box, writer, Send(chat=chat, text="a"))
        await calm(box)
        assert state() == "limited"
        gateway.answer = lambda e, t: None
        await say(box, writer, Delete(chat=chat, messages=(2,)))
        await calm(box)
        assert state() == "active"


async def test_kicked_chat_stops_alone_and_the_sender_sleeps(writer: Writer) -> None:
    one, two = group(writer, 1), group(writer, 2)

    def kicked(effect: Effect, target: Target) -> None:
        if target.telegram_id == -1001:
            raise Gone("bot was kicked from the supergroup chat", state="kicked")

    async with sending(writer) as (box, gateway):
        gateway.answer = kicked
        await say(box, writer, Send(chat=one, text="a"))
        await calm(box)
        await say(box, writer, Send(chat=one, text="b"), Send(chat=two, text="c"))
        await calm(box)
        assert gateway.texts() == ["a", "c"]
        before = writer.commits
        await asyncio.sleep(0.3)
        assert writer.commits - before <= 1  # it does not ask again and again
        await writer.submit(lambda w: set_state(w, one, "active"))
        gateway.answer = lambda e, t: None
        box.wake()
        await calm(box)
        assert gateway.texts() == ["a", "c", "b"]


async def test_group_at_its_limit_holds_nobody_else_back(writer: Writer) -> None:
    """Hundreds of messages wait for one group's minute; another group's leave at once."""
    busy, calm_one = group(writer, 1), group(writer, 2)
    async with sending(writer, Pace(rate=1000, chat_minute=3, chat_gap=0.0)) as (box, gateway):
        await say(box, writer, *[Send(chat=busy, text=f"b{n}") for n in range(300)])
        await arrived(gateway, 3)
        await asyncio.sleep(0.1)
        await say(box, writer, Send(chat=calm_one, text="quick"), Delete(chat=busy, messages=(7,)))
        await arrived(gateway, 5)
        await asyncio.sleep(0.1)
        assert gateway.texts() == ["b0", "b1", "b2", "Delete", "quick"]


async def test_429_silences_only_its_chat_until_it_is_over(writer: Writer) -> None:
    one, two = group(writer, 1), group(writer, 2)
    times: list[tuple[int, float]] = []
    loop = asyncio.get_running_loop()

    def flood(effect: Effect, target: Target) -> None:
        times.append((target.telegram_id, loop.time()))
        if target.telegram_id == -1001 and sum(t == -1001 for t, _ in times) == 1:
            raise Later("too many requests", retry_after=2.0)

    async with sending(writer) as (box, gateway):
        gateway.answer = flood
        await say(box, writer, Send(chat=one, text="a"), Send(chat=one, text="b"), Send(chat=two, text="c"))
        await arrived(gateway, 2)
        await asyncio.sleep(0.3)
        assert [t for t, _ in times] == [-1001, -1002]
        writer.clock.shift(timedelta(seconds=3))
        await arrived(gateway, 4)
        assert gateway.texts() == ["a", "c", "a", "b"]
        first, later = times[0][1], times[2][1]
        assert later - first >= 2.0


async def test_nothing_overtakes_within_a_chat_and_replies_go_before_posts(writer: Writer) -> None:
    chat, other = group(writer, 1), group(writer, 2)
    async with sending(writer, Pace(rate=1000, chat_minute=1000, chat_gap=0.05)) as (box, gateway):
        await say(
            box,
            writer,
            *[Send(chat=other, text=f"post{n}", post=True) for n in range(3)],
            *[Send(chat=chat, text=f"r{n}") for n in range(5)],
            Send(chat=other, text="reply"),
        )
        await calm(box)
        assert [t for t in gateway.texts() if t.startswith("r") and t != "reply"] == [
            f"r{n}" for n in range(5)
        ]
        assert [t for t in gateway.texts() if t[:2] in ("po", "re")] == ["reply", "post0", "post1", "post2"]


def test_a_refused_reply_is_taken_before_more_of_them_than_there_is_room_for(writer: Writer) -> None:
    chat = group(writer)

    def said(work: Work) -> None:
        for n in range(150):
            work.say(Send(chat=chat, text=f"r{n}"))

    def due_again(work: Work) -> list[int]:
        first = sa.select(sa.func.min(outbox.c.id)).scalar_subquery()
        work.sql.run(sa.update(outbox).where(outbox.c.id == first).values(due=work.now))
        work.sql.run(
            sa.update(outbox).where(outbox.c.id != first).values(due=work.now - timedelta(seconds=5))
        )
        oldest = work.sql.value(sa.select(sa.func.min(outbox.c.id)))
        return [e.id - oldest for e in Hand().fill(work, [])[0]]

    writer.write(said)
    assert writer.write(due_again) == list(range(120))


async def test_upgrade_learnt_from_a_400_rekeys_and_the_message_arrives(writer: Writer) -> None:
    chat = group(writer, 1, "group")
    told: list[Event] = []

    async def inform(event: Event) -> None:
        told.append(event)
        assert isinstance(event, Upgraded)
        new = event.new_id
        await writer.submit(lambda w: upgrade(w, event.chat.id, new))

    def moved(effect: Effect, target: Target) -> Receipt | None:
        if target.telegram_id == -1001:
            raise Gone("group chat was upgraded to a supergroup chat", moved_to=-100777)
        return None

    async with sending(writer, inform=inform) as (box, gateway):
        gateway.answer = moved
        await say(box, writer, Send(chat=chat, text="a", ref="r"), Send(chat=chat, text="b"))
        await calm(box)
        assert [
            (getattr(e, "text", ""), t.telegram_id) for e, t in gateway.done if t.telegram_id != -1001
        ] == [
            ("a", -100777),
            ("b", -100777),
        ]
    assert {s for _, s, _ in states(writer)} == {"done"}
    assert writer.write(lambda w: resolve(w, Chat(-100777, "supergroup", "G1")).id) == chat


async def test_upgraded_group_counts_its_messages_anew_without_harm(writer: Writer) -> None:
    chat = group(writer, 1, "group")
    async with sending(writer) as (box, gateway):
        gateway.answer = lambda e, t: Receipt((5,)) if isinstance(e, Send) else None
        await say(box, writer, Send(chat=chat, text="old", ref="old"))
        await calm(box)
        await writer.submit(lambda w: upgrade(w, -1001, -100777))
        await say(box, writer, Send(chat=chat, text="new", ref="new"))
        await calm(box)
        await writer.submit(lambda w: upgrade(w, -1001, -100777))  # the second notice of the same
        await say(
            box, writer, Edit(chat=chat, text="old 2", ref="old"), Edit(chat=chat, text="new 2", ref="new")
        )
        await calm(box)
        assert [(getattr(e, "text", ""), t.messages) for e, t in gateway.done[2:]] == [("new 2", (5,))]


async def test_message_id_seen_twice_does_not_end_the_sender(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        gateway.answer = lambda e, t: Receipt((5,))
        await say(box, writer, Send(chat=chat, text="a", ref="a"))
        await calm(box)
        await say(box, writer, Send(chat=chat, text="b", ref="b"))
        await calm(box)
    assert [s for _, s, _ in states(writer)] == ["done", "done"]


async def test_error_of_our_own_is_a_dead_letter(writer: Writer) -> None:
    chat = group(writer)

    def broken(effect: Effect, target: Target) -> None:
        if getattr(effect, "text", "") == "a":
            raise KeyError("bug")

    async with sending(writer) as (box, gateway):
        gateway.answer = broken
        await say(box, writer, Send(chat=chat, text="a"), Send(chat=chat, text="b"))
        await calm(box)
    assert states(writer) == [("send", "dead", "KeyError: 'bug'"), ("send", "done", None)]


async def test_after_a_crash_sends_are_unknown_and_the_rest_is_done_again(writer: Writer) -> None:
    chat = group(writer)

    def crashed(work: Work) -> None:
        work.say(Send(chat=chat, text="a"))
        work.say(Delete(chat=chat, messages=(1,)))
        work.say(Topic(chat=chat, topic=None, act="create", name="Tea"))
        work.say(Topic(chat=chat, topic=5, act="close", name='"act":"create"'))

    writer.write(crashed)
    writer.write(lambda w: w.sql.run(sa.update(outbox).values(state="sending")))
    async with sending(writer) as (box, gateway):
        await calm(box)
        assert sorted(gateway.texts()) == ["Delete", "Topic"]
    assert [(k, s) for k, s, _ in states(writer)] == [
        ("send", "unknown"),
        ("delete", "done"),
        ("topic", "unknown"),
        ("topic", "done"),
    ]


async def test_a_word_for_one_member_becomes_private_then_public(writer: Writer) -> None:
    """Whatever is in the way; and the chat does not count as limited for it."""
    chat = group(writer)

    def refused(effect: Effect, target: Target) -> None:
        assert isinstance(effect, Send)
        if effect.only_for is not None:
            raise Denied("not enough rights")
        if effect.user is not None:
            raise Gone("bot was blocked by the user", blocked=True)

    async with sending(writer) as (box, gateway):
        gateway.answer = refused
        public = Send(chat=chat, text="somebody", lifetime=60)
        private = Send(user=7, text="you", fallback=public)
        await say(box, writer, Send(chat=chat, text="you", only_for=7, fallback=private))
        await calm(box)
        assert gateway.texts() == ["you", "you", "somebody"]
    assert [(k, s) for k, s, _ in states(writer)][:3] == [
        ("send", "dead"),
        ("send", "dead"),
        ("send", "done"),
    ]
    assert writer.write(lambda w: resolve(w, Chat(-1001, "supergroup", "G1")).state) == "active"


async def test_lifetime_deletes_the_message_when_it_is_over(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await say(box, writer, Send(chat=chat, text="short", lifetime=60))
        await calm(box)
        assert gateway.texts() == ["short"]
        writer.clock.shift(timedelta(seconds=61))
        box.wake()
        await calm(box)
        assert gateway.texts() == ["short", "Delete"]
        assert gateway.done[-1][1].messages == (101,)


async def test_database_away_for_long_does_not_end_the_sender(writer: Writer) -> None:
    chat = group(writer)
    async with sending(writer) as (box, gateway):
        await calm(box)
        submit, left = writer.submit, 3

        async def failing(fn: Any, *args: Any) -> Any:
            nonlocal left
            if left:
                left -= 1
                raise Lost("away")
            return await submit(fn, *args)

        await submit(lambda w: w.say(Send(chat=chat, text="a")))
        writer.submit = failing  # type: ignore[method-assign]
        box.wake()
        await asyncio.sleep(0.1)
        writer.submit = submit  # type: ignore[method-assign]
        box.wake()
        await calm(box)
        assert gateway.texts() == ["a"]


async def test_a_long_queue_is_looked_at_seldom_and_a_reply_passes_it(writer: Writer) -> None:
    groups = [group(writer, n) for n in range(1, 301)]
    async with sending(writer, Pace(rate=200.0, chat_gap=0.0)) as (box, gateway):
        await say(box, writer, *[Send(chat=c, text="post", post=True) for c in groups])
        await arrived(gateway, 20)
        before, sent = writer.commits, len(gateway.done)
        await say(box, writer, Send(chat=groups[0], text="reply"))
        await arrived(gateway, sent + 60)
        assert "reply" in gateway.texts()[sent : sent + 60]
        looks = writer.commits - before - 2 * (len(gateway.done) - sent)
        assert looks <= 20  # marks and receipts at most, and a look for each half of a hand


async def test_a_paid_post_does_not_wait_for_the_free_ones_and_stopping_takes_both(writer: Writer) -> None:
    groups = [group(writer, n) for n in range(1, 41)]
    async with sending(writer, Pace(rate=0.02, chat_gap=0.0)) as (box, gateway):
        await say(
            box,
            writer,
            *[Send(chat=c, text="free", post=True) for c in groups[:20]],
            *[Send(chat=c, text="paid", post=True, paid=True) for c in groups[20:]],
        )
        await arrived(gateway, 21)
        assert gateway.texts().count("paid") == 20
        assert gateway.texts().count("free") == 1
        await say(box, writer, Send(chat=groups[0], text="last", post=True, paid=True, due=_soon(writer)))
        await writer.submit(drop_posts, "stopped")
    assert {s for _, s, _ in states(writer)} == {"done", "dead"}
    assert len(gateway.done) == 21


def _soon(writer: Writer) -> datetime:
    return writer.clock.now() + timedelta(minutes=1)


async def test_what_a_clock_ahead_put_off_leaves_when_it_is_set_right(writer: Writer) -> None:
    chat = group(writer)
    writer.clock.shift(timedelta(hours=1))
    async with sending(writer) as (box, gateway):
        await say(box, writer, Send(chat=chat, text="first"))
        await calm(box)
        writer.write(lambda w: w.say(Send(chat=chat, text="said ahead")))
        writer.write(lambda w: w.say(Send(chat=chat, text="planned", due=w.now + timedelta(minutes=5))))
        writer.clock.shift(-timedelta(hours=1))
        box.wake()
        await arrived(gateway, 2)
        await calm(box)
        assert gateway.texts() == ["first", "said ahead"]


async def test_what_follows_a_message_that_was_too_late_is_over_at_once(writer: Writer) -> None:
    chat = group(writer)
    writer.write(lambda w: w.say(Send(chat=chat, text="hello", ref="hi:1", lifetime=60)))
    writer.write(lambda w: w.sql.run(sa.update(outbox).values(until=w.now - timedelta(seconds=1))))
    async with sending(writer) as (box, gateway):
        await calm(box)
        await say(box, writer, Delete(chat=chat, ref="hi:1"), Edit(chat=chat, ref="hi:1", text="hello again"))
        await calm(box)
        states = writer.write(lambda w: [r.state for r in w.sql.all(sa.select(outbox.c.state))])
        assert (gateway.texts(), "parked" in states) == ([], False)


async def test_what_a_clock_ahead_had_refused_waits_as_long_as_it_was_told_to(writer: Writer) -> None:
    chat, other = group(writer, 1), group(writer, 2)

    def refused_ahead(work: Work) -> None:
        work.say(Send(chat=chat, text="refused"))
        work.say(Send(chat=chat, text="behind it"))
        work.say(Send(chat=other, text="planned", due=work.now + timedelta(hours=1)))

    writer.write(refused_ahead)
    writer.clock.shift(timedelta(hours=1))
    entry = writer.write(lambda w: Hand().fill(w, []))[0][0]
    writer.write(mark, [entry])
    put_off = Result(entry, "waiting", error="too many requests", again_in=30, counts=False, silence=True)
    writer.write(book, [put_off])
    writer.clock.shift(-timedelta(hours=1))
    ((lane, seconds),) = writer.write(recover)
    assert (lane, round(seconds)) == (-chat, 30)
    now = writer.clock.now()
    dues = writer.write(lambda w: w.sql.all(sa.select(outbox.c.due).order_by(outbox.c.id)))
    assert [round((r.due - now).total_seconds()) for r in dues] == [30, 30, 3600]


async def test_what_was_said_behind_what_is_tried_again_waits_for_it_also_after_a_restart(
    writer: Writer,
) -> None:
    chat, other = group(writer, 1), group(writer, 2)
    writer.write(lambda w: w.say(Send(chat=chat, text="first")))
    (entry,) = writer.write(mark, writer.write(Hand().fill, [])[0])
    writer.write(book, [Result(entry, "waiting", error="Bad Gateway", again_in=4)])
    for text in ("behind it", "planned"):
        due = writer.clock.now() + timedelta(hours=1) if text == "planned" else None
        writer.write(lambda w, t=text, d=due: w.say(Send(chat=chat, text=t, due=d)))
    writer.write(lambda w: w.say(Delete(chat=chat, messages=(5,))))
    writer.write(lambda w: w.say(Send(chat=other, text="elsewhere")))
    assert writer.write(keep_back) == [(chat, REPLY, 4.0)]
    now = writer.clock.now()
    dues = writer.write(lambda w: w.sql.all(sa.select(outbox.c.due).order_by(outbox.c.id)))
    assert [round((r.due - now).total_seconds()) for r in dues] == [4, 4, 3600, 0, 0]


async def test_what_is_said_after_a_restart_does_not_overtake_what_is_tried_again(writer: Writer) -> None:
    chat = group(writer)
    writer.write(lambda w: w.say(Send(chat=chat, text="mute")))
    (entry,) = writer.write(mark, writer.write(Hand().fill, [])[0])
    writer.write(book, [Result(entry, "waiting", error="Bad Gateway", again_in=2.0)])
    async with sending(writer) as (box, gateway):
        await say(box, writer, Send(chat=chat, text="unmute"))
        await asyncio.sleep(0.05)
        assert gateway.texts() == []
        writer.clock.shift(timedelta(seconds=3))
        await arrived(gateway, 2)
        assert gateway.texts() == ["mute", "unmute"]


async def test_nothing_overtakes_what_was_refused_through_the_groups_upgrade(writer: Writer) -> None:
    chat = group(writer, 1, "group")

    def flood(effect: Effect, target: Target) -> None:
        if target.telegram_id == -1001:
            raise Later("too many requests", retry_after=2.0, counts=False)

    async with sending(writer) as (box, gateway):
        gateway.answer = flood
        await say(box, writer, Send(chat=chat, text="a"))
        await arrived(gateway, 1)
        await writer.submit(lambda w: upgrade(w, -1001, -100777))
        await say(box, writer, Send(chat=chat, text="b"))
        await asyncio.sleep(0.05)
        writer.clock.shift(timedelta(seconds=3))
        await arrived(gateway, 3)
        assert gateway.texts() == ["a", "a", "b"]


def test_what_a_group_owes_under_its_new_id_leaves_though_the_notice_comes_later(writer: Writer) -> None:
    old, new = group(writer, 1, "group"), group(writer, 777)
    writer.write(lambda w: w.say(Delete(chat=new, messages=(5,))))
    writer.write(lambda w: upgrade(w, -1001, -1777))
    (entry,) = writer.write(lambda w: Hand().fill(w, []))[0]
    assert (entry.chat, entry.target.telegram_id) == (old, -1777)


async def test_what_comes_back_while_a_receipt_cannot_be_booked_is_booked(writer: Writer) -> None:
    chats = [group(writer, n) for n in range(3)]

    def late(effect: Effect, target: Target) -> Receipt:
        return Receipt((2**70 if target.telegram_id == -1001 else 7,))  # no database takes that number

    async with sending(writer) as (box, gateway):
        gateway.answer = late
        await say(box, writer, *[Send(chat=c, text=f"{n}") for n, c in enumerate(chats)])
        await calm(box)
    assert sorted(s for _, s, _ in states(writer)) == ["done", "done", "sending"]
