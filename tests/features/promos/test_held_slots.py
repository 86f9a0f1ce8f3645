"""Slots that waited for a word, and come after later ones: nothing is said twice."""

from datetime import timedelta
from pathlib import Path

import pytest

from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain import GAP, Plan
from tests.features.promos.test_approval import DUE, with_ops, word
from tests.features.promos.test_approved_texts import looked_again, offer
from tests.features.promos.test_publish import TEN, at, chats, plan, publish, said, slots, take_in


def twice_a_day() -> Plan:
    return plan(pool=("shop/offer",), rrule="FREQ=DAILY;BYHOUR=10,15", kind="notice", grace=12 * 3600)


def without_gaps(writer: Writer, count: int) -> None:
    for chat in range(1, count + 1):
        writer.write(lambda w, c=chat: members.put(w, GAP, 0, chat=c))


def test_an_earlier_slot_let_go_after_a_later_one_was_said_says_nothing_twice(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1)
    path = offer(writer, tmp_path)
    chats(writer)
    without_gaps(writer, 1)
    take_in(writer, twice_a_day())
    word(writer, 1)
    path.write_text("second, longer", "utf-8")
    looked_again(writer)
    at(writer, DUE)
    publish(writer)
    path.write_text("first", "utf-8")
    looked_again(writer)
    at(writer, DUE + timedelta(hours=5))
    publish(writer)
    assert [s[2] for s in slots(writer)] == ["held", "said", "waiting"]
    word(writer, 1)
    at(writer, DUE + timedelta(hours=5, minutes=1))
    publish(writer)
    assert len(said(writer)) == 1
    assert [s[2:] for s in slots(writer)] == [("skipped", "overtaken"), ("said", None), ("waiting", None)]


def test_held_slots_of_a_chat_that_two_batches_take_are_said_once(writer: Writer, tmp_path: Path) -> None:
    with_ops(writer, 1)
    offer(writer, tmp_path)
    chats(writer, 3)
    without_gaps(writer, 3)
    take_in(writer, twice_a_day())
    for when in (DUE, DUE + timedelta(hours=5)):
        at(writer, when)
        publish(writer)
    assert [s[2] for s in slots(writer)] == ["held"] * 6 + ["waiting"] * 3
    word(writer, 1)
    publish(writer, most=4)
    assert sorted(s.chat or 0 for s in said(writer)) == [1, 2, 3]
    assert [s[2] for s in slots(writer)] == ["skipped"] * 3 + ["said"] * 3 + ["waiting"] * 3


def test_after_a_restore_what_was_held_may_have_been_posted_and_is_not_posted_again(
    writer: Writer, tmp_path: Path
) -> None:
    with_ops(writer, 1)
    offer(writer, tmp_path)
    chats(writer)
    take_in(writer, twice_a_day())
    at(writer, DUE)
    publish(writer)
    at(writer, DUE + timedelta(hours=1))
    writer.write(service.let_pass)
    assert [s[2:] for s in slots(writer)] == [("skipped", "restored"), ("waiting", None)]
    word(writer, 1)
    publish(writer)
    assert said(writer) == []


@pytest.mark.parametrize("ops", [True, False])
def test_a_plan_moved_to_another_day_is_not_posted_at_its_old_time(writer: Writer, ops: bool) -> None:
    """Neither when an operator's word lets go what waited, nor where nothing had looked in time."""
    chats(writer)
    once = {"rrule": "", "kind": "notice", "grace": 12 * 3600}
    take_in(writer, plan(**once))
    if ops:
        with_ops(writer, 1)
        at(writer, DUE)
        publish(writer)
        assert [s[2] for s in slots(writer)] == ["held"]
    at(writer, DUE + timedelta(minutes=30))
    take_in(writer, plan(**once, start=TEN + timedelta(days=5)))
    if ops:
        word(writer, 1)
    publish(writer)
    assert said(writer) == []
    moved = [(1, "31 02:00", "skipped", "overtaken"), (1, "05 02:00", "waiting", None)]
    assert slots(writer) == moved
    at(writer, DUE + timedelta(days=5))
    publish(writer)
    assert len(said(writer)) == 1
