"""Who came in a wave waits for points, everybody else does not; staff is told, and lifts it by a press."""

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Joined, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.checkin import service as checkin
from groupbot.features.members import domain, service, store
from groupbot.features.members.service import waves

GROUP = Chat(-100, "supergroup", "West Lake")
DAY = timedelta(days=1)
OLD, LATER = range(1, 9), range(900, 903)
RING = range(1000, 1120)


def room(work: Work) -> int:
    work.chat = resolve(work, GROUP).id
    return work.chat


def come(writer: Writer, people: range) -> None:
    def fn(work: Work) -> None:
        room(work)
        who = tuple(Person(p, f"P{p}") for p in people)
        service.note_people(Joined(at=work.now, chat=GROUP, sender=who[0], people=who), work)

    writer.write(fn)


def waiting(writer: Writer, *people: int) -> list[float]:
    """Days until points begin."""
    return writer.write(lambda w: [service.waits(w, room(w), p, 24) / DAY for p in people])


def group(writer: Writer, weeks: int = 5) -> None:
    """The bot has been here for so long; a few people a week came."""
    row = {"added_at": writer.clock.now(), "tags": []}
    writer.write(lambda w: w.sql.run(sa.insert(store.profile).values(chat_id=room(w), **row)))
    for week in range(weeks):
        come(writer, range(1 + 2 * week, 3 + 2 * week))
        writer.clock.shift(7 * DAY)


def test_a_wave_waits_and_who_comes_on_another_day_does_not(writer: Writer) -> None:
    group(writer)
    come(writer, RING)
    writer.clock.shift(DAY)
    come(writer, LATER)
    writer.clock.shift(2 * DAY)
    assert waiting(writer, 1, 9, 900) == [0, 0, 0]
    assert waiting(writer, 1000, 1119) == [87, 87]
    done = writer.write(lambda w: (room(w), checkin.check_in(w, 1000, w.now))[1])
    other = writer.write(lambda w: (room(w), checkin.check_in(w, 900, w.now))[1])
    assert (done.points, done.streak, other.points) == (0, 1, 2)
    writer.clock.shift(87 * DAY)
    assert waiting(writer, 1000) == [0]


def test_staff_is_told_once_and_passes_it(writer: Writer) -> None:
    group(writer)
    come(writer, RING)
    writer.clock.shift(DAY * 2)

    def told(work: Work) -> list[object]:
        work.put("members.started", 50, True)
        waves.tell(work)
        for _, final in work.finals():
            final(work)
        return [e.data for e in work.effects if isinstance(e, Send)]

    assert writer.write(told) == []  # nobody answers for the group
    row = {"chat_id": 1, "person_id": 50, "status": "creator", "rights": []}
    writer.write(lambda w: w.sql.run(sa.insert(store.staff).values(checked_at=w.now, **row)))
    writer.write(lambda w: w.clear("members.staff"))
    assert writer.write(told) == [{"chat": "West Lake", "came": 120, "usual": 2, "days": 90}]
    assert writer.write(told) == []
    writer.write(lambda w: waves.passed(w, room(w)))
    assert waiting(writer, 1000) == [0]


def test_no_wave_where_the_rhythm_is_not_known_or_it_is_switched_off(writer: Writer) -> None:
    group(writer, weeks=3)
    come(writer, RING)
    writer.clock.shift(3 * DAY)
    assert waiting(writer, 1000) == [0]
    writer.clock.shift(30 * DAY)
    come(writer, range(2000, 2120))
    writer.clock.shift(3 * DAY)
    assert waiting(writer, 2000) == [87]
    writer.write(lambda w: service.put(w, domain.WAVE, 0, chat=room(w)))
    writer.clock.shift(timedelta(hours=1))
    assert waiting(writer, 2000) == [0]
