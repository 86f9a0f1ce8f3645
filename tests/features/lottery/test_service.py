"""Draws on both databases: one entry each, frozen once, everybody wins once at most."""

import itertools
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Answer, Ask, Send
from groupbot.core.events import BoostChanged, Boosts, Chat, Command, Joined, Left, Message, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.lottery import domain, service, store
from groupbot.features.lottery.domain import Conditions, Order, Prize
from groupbot.features.lottery.service.ending import end
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from tests.features.lottery.test_domain import verifier

GROUP = Chat(-100, "supergroup", "West Lake")
_numbers = itertools.count()


def gift(seats: int) -> Order:
    return Order((Prize("gift", seats),))


def room(work: Work) -> int:
    work.chat = resolve(work, GROUP).id
    return work.chat


def open_(writer: Writer, order: Order) -> int:
    def fn(work: Work) -> int:
        room(work)
        return service.open_lottery(work, order, by=50)

    return writer.write(fn)


def speaks(work: Work, person: int) -> None:
    message = Message(at=work.now, chat=GROUP, sender=Person(person, f"P{person}"), message_id=1, text="hi")
    members.note_people(message, work)


def enter(work: Work, number: int, person: int) -> dict[str, object] | str:
    """What the toast says, or the refusal's template."""
    room(work)
    tap = Tap(
        at=work.now,
        chat=GROUP,
        sender=Person(person, f"P{person}"),
        query_id=str(next(_numbers)),
        raw="",
    )
    members.note_people(tap, work)
    try:
        work.step(lambda w: service.enter(w, number, tap))
    except Refusal as r:
        return r.template
    return next(e.data for e in reversed(work.effects) if isinstance(e, Answer))


def claim(work: Work, number: int, person: int) -> str:
    room(work)
    tap = Tap(at=work.now, chat=GROUP, sender=Person(person), query_id="1", raw="")
    try:
        work.step(lambda w: service.claim(w, number, tap))
    except Refusal as r:
        return r.template
    return str(next(e.template for e in reversed(work.effects) if isinstance(e, Answer)))


def winners(writer: Writer, number: int) -> list[int]:
    return [a.person_id for a in writer.write(lambda w: w.sql.all(store.AWARDS, the_id=number))]


def state(writer: Writer, number: int) -> str:
    return str(writer.write(lambda w: w.sql.first(store.LOTTERY, the_id=number).state))


def test_a_draw_is_ended_once_and_its_record_holds(writer: Writer) -> None:
    number = open_(writer, gift(3))
    writer.write(lambda w: [enter(w, number, p) for p in range(1, 23)])
    writer.clock.shift(timedelta(hours=24))
    said: list[str] = []

    def tick(work: Work) -> None:
        service.end_due(work)
        for _, fn in work.finals():
            fn(work)
        said.extend(str(e.template) for e in work.effects if isinstance(e, Send))

    for _ in range(2):
        writer.write(tick)
    assert said == ["lottery/winners"]
    assert not writer.write(end, number)
    record = writer.write(service.public_record, number)
    assert verifier()(record) == ""
    people = {domain.entry_of(row_salt(writer, number), p): p for p in range(1, 23)}
    assert winners(writer, number) == [people[e] for e in record["winners"]]
    assert len(set(winners(writer, number))) == 3
    places = writer.write(lambda w: w.sql.all(store.ENTRIES_OF, the_id=number))
    assert sorted(e.place for e in places) == list(range(1, 23))


def row_salt(writer: Writer, number: int) -> str:
    return str(writer.write(lambda w: w.sql.first(store.LOTTERY, the_id=number).salt))


def test_what_was_sealed_before_the_first_entry_is_what_is_revealed(writer: Writer) -> None:
    sent: list[dict[str, object]] = []

    def fn(work: Work) -> int:
        room(work)
        number = service.open_lottery(work, gift(1), by=50)
        sent.append(next(e.data for e in work.effects if isinstance(e, Send)))
        return number

    number = writer.write(fn)
    writer.write(enter, number, 1)
    writer.write(lambda w: (room(w), service.close(w)))
    record = writer.write(service.public_record, number)
    assert (sent[0]["commitment"], sent[0]["rules_hash"]) == (record["commitment"], record["rules_hash"])
    assert record["server_seed"] not in str(sent[0])


def test_entering_twice_is_one_entry_with_the_same_number(writer: Writer) -> None:
    number = open_(writer, gift(1))
    first, again = writer.write(lambda w: [enter(w, number, 1), enter(w, number, 1)])
    later = writer.write(enter, number, 1)
    assert first == {"number": first["number"], "entered": 1, "again": False}  # type: ignore[index]
    assert again == later == {**first, "again": True}  # type: ignore[dict-item]
    count = sa.select(sa.func.count()).select_from(store.entry)
    assert writer.write(lambda w: w.sql.value(count)) == 1


def test_fewer_entrants_than_prizes_each_win_once(writer: Writer) -> None:
    number = open_(writer, gift(5))
    writer.write(lambda w: [enter(w, number, p) for p in (1, 2)])
    writer.write(lambda w: (room(w), service.close(w)))
    assert sorted(winners(writer, number)) == [1, 2]


def test_a_draw_nobody_entered_is_over_for_good(writer: Writer) -> None:
    number = open_(writer, gift(1))
    writer.clock.shift(timedelta(hours=25))
    writer.write(service.end_due)
    assert (state(writer, number), winners(writer, number)) == ("empty", [])
    assert verifier()(writer.write(service.public_record, number)) == ""
    assert open_(writer, gift(1)) > number


def test_staff_newcomers_and_the_late_do_not_come_in(writer: Writer) -> None:
    number = open_(writer, gift(1))

    def arrive(work: Work) -> None:
        room(work)
        members.note_people(Joined(at=work.now, chat=GROUP, people=(Person(9, "New"),)), work)
        work.sql.run(
            members_store.KEEP_STAFF,
            chat_id=work.chat,
            person_id=50,
            status="administrator",
            rights=[],
            checked_at=work.now,
        )
        work.drop("members.staff", work.chat)

    writer.write(arrive)
    assert [writer.write(enter, number, p) for p in (9, 50)] == ["lottery/new", "lottery/staff"]
    writer.clock.shift(timedelta(hours=24))
    assert writer.write(enter, number, 1) == "lottery/over"


def test_who_left_or_became_staff_before_the_draw_is_out_of_the_frozen_list(writer: Writer) -> None:
    number = open_(writer, gift(5))
    writer.write(lambda w: [enter(w, number, p) for p in (1, 2, 3)])

    def changes(work: Work) -> None:
        room(work)
        members.note_people(Left(at=work.now, chat=GROUP, person=Person(2, "P2")), work)
        work.sql.run(
            members_store.KEEP_STAFF,
            chat_id=work.chat,
            person_id=3,
            status="administrator",
            rights=[],
            checked_at=work.now,
        )
        work.put("members.staff", (work.chat, 3), ("administrator", work.now, ()))

    writer.write(changes)
    writer.write(lambda w: (room(w), service.close(w)))
    assert winners(writer, number) == [1]
    rows = writer.write(lambda w: w.sql.all(store.ENTRIES_OF, the_id=number))
    assert sorted((r.person_id, r.out) for r in rows) == [(1, None), (2, "left"), (3, "staff")]
    record = writer.write(service.public_record, number)
    assert (verifier()(record), record["count"]) == ("", 1)


def test_an_entry_of_the_closing_batch_counts(writer: Writer) -> None:
    number = open_(writer, gift(1))

    def batch(work: Work) -> None:
        enter(work, number, 1)
        work.step(service.close)

    writer.write(batch)
    assert winners(writer, number) == [1]


def test_a_failed_entry_leaves_nothing(writer: Writer) -> None:
    number = open_(writer, gift(1))

    def broken(work: Work) -> None:
        tap = Tap(at=work.now, chat=GROUP, sender=Person(1), query_id="1", raw="")
        service.enter(work, number, tap)
        raise ZeroDivisionError

    def batch(work: Work) -> object:
        room(work)
        speaks(work, 1)
        with pytest.raises(ZeroDivisionError):
            work.step(broken)
        return service.status(work)["entered"]

    assert writer.write(batch) == 0


def test_one_draw_at_a_time_and_only_an_open_one_can_be_closed(writer: Writer) -> None:
    number = open_(writer, gift(1))
    with pytest.raises(Refusal, match="lottery/open_already"):
        open_(writer, gift(1))
    for wrong in (number + 1, None):
        if wrong is None:
            writer.write(lambda w: (room(w), service.close(w)))
        with pytest.raises(Refusal, match="lottery/none_open"):
            writer.write(lambda w, n=wrong: (room(w), service.close(w, n)))


def test_a_winner_claims_once_within_the_time(writer: Writer) -> None:
    number = open_(writer, gift(1))
    writer.write(enter, number, 1)
    writer.write(lambda w: (room(w), service.close(w)))
    assert [writer.write(claim, number, p) for p in (2, 1, 1)] == [
        "lottery/not_won",
        "lottery/claimed",
        "lottery/claimed",
    ]
    writer.clock.shift(timedelta(hours=73))
    writer.write(service.lapse_due)
    award = writer.write(lambda w: w.sql.first(store.AWARDS, the_id=number))
    assert (award.claimed_at is not None, award.lapsed_at) == (True, None)


def test_a_prize_nobody_claims_lapses_and_the_organiser_hears_of_it(writer: Writer) -> None:
    row = {"id": 50, "first_name": "Zhou", "is_bot": False, "seen_at": writer.clock.now()}
    started = sa.insert(members_store.person).values(**row, started_at=writer.clock.now())
    writer.write(lambda w: w.sql.run(started))
    number = open_(writer, gift(1))
    writer.write(lambda w: w.put("members.staff", room(w), {50: ("administrator", w.now, ())}))
    writer.write(enter, number, 1)
    writer.write(lambda w: (room(w), service.close(w)))
    writer.clock.shift(timedelta(hours=72))
    assert writer.write(claim, number, 1) == "lottery/lapsed"

    def tick(work: Work) -> list[tuple[object, object]]:
        service.lapse_due(work)
        return [(e.user, e.template) for e in work.effects if isinstance(e, Send)]

    assert [writer.write(tick), writer.write(tick)] == [
        [(50, "lottery/unclaimed"), (None, "lottery/returned")],
        [],
    ]
    assert writer.write(claim, number, 1) == "lottery/lapsed"


def test_an_open_draw_shows_no_record_and_a_foreign_one_is_unknown(writer: Writer) -> None:
    number = open_(writer, gift(1))
    with pytest.raises(Refusal, match="lottery/still_open"):
        writer.write(service.public_record, number)

    def ask(work: Work) -> None:
        elsewhere = Chat(-200, "supergroup", "East Lake")
        work.chat = resolve(work, elsewhere).id
        message = Message(at=work.now, chat=elsewhere, sender=Person(1), message_id=1)
        command = Command(
            at=work.now, chat=elsewhere, sender=Person(1), name="verify", args="", message=message
        )
        service.verify(work, command, number)

    with pytest.raises(Refusal, match="lottery/unknown"):
        writer.write(ask)


def test_a_boost_is_asked_for_at_the_press_and_again_before_the_close(writer: Writer) -> None:
    order = Order((Prize("gift", 1),), conditions=Conditions(boost=True))
    number = open_(writer, order)

    def told(work: Work, person: int, until: datetime | None) -> None:
        chat = room(work)
        here = Chat(-100, "supergroup")
        service.boosts.told(work, Boosts(at=work.now, chat=here, person=person, until=until))
        assert chat

    def asks(work: Work) -> list[int]:
        service.boosts.ask_again(work)
        return [e.member for e in work.effects if isinstance(e, Ask)]

    later = writer.clock.now() + timedelta(days=30)
    assert writer.write(enter, number, 7) == {"word": ""}  # asked, press again
    writer.write(told, 7, later)
    assert writer.write(enter, number, 7)["again"] is False  # type: ignore[index]
    assert writer.write(enter, number, 8) == {"word": ""}
    writer.write(told, 8, None)
    assert writer.write(enter, number, 8) == "lottery/boost"

    def change(work: Work, person: int, until: datetime | None) -> list[int]:
        room(work)
        changed = BoostChanged(at=work.now, chat=GROUP, person=person, boost="b", until=until)
        service.boosts.changed(work, changed)
        return [e.member for e in work.effects if isinstance(e, Ask)]

    assert writer.write(change, 8, later) == []
    assert writer.write(enter, number, 8)["again"] is False  # type: ignore[index]
    assert writer.write(change, 8, None) == [8]  # they may have others
    writer.write(told, 8, later)
    assert writer.write(change, 9, later) == []
    assert writer.write(enter, number, 9)["entered"] == 3  # type: ignore[index]
    assert writer.write(asks) == []
    writer.clock.shift(timedelta(hours=23, minutes=59))
    assert [writer.write(asks), writer.write(asks)] == [[7, 8, 9], []]
    writer.write(told, 7, None)
    writer.clock.shift(timedelta(minutes=1))
    assert writer.write(end, number)
    rows = writer.write(lambda w: w.sql.all(store.ENTRIES_OF, the_id=number))
    assert {e.person_id: e.out for e in rows} == {7: "boost", 8: None, 9: None}


def test_boosts_of_a_chat_that_asks_for_none_are_not_kept(writer: Writer) -> None:
    def change(work: Work) -> object:
        room(work)
        service.boosts.changed(
            work, BoostChanged(at=work.now, chat=GROUP, person=7, boost="b", until=work.now + timedelta(30))
        )
        return work.sql.first(store.BOOST, chat=work.chat, who=7)

    assert writer.write(change) is None
