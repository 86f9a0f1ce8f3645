"""Days on the group's clock, streaks that survive what is nobody's fault."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from groupbot.core.events import Chat, Joined, Left, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.checkin import domain, service
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member
from groupbot.features.members import service as members
from groupbot.features.members.store import membership

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2027, 1, 30, 10, tzinfo=UTC)


def sign(work: Work, person: int, at: datetime) -> tuple[int, int, bool]:
    work.chat = resolve(work, Chat(-100, "supergroup", "West Lake")).id
    done = service.check_in(work, person, at)
    return done.points, done.streak, done.again


@pytest.mark.parametrize(
    ("gone", "forgiven", "then"),
    [
        (0, None, (5, False)),
        (1, None, (5, True)),
        (1, date(2027, 1, 20), (1, False)),
        (1, date(2026, 12, 1), (5, True)),
        (2, None, (1, False)),
    ],
)
def test_a_streak_goes_on_or_starts_again(gone: int, forgiven: date | None, then: tuple[int, bool]) -> None:
    assert domain.streak(4, gone, forgiven, date(2027, 1, 30)) == then


def test_the_seventh_day_is_worth_more() -> None:
    assert [domain.worth(n, 2, 5) for n in (1, 6, 7, 8, 14)] == [2, 2, 7, 2, 7]


def test_a_day_without_the_bot_is_missed_by_nobody() -> None:
    away = [(datetime(2027, 1, 28, 10, tzinfo=UTC), datetime(2027, 1, 29, 15, tzinfo=UTC))]
    last, today = date(2027, 1, 27), date(2027, 1, 30)
    assert domain.missed(last, today, SHANGHAI, ()) == 2
    assert domain.missed(last, today, SHANGHAI, away) == 0
    brief = [(datetime(2027, 1, 28, 10, tzinfo=UTC), datetime(2027, 1, 28, 11, tzinfo=UTC))]
    assert domain.missed(last, today, SHANGHAI, brief) == 2


def test_a_day_of_twenty_three_hours_is_one_day() -> None:
    """Summer time begins in Berlin on 28 March 2027."""
    berlin = ZoneInfo("Europe/Berlin")
    assert domain.missed(date(2027, 3, 27), date(2027, 3, 29), berlin, ()) == 1
    away = [(datetime(2027, 3, 27, 23, tzinfo=UTC), datetime(2027, 3, 28, 22, tzinfo=UTC))]
    assert domain.missed(date(2027, 3, 27), date(2027, 3, 29), berlin, away) == 0


def test_a_crowd_of_presses_is_one_check_in_each(writer: Writer) -> None:
    people = [7, 8, 7, 9, 8, 7]
    found = writer.write(lambda w: [sign(w, p, START) for p in people])
    assert [f[2] for f in found] == [False, False, True, False, True, True]
    chat = writer.write(lambda w: resolve(w, Chat(-100, "supergroup", "West Lake")).id)
    assert writer.write(ledger.board, chat) == [(7, 2), (8, 2), (9, 2)]
    assert writer.write(ledger.recount).faults == ()


def test_the_day_ends_at_midnight_in_the_group(writer: Writer) -> None:
    before = datetime(2027, 1, 30, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
    steps = [before, before + timedelta(seconds=1), before + timedelta(seconds=2), before]
    assert [writer.write(sign, 7, at) for at in steps] == [
        (2, 1, False),
        (2, 2, False),
        (0, 2, True),
        (0, 2, True),
    ]


def test_a_streak_survives_the_bots_own_downtime(writer: Writer) -> None:
    writer.write(service.beat)
    assert writer.write(sign, 7, START) == (2, 1, False)
    writer.clock.shift(timedelta(days=3))
    writer.write(service.beat)
    assert writer.write(sign, 7, START + timedelta(days=3)) == (2, 2, False)


def test_a_streak_survives_downtime_also_before_the_next_beat(writer: Writer) -> None:
    assert writer.write(sign, 7, START) == (2, 1, False)
    assert writer.write(service.gaps) == []
    writer.write(service.beat)
    writer.clock.shift(timedelta(days=3))  # of a process that slept: what it holds in mind is old
    assert writer.write(sign, 7, START + timedelta(days=3)) == (2, 2, False)
    writer.clock.shift(timedelta(minutes=5))
    writer.write(service.beat)
    writer.clock.shift(timedelta(minutes=59))
    assert writer.write(service.gaps) == [(START, START + timedelta(days=3, minutes=5))]


def test_a_newcomer_signs_in_without_points_and_leaving_and_coming_back_earns_nothing(writer: Writer) -> None:
    def come_and_go(work: Work) -> None:
        work.chat, who = resolve(work, Chat(-100, "supergroup", "West Lake")).id, Person(7, "Mei")
        here = Chat(-100, "supergroup", "West Lake")
        members.note_people(Left(at=work.now, chat=here, sender=who, person=who), work)
        members.note_people(Joined(at=work.now, chat=here, sender=who, people=(who,)), work)

    writer.write(come_and_go)
    writer.clock.shift(timedelta(hours=25))
    assert writer.write(sign, 7, writer.clock.now()) == (2, 1, False)
    for _ in range(100):
        writer.write(come_and_go)
        assert writer.write(sign, 7, writer.clock.now()) == (0, 1, True)
    writer.clock.shift(timedelta(hours=23))
    assert writer.write(sign, 7, writer.clock.now()) == (0, 2, False)
    writer.clock.shift(timedelta(hours=24))
    assert writer.write(sign, 7, writer.clock.now()) == (2, 3, False)


def room(work: Work) -> int:
    work.chat = resolve(work, Chat(-100, "supergroup", "West Lake")).id
    return work.chat


def test_a_broken_streak_is_none_and_what_was_reached_stays(writer: Writer) -> None:
    for n in range(3):
        writer.write(sign, 7, START + timedelta(days=n))

    def stands(work: Work, days: int) -> tuple[int, int]:
        row = service.streak_of(work, room(work), 7, START + timedelta(days=days))
        return row.streak, row.best

    assert [writer.write(stands, n) for n in (3, 4, 5, 40)] == [(3, 3), (3, 3), (0, 3), (0, 3)]


def test_an_admin_signs_somebody_in_for_a_day_that_was_missed(writer: Writer) -> None:
    for n in (0, 1, 4, 5):  # two days missed: it began again
        writer.write(sign, 7, START + timedelta(days=n))
    writer.clock.shift(START + timedelta(days=5) - writer.clock.now())

    def back(work: Work, day: str) -> tuple[int, int]:
        room(work)
        done = service.back_date(work, 7, day, by=50)
        return done.points, done.streak

    assert writer.write(back, "2027-02-01") == (2, 5)  # the other missed day is forgiven
    for wrong, why in (
        ("2027-02-01", "checkin/was_there"),
        ("2027-02-04", "checkin/back_day"),  # today
        ("2027-01-01", "checkin/back_day"),
        ("2027-02-30", "checkin/back_day"),
        ("soon", "checkin/back_day"),
    ):
        with pytest.raises(Refusal, match=why):
            writer.write(back, wrong)
    lines = writer.write(lambda w: ledger.statement(w, member(room(w), 7)))
    assert (lines[0].kind, lines[0].amount, lines[0].ref) == ("checkin", 2, "2027-02-01")
    assert writer.write(ledger.recount).faults == ()


def test_signing_in_a_day_late_takes_nothing_away(writer: Writer) -> None:
    def back(work: Work, days: int) -> tuple[int, int]:
        room(work)
        service.back_date(work, 7, (START.date() + timedelta(days=days)).isoformat(), by=50)
        row = service.streak_of(work, work.chat, 7)
        return row.streak, row.best

    for n in (*range(5), 7, 8, 9, *range(11, 16)):  # 10 is forgiven; with 6, 5 is instead
        writer.write(sign, 7, START + timedelta(days=n))
    writer.clock.shift(timedelta(days=15))
    assert writer.write(back, 6) == (8, 9)
    writer.clock.shift(timedelta(days=20))  # all that is over: the best stays
    assert writer.write(back, 34) == (1, 9)


def test_downtime_is_known_for_as_long_as_a_streak_can_ask(writer: Writer) -> None:
    writer.write(service.beat)
    for days, known in ((3, 1), (300, 2), (390, 2)):  # the first was over 690 days ago
        writer.clock.shift(timedelta(days=days))
        writer.write(service.beat)
        assert len(writer.write(service.gaps)) == known


def test_the_report_counts_who_made_it_a_habit(writer: Writer) -> None:
    for n in range(30):
        writer.write(sign, 7, START + timedelta(days=n))
        if n % 2:
            writer.write(sign, 8, START + timedelta(days=n))
    writer.clock.shift(START + timedelta(days=29) - writer.clock.now())
    for person in (7, 8, 9, 10):
        row = {"chat_id": writer.write(room), "person_id": person, "evidence": "before"}
        writer.write(lambda w, row=row: w.sql.run(sa.insert(membership).values(row)))

    def told(work: Work) -> dict[str, object]:
        room(work)
        return service.report(work)

    assert writer.write(told) == {
        "days": 20, "habit": 1, "known": 4, "share": 25, "week": 2, "today": 2, "young": False,
    }  # fmt: skip
