"""Packets for members who are described alike (`/segment`)."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.members import service as members
from groupbot.features.members.domain import fits, spread
from groupbot.features.members.store import membership
from groupbot.features.redpacket import domain, service
from groupbot.features.redpacket.domain import Order, Unread, parse
from tests.features.redpacket.test_policy import put, refusal
from tests.features.redpacket.test_service import ADMIN, enter, grab, open_, state


def describe(writer: Writer, *of: tuple[int, str]) -> None:
    """Members who were here before the bot, described."""

    def fn(work: Work) -> None:
        chat = enter(work)
        for person, words in of:
            if not members.is_here(work, chat, person):
                work.sql.run(sa.insert(membership).values(chat_id=chat, person_id=person, evidence="before"))
            members.segmenting.describe_member(work, work.chat, person, words, ADMIN)

    writer.write(fn)


@pytest.mark.parametrize(
    ("order", "made"),
    [
        ("50 5 segment=large", ("scale:large",)),
        ("50 5 客群=大、中、老友", ("scale:large|medium", "closeness:loyal")),
        ("50 5 who=wholesale,retail", ("kind:wholesale|retail",)),
        ("50 5 segment=new", ("closeness:new",)),  # a new customer; who=new is who just came
        ("50 5 who=all", ()),
        ("50 5 who=new", ()),
    ],
)
def test_an_order_names_a_segment(order: str, made: tuple[str, ...]) -> None:
    found = parse(order)
    assert isinstance(found, Order)
    assert (found.segment, found.who) == (made, "new" if order.endswith("who=new") else "")


def test_a_word_that_is_no_segment_is_named() -> None:
    for word in ("50 5 who=boss", "50 5 segment=boss", "50 5 segment=large,boss"):
        assert parse(word) == Unread("boss", "who")


def test_who_fits_has_one_of_the_words_of_each_attribute() -> None:
    asked = spread("small medium loyal")
    assert asked == ("scale:small|medium", "closeness:loyal")
    assert fits(asked, ("scale:medium", "closeness:loyal", "kind:retail"))
    assert not fits(asked, ("scale:medium",))
    assert not fits(asked, ("scale:large", "closeness:loyal"))
    assert fits((), ())


def test_only_those_of_the_segment_take_a_share_and_what_they_are_counts_at_the_press(writer: Writer) -> None:
    describe(writer, (7, "large"), (8, "small"))
    number = open_(writer, Order(50, 1, "equal", segment=("scale:large",)))
    assert writer.write(grab, number, 8) == "redpacket/for_segment"
    assert writer.write(grab, number, 9) == "redpacket/for_segment"  # never described
    describe(writer, (7, "small"), (9, "large"))
    assert writer.write(grab, number, 7) == "redpacket/for_segment"
    assert writer.write(grab, number, 9) == (50, 50)
    assert state(writer, number) == "drained"


def test_more_shares_than_members_of_the_segment_are_refused_with_how_many_there_are(writer: Writer) -> None:
    assert refusal(writer, Order(50, 1, "equal", segment=("scale:large",))) == (
        "redpacket/few_of",
        {"segment": [["scale:large"]], "there": 0},
    )
    describe(writer, (7, "large"), (8, "large"))
    assert refusal(writer, Order(50, 3, "equal", segment=("scale:large",)))[1]["there"] == 2
    open_(writer, Order(50, 2, "equal", segment=("scale:large",)))


def test_the_house_sends_to_its_segment_unless_the_order_says_for_whom(writer: Writer) -> None:
    describe(writer, (7, "large"), (8, "small"))
    put(writer, domain.DAILY, 9)
    put(writer, domain.SEGMENT, domain.SEGMENT.parse("大"))
    house = open_(writer, Order(50, 1, "equal"))
    assert writer.write(grab, house, 8) == "redpacket/for_segment"
    assert writer.write(grab, house, 7) == (50, 50)
    for order in (Order(50, 1, "equal", whom=8), Order(50, 1, "equal", everybody=True)):
        assert writer.write(grab, open_(writer, order), 8)[0] == 50  # type: ignore[comparison-overlap]

    def plan(work: Work) -> object:
        enter(work)
        return service.plan(work)["segment"]

    assert writer.write(plan) == [["scale:large"]]


def test_a_planned_packet_keeps_its_segment(writer: Writer) -> None:
    describe(writer, (7, "large"), (8, "small"))
    number = open_(writer, Order(50, 1, "equal", segment=("scale:large",), at="11:00"))

    writer.clock.shift(timedelta(hours=17))
    writer.write(service.open_due)
    assert writer.write(grab, number, 8) == "redpacket/for_segment"
    assert writer.write(grab, number, 7) == (50, 50)
