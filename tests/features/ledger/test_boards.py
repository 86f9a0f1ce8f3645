"""Who earned how much: by kinds of transfers, between two moments, and who is on no list."""

from datetime import datetime, timedelta

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service
from groupbot.features.ledger.domain import issuer, member, sink
from groupbot.features.members import service as members

HOUR = timedelta(hours=1)


def enter(work: Work) -> int:
    work.chat = resolve(work, Chat(-100, "supergroup", "West Lake")).id
    return work.chat


def earn(work: Work, person: int, amount: int, key: str, kind: str = "earn") -> None:
    chat = enter(work)
    service.transfer(work, key, kind, (issuer(chat), -amount), (member(chat, person), amount))


def board(
    writer: Writer, since: datetime | None = None, until: datetime | None = None
) -> list[tuple[int, int]]:
    return writer.write(lambda w: service.board(w, enter(w), since, until))


def test_most_first_what_was_spent_counts_and_what_was_taken_back_does_not(writer: Writer) -> None:
    for person, amount in ((1, 1), (2, 30), (3, 30), (4, 20)):
        writer.write(earn, person, amount, f"e:{person}")
    writer.write(earn, 5, 99, "gift", "gift")  # not earned
    writer.write(
        lambda w: service.transfer(w, "s", "spend", (member(enter(w), 2), -30), (sink(enter(w)), 30))
    )
    assert board(writer) == [(2, 30), (3, 30), (4, 20), (1, 1)]
    taken = writer.write(lambda w: service.take_back(w, member(enter(w), 4), "earn", w.now))
    assert taken == 20
    assert board(writer) == [(2, 30), (3, 30), (1, 1)]


def test_from_a_moment_on_and_up_to_another(writer: Writer) -> None:
    began = writer.clock.now()
    for n in range(3):
        writer.write(earn, 7, 10**n, f"e:{n}")
        writer.clock.shift(HOUR)
    assert board(writer) == [(7, 111)]
    assert board(writer, began + HOUR) == [(7, 110)]
    assert board(writer, None, began + HOUR) == [(7, 1)]
    assert board(writer, began + HOUR, began + 2 * HOUR) == [(7, 10)]
    assert board(writer, began + 3 * HOUR) == []


def test_what_was_undone_counts_for_nobody_in_the_month_in_which_it_was_earned(writer: Writer) -> None:
    began = writer.clock.now()
    kinds = ("award", "checkin", "earn", "quiz", "gathering", "gift")
    for kind in kinds:
        writer.write(earn, 7, 10, f"{kind}:1", kind)
    writer.write(earn, 8, 3, "award:2", "award")

    def undo(work: Work, number: int) -> None:
        enter(work)
        service.undo(work, number, by=50)

    writer.write(undo, 1)
    assert board(writer) == [(7, 40), (8, 3)]
    writer.clock.shift(timedelta(days=31))
    later = writer.clock.now()
    writer.write(earn, 7, 5, "award:3", "award")
    for number in range(2, len(kinds) + 1):
        writer.write(undo, number)
    assert board(writer, began, later) == [(8, 3)]
    assert board(writer, later) == [(7, 5)]


def test_who_was_forgotten_and_who_asked_to_be_on_no_list_are_on_none(writer: Writer) -> None:
    for person in (-(1 << 60), 7, 8):
        writer.write(earn, person, 10, f"e:{person}")
    assert board(writer) == [(7, 10), (8, 10)]
    writer.write(lambda w: members.wish(w, 7, "optout", True))
    assert board(writer) == [(8, 10)]


def test_what_this_batch_earned_is_there(writer: Writer) -> None:
    def batch(work: Work) -> list[tuple[int, int]]:
        earn(work, 7, 3, "e")
        return service.board(work, work.chat)

    assert writer.write(batch) == [(7, 3)]
