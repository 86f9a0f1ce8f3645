"""A digest says what was approved, and nothing that may not be said any more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain import POSTS, Plan
from groupbot.features.promos.domain.rhythm import DIGEST
from tests.features.promos.test_approval import DUE, with_ops, word
from tests.features.promos.test_approved_texts import looked_again, offer
from tests.features.promos.test_digest_rhythm import speaks
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in


def no_room(writer: Writer) -> None:
    """A group that takes no posts today, and a digest in the morning."""
    chats(writer)
    writer.write(lambda w: members.put(w, POSTS, 0, chat=1))
    writer.write(lambda w: members.put(w, DIGEST, "09:30", chat=1))


def held(writer: Writer, when: datetime = DUE) -> None:
    at(writer, when)
    publish(writer)
    assert [s[2:] for s in slots(writer) if s[2] != "waiting"] == [("skipped", "digest")]


def next_morning(writer: Writer, when: datetime = DUE) -> list[str]:
    writer.write(lambda w: members.put(w, POSTS, 3, chat=1))
    at(writer, when + timedelta(days=1, minutes=-20))
    writer.write(service.say_digests)
    return [s.text for s in said(writer)]


def talk(**more: object) -> Plan:
    return plan(**{"pool": ("promos/greeting",), "data": {"text": "a"}, "digest": True, "rrule": "", **more})


def test_a_digest_says_the_version_that_was_approved(writer: Writer, tmp_path: Path) -> None:
    with_ops(writer, 1)
    path = offer(writer, tmp_path)
    no_room(writer)
    take_in(writer, talk(pool=("shop/offer",), data={}))
    word(writer, 1)
    path.write_text("second, longer", "utf-8")
    looked_again(writer)
    word(writer, 1, "old")
    held(writer)
    assert next_morning(writer) == ["今天的几件事\n\n· p first"]


def test_what_one_digest_has_no_room_for_comes_in_the_next(writer: Writer) -> None:
    speaks(writer)
    no_room(writer)
    take_in(writer, *(talk(name=f"p{n:02}", data={"text": f"{n}."}) for n in range(1, 12)))
    at(writer, DUE)
    publish(writer)
    (first,) = next_morning(writer)
    assert (first.count("·"), "10." in first, "11." in first) == (10, True, False)
    assert next_morning(writer, DUE + timedelta(days=1))[1:] == ["今天的几件事\n\n· p11 11."]
    assert len(next_morning(writer, DUE + timedelta(days=2))) == 2


def stopped(writer: Writer) -> None:
    word(writer, 1, "stop")


def removed(writer: Writer) -> None:
    take_in(writer)


def changed(writer: Writer) -> None:
    take_in(writer, talk(data={"text": "b"}))


def shut(writer: Writer) -> None:
    writer.write(lambda w: service.set_gate(w, "sale/warm", "stopped"))


@pytest.mark.parametrize("happens", [stopped, removed, changed, shut])
def test_what_may_not_be_said_any_more_is_in_no_digest(
    writer: Writer, happens: Callable[[Writer], None]
) -> None:
    speaks(writer)
    with_ops(writer, 1)
    no_room(writer)
    writer.write(lambda w: service.set_gate(w, "sale/warm", ""))
    take_in(writer, talk(campaign="sale/warm" if happens is shut else ""))
    word(writer, 1)
    held(writer)
    happens(writer)
    assert next_morning(writer) == []


def test_a_greeting_is_in_no_digest_on_a_day_of_mourning(writer: Writer) -> None:
    speaks(writer)
    no_room(writer)
    day = datetime(2027, 12, 12, 10)
    take_in(writer, talk(kind="greeting", start=day))
    held(writer, datetime(2027, 12, 12, 2))
    assert next_morning(writer, datetime(2027, 12, 12, 2)) == []


def test_after_a_restore_what_was_kept_may_have_been_said_and_is_not_said_again(writer: Writer) -> None:
    speaks(writer)
    no_room(writer)
    take_in(writer, talk())
    held(writer)
    at(writer, DUE + timedelta(hours=1))
    writer.write(service.let_pass)
    assert next_morning(writer) == []
