"""Draws in full: prizes, ends, conditions, beacons, redraws, cancelling, each on both databases."""

import itertools
import json
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Edit, React, Send
from groupbot.core.events import Chat, Joined, Left, Message, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Me, Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal, Unsure
from groupbot.features.engagement.store import event, hired_join
from groupbot.features.ledger import domain as accounts
from groupbot.features.ledger import service as ledger
from groupbot.features.lottery import domain, service, store
from groupbot.features.lottery.domain import Conditions, Order, Prize
from groupbot.features.lottery.service.conditions import tickets_of
from groupbot.features.lottery.service.ending import end
from groupbot.features.lottery.service.resident import load
from groupbot.features.lottery.store.tables import boost
from groupbot.features.lottery.store.tables import gift as gifts
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.members.domain import ZONE
from groupbot.features.members.service.wishes import OPTOUT
from tests.features.lottery.rounds import ROUND_1000, ROUND_657413, freeze_for
from tests.features.lottery.test_domain import verifier
from tests.features.lottery.test_service import GROUP, claim, enter, gift, open_, room, state, winners

HOUR = timedelta(hours=1)


def order(*prizes: Prize, **more: object) -> Order:
    return Order(prizes or (Prize("gift", 1),), **more)  # type: ignore[arg-type]


def said(work: Work) -> list[str]:
    return [str(e.template) for e in work.effects if isinstance(e, Send | Edit)]


def tick(writer: Writer, fn: object = service.end_due, *args: object) -> list[str]:
    """What one tick says."""

    def run(work: Work) -> list[str]:
        fn(work, *args)  # type: ignore[operator]
        for _, final in work.finals():
            final(work)
        return said(work)

    return writer.write(run)


def enter_all(writer: Writer, number: int, people: range) -> None:
    def run(work: Work) -> None:
        for p in people:
            enter(work, number, p)
        for _, final in work.finals():
            final(work)

    writer.write(run)


def start_chat(writer: Writer, person: int) -> None:
    row = {"id": person, "first_name": f"P{person}", "is_bot": False, "seen_at": writer.clock.now()}
    writer.write(
        lambda w: w.sql.run(sa.insert(members_store.person).values(**row, started_at=writer.clock.now()))
    )


def leaves(writer: Writer, person: int) -> None:
    def run(work: Work) -> None:
        room(work)
        members.note_people(Left(at=work.now, chat=GROUP, person=Person(person, "P")), work)

    writer.write(run)


def arrives(work: Work, person: int) -> None:
    room(work)
    members.note_people(Joined(at=work.now, chat=GROUP, people=(Person(person, "P"),)), work)


def points(writer: Writer, person: int) -> int:
    return writer.write(lambda w: ledger.points_of(w, room(w), person))


def house(writer: Writer) -> int:
    return writer.write(lambda w: ledger.balance(w, ledger.house_wallet(w, room(w))))


def to(writer: Writer, at: datetime) -> None:
    writer.clock.shift(at - writer.clock.now())


def record(writer: Writer, number: int) -> dict[str, object]:
    return writer.write(service.public_record, number)


# --- prizes
def test_several_prizes_go_by_rank_points_are_booked_and_what_is_left_goes_back(writer: Writer) -> None:
    before = house(writer)
    number = open_(writer, order(Prize("box", 1), Prize("50 points", 3, "points", 50)))
    assert house(writer) == before - 150
    enter_all(writer, number, range(1, 4))
    writer.write(lambda w: (room(w), service.close(w)))
    assert house(writer) == before - 100  # three entrants, four seats
    first, second, third = winners(writer, number)
    assert [writer.write(claim, number, p) for p in (first, second, second)] == ["lottery/claimed"] * 3
    assert [points(writer, p) for p in (first, second, third)] == [0, 50, 0]
    writer.clock.shift(timedelta(days=40))
    for _ in range(4):
        tick(writer, service.lapse_due)
    assert (points(writer, third), house(writer) % 2000) == (0, (before - 50) % 2000)
    assert writer.write(ledger.recount).faults == ()


def test_points_the_house_does_not_have_refuse_the_draw(writer: Writer) -> None:
    with pytest.raises(Refusal, match="ledger/short"):
        open_(writer, order(Prize("9000 points", 1, "points", 9000)))
    assert writer.write(lambda w: w.sql.value(sa.select(sa.func.count()).select_from(store.lottery))) == 0


def test_codes_are_sealed_at_rest_and_shown_once_to_the_winner_in_private(writer: Writer) -> None:
    def run(work: Work) -> int:
        room(work)
        prize = Prize("coupon", 2, "code")
        return service.open_lottery(work, order(prize), by=50, codes={0: ["AAAA-1", "BBBB-2"]})

    number = writer.write(run)
    rows = writer.write(lambda w: [bytes(r.sealed) for r in w.sql.all(sa.select(store.code))])
    assert [b"AAAA" in r or b"BBBB" in r for r in rows] == [False, False]
    start_chat(writer, 1)
    enter_all(writer, number, range(1, 3))
    writer.write(lambda w: (room(w), service.close(w)))
    assert writer.write(claim, number, 2) == "common/start_first"

    def take(work: Work) -> list[tuple[object, object]]:
        told = claim(work, number, 1)
        assert told == "lottery/claimed"
        return [
            (e.user, e.data["words"])
            for e in work.effects
            if isinstance(e, Send) and e.template == "lottery/code"
        ]

    seat = winners(writer, number).index(1)
    assert [writer.write(take), writer.write(take)] == [[(1, ["AAAA-1", "BBBB-2"][seat])], []]
    left = writer.write(lambda w: [r.shown_to for r in w.sql.all(sa.select(store.code)) if r.sealed is None])
    assert left == [1]


def test_a_code_counts_as_sealed_while_somebody_may_still_come_for_it(writer: Writer) -> None:
    def run(work: Work) -> int:
        room(work)
        prize = Prize("coupon", 2, "code")
        return service.open_lottery(work, order(prize), by=50, codes={0: ["AAAA-1", "BBBB-2"]})

    def sealed() -> list[str]:
        return sorted(about for about, _ in writer.write(service.sealed))

    number = writer.write(run)
    both = [f"lottery:{number}:{seat}" for seat in (1, 2)]
    assert sealed() == both
    start_chat(writer, 1)
    enter_all(writer, number, range(1, 3))
    writer.write(lambda w: (room(w), service.close(w)))
    assert sealed() == both
    assert writer.write(claim, number, 1) == "lottery/claimed"
    came = winners(writer, number).index(1)
    assert sealed() == both[:came] + both[came + 1 :]
    writer.clock.shift(timedelta(days=12))
    assert "lottery/returned" in tick(writer, service.lapse_due)  # nobody else is there
    assert sealed() == []


def test_as_many_codes_as_seats_or_no_draw(writer: Writer) -> None:
    def run(work: Work) -> None:
        room(work)
        service.open_lottery(work, order(Prize("coupon", 3, "code")), by=50, codes={0: ["A", "B"]})

    with pytest.raises(Refusal, match="lottery/codes"):
        writer.write(run)


# --- ends
def test_a_draw_ends_when_it_is_full_and_the_next_press_is_late(writer: Writer) -> None:
    number = open_(writer, order(full=3))
    enter_all(writer, number, range(1, 4))
    assert state(writer, number) == "drawn"
    assert writer.write(enter, number, 4) == "lottery/over"


# --- conditions
def test_conditions_are_asked_at_entry_and_again_at_the_draw_and_the_reason_is_listed(writer: Writer) -> None:
    asked = Conditions(points=10, invites=1)
    number = open_(writer, order(Prize("gift", 2), conditions=asked))
    start_chat(writer, 2)

    def prepare(work: Work) -> None:
        chat = room(work)
        for p in (1, 2):
            wallet = ledger.house_wallet(work, chat)
            ledger.transfer(work, f"t:{p}", "test", (wallet, -10), (accounts.member(chat, p), 10))
            friend = Joined(
                at=work.now, chat=GROUP, people=(Person(p + 100, "F"),), sender=Person(p, f"P{p}")
            )
            members.note_people(friend, work)

    assert writer.write(enter, number, 3) == "lottery/invites"
    writer.write(prepare)
    enter_all(writer, number, range(1, 3))

    def spend(work: Work) -> None:
        chat = room(work)
        ledger.transfer(work, "spent", "test", (accounts.member(chat, 2), -1), (accounts.sink(chat), 1))

    writer.write(spend)
    writer.clock.shift(25 * HOUR)
    assert tick(writer) == ["lottery/removed", "lottery/ended", "lottery/winners"]
    made = record(writer, number)
    assert (verifier()(made), list(made["removed"].values()), winners(writer, number)) == (
        "",
        ["points"],
        [1],
    )  # type: ignore[attr-defined]


def test_who_turns_out_to_be_hired_is_not_in_the_draw_until_they_speak(writer: Writer) -> None:
    """Two comes to light, three spoke, and of four no word is written down: they opted out."""
    number = open_(writer, order())
    for person in (1, 2, 3, 4):
        assert isinstance(writer.write(enter, number, person), dict)

    def look(work: Work) -> None:
        for person in (2, 3, 4):
            row = {"chat_id": room(work), "person_id": person, "crowd": 6, "at": work.now}
            work.sql.run(sa.insert(hired_join).values(**row))
        row = {"chat_id": room(work), "person_id": 3, "kind": "message", "units": 1, "staff": False}
        work.sql.run(sa.insert(event).values(**row, at=work.now))
        members.wish(work, 4, OPTOUT, True)

    writer.write(look)
    writer.clock.shift(25 * HOUR)
    tick(writer)
    assert list(record(writer, number)["removed"].values()) == ["hired"]


def test_messages_count_for_the_activity_floor(writer: Writer) -> None:
    number = open_(writer, order(conditions=Conditions(active=2)))
    assert writer.write(enter, number, 1) == "lottery/active"
    was_active(writer, writer.clock.now().date())
    assert writer.write(enter, number, 1) != "lottery/active"


def was_active(writer: Writer, *days: date) -> None:
    """Person 1 wrote twice on each of these days of the group."""
    names = ("chat_id", "person_id", "staff", "messages", "replies", "reactions", "taps")
    table = sa.table("member_day", *map(sa.column, names), sa.column("day", sa.Date))
    row = {"person_id": 1, "staff": False, "messages": 2, "replies": 0, "reactions": 0, "taps": 9}
    for day in days:
        writer.write(lambda w, day=day: w.sql.run(sa.insert(table).values(chat_id=room(w), day=day, **row)))


@pytest.mark.parametrize(
    ("zone", "shift", "day"),
    [("America/Los_Angeles", -7, 22), ("America/Los_Angeles", 0, 23), ("Asia/Shanghai", 8, 24)],
)
def test_the_seven_days_of_activity_are_days_of_the_group(
    writer: Writer, zone: str, shift: int, day: int
) -> None:
    writer.write(lambda w: members.put(w, ZONE, zone, chat=room(w)))
    writer.clock.shift(shift * HOUR)  # from ten o'clock (UTC) on 30 January: 03:00, 10:00, 18:00
    number = open_(writer, order(conditions=Conditions(active=2)))
    was_active(writer, date(2027, 1, day - 1))
    assert writer.write(enter, number, 1) == "lottery/active"
    was_active(writer, date(2027, 1, day))
    assert writer.write(enter, number, 1) != "lottery/active"

    def tickets(work: Work) -> int:
        lottery = load(work, number)
        assert lottery is not None
        return tickets_of(work, structs.replace(lottery, tickets="active"), 1)

    assert writer.write(tickets) == 1
    was_active(writer, date(2027, 1, day + 1))
    assert writer.write(tickets) == 2


def test_a_keyword_said_in_the_group_enters_and_a_press_names_it(writer: Writer) -> None:
    number = open_(writer, order(conditions=Conditions(keyword="新年好")))
    assert writer.write(enter, number, 1) == "lottery/say_word"

    def say(work: Work, text: str, person: int) -> list[str]:
        room(work)
        message = Message(at=work.now, chat=GROUP, sender=Person(person, "P"), message_id=5, text=text)
        members.note_people(message, work)
        service.heard(work, message)
        return said(work)

    assert [writer.write(say, t, 1) for t in ("新年", " 新年好 ", "新年好")] == [
        [],
        ["lottery/entered"],
        ["lottery/entered"],
    ]
    writer.write(lambda w: (room(w), service.close(w)))
    assert (winners(writer, number), writer.write(say, "新年好", 2)) == ([1], [])


def test_a_hashtag_in_a_message_enters_once_and_quietly(writer: Writer) -> None:
    number = open_(writer, order(conditions=Conditions(tag="Tea节")))
    assert writer.write(enter, number, 1) == "lottery/say_word"
    numbers = itertools.count(5)

    def say(work: Work, text: str, person: int, origin: str | None = None) -> list[Any]:
        room(work)
        who, at = Person(person, "P"), next(numbers)
        message = Message(at=work.now, chat=GROUP, sender=who, message_id=at, text=text, forwarded=origin)
        members.note_people(message, work)
        service.heard(work, message)
        return [e for e in work.effects if isinstance(e, React | Send)]

    for text in ("tea节", "see x.cn/#tea节", "#tea节日", "a#tea节"):
        assert writer.write(say, text, 1) == []
    assert writer.write(say, "forwarded #tea节", 1, "x") == []
    (thumb,) = writer.write(say, "今天泡了一壶 #ｔEA节 #other", 1)
    assert (thumb.message, thumb.sign) == (10, "👍")
    assert writer.write(say, "#tea节 again", 1) == []
    assert writer.write(enter, number, 1)["again"] is True  # type: ignore[index]
    writer.write(arrives, 2)
    (no,) = writer.write(say, "#Tea节!", 2)
    assert (no.template, no.only_for, no.fallback.lifetime) == ("lottery/new", 2, 60)
    assert writer.write(say, "#Tea节", 2) == []  # told once
    writer.write(lambda w: (room(w), service.close(w)))
    assert (winners(writer, number), writer.write(say, "#Tea节", 3)) == ([1], [])


def test_tickets_are_whole_counted_at_the_freeze_and_published(writer: Writer) -> None:
    number = open_(writer, order(tickets="invites"))
    enter_all(writer, number, range(1, 4))

    def invite(work: Work) -> None:
        room(work)
        people = tuple(Person(200 + i, "F") for i in range(9))
        members.note_people(Joined(at=work.now, chat=GROUP, people=people, sender=Person(2, "P2")), work)

    writer.write(invite)
    writer.write(lambda w: (room(w), service.close(w)))
    made = record(writer, number)
    assert (verifier()(made), list(made["tickets"].values())) == ("", [domain.MOST_TICKETS])  # type: ignore[attr-defined]


# --- the beacon
def with_beacon(writer: Writer) -> None:
    writer.me = structs.replace(writer.me or Me(), beacon=True)


def test_a_recorded_round_decides_and_the_verifier_holds(writer: Writer) -> None:
    with_beacon(writer)
    to(writer, freeze_for(ROUND_1000) - HOUR)
    number = open_(writer, order(Prize("gift", 2), span=HOUR))
    enter_all(writer, number, range(1, 9))
    writer.clock.shift(HOUR)
    assert (tick(writer), state(writer, number)) == (["lottery/frozen"], "frozen")
    with pytest.raises(Refusal, match="lottery/waiting"):
        record(writer, number)
    assert writer.write(service.rounds_wanted) == []  # it does not exist yet
    writer.clock.shift(timedelta(seconds=40))
    assert writer.write(service.rounds_wanted) == [1000]
    with pytest.raises(ValueError, match="genuine"):
        writer.write(service.round_came, structs.replace(ROUND_1000, randomness="00" * 32))
    assert tick(writer, service.round_came, ROUND_1000) == ["lottery/ended", "lottery/winners"]
    assert tick(writer, service.round_came, ROUND_1000) == []
    made = record(writer, number)
    assert (verifier()(made), made["beacon"]) == ("", ROUND_1000.randomness)
    made["drand"]["round"] = 1001  # type: ignore[index]
    assert verifier()(made) == "beacon round differs"


def test_a_bot_away_for_three_days_freezes_when_it_is_back_and_asks_for_a_later_round(writer: Writer) -> None:
    """Late presses are refused, conditions are those of the return, the round is after the return."""
    with_beacon(writer)
    back = freeze_for(ROUND_657413)
    to(writer, back - timedelta(days=3) - HOUR)
    number = open_(writer, order(span=HOUR))
    enter_all(writer, number, range(1, 4))
    leaves(writer, 2)
    to(writer, back)
    assert writer.write(enter, number, 9) == "lottery/over"
    assert tick(writer) == ["lottery/frozen"]
    writer.clock.shift(timedelta(days=3))  # away again: the round is still to be had
    tick(writer, service.out_of_patience)
    assert state(writer, number) == "frozen"
    assert tick(writer, service.round_came, ROUND_657413) == ["lottery/ended", "lottery/winners"]
    made = record(writer, number)
    award = writer.write(lambda w: w.sql.first(store.AWARDS, the_id=number))
    assert (verifier()(made), made["count"]) == ("", 2)
    assert award.deadline >= writer.clock.now() + timedelta(hours=72)


def test_a_round_that_cannot_be_had_in_a_day_is_left_out_and_the_record_says_weaker(writer: Writer) -> None:
    with_beacon(writer)
    number = open_(writer, order(span=HOUR))
    enter_all(writer, number, range(1, 4))
    writer.clock.shift(HOUR)
    tick(writer)
    wanted = domain.round_at_or_after(writer.clock.now() + timedelta(seconds=domain.MARGIN))
    assert tick(writer, service.out_of_patience, wanted) == []
    writer.clock.shift(timedelta(hours=25))
    assert tick(writer, service.out_of_patience, wanted) == ["lottery/ended", "lottery/winners"]
    made = record(writer, number)
    assert (verifier()(made), made["beacon"], made["drand"]["round"]) == ("", "", wanted)  # type: ignore[index]


# --- redraws
def test_an_unclaimed_seat_is_drawn_again_alone_visibly_and_nobody_wins_twice(writer: Writer) -> None:
    number = open_(writer, gift(2))
    enter_all(writer, number, range(1, 9))
    writer.write(lambda w: (room(w), service.close(w)))
    kept, gone = winners(writer, number)
    assert writer.write(claim, number, kept) == "lottery/claimed"
    for attempt in (1, 2, 3):
        writer.clock.shift(timedelta(days=12))
        assert "lottery/redrawn" in tick(writer, service.lapse_due)
        assert len(winners(writer, number)) == 2 + attempt
    assert writer.write(claim, number, gone) == "lottery/lapsed"
    writer.clock.shift(timedelta(days=12))
    assert "lottery/returned" in tick(writer, service.lapse_due)
    assert len(set(winners(writer, number))) == 5
    made = record(writer, number)
    assert (verifier()(made), len(made["redraws"])) == ("", 3)  # type: ignore[arg-type]
    made["redraws"][1]["winner"] = made["winners"][0]  # type: ignore[index]
    assert verifier()(made) == "redraw 2: winner differs"


def test_a_redraw_waits_for_a_later_round(writer: Writer) -> None:
    with_beacon(writer)
    at = freeze_for(ROUND_1000)
    to(writer, at - HOUR)
    number = open_(writer, order(span=HOUR))
    enter_all(writer, number, range(1, 9))
    to(writer, at)
    tick(writer)
    writer.clock.shift(timedelta(seconds=40))
    tick(writer, service.round_came, ROUND_1000)
    to(writer, freeze_for(ROUND_657413))
    assert "lottery/redraw" in tick(writer, service.lapse_due)
    writer.clock.shift(timedelta(seconds=40))
    assert writer.write(service.rounds_wanted) == [657413]
    assert tick(writer, service.round_came, ROUND_657413) == ["lottery/redrawn"]
    made = record(writer, number)
    assert (verifier()(made), made["redraws"][0]["round"]) == ("", 657413)  # type: ignore[index]


def test_fifty_seats_that_wait_for_a_round_keep_no_other_draw_from_its_own(writer: Writer) -> None:
    with_beacon(writer)
    to(writer, freeze_for(ROUND_1000) - HOUR)
    many = open_(writer, order(Prize("gift", 50), span=HOUR))
    enter_all(writer, many, range(1, 71))
    writer.clock.shift(HOUR)
    tick(writer)
    writer.clock.shift(timedelta(seconds=40))
    tick(writer, service.round_came, ROUND_1000)
    east = open_without_beacon(writer, Chat(-200, "supergroup", "East Lake"), range(1, 9))
    to(writer, freeze_for(ROUND_657413))
    told = tick(writer, service.lapse_due)
    assert (told.count("lottery/redraw"), told.count("lottery/redrawn")) == (50, 1)
    assert len(winners(writer, east)) == 2


def test_a_seat_left_without_a_winner_and_without_a_round_is_drawn_after_a_day(writer: Writer) -> None:
    """As when it was looked for among others that waited, and not found."""
    east = open_without_beacon(writer, GROUP, range(1, 9))
    with_beacon(writer)
    writer.clock.shift(timedelta(days=12))
    tick(writer, service.lapse_due)
    unfilled = sa.update(store.redraw).values(seed=None, winner=None)
    last = store.award.c.attempt == 1
    writer.write(lambda w: (w.sql.run(unfilled), w.sql.run(sa.delete(store.award).where(last))))
    assert tick(writer, service.out_of_patience) == []
    writer.clock.shift(timedelta(hours=25))
    assert tick(writer, service.out_of_patience) == ["lottery/redrawn"]
    assert (len(winners(writer, east)), verifier()(record(writer, east))) == (2, "")


def open_without_beacon(writer: Writer, chat: Chat, people: range) -> int:
    """A draw of one seat, ended, in a chat that waits for no rounds."""

    def run(work: Work) -> int:
        work.chat = resolve(work, chat).id
        members.put(work, domain.BEACON, False, chat=work.chat)
        number = service.open_lottery(work, order(span=HOUR), by=50)
        for p in people:
            tap = Tap(at=work.now, chat=chat, sender=Person(p, f"P{p}"), query_id=f"east{p}", raw="")
            members.note_people(tap, work)
            service.enter(work, number, tap)
        end(work, number)
        return number

    return writer.write(run)


def test_a_deleted_winner_cannot_claim_and_the_seat_goes_on(writer: Writer) -> None:
    """A deleted account never presses: its time runs out like anybody's, and it is out of the redraw."""
    number = open_(writer, gift(1))
    enter_all(writer, number, range(1, 3))
    writer.write(lambda w: (room(w), service.close(w)))
    (gone,) = winners(writer, number)
    leaves(writer, gone)
    writer.clock.shift(timedelta(days=12))
    assert "lottery/redrawn" in tick(writer, service.lapse_due)
    assert winners(writer, number) == [gone, 3 - gone]
    made = record(writer, number)
    assert (verifier()(made), list(made["redraws"][0]["out"].values())) == ("", ["left"])  # type: ignore[index]


def test_a_winner_who_left_cannot_claim_until_they_are_back(writer: Writer) -> None:
    """The press itself makes nobody a member again; what was heard long ago is asked for first."""
    number = open_(writer, order(Prize("50 points", 1, "points", 50)))
    enter_all(writer, number, range(1, 2))
    writer.write(lambda w: (room(w), service.close(w)))
    leaves(writer, 1)

    def press(work: Work) -> str:
        room(work)
        tap = Tap(at=work.now, chat=GROUP, sender=Person(1, "P1"), query_id="2", raw="")
        members.note_people(tap, work)
        return claim(work, number, 1)

    assert writer.write(press) == "lottery/left"
    writer.clock.shift(HOUR)
    with pytest.raises(Unsure) as asked:
        writer.write(press)
    assert (asked.value.member, asked.value.otherwise.template, points(writer, 1)) == (1, "lottery/left", 0)
    writer.write(arrives, 1)
    assert (writer.write(press), points(writer, 1)) == ("lottery/claimed", 50)


def test_a_winner_is_reminded_once_a_day_before(writer: Writer) -> None:
    number = open_(writer, gift(1))
    start_chat(writer, 1)
    writer.write(enter, number, 1)
    writer.write(lambda w: (room(w), service.close(w)))
    award = writer.write(lambda w: w.sql.first(store.AWARDS, the_id=number))
    assert tick(writer, service.remind_due) == []
    to(writer, award.deadline - 23 * HOUR)
    assert [tick(writer, service.remind_due) for _ in range(2)] == [["lottery/remind"], []]


def test_a_winner_with_a_day_or_less_to_come_is_not_reminded_of_news_just_read(writer: Writer) -> None:
    writer.write(lambda w: members.put(w, domain.CLAIM, 24, chat=room(w)))
    number = open_(writer, gift(1))
    for person in (1, 2):
        start_chat(writer, person)
        writer.write(enter, number, person)

    def closes(work: Work) -> list[str | None]:
        room(work)
        service.close(work)
        return [e.template for e in work.effects if isinstance(e, Send) and e.user]

    assert writer.write(closes) == ["lottery/won"]
    assert tick(writer, service.remind_due) == []
    writer.clock.shift(25 * HOUR)
    assert "lottery/won" in tick(writer, service.lapse_due)  # the other one
    assert tick(writer, service.remind_due) == []


# --- forgetting
def sweep(writer: Writer) -> int:
    """How many draws an hour's tidying forgets."""
    n = 0
    while writer.write(lambda w: service.sweep(service.over(w), w)):
        n += 1
    return n


def rows(writer: Writer) -> int:
    """How many rows all tables of draws have."""
    every = (store.lottery, store.prize, store.entry, store.award, store.redraw, store.code, boost, gifts)
    count = sa.func.count()
    return sum(writer.write(lambda w, t=t: w.sql.value(sa.select(count).select_from(t))) for t in every)


def test_draws_are_forgotten_half_a_year_after_their_end(writer: Writer) -> None:
    """With who took part and who won; while somebody may still claim a draw stays."""
    done = open_(writer, order(Prize("box", 2)))
    enter_all(writer, done, range(1, 4))
    writer.write(lambda w: (room(w), service.close(w)))
    assert [writer.write(claim, done, p) for p in winners(writer, done)] == ["lottery/claimed"] * 2
    off = open_(writer, gift(1))
    enter_all(writer, off, range(1, 3))
    writer.write(lambda w: (room(w), service.cancel(w, None, by=50)))
    unclaimed = open_(writer, gift(1))
    enter_all(writer, unclaimed, range(1, 2))
    writer.write(lambda w: (room(w), service.close(w)))
    asked = {"person_id": 1, "until": None, "checked_at": writer.clock.now()}
    writer.write(lambda w: w.sql.run(store.KEEP_BOOST, chat_id=room(w), **asked))
    writer.clock.shift(timedelta(days=179))
    before = rows(writer)
    assert (sweep(writer), rows(writer)) == (0, before)
    writer.clock.shift(timedelta(days=2))
    assert sweep(writer) == 2
    assert writer.write(claim, done, 1) == "common/old_button"
    assert state(writer, unclaimed) == "drawn"
    assert "lottery/returned" in tick(writer, service.lapse_due)
    assert (sweep(writer), rows(writer)) == (1, 0)


# --- cancelling and editing
def test_cancelling_before_the_close_gives_the_points_back_and_stays_visible(writer: Writer) -> None:
    before = house(writer)
    number = open_(writer, order(Prize("50 points", 3, "points", 50)))
    enter_all(writer, number, range(1, 3))

    def run(work: Work) -> list[str]:
        room(work)
        service.cancel(work, None, by=50)
        return said(work)

    assert writer.write(run) == ["lottery/void", "lottery/voided"]
    assert (house(writer), state(writer, number)) == (before, "void")
    assert writer.write(enter, number, 3) == "lottery/over"
    with pytest.raises(Refusal, match="lottery/called_off"):
        record(writer, number)
    assert writer.write(ledger.recount).faults == ()


def test_a_draw_called_off_is_not_the_one_to_check(writer: Writer) -> None:
    def last(work: Work) -> object:
        room(work)
        return service.status(work)["last"]

    assert writer.write(last) is None
    first = open_(writer, gift(1))
    writer.write(lambda w: (room(w), service.close(w)))
    open_(writer, gift(1))
    writer.write(lambda w: (room(w), service.cancel(w, None, by=50)))
    assert writer.write(last) == first


def test_after_the_close_nobody_cancels(writer: Writer) -> None:
    """Also in the second between the time and the tick, and while the beacon is waited for."""
    number = open_(writer, gift(1))
    writer.write(enter, number, 1)
    writer.clock.shift(24 * HOUR)
    for ended in (False, True):
        if ended:
            writer.write(end, number)
        with pytest.raises(Refusal, match="lottery/closed_stands"):
            writer.write(lambda w: (room(w), service.cancel(w, number, by=50)))
    assert state(writer, number) == "drawn"


def test_an_edit_before_the_first_entry_keeps_the_seal_and_names_what_it_replaces(writer: Writer) -> None:
    before = house(writer)
    number = open_(writer, order(Prize("50 points", 3, "points", 50)))
    old = writer.write(lambda w: w.sql.first(store.LOTTERY, the_id=number))

    def change(work: Work) -> None:
        room(work)
        service.edit(work, None, order(Prize("20 points", 2, "points", 20)), by=50)

    writer.write(change)
    new = writer.write(lambda w: w.sql.first(store.LOTTERY, the_id=number))
    assert (new.commitment, new.edition, house(writer)) == (old.commitment, 2, before - 40)
    assert json.loads(new.rules)["replaces"] == old.rules_hash
    writer.write(enter, number, 1)
    with pytest.raises(Refusal, match="lottery/entered_already"):
        writer.write(change)
    writer.write(lambda w: (room(w), service.close(w)))
    assert (verifier()(record(writer, number)), house(writer)) == ("", before - 20)


# --- exports
def test_entrants_go_to_staff_in_private_as_json_or_csv(writer: Writer) -> None:
    number = open_(writer, gift(1))
    start_chat(writer, 50)
    enter_all(writer, number, range(1, 3))

    def ask(work: Work, form: str, to: int = 50) -> list[tuple[object, object, object]]:
        room(work)
        service.entrants(work, None, to=to, form=form)
        return [(e.user, e.document, e.content) for e in work.effects if isinstance(e, Send)]

    ((user, name, content),) = writer.write(ask, "json")
    assert (user, name, [r["name"] for r in json.loads(str(content))]) == (
        50,
        f"draw-{number}-entrants.json",
        sorted(["P1", "P2"], key=[r["name"] for r in json.loads(str(content))].index),
    )
    ((_, _, table),) = writer.write(ask, "csv")
    assert len(str(table).splitlines()) == 3
    with pytest.raises(Refusal, match="common/start_first"):
        writer.write(ask, "csv", 51)


def test_another_chats_draw_is_unknown_to_staff(writer: Writer) -> None:
    number = open_(writer, gift(1))

    def ask(work: Work) -> None:
        from groupbot.engine.addresses import resolve

        work.chat = resolve(work, Chat(-300, "supergroup", "East")).id
        service.entrants(work, number, to=50, form="json")

    with pytest.raises(Refusal, match="lottery/unknown"):
        writer.write(ask)
