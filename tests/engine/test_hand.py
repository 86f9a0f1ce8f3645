"""The rows in hand: what is taken from the table, in which order, and what may leave of it now."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.core.effects import EDIT, MODERATION, PAID, POST, REPLY, Ban, Delete, Edit, Effect, Menu, Send
from groupbot.core.events import Chat
from groupbot.core.pacing import Pace, Pacer
from groupbot.engine.addresses import resolve, set_state
from groupbot.engine.clock import tick_by
from groupbot.engine.entries import Entry, Target, place_of
from groupbot.engine.outbox.hand import SHARES, Hand, _padded, keys_of
from groupbot.engine.outbox_table import outbox
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from tests.conftest import START

INF = float("inf")
FREE = Pace(rate=INF, free_rate=INF, paid_rate=INF, chat_minute=1000, chat_gap=0.0)


@pytest.fixture(autouse=True)
def at() -> Iterator[list[float]]:
    """What the monotonic clock reads."""
    reading = [1000.0]
    tick_by(lambda: reading[0])
    yield reading
    tick_by(time.monotonic)


def entry(n: int, kind: str = "send", *, chat: int = 1, user: int = 0, lane: int = REPLY) -> Entry:
    return Entry(n, lane, kind, chat, user, Target(-1000 - chat if chat else user, chat > 0))


def choose(hand: Hand, pacer: Pacer | None = None, clock: datetime = START) -> tuple[list[int], float]:
    """The numbers of the entries that may leave, and the pause."""
    ready, pause = hand.choose(pacer or Pacer(FREE), clock)
    return [e.id for e in ready], pause


def holding(*entries: Entry) -> Hand:
    hand = Hand()
    hand.entries = [*entries]
    return hand


# --- what may leave
def test_one_thing_of_a_chat_leaves_at_a_time_and_its_moderation_beside_it() -> None:
    ban = entry(3, "ban", lane=MODERATION)
    hand = holding(ban, entry(1), entry(2), entry(4, chat=2), entry(5, chat=0, user=9))
    assert choose(hand) == ([3, 1, 4, 5], 1.0)
    assert [e.id for e in hand.entries] == [2]
    assert choose(hand) == ([], 1.0)
    hand.busy -= keys_of(entry(1))
    assert choose(hand) == ([2], 1.0)
    assert hand.entries == []


def test_a_person_and_their_private_chat_are_one_and_so_is_an_upgraded_group() -> None:
    person, private = entry(1, chat=0, user=9), entry(2, chat=7)
    private.target = Target(9, False)
    group, moved = entry(3, chat=8), entry(4, chat=8)
    moved.target = Target(-100777, True)
    assert choose(holding(person, private, group, moved)) == ([1, 3], 1.0)


def test_a_message_to_a_person_and_moderation_of_a_group_numbered_alike_leave_beside_each_other() -> None:
    ban, message = entry(1, "ban", chat=9, lane=MODERATION), entry(2, chat=0, user=9)
    assert choose(holding(ban, message)) == ([1, 2], 1.0)


def test_nothing_overtakes_what_waits_for_its_chat() -> None:
    """A call needs no slot of the group's minute, but what was said before it comes first."""
    pacer = Pacer(Pace(rate=INF, free_rate=INF, chat_gap=0.4))
    pacer.take(1000.0, -1, message=True, group=True)
    hand = holding(entry(1), entry(2, "pin"), entry(3, chat=2))
    ready, pause = choose(hand, pacer)
    assert (ready, [e.id for e in hand.entries]) == ([3], [1, 2])
    assert pause == pytest.approx(0.4)


@pytest.mark.parametrize(("gap", "held"), [(0.5, {}), (0.75, {(1, 1): 1000.75})])
def test_a_chat_that_waits_for_longer_than_a_moment_makes_room(gap: float, held: dict[object, float]) -> None:
    pacer = Pacer(Pace(rate=INF, free_rate=INF, chat_gap=gap))
    pacer.take(1000.0, -1, message=True, group=True)
    hand = holding(entry(1), entry(2), entry(3, "ban", lane=MODERATION), entry(4, chat=2))
    assert choose(hand, pacer) == ([3, 4], gap)
    assert hand.held == held
    assert [e.id for e in hand.entries] == ([] if held else [1, 2])


def test_a_chat_held_back_comes_again_when_its_time_is_over(at: list[float]) -> None:
    hand = Hand()
    hand.held, hand.stale = {(1, 1): 1000.5, (2, 1): 1000.25}, False
    assert choose(hand) == ([], 0.25)
    assert not hand.stale
    at[0] = 1000.25
    assert choose(hand) == ([], 0.25)
    assert (hand.held, hand.stale) == ({(1, 1): 1000.5}, True)


def test_what_is_tried_again_is_not_overtaken_in_its_chat_and_holds_nothing_beside_it(
    at: list[float],
) -> None:
    for late, others in ((entry(9, "edit"), [3, 2]), (entry(9, "ban", lane=MODERATION), [1, 2])):
        hand = holding(entry(3, "ban", lane=MODERATION), entry(1, "edit"), entry(2, chat=2))
        hand.put_off(late.chat, late.lane, 2.0)
        assert choose(hand) == (others, 1.0)
        assert hand.entries == []  # the third makes room, and is taken again
        hand.stale, at[0] = False, at[0] + 2.0
        assert choose(hand) == ([], 1.0)
        assert hand.stale


def test_silence_for_moderation_is_its_own() -> None:
    pacer = Pacer(FREE)
    hand = holding(entry(1, "ban", lane=MODERATION), entry(2))
    hand.held = {(1, 0): 1002.0}
    assert choose(hand, pacer) == ([2], 1.0)
    assert hand.entries == []


def test_without_a_slot_of_the_token_replies_wait_each_and_posts_behind_the_first() -> None:
    pacer = Pacer(Pace(rate=4.0, free_rate=INF, chat_gap=0.0))
    hand = holding(
        entry(1),
        entry(2, chat=2),
        entry(3, "delete", chat=3),
        entry(4, chat=4, lane=POST),
        entry(5, "pin", chat=4, lane=POST),
    )
    assert choose(hand, pacer) == ([1, 3, 5], 0.25)
    assert [e.id for e in hand.entries] == [2, 4]


def test_paid_posts_have_slots_of_their_own_and_stay_in_their_order() -> None:
    pacer = Pacer(Pace(rate=1.0, free_rate=INF, paid_rate=2.0, chat_gap=0.0))
    paid = [entry(n, chat=n, lane=PAID) for n in (3, 4, 5)]
    hand = holding(entry(1), entry(2, chat=2), *paid)
    assert choose(hand, pacer) == ([1, 3], 0.5)
    assert [e.id for e in hand.entries] == [2, 4, 5]


@pytest.mark.parametrize(("kind", "slot"), [("send", True), ("edit", True), ("poll", True), ("ban", False)])
def test_messages_take_a_slot_of_the_token(kind: str, slot: bool) -> None:
    pacer = Pacer(Pace(rate=2.0, free_rate=4.0))
    choose(holding(entry(1, kind)), pacer)
    assert (pacer.wait(1000.0, -9, message=True, group=True) > 0) is slot
    assert (pacer.wait(1000.0, -9, message=False, group=True) > 0) is not slot


def test_the_next_row_that_will_be_due_ends_the_pause_and_no_pause_is_nothing() -> None:
    hand = Hand()
    hand.next_due = START + timedelta(seconds=0.25)
    assert choose(hand)[1] == pytest.approx(0.251)
    hand.next_due = START - timedelta(seconds=9)
    assert choose(hand) == ([], 0.005)


# --- when to look
def test_the_table_is_looked_at_when_it_is_new_or_due_or_a_second_ago(at: list[float]) -> None:
    hand = Hand()
    assert hand.wants(START)
    hand.stale, hand._looked = False, 1000.0
    assert not hand.wants(START)
    hand.next_due = START
    assert [hand.wants(START + timedelta(seconds=s)) for s in (-1, 0, 1)] == [False, True, True]
    hand.next_due, at[0] = None, 1000.99
    assert not hand.wants(START)
    at[0] = 1001.0
    assert hand.wants(START)


def test_the_table_is_looked_at_when_half_of_a_share_has_left_and_there_is_more() -> None:
    hand = holding(*(entry(n, lane=EDIT if n % 2 else REPLY) for n in range(61)))
    hand.stale, hand._looked, hand._more = False, 1000.0, {SHARES[1]}
    assert not hand.wants(START)
    hand.entries.pop()
    assert hand.wants(START)
    hand._more = set()
    assert not hand.wants(START)


def test_few_statements_serve_for_all_numbers_of_chats() -> None:
    assert [_padded([*range(1, n + 1)]) for n in range(6)] == [
        [0],
        [1],
        [1, 2],
        [1, 2, 3, 3],
        [1, 2, 3, 4],
        [1, 2, 3, 4, 5, 5, 5, 5],
    ]


# --- what is taken
def lake(writer: Writer, n: int = 1) -> int:
    return writer.write(lambda w: resolve(w, Chat(-1000 - n, "supergroup", f"G{n}")).id)


def say(writer: Writer, *effects: Effect) -> int:
    """Said now; the number of the first row."""
    writer.write(lambda w: [w.say(e) for e in effects])
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.id).order_by(outbox.c.id)))
    return int(rows[-len(effects)].id)


def test_the_hand_is_filled_lane_by_lane_as_far_as_there_is_room(writer: Writer) -> None:
    chat = lake(writer)
    post = Send(chat=chat, text="post", post=True)
    say(writer, *[post] * 61, *[Send(chat=chat, text="reply")] * 100)
    say(writer, *[Edit(chat=chat, ref=f"r{n}", text="edit") for n in range(30)])
    say(writer, Ban(chat=chat, member=5), Send(chat=chat, text="paid", post=True, paid=True))
    hand, due, more = writer.write(Hand().fill, [])
    lanes = [e.lane for e in hand]
    assert [lanes.count(n) for n in range(5)] == [1, 100, 20, 60, 1]
    assert [(e.lane, e.id) for e in hand] == sorted((e.lane, e.id) for e in hand)
    assert (due, more) == (None, {SHARES[1], SHARES[2]})
    for n, edits in ((99, 1), (100, 0)):  # the last place is taken too
        fuller = [e for e in hand if e.lane == REPLY] + [entry(10_000 + i) for i in range(n - 80)]
        filled, _, _ = writer.write(Hand().fill, fuller)
        assert [e.lane for e in filled].count(EDIT) == edits
    rest = [e for e in hand if e.lane != REPLY]
    again, _, more = writer.write(Hand().fill, list(rest))
    assert len(again) == len(hand)
    assert [(e.lane, e.id) for e in again] == sorted((e.lane, e.id) for e in hand)
    assert more == {SHARES[1], SHARES[2]}


def test_a_share_that_is_not_full_has_no_more(writer: Writer) -> None:
    chat = lake(writer)
    say(writer, *[Send(chat=chat, text="post", post=True)] * 59)
    assert writer.write(Hand().fill, [])[2] == set()
    say(writer, Send(chat=chat, text="post", post=True))
    hand, _, more = writer.write(Hand().fill, [])
    assert (len(hand), more) == (60, {SHARES[2]})


def test_a_row_in_hand_knows_where_it_goes(writer: Writer) -> None:
    chat = lake(writer)
    basic = writer.write(lambda w: resolve(w, Chat(-2, "group", "Basic")).id)
    private = writer.write(lambda w: resolve(w, Chat(9, "private", "Mei")).id)
    writer.write(set_state, basic, "limited", "delete")
    first = say(
        writer,
        Send(chat=chat, text="a"),
        Delete(chat=basic, messages=(1,)),
        Send(chat=private, text="c"),
        Send(user=9, text="d"),
        Menu(commands=()),
    )
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == first).values(tries=3)))
    assert writer.write(Hand().fill, [])[0] == [
        Entry(first + 1, MODERATION, "delete", basic, 0, Target(-2, True), limited=True),
        Entry(first, REPLY, "send", chat, 0, Target(-1001, True), tries=3),
        Entry(first + 2, REPLY, "send", private, 0, Target(9, False)),
        Entry(first + 3, REPLY, "send", 0, 9, Target(9, False)),
        Entry(first + 4, REPLY, "menu", 0, 0, Target(0, False)),
    ]


def test_what_is_due_later_is_only_known_by_its_time(writer: Writer) -> None:
    chat = lake(writer)
    for minutes in (3, 2):
        say(writer, Send(chat=chat, text="later", post=True, due=START + timedelta(minutes=minutes)))
    say(writer, Delete(chat=chat, messages=(1,), due=START + timedelta(minutes=4)))
    assert writer.write(Hand().fill, []) == ([], START + timedelta(minutes=2), set())


def test_chats_and_people_held_back_are_left_out(writer: Writer) -> None:
    chats = [lake(writer, n) for n in range(1, 5)]
    say(writer, *[Send(chat=c, text="a") for c in chats], *[Send(user=u, text="b") for u in (7, 8)])
    say(writer, Ban(chat=chats[0], member=5))

    kicked = lake(writer, 5)
    say(writer, Send(chat=kicked, text="a"), Send(chat=kicked, text="b"))
    writer.write(set_state, kicked, "kicked")
    writer.write(set_state, chats[1], "limited", "pin")
    say(writer, Send(chat=chats[1], text="later", due=START + timedelta(minutes=1)))
    gone = say(writer, Send(chat=chats[1], text="done"), Send(chat=chats[1], text="another bot's"))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == gone).values(state="done")))
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(outbox.c.id == gone + 1).values(bot_id=1)))

    def taken(held: dict[tuple[int, int], float]) -> list[int]:
        hand = Hand()
        hand.held = held
        return [e.chat or -e.user for e in writer.write(hand.fill, [])[0]]

    one, two, three, four = chats
    assert taken({}) == [one, *chats, -7, -8]
    assert taken({(one, 1): 1000.5, (-7, 1): 1000.5}) == [one, two, three, four, -8]
    assert taken({(c, 1): 1000.5 for c in (one, three, four)}) == [one, two, -7, -8]
    assert taken({(one, 0): 1000.5}) == [*chats, -7, -8]
    assert taken({(two, 1): 1000.0}) == [one, *chats, -7, -8]


def test_the_depth_is_counted_and_what_is_too_late_ends_once_a_second(
    writer: Writer, at: list[float]
) -> None:
    chat, hand = lake(writer), Hand()
    assert hand.depth == 0
    say(writer, *[Send(chat=chat, text="a", lifetime=60)] * 3)
    writer.write(hand.fill, [])
    assert hand.depth == 3
    writer.clock.shift(timedelta(minutes=5))
    at[0] = 1000.99
    assert len(writer.write(hand.fill, [])[0]) == 3
    at[0] = 1001.0
    assert writer.write(hand.fill, [])[0] == []
    assert hand.depth == 0


async def test_what_a_clock_ahead_put_off_is_taken_when_it_is_set_back(writer: Writer) -> None:
    chat, hand = lake(writer), Hand()
    writer.clock.shift(timedelta(hours=1))
    await hand.take(writer)
    say(writer, Send(chat=chat, text="ahead"))
    writer.clock.shift(-timedelta(hours=1))
    await hand.take(writer)
    assert len(hand.entries) == 1
    hand = Hand()  # it never saw another time: nothing is set right
    writer.clock.shift(timedelta(hours=1))
    say(writer, Send(chat=chat, text="ahead"))
    writer.clock.shift(-timedelta(hours=1))
    for _ in range(2):
        await hand.take(writer)
        assert len(hand.entries) == 1


async def test_what_a_clock_ahead_put_off_is_taken_also_when_the_disk_was_full_then(writer: Writer) -> None:
    """The look that sets it right may have to begin anew."""
    chat, hand = lake(writer), Hand()
    writer.clock.shift(timedelta(hours=1))
    await hand.take(writer)
    say(writer, Send(chat=chat, text="ahead"))
    writer.clock.shift(-timedelta(hours=1))
    fill, tries = hand.fill, []

    def refused_once(work: Work, entries: list[Entry]) -> Any:
        found = fill(work, entries)
        tries.append(1)
        if len(tries) == 1:
            raise sqlite3.OperationalError("database or disk is full")
        return found

    hand.fill = refused_once  # type: ignore[method-assign]
    await hand.take(writer)
    assert (len(tries), len(hand.entries)) == (2, 1)


def test_replies_put_off_leave_in_the_order_they_were_said_and_posts_in_that_of_their_time(
    writer: Writer,
) -> None:
    """Also while another chat is held back."""
    chat, other = lake(writer), lake(writer, 2)
    first = say(
        writer, *[Send(chat=chat, text="reply")] * 130, *[Send(chat=chat, text="post", post=True)] * 70
    )
    last = first + 199
    for row in (first, last):
        due = START if row == first else START - timedelta(seconds=5)
        writer.write(
            lambda w, r=row, d=due: w.sql.run(sa.update(outbox).where(outbox.c.id == r).values(due=d))
        )
    rest = sa.and_(outbox.c.id > first, outbox.c.id < first + 130)
    early = START - timedelta(seconds=5)
    writer.write(lambda w: w.sql.run(sa.update(outbox).where(rest).values(due=early)))
    for held in ({}, {(other, 1): 1000.5}):
        hand = Hand()
        hand.held = dict(held)
        found = [e.id for e in writer.write(hand.fill, [])[0]]
        assert found[:120] == [*range(first, first + 120)]
        assert found[120:] == [*range(first + 130, first + 189), last]


def test_what_is_put_off_for_a_person_holds_back_their_private_chat(writer: Writer) -> None:
    private = writer.write(lambda w: resolve(w, Chat(9, "private", "Mei")).id)
    say(writer, Send(user=9, text="a"), Send(chat=private, text="b"), Send(user=8, text="c"))
    hand = Hand()
    hand.entries = writer.write(hand.fill, [])[0]
    assert [e.target.telegram_id for e in hand.entries] == [9, 9, 8]
    hand.put_off(place_of(hand.entries[0]), hand.entries[0].lane, 60)
    ready, _ = hand.choose(Pacer(), writer.clock.now())
    assert [e.target.telegram_id for e in ready] == [8]
    again = writer.write(hand.fill, [])[0]  # and is not taken in hand again meanwhile
    assert [e.target.telegram_id for e in again] == [8]
