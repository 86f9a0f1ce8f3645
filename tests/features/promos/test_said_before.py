"""What was said before holds back what comes after: days ago, or a moment ago in the same transaction."""

from datetime import timedelta

import pytest

from groupbot.core.effects import Delete
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos.domain import GAP, POSTS, PROMOTIONS
from tests.features.promos.test_approval import DUE
from tests.features.promos.test_publish import TEN, at, chats, plan, publish, said, slots, take_in

THREE = {"keep": 3, "grace": 3 * 86400}  # of the slots that were missed


def with_room(writer: Writer, promotions: int = 1) -> None:
    chats(writer)
    for setting, value in ((GAP, 0), (POSTS, 9), (PROMOTIONS, promotions)):
        writer.write(lambda w, s=setting, v=value: members.put(w, s, v, chat=1))


def test_missed_posts_said_together_take_different_templates(writer: Writer) -> None:
    with_room(writer)
    pool = ("promos/notice", "promos/greeting", "promos/offer")
    take_in(writer, plan(pool=pool, no_repeat_days=30, **THREE))
    at(writer, DUE + timedelta(days=2))
    publish(writer)
    assert sorted(s.template for s in said(writer)) == sorted(pool)


def test_of_missed_posts_said_together_each_replaces_the_one_before(writer: Writer) -> None:
    with_room(writer)
    take_in(writer, plan(replace=True, **THREE))
    at(writer, DUE + timedelta(days=2))
    publish(writer)
    every = said(writer)
    assert [e.ref for e in every if isinstance(e, Delete)] == [
        e.ref for e in every if not isinstance(e, Delete)
    ][:2]


def test_the_share_of_promotions_counts_one_said_a_moment_before(writer: Writer) -> None:
    with_room(writer, promotions=2)
    notices = [plan(f"n{n}", rrule="", kind="notice", start=TEN + timedelta(minutes=n)) for n in range(6)]
    later = {"rrule": "", "kind": "promotion", "start": TEN + timedelta(hours=5)}
    take_in(writer, *notices, plan("x", **later), plan("y", **later))
    for minute in (*range(6), 300):
        at(writer, DUE + timedelta(minutes=minute))
        publish(writer)
    assert [s[2:] for s in slots(writer)][6:] == [("said", None), ("skipped", "commerce")]


@pytest.mark.parametrize("hours", [72, GAP.most])
def test_the_widest_gap_that_can_be_set_is_kept(writer: Writer, hours: int) -> None:
    chats(writer)
    writer.write(lambda w: members.put(w, GAP, hours, chat=1))
    take_in(writer, plan())
    for day in range(8):
        at(writer, DUE + timedelta(days=day))
        publish(writer)
    said_on = [day for day, slot in enumerate(slots(writer)) if slot[2] == "said"]
    assert said_on == list(range(0, 8, hours // 24))
