"""Posts held by a limit come together; the plan's post before goes; groups that fall silent are told of."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Delete, from_json
from groupbot.core.events import Chat, Message, Person
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.promos import service
from groupbot.features.promos.domain import POSTS, Wrong, plan_of
from groupbot.features.promos.domain.audience import Audience
from groupbot.features.promos.domain.rhythm import DIGEST, RHYTHM, alarm, burstiness
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in

DAY = datetime(2027, 1, 31, 2)  # ten o'clock in the chats


def speaks(writer: Writer) -> None:
    writer.content = Content([folder("content_templates")])
    writer.render = writer.content.renderer(members.voice, b"k")


def test_what_the_days_limit_held_comes_in_one_digest_next_morning(writer: Writer) -> None:
    speaks(writer)
    chats(writer)
    writer.write(lambda w: members.put(w, POSTS, 1, chat=1))
    writer.write(lambda w: members.put(w, DIGEST, "09:30", chat=1))
    data = {"text": "年货怎么搭"}
    take_in(
        writer,
        plan("first", rrule="", pool=("promos/greeting",), data={"text": "早"}, priority=5),
        plan("talk", rrule="", pool=("promos/greeting",), data=data, digest=True),
        plan("plain", rrule="", pool=("promos/greeting",), data=data),
        plan("offer", rrule="", pool=("promos/greeting",), data=data, kind="promotion", digest=True),
    )
    at(writer, DAY)
    publish(writer)
    assert [s[2:] for s in slots(writer)] == [
        ("said", None), ("skipped", "digest"), ("skipped", "posts"), ("skipped", "posts"),
    ]  # fmt: skip
    writer.write(service.say_digests)
    assert len(said(writer)) == 1  # the day's posts are used up
    at(writer, datetime(2027, 2, 1, 1, 29))
    writer.write(service.say_digests)
    assert len(said(writer)) == 1
    at(writer, datetime(2027, 2, 1, 1, 31))
    for _ in range(2):
        writer.write(service.say_digests)
    assert [s.text for s in said(writer)][1:] == ["今天的几件事\n\n· talk 年货怎么搭"]
    assert writer.write(service.items)[0].plan.name != "digest"
    at(writer, datetime(2027, 2, 1, 3))
    take_in(
        writer, plan("later", start=datetime(2027, 2, 1, 12), rrule="", pool=("promos/greeting",), data=data)
    )
    at(writer, datetime(2027, 2, 1, 4))
    publish(writer)
    assert slots(writer)[-1][2:] == ("skipped", "posts")  # the digest was the post of that day


def test_a_group_without_a_time_for_its_digest_skips_and_stale_pieces_are_let_go(writer: Writer) -> None:
    speaks(writer)
    chats(writer, 2)
    for chat in (1, 2):
        writer.write(lambda w, c=chat: members.put(w, POSTS, 0, chat=c))
    writer.write(lambda w: members.put(w, DIGEST, "09:30", chat=2))
    take_in(writer, plan(rrule="", pool=("promos/greeting",), data={"text": "a"}, digest=True))
    at(writer, DAY)
    publish(writer)
    assert [(s[0], s[3]) for s in slots(writer)] == [(1, "posts"), (2, "digest")]
    at(writer, DAY + timedelta(days=3))
    writer.write(lambda w: members.put(w, POSTS, 3, chat=2))
    writer.write(service.say_digests)
    assert said(writer) == []


def test_the_plans_post_before_goes_when_the_next_one_comes(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(replace=True))
    for day in (31, 32):
        at(writer, datetime(2027, 1, 31, 2) + timedelta(days=day - 31))
        publish(writer)
    rows = writer.write(lambda w: w.sql.all(sa.select(outbox.c.payload).order_by(outbox.c.id)))
    effects = [from_json(r.payload) for r in rows]
    assert [type(e).__name__ for e in effects] == ["Send", "Send", "Delete"]
    assert isinstance(effects[2], Delete)
    assert effects[2].ref == "promo:1:2027-01-31T02:00:00:1"


def test_fields_that_are_no_truth_values_are_refused() -> None:
    whom = {"all": Audience("all")}
    raw = {"name": "p", "audience": "all", "template": "promos/notice", "start": "2027-01-01 10:00"}
    made = plan_of({**raw, "replace": True, "digest": True}, whom)
    assert (made.replace, made.digest) == (True, True)
    with pytest.raises(Wrong, match="neither true nor false"):
        plan_of({**raw, "digest": "yes please"}, whom)


def test_burstiness_is_that_of_its_source() -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    regular = [start + timedelta(days=n) for n in range(10)]
    heaps = [start + timedelta(days=20 * (n // 5), minutes=n) for n in range(10)]
    assert burstiness(regular) == pytest.approx(-1.0)
    assert burstiness(heaps) > 0.4
    assert alarm(regular, regular[-1], 1) == ""
    assert alarm(regular, regular[-1] + timedelta(days=3), 1) == "silent"
    assert alarm(heaps, heaps[-1], 30) == "bunched"
    assert (alarm(heaps, heaps[-1], 0), alarm([], start, 3)) == ("", "")


def test_a_silent_group_is_told_of_once_for_each_silence(writer: Writer) -> None:
    writer.me = structs.replace(writer.me, ops_chat=-777)
    chats(writer)
    writer.write(lambda w: members.put(w, RHYTHM, 2, chat=1))
    writer.me = structs.replace(writer.me, ops_chat=0)
    take_in(writer, plan(rrule=""))
    at(writer, DAY)
    publish(writer)
    writer.me = structs.replace(writer.me, ops_chat=-777)
    at(writer, DAY + timedelta(days=4, hours=1))
    for _ in range(2):
        writer.write(service.keep_rhythm)
    told = [s for s in said(writer) if s.template == "promos/rhythm"]
    assert [t.data for t in told] == [
        {"groups": [{"title": "Store 1", "why": "silent", "days": 4, "last": "01-31"}], "more": 0}
    ]


def told_of_rhythm(writer: Writer) -> list[tuple[object, str, int, str]]:
    return [
        (s.chat or s.user, g["why"], g["days"], g["last"])
        for s in said(writer)
        if s.template == "promos/rhythm"
        for g in s.data["groups"]
    ]


def test_a_long_span_and_a_group_that_never_heard_from_us_are_silence_too(writer: Writer) -> None:
    chats(writer, 2)  # the second one never gets a post
    for chat in (1, 2):
        writer.write(lambda w, c=chat: members.put(w, RHYTHM, 30, chat=c))
    take_in(writer, plan(rrule="", whom=Audience("one", chats=("Store 1",))))
    at(writer, DAY)
    publish(writer)
    writer.me = structs.replace(writer.me, ops_chat=-777)
    writer.write(service.keep_rhythm)
    at(writer, DAY + timedelta(days=59))
    writer.write(service.keep_rhythm)
    assert [t[1:] for t in told_of_rhythm(writer)] == []
    at(writer, DAY + timedelta(days=61))
    for _ in range(2):
        writer.write(service.keep_rhythm)
    assert [t[1:] for t in told_of_rhythm(writer)] == [("silent", 61, "01-31"), ("silent", 61, "")]


def test_without_a_chat_of_operators_they_are_told_in_private_once_they_can_be(writer: Writer) -> None:
    chats(writer)
    writer.me = structs.replace(writer.me, operators=(7,), ops_chat=0)
    writer.write(lambda w: members.put(w, RHYTHM, 2, chat=1))
    take_in(writer, plan(rrule=""))
    at(writer, DAY)
    publish(writer)
    at(writer, DAY + timedelta(days=5))
    writer.write(service.keep_rhythm)  # nobody can be told yet: nothing is taken for told
    room, olga = Chat(7, "private"), Person(7, "Olga")
    start = Message(at=writer.clock.now(), chat=room, sender=olga, message_id=1, text="/start")
    writer.write(lambda w: members.note_people(start, w))
    for _ in range(2):
        writer.write(service.keep_rhythm)
    assert told_of_rhythm(writer) == [(7, "silent", 5, "01-31")]
