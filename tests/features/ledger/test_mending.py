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


def test_the_house_gives_all_it_has_and_not_a_point_more(writer: Writer) -> None:
    def thank(work: Work, amount: int, key: str) -> None:
        enter(work)
        service.award(work, 7, amount, by=50, key=key, why="because " * 20)

    with pytest.raises(Refusal, match="redpacket/poor") as no:
        writer.write(thank, 2001, "award:1")
    assert no.value.data == {"balance": 2000, "needed": 2001}
    writer.write(thank, 2000, "award:2")
    [line] = writer.write(lambda w: service.statement(w, member(enter(w), 7)))
    assert (line.kind, line.amount, line.ref) == ("award", 2000, ("because " * 20)[:80])
    with pytest.raises(Refusal, match="redpacket/poor"):
        writer.write(thank, 1, "award:3")


def earn(work: Work, amount: int, key: str) -> None:
    chat = enter(work)
    service.transfer(work, key, "earn", (issuer(chat), -amount), (member(chat, 7), amount))


def back(work: Work) -> int:
    """Everything earned in the last hour."""
    return service.take_back(work, member(enter(work), 7), "earn", work.now - timedelta(hours=1))


def test_earnings_are_taken_back_as_far_as_they_are_there(writer: Writer) -> None:
    writer.write(earn, 1000, "long ago")
    writer.clock.shift(timedelta(hours=1, seconds=1))
    assert writer.write(back) == 0
    for n in range(3):
        writer.write(earn, 10, f"e:{n}")
    assert writer.write(back) == 30
    assert (writer.write(back), points(writer, 7)) == (0, 1000)
    writer.write(earn, 1, "e:3")
    assert (writer.write(back), points(writer, 7)) == (1, 1000)
    writer.write(earn, 500, "e:4")
    chat = writer.write(enter)
    writer.write(lambda w: service.transfer(w, "s", "spend", (member(chat, 7), -1400), (issuer(chat), 1400)))
    assert (writer.write(back), points(writer, 7)) == (100, 0)
    writer.write(give, 7, 300, "gift")  # of the five hundred four hundred were spent
    assert (writer.write(back), points(writer, 7)) == (300, 0)
    assert writer.write(service.recount).faults == ()


def test_what_was_done_in_this_very_batch_is_undone_and_taken_back(writer: Writer) -> None:
    def batch(work: Work) -> tuple[str, int]:
        give(work, 7, 5, "gift:1")
        undone = service.undo(work, 1, by=50)
        earn(work, 3, "e")
        return undone, back(work)

    assert writer.write(batch) == ("gift:1", 3)
    assert points(writer, 7) == 0


def undo_first(work: Work) -> str:
    enter(work)
    return service.undo(work, 1, by=50)


def test_what_was_undone_is_not_taken_back_too(writer: Writer) -> None:
    writer.write(earn, 10, "e:1")
    writer.write(earn, 3, "e:2")
    writer.write(give, 7, 50, "gift")
    assert writer.write(undo_first) == "e:1"
    assert writer.write(lambda w: service.take_back_of(w, "e:1", "earn")) == 0
    assert (writer.write(back), points(writer, 7)) == (3, 50)
    assert (writer.write(back), points(writer, 7)) == (0, 50)


def test_what_was_taken_back_with_its_message_is_not_undone_too(writer: Writer) -> None:
    writer.write(earn, 10, "e:1")
    writer.write(give, 7, 50, "gift")
    assert writer.write(lambda w: service.take_back_of(w, "e:1", "earn")) == 10
    with pytest.raises(Refusal, match="ledger/undone_before"):
        writer.write(undo_first)
    assert (writer.write(back), points(writer, 7)) == (0, 50)


def test_what_was_taken_back_with_all_the_rest_is_not_undone_too(writer: Writer) -> None:
    writer.write(earn, 10, "e:1")
    writer.write(give, 7, 50, "gift")
    assert writer.write(back) == 10
    writer.write(earn, 20, "e:2")
    with pytest.raises(Refusal, match="ledger/undone_before"):
        writer.write(undo_first)
    assert writer.write(lambda w: service.take_back_of(w, "e:1", "earn")) == 0
    assert writer.write(lambda w: service.take_back_of(w, "e:2", "earn")) == 20
    assert points(writer, 7) == 50


def test_what_was_earned_before_the_days_that_were_taken_back_can_be_undone(writer: Writer) -> None:
    writer.write(earn, 10, "e:1")
    writer.clock.shift(timedelta(hours=2))
    writer.write(earn, 20, "e:2")
    assert writer.write(back) == 20
    assert (writer.write(undo_first), points(writer, 7)) == ("e:1", 0)


def test_what_was_earned_before_but_undone_within_those_days_is_not_counted_twice(writer: Writer) -> None:
    writer.write(earn, 10, "e:1")
    writer.clock.shift(timedelta(hours=2))
    writer.write(earn, 20, "e:2")
    assert writer.write(undo_first) == "e:1"
    assert (writer.write(back), points(writer, 7)) == (20, 0)


def test_only_what_stands_for_itself_and_only_of_this_chat_is_undone(writer: Writer) -> None:
    writer.write(give, 7, 5, "gift:1")
    chat = writer.write(enter)
    writer.write(lambda w: service.transfer(w, "p", "packet.open", (member(chat, 7), -5), (issuer(chat), 5)))

    def undo(work: Work, number: int, where: int) -> None:
        work.chat = where
        service.undo(work, number, by=50)

    for number, where in ((2, chat), (1, chat + 1), (3, chat)):
        with pytest.raises(Refusal, match="ledger/no_transfer"):
            writer.write(undo, number, where)
    assert points(writer, 7) == 0


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
