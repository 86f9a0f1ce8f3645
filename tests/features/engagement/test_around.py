"""What a group did in an hour, against the same hour of the weeks before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from groupbot.core.events import Chat, Message, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import service

ROOM = Chat(-1000, "supergroup", "West Lake")
START = datetime(2027, 1, 30, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def says(writer: Writer, at: datetime, times: int) -> None:
    def fn(work: Work) -> None:
        work.chat = resolve(work, ROOM).id
        for n in range(times):
            mid = int(at.timestamp()) + n
            said = Message(
                at=at + n * timedelta(minutes=1), chat=ROOM, sender=Person(9, "Mei"), message_id=mid, text="x"
            )
            work.event = said
            service.note(said, work)

    writer.write(fn)


def test_acts_of_an_hour_against_the_mean_of_the_weeks_that_are_known(writer: Writer) -> None:
    assert writer.write(lambda w: service.usual(w, 1, START, START + HOUR)) is None
    says(writer, START - timedelta(weeks=2), 4)
    says(writer, START - timedelta(weeks=1), 2)
    says(writer, START, 7)
    says(writer, START + HOUR, 1)
    assert writer.write(lambda w: service.acts(w, 1, START, START + HOUR)) == 7
    assert writer.write(lambda w: service.usual(w, 1, START, START + HOUR)) == 3
