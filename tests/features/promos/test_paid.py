"""Posts that cost Stars ask first, on the price; progress is told to who let it go, seldom enough."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import PAID
from groupbot.core.events import Chat, Message, Person
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain import Audience, Wrong, plan_of
from tests.features.promos.test_approval import word
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in

DUE = datetime(2027, 1, 31, 2)
OLGA = 7


def afford(writer: Writer, stars: int) -> None:
    writer.me = structs.replace(writer.me, stars=stars, operators=(OLGA,))


def test_a_paid_plan_waits_for_a_word_without_any_ops_chat_and_then_leaves_paid(writer: Writer) -> None:
    chats(writer, 12)
    take_in(writer, plan(paid=True, grace=3600))
    afford(writer, 2)
    at(writer, DUE)
    publish(writer)
    assert [s[2] for s in slots(writer)] == ["held"] * 12 + ["waiting"] * 12
    assert word(writer, OLGA).stars == 2  # 1.2, rounded up
    publish(writer)
    assert [(s.paid, s.post) for s in said(writer)] == [(True, True)] * 12
    lanes = writer.write(lambda w: w.sql.all(sa.select(outbox.c.lane)))
    assert {r.lane for r in lanes} == {PAID}


def test_above_the_limit_there_is_no_yes_and_a_lowered_limit_holds_what_was_approved(writer: Writer) -> None:
    chats(writer, 12)
    take_in(writer, plan(paid=True, grace=3600))
    afford(writer, 1)
    with pytest.raises(Refusal) as e:
        word(writer, OLGA)
    assert (e.value.template, e.value.data) == ("promos/too_dear", {"stars": 2, "limit": 1})
    afford(writer, 2)
    assert word(writer, OLGA).missing == []
    writer._caches.clear()  # a restart, with another groupbot.toml
    afford(writer, 1)
    at(writer, DUE)
    publish(writer)
    assert (said(writer), {s[2] for s in slots(writer)}) == ([], {"held", "waiting"})
    assert word(writer, OLGA, "stop").stopped  # which is always possible


@pytest.mark.parametrize(("value", "paid"), [(True, True), (False, False), ("yes", None), (1, None)])
def test_paid_is_true_or_false_and_nothing_else(value: object, paid: bool | None) -> None:
    raw = {
        "name": "p",
        "audience": "a",
        "template": "promos/notice",
        "start": "2027-01-31 10:00",
        "paid": value,
    }
    if paid is None:
        with pytest.raises(Wrong) as e:
            plan_of(raw, {"a": Audience("a")})
        assert e.value.field == "paid"
    else:
        assert plan_of(raw, {"a": Audience("a")}).paid is paid


def running(writer: Writer) -> list[dict[str, Any]]:
    return writer.write(service.running)


def sent(writer: Writer, count: int) -> None:
    def fn(work: Work) -> None:
        ids = [r.id for r in work.sql.all(sa.select(outbox.c.id).order_by(outbox.c.id).limit(count))]
        work.sql.run(sa.update(outbox).where(outbox.c.id.in_(ids)).values(state="done"))

    writer.write(fn)


def begun(writer: Writer) -> None:
    """Olga has written to the bot."""

    def fn(work: Work) -> None:
        person = Person(OLGA, "Olga")
        hello = Message(at=work.now, chat=Chat(OLGA, "private"), sender=person, message_id=1, text="/start")
        work.event = hello
        members.note_people(hello, work)

    writer.write(fn)


def test_progress_goes_to_who_approved_it_and_its_edits_keep_a_budget(writer: Writer) -> None:
    chats(writer, 12)
    take_in(writer, plan(paid=True, grace=3600))
    afford(writer, 2)
    begun(writer)
    word(writer, OLGA)
    at(writer, DUE)
    publish(writer)
    told = []
    for second in range(0, 61, 3):
        at(writer, DUE + timedelta(seconds=second))
        sent(writer, second // 6)
        for news in running(writer):
            told.append((second, news["to"], news["data"]["sent"], news["data"]["queued"]))
    assert told[0] == (0, {"user": OLGA}, 0, 12)
    assert len(told) <= 8  # six a minute
    sent(writer, 12)
    at(writer, DUE + timedelta(seconds=66))
    assert [(n["data"]["sent"], n["data"]["queued"]) for n in running(writer)] == [
        (12, 0)
    ]  # the end, at once
    at(writer, DUE + timedelta(seconds=99))
    assert running(writer) == []


def test_two_posts_by_hand_of_one_second_are_two_named_by_the_groups_clock(writer: Writer) -> None:
    writer.content = Content([folder("content_templates")])
    chats(writer)
    [first, second] = writer.write(lambda w: [service.post(w, "全部", text) for text in ("one", "two")])
    rows = writer.write(lambda w: [service.live(w, i) for i in (first, second)])
    assert [(p.name, p.data["text"]) for p in rows if p is not None] == [
        ("/post 01-30 18:00:00", "one"),
        ("/post 01-30 18:00:00 2", "two"),
    ]
