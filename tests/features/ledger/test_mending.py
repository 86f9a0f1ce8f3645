"""Thanks, corrections, expiry: always by new transfers."""

from datetime import timedelta

import pytest

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.ledger import service
from groupbot.features.ledger.domain import EXPIRE_DAYS, issuer, member
from groupbot.features.members import service as members


def enter(work: Work) -> int:
    work.chat = resolve(work, Chat(-100, "supergroup", "West Lake")).id
    return work.chat


def give(work: Work, person: int, amount: int, key: str) -> int:
    chat = enter(work)
    service.transfer(work, key, "gift", (issuer(chat), -amount), (member(chat, person), amount))
    return service.points_of(work, chat, person)


def points(writer: Writer, person: int) -> int:
    return writer.write(lambda w: service.points_of(w, enter(w), person))


def test_thanks_come_from_the_house_once_a_message_and_can_be_undone(writer: Writer) -> None:
    def thank(work: Work) -> int:
        chat = enter(work)
        service.award(work, 7, 20, by=50, key="award:1:5", why="photos")
        return service.statement(work, member(chat, 7))[0].number if not work.sql._open else 0

    for _ in range(2):
        writer.write(thank)
    number = writer.write(lambda w: service.statement(w, member(enter(w), 7))[0].number)
    assert points(writer, 7) == 20

    def undo(work: Work) -> str:
        enter(work)
        return service.undo(work, number, by=50)

    assert writer.write(undo) == "award:1:5"
    with pytest.raises(Refusal, match="ledger/undone_before"):
        writer.write(undo)
    assert points(writer, 7) == 0
    assert writer.write(service.recount).faults == ()


def test_only_what_was_not_used_for_long_expires_two_weeks_after_the_notice(writer: Writer) -> None:
    writer.write(lambda w: members.put(w, EXPIRE_DAYS, 100, chat=enter(w)))
    writer.write(give, 7, 50, "old")
    writer.clock.shift(timedelta(days=60))
    writer.write(give, 7, 30, "new")
    seen = []
    for days in (27, 8, 20):  # day 87: notice; day 95: too soon; day 115: gone
        writer.clock.shift(timedelta(days=days))
        for _ in range(2):
            writer.write(service.expire_old)
        seen.append(points(writer, 7))
    assert seen == [80, 80, 30]
    assert writer.write(service.recount).faults == ()
