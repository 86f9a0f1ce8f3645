"""The clock of a group: it is corrected, and its month begins before or after ours."""

from datetime import date, datetime, timedelta

import pytest

from groupbot.engine.content import Content
from groupbot.engine.shipped import folder
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.promos import service
from groupbot.features.promos.service.load import seat
from groupbot.features.promos.service.month import limits, month
from groupbot.features.promos.service.monthly import live_plans
from tests.features.promos.test_approval import DUE, with_ops, word
from tests.features.promos.test_publish import at, chats, plan, publish, said, slots, take_in

BERLIN = DUE + timedelta(hours=7)  # 10:00 there, where DUE is 10:00 in Shanghai


def moved_to_berlin(writer: Writer) -> None:
    writer.write(lambda w: members.put(w, ZONE, "Europe/Berlin", chat=1))
    writer.write(seat)


@pytest.mark.parametrize("rule", ["", "FREQ=DAILY"])
def test_what_was_said_at_ten_is_not_said_at_ten_again_where_the_clock_is_corrected_westward(
    writer: Writer, rule: str
) -> None:
    chats(writer)
    take_in(writer, plan(rrule=rule, kind="notice"))
    at(writer, DUE)
    publish(writer)
    at(writer, DUE + timedelta(hours=1))
    moved_to_berlin(writer)
    at(writer, BERLIN)
    publish(writer)
    assert len(said(writer)) == 1
    assert slots(writer)[1:] == ([(1, "01 09:00", "waiting", None)] if rule else [])


def test_what_was_not_said_yet_comes_at_its_time_on_the_corrected_clock(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(kind="notice"))
    at(writer, DUE - timedelta(hours=1))
    moved_to_berlin(writer)
    at(writer, BERLIN)
    publish(writer)
    assert slots(writer) == [(1, "31 09:00", "said", None), (1, "01 09:00", "waiting", None)]


def test_in_the_first_hours_of_a_month_it_is_that_month(writer: Writer) -> None:
    chats(writer)
    take_in(writer, plan(rrule="", start=datetime(2027, 3, 10, 10)))
    at(writer, datetime(2027, 2, 28, 23))  # in Shanghai the first of March, 07:00

    def looked(work: Work) -> tuple[str, list[str]]:
        work.chat, work.content = 1, Content([folder("content_templates")])
        return service.calendar(work, "", "en"), service.lacking_expert(work)

    drawn, lacking = writer.write(looked)
    assert "Posts of March 2027" in drawn
    assert lacking == ["Store 1"]  # by what is posted in March


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_a_post_by_hand_stands_in_the_calendar_at_the_hour_it_was_sent(writer: Writer, zone: str) -> None:
    writer.content = Content([folder("content_templates")])
    with_ops(writer, 1)
    chats(writer, zone=zone)
    ten = DUE if zone == "Asia/Shanghai" else DUE + timedelta(hours=13)
    at(writer, ten)

    def sent(work: Work) -> str:
        service.post(work, "全部", "Closed on Monday")
        (item,) = service.items(work)
        return str(service.described(work, item)["when"])

    assert writer.write(sent) == ""  # now, and not again
    word(writer, 1)
    publish(writer)
    every = writer.write(lambda w: [limits(w, p) for p in members.profiles(w)])
    drawn = month(writer.write(live_plans), every, date(2027, 1, 1))
    assert ([f"{wall:%d %H:%M}" for wall, _ in drawn.said], drawn.held) == (["31 10:00"], {})
