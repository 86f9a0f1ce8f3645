"""Taking part pays little and less; leaving takes it back once."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from groupbot.core.events import Chat, Joined, Left, Message, Person
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.earning import domain, service
from groupbot.features.earning.domain import Act, Day
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member, sink
from groupbot.features.members import service as members

GROUP = Chat(-100, "supergroup", "West Lake")
START = datetime(2027, 1, 30, 10, tzinfo=UTC)


def test_a_days_points_grow_with_the_square_root_up_to_the_ceiling() -> None:
    assert [domain.total(n, 10) for n in (0, 1, 2, 4, 9, 25, 400)] == [0, 2, 2, 4, 6, 10, 10]


def test_each_other_way_of_taking_part_is_worth_one_point_more_within_the_ceiling() -> None:
    all_ways = domain.WORDS | domain.ANSWER | domain.SHOWN
    assert [domain.total(4, 10, w) for w in (0, domain.SHOWN, domain.WORDS | domain.ANSWER, all_ways)] == [
        4,
        4,
        5,
        6,
    ]
    assert domain.total(25, 10, all_ways) == 10
    ways = [
        domain.way_of(k, a)
        for k, a in (("text", False), ("text", True), ("photo", False), ("sticker", False))
    ]
    assert ways == [domain.WORDS, domain.ANSWER, domain.SHOWN, domain.WORDS]


def test_an_answer_and_a_picture_earn_their_bonus_once_a_day_and_it_goes_back_with_them(
    writer: Writer,
) -> None:
    writer.write(lambda w: members.put(w, domain.ON, True, chat=enter(w)))
    mei, bot = Person(8, "Mei"), Person(9, "Bot", is_bot=True)

    def write_(work: Work, text: str, **more: object) -> tuple[int, int]:
        enter(work)
        number = next(_numbers)
        sender = Person(7, "P7")
        said = Message(at=work.now, chat=GROUP, sender=sender, message_id=number, text=text, **more)  # type: ignore[arg-type]
        return service.spoke(work, said), number

    got = []
    for text, more in (
        ("Who is at the shop?", {}),
        ("Ask the bot about it", {"reply_person": bot}),
        ("I am, until six", {"reply_person": mei}),
        ("This is the view here", {"kind": "photo", "reply_person": mei}),
        ("And this one too", {"kind": "photo"}),
        ("See you all tomorrow", {"reply_person": mei}),
    ):
        got.append(writer.write(lambda w, t=text, m=more: write_(w, t, **m)))
        writer.clock.shift(timedelta(minutes=2))
    # roots alone: 2 2 3 4 4 4; the answer and the picture one more each
    assert [gain for gain, _ in got] == [2, 0, 2, 2, 0, 0]
    assert writer.write(lambda w: service.removed(w, enter(w), got[3][1])) == 2
    assert writer.write(ledger.recount).faults == ()


def test_what_counts_for_nothing() -> None:
    day = Day(1, 2, START, words=5)
    later = START + timedelta(minutes=2)
    good = Act(later, 20, 6)
    assert domain.counted(day, good, 60, 10) == Day(2, 2, later, 6, domain.WORDS)
    bad = [Act(later, 3, 6), Act(later, 20, 5), Act(later, 20, 6, to_self=True), Act(START, 20, 6)]
    assert [domain.counted(day, a, 60, 10) for a in bad] == [None] * 4


_numbers = itertools.count(1)


def enter(work: Work) -> int:
    work.chat = resolve(work, GROUP).id
    return work.chat


def say(work: Work, person: int, text: str) -> int:
    enter(work)
    who = Person(person, f"P{person}")
    number = next(_numbers)
    return service.spoke(work, Message(at=work.now, chat=GROUP, sender=who, message_id=number, text=text))


def test_nothing_is_earned_until_it_is_switched_on_and_all_goes_back_on_leaving(writer: Writer) -> None:
    assert writer.write(say, 7, "Good morning all") == 0
    writer.write(lambda w: members.put(w, domain.ON, True, chat=enter(w)))
    gains = []
    for text in ("Good morning all", "good  MORNING all", "hi", "Who is at the shop?", "I am, until six"):
        gains.append(writer.write(say, 7, text))
        writer.clock.shift(timedelta(minutes=2))
    assert gains == [2, 0, 0, 0, 1]
    left = [writer.write(lambda w: service.left(w, enter(w), 7)) for _ in range(2)]
    assert left == [3, 0]
    assert writer.write(ledger.recount).faults == ()


@pytest.mark.parametrize(("tenure", "paid"), [(0, 10), (24, 0)], ids=["no waiting", "a day's waiting"])
def test_a_hundred_times_out_and_in_earn_one_day_once(writer: Writer, tenure: int, paid: int) -> None:
    """Beside somebody who writes as much and stays; who comes again waits again, where newcomers wait."""
    writer.write(lambda w: members.put(w, domain.ON, True, chat=enter(w)))
    writer.write(lambda w: members.put(w, domain.TENURE, tenure, chat=enter(w)))
    person, stays, got = Person(7, "P7"), 8, {7: 0, 8: 0}
    for turn in range(100):

        def fn(work: Work, turn: int = turn) -> None:
            enter(work)
            work.event = joined = Joined(
                at=work.now, chat=GROUP, sender=person, people=(person,), message_id=2 * turn
            )
            members.note_people(joined, work)
            for one in (person.id, stays):
                got[one] += say(work, one, f"Hello again, number {turn}")
            service.left(work, work.chat, person.id)
            gone = Left(at=work.now, chat=GROUP, sender=person, person=person, removed=False)
            work.event = gone
            members.note_people(gone, work)

        writer.write(fn)
        writer.clock.shift(timedelta(minutes=2))
    assert got == {person.id: paid, stays: domain.CEILING.default}
    points = [writer.write(lambda w, who=who: ledger.points_of(w, enter(w), who)) for who in got]
    assert points == [0, domain.CEILING.default]
    assert writer.write(ledger.recount).faults == ()


def test_what_a_message_earned_goes_back_when_the_message_is_taken_away(writer: Writer) -> None:
    writer.write(lambda w: members.put(w, domain.ON, True, chat=enter(w)))
    first = next(_numbers) + 1
    for text in ("Good morning all", "Who is at the shop?", "I am, until six", "And tomorrow?"):
        writer.write(say, 7, text)
        writer.clock.shift(timedelta(hours=1))

    def gone(work: Work, message: int) -> int:
        return service.removed(work, enter(work), message)

    took = [writer.write(gone, first + n) for n in (0, 0, 1, 99)]  # once; the second had earned nothing
    assert took == [2, 0, 0, 0]
    assert writer.write(lambda w: ledger.points_of(w, enter(w), 7)) == 2
    assert writer.write(lambda w: service.left(w, enter(w), 7)) == 2  # and not once more
    assert writer.write(lambda w: ledger.board(w, enter(w))) == []
    assert writer.write(ledger.recount).faults == ()


def test_messages_of_one_number_before_and_after_an_upgrade_both_earn(writer: Writer) -> None:
    old, new = Chat(-7, "group", "Store"), Chat(-1_000_000_000_007, "supergroup", "Store")

    def spoke(work: Work, person: int, chat: Chat) -> int:
        work.chat = resolve(work, chat).id
        members.put(work, domain.ON, True, chat=work.chat)
        who = Person(person, "P")
        said = Message(at=work.now, chat=chat, sender=who, message_id=5, text=f"Good morning, {person}")
        return service.spoke(work, said)

    assert writer.write(spoke, 7, old) == 2
    chat = writer.write(lambda w: upgrade(w, old.id, new.id))
    assert writer.write(spoke, 8, new) == 2
    assert writer.write(lambda w: service.removed(w, chat, 5)) == 2
    assert [writer.write(lambda w, p=p: ledger.points_of(w, chat, p)) for p in (7, 8)] == [2, 0]


def test_what_was_spent_meanwhile_stays_spent(writer: Writer) -> None:
    writer.write(lambda w: members.put(w, domain.ON, True, chat=enter(w)))
    number = next(_numbers) + 1
    writer.write(say, 7, "Good morning all")
    pay = (member(writer.write(enter), 7), -1), (sink(writer.write(enter)), 1)
    writer.write(lambda w: ledger.transfer(w, "cup", "shop", *pay))
    assert writer.write(lambda w: service.removed(w, enter(w), number)) == 1
    assert writer.write(lambda w: ledger.points_of(w, enter(w), 7)) == 0
