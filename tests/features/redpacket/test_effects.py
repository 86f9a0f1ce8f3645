"""What followed a packet of the house, counted a day and a week later."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from groupbot.core.events import BotStanding, Chat, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import store as record
from groupbot.features.members import service as members
from groupbot.features.redpacket import service, store
from groupbot.features.redpacket.domain import Order
from groupbot.features.redpacket.domain import effects as domain
from tests.features.redpacket.test_service import ADMIN, GROUP, enter, grab, open_

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def act(
    work: Work, person: int, ago: timedelta, kind: str = "message", staff: object = False, chat: int = 0
) -> None:
    """One act in the record, and in the sums of its day."""
    chat, at = chat or enter(work), work.now - ago
    row = {"chat_id": chat, "at": at, "person_id": person, "kind": kind, "units": 3, "staff": staff}
    work.sql.run(sa.insert(record.event).values(**row))
    day = at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    counts = {
        "messages": int(kind == "message"),
        "reactions": int(kind == "reaction"),
        "taps": int(kind == "tap"),
    }
    key = {"chat_id": chat, "day": day, "person_id": person}
    work.sql.run(sa.insert(record.member_day).values(**key, staff=staff, replies=0, **counts))


def measured(writer: Writer) -> int:
    """All that is due, as the tick does it; how many there were."""
    n = 0
    while writer.write(lambda w: service.keep_effect(service.effect_step(w), w)):
        n += 1
    return n


def spans(writer: Writer) -> list[list[dict[str, object]]]:
    def look(work: Work) -> list[list[dict[str, object]]]:
        enter(work)
        return [p["spans"] for p in service.effects(work, 8)]

    return writer.write(look)


def test_a_packet_is_compared_with_the_same_stretch_before_it(writer: Writer) -> None:
    writer.write(act, 99, 8 * DAY)  # the record begins
    for person in range(10, 20):
        writer.write(act, person, 2 * HOUR)
    writer.write(act, ADMIN, HOUR, "message", True)
    writer.write(act, 98, 3 * DAY)
    number = open_(writer, Order(50, 2, "equal", phrase="tea"))
    writer.clock.shift(DAY)
    writer.write(act, 40, 20 * HOUR, "tap")  # a press is nothing of one's own
    writer.write(act, 41, 20 * HOUR, "reaction")
    for person in range(10, 22):
        writer.write(act, person, 3 * HOUR)
    assert measured(writer) == 0  # the stretch is over, but not settled
    writer.clock.shift(HOUR)
    assert [measured(writer), measured(writer)] == [1, 0]
    alone = {"takers": 0, "takers_said": (0, 0), "woken": 0, "each": None, "control": None, "beyond": None}
    day = alone | {
        "span": "24h",
        "said": (10, 12),
        "people": (10, 13),
        "said_change": 20,
        "people_change": 30,
    }
    assert spans(writer) == [[{**day, "known": 100, "few": False, "others": 0}]]
    writer.clock.shift(8 * DAY)
    assert [measured(writer), measured(writer)] == [1, 0]
    week = alone | {
        "span": "7d",
        "said": (1, 12),
        "people": (1, 12),
        "said_change": None,
        "people_change": None,
    }
    assert [s[1] for s in spans(writer)] == [{**week, "known": 100, "few": True, "others": 0}]
    assert number == 1


def test_saying_the_passphrase_is_no_act_of_ones_own(writer: Writer) -> None:
    number = open_(writer, Order(50, 2, "equal", phrase="tea"))

    def claimed(work: Work, person: int) -> None:
        row = {"packet_id": number, "person_id": person, "seq": person - 10, "amount": 25, "at": work.now}
        work.sql.run(sa.insert(store.claim).values(**row))
        act(work, person, timedelta(0))

    for person in (10, 11):
        writer.write(claimed, person)
    writer.clock.shift(26 * HOUR)
    writer.write(act, 11, 10 * HOUR)
    assert measured(writer) == 1
    assert [(s["said"], s["people"], s["known"]) for s in spans(writer)[0]] == [((0, 1), (0, 1), 0)]


def test_other_packets_of_the_house_in_the_same_time_are_said(writer: Writer) -> None:
    open_(writer, Order(50, 2, "equal"))
    writer.clock.shift(20 * HOUR)
    second = open_(writer, Order(50, 2, "equal"))
    assert writer.write(grab, second, 7) == (25, 25)
    writer.clock.shift(26 * HOUR)
    assert measured(writer) == 2
    assert [[s["others"] for s in p] for p in spans(writer)] == [[1], [1]]


def test_nothing_is_awaited_of_a_members_own_packet_or_a_planned_one(writer: Writer) -> None:
    open_(writer, Order(50, 5, at="20:00"))
    assert writer.write(lambda w: w.sql.all(sa.select(store.effect.c.span))) == []


def test_seven_days_are_whole_days_of_the_wall_clock_across_a_change_of_it() -> None:
    found = domain.stretches("7d", datetime(2027, 3, 26, 21, 30, tzinfo=ZoneInfo("Europe/Berlin")))
    assert found == domain.Stretches(
        datetime(2027, 3, 18, 23, tzinfo=UTC),
        datetime(2027, 3, 25, 23, tzinfo=UTC),
        datetime(2027, 3, 26, 23, tzinfo=UTC),
        datetime(2027, 4, 2, 22, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("before", "after", "people", "known", "percent"),
    [
        (120, 150, 30, 100, 25),
        (200, 201, 10, 100, 1),
        (200, 199, 10, 100, -1),
        (100, 0, 10, 100, -100),
        (7, 7, 10, 100, 0),
        (0, 5, 10, 100, None),
        (120, 150, 9, 100, None),
        (120, 150, 30, 99, None),
    ],
)
def test_a_change_is_said_only_where_there_is_enough_to_compare(
    before: int, after: int, people: int, known: int, percent: int | None
) -> None:
    assert domain.change(before, after, people, known) == percent


def elsewhere(work: Work, n: int) -> int:
    """Another group."""
    return resolve(work, Chat(-100 - n, "supergroup", f"Store {n}")).id


def set_up(work: Work, n: int, tier: str) -> None:
    """This group (0), or another, as of a tier."""
    room = Chat(-100 - n, "supergroup", f"Store {n}" if n else GROUP.title)
    work.chat = resolve(work, room).id
    work.event = BotStanding(at=work.now, chat=room, sender=Person(ADMIN, "Olga"), status="administrator")
    members.note_people(work.event, work)
    members.set_profile(work, work.chat, tier=tier, owner=ADMIN)


def act_in(work: Work, n: int, person: int, ago: timedelta) -> None:
    """Said in another group."""
    act(work, person, ago, chat=elsewhere(work, n))


def test_who_took_a_share_is_followed_and_groups_without_a_packet_stand_beside(writer: Writer) -> None:
    def prepare(work: Work) -> None:
        for n, tier in enumerate(("store", "store", "store", "dealer")):
            set_up(work, n, tier)
        act(work, 99, 40 * DAY)  # the records begin
        for n in (1, 2, 3):
            act_in(work, n, 99, 40 * DAY)
        for person in range(10, 20):
            act(work, person, 2 * HOUR)
            act_in(work, 1, person, 2 * HOUR)
            act_in(work, 3, person, 2 * HOUR)

    writer.write(prepare)
    number = open_(writer, Order(40, 4, "equal"))
    for person in (10, 11, 50, 51):  # 50 and 51 had said nothing for long
        writer.write(grab, number, person)

    def other(work: Work) -> None:  # a group with a packet of its own is none to compare with
        enter(work)
        work.chat = elsewhere(work, 2)
        service.send(work, Order(50, 2, "equal"), sender=ADMIN, company=True)

    writer.write(other)
    writer.clock.shift(DAY)
    for person in (10, 50, *range(60, 70)):
        writer.write(act, person, 3 * HOUR)
    for person in range(10, 21):
        writer.write(act_in, 1, person, 3 * HOUR)
    writer.clock.shift(HOUR)
    assert measured(writer) == 2
    found = spans(writer)[0][0]
    assert {k: found[k] for k in ("takers", "takers_said", "woken", "each", "control")} == {
        "takers": 4,
        "takers_said": (2, 2),
        "woken": 1,
        "each": 40,  # all that was taken, for each who came back
        "control": {"chats": 1, "said": (10, 11), "change": 10},
    }
    assert (found["said_change"], found["beyond"]) == (20, 10)
