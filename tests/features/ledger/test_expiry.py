"""Points nobody used: told two weeks before, gone on the day, and never without having been told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Send
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service, store
from groupbot.features.ledger.domain import EXPIRE_DAYS, issuer, member, sink
from groupbot.features.members import service as members
from tests.features.ledger.test_mending import enter, give, points
from tests.features.members.group import group, starts

MEI = 7


def expires(writer: Writer, days: int) -> int:
    """Our id of a group whose points expire after so many days."""
    writer.write(lambda w: members.put(w, EXPIRE_DAYS, days, chat=enter(w)))
    return writer.write(enter)


def look(writer: Writer, *, after: timedelta) -> list[object]:
    """What is said when the hour strikes that much later."""
    writer.clock.shift(after)

    def tick(work: Work) -> list[object]:
        service.expire_old(work)
        return [(e.user, e.template, e.data) for e in work.effects if isinstance(e, Send)]

    return writer.write(tick)


def spend(work: Work, person: int, amount: int, key: str) -> None:
    chat = enter(work)
    service.transfer(work, key, "spend", (member(chat, person), -amount), (sink(chat), amount))


def told(amount: int, when: str) -> list[object]:
    return [(MEI, "ledger/expires", {"points": amount, "title": "West Lake", "when": when})]


DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def test_a_member_is_told_once_and_the_points_go_on_the_day_that_was_said(writer: Writer) -> None:
    chat = expires(writer, 100)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "old")
    assert look(writer, after=85 * DAY) == []
    assert look(writer, after=DAY) == []  # to the moment 86 days: it is not older than that
    assert look(writer, after=MOMENT) == []  # once a day is looked
    assert look(writer, after=DAY) == told(50, "2027-05-11")
    assert [look(writer, after=DAY) for _ in range(13)] == [[]] * 13
    assert points(writer, MEI) == 50
    assert look(writer, after=DAY) == []
    assert points(writer, MEI) == 0
    assert writer.write(lambda w: service.balance(w, sink(chat))) == 50
    last = writer.write(lambda w: service.statement(w, member(chat, MEI)))[0]
    assert (last.kind, last.amount, last.balance) == ("expire", -50, 0)
    assert writer.write(service.recount).faults == ()


def test_only_what_was_told_goes_and_the_rest_is_told_anew(writer: Writer) -> None:
    expires(writer, 100)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "first")
    writer.clock.shift(10 * DAY)
    writer.write(give, MEI, 30, "second")
    writer.clock.shift(10 * DAY)
    writer.write(give, MEI, 1, "third")
    assert look(writer, after=67 * DAY) == told(50, "2027-05-11")
    assert look(writer, after=30 * DAY) == told(81, "2027-06-10")  # nobody looked for a month
    assert points(writer, MEI) == 81
    assert look(writer, after=14 * DAY) == []
    assert points(writer, MEI) == 0


def test_the_last_point_expires_too_and_newer_ones_stay(writer: Writer) -> None:
    expires(writer, 100)
    writer.write(give, MEI, 1, "old")
    writer.clock.shift(DAY)
    writer.write(give, MEI, 5, "new")
    look(writer, after=85 * DAY + MOMENT)
    writer.write(give, MEI, 7, "newest")
    look(writer, after=14 * DAY)
    assert points(writer, MEI) == 12


def test_who_used_them_meanwhile_keeps_what_is_newer_and_hears_again_in_time(writer: Writer) -> None:
    expires(writer, 100)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "old")
    writer.clock.shift(20 * DAY)
    writer.write(give, MEI, 10, "new")
    assert look(writer, after=67 * DAY) == told(50, "2027-05-11")
    writer.write(spend, MEI, 50, "tea")
    assert look(writer, after=14 * DAY) == []
    assert look(writer, after=6 * DAY) == []  # the notice of the old ones is taken away
    assert look(writer, after=DAY) == told(10, "2027-06-01")
    assert points(writer, MEI) == 10
    assert look(writer, after=14 * DAY) == []
    assert points(writer, MEI) == 0


def test_a_notice_of_long_ago_takes_no_points(writer: Writer) -> None:
    """The group switched expiry off after the notice, and on again after months."""
    expires(writer, 100)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "old")
    assert look(writer, after=87 * DAY) == told(50, "2027-05-11")
    expires(writer, 0)
    assert look(writer, after=200 * DAY) == []
    expires(writer, 100)
    assert look(writer, after=DAY) == told(50, "2027-11-28")
    assert look(writer, after=13 * DAY) == []
    assert points(writer, MEI) == 50
    assert look(writer, after=DAY) == []
    assert points(writer, MEI) == 0


@pytest.mark.parametrize(("late", "left"), [(14, 0), (15, 50)])
def test_a_notice_holds_for_two_weeks(writer: Writer, late: int, left: int) -> None:
    expires(writer, 100)
    writer.write(give, MEI, 50, "old")
    look(writer, after=87 * DAY)
    look(writer, after=(14 + late) * DAY)
    assert points(writer, MEI) == left


def test_who_cannot_be_told_loses_them_on_the_same_day(writer: Writer) -> None:
    expires(writer, 100)
    writer.write(give, MEI, 50, "old")
    assert look(writer, after=87 * DAY) == []
    assert look(writer, after=13 * DAY) == []
    assert points(writer, MEI) == 50
    look(writer, after=DAY)
    assert points(writer, MEI) == 0


def test_one_day_is_the_shortest_life_and_zero_is_for_ever(writer: Writer) -> None:
    expires(writer, 1)
    writer.write(give, MEI, 50, "old")
    look(writer, after=DAY)
    look(writer, after=14 * DAY)
    assert points(writer, MEI) == 0
    expires(writer, 0)
    writer.write(give, MEI, 50, "new")
    for _ in range(3):
        look(writer, after=400 * DAY)
    assert points(writer, MEI) == 50


def test_a_group_that_stored_two_thousand_years_stops_no_other_group(writer: Writer) -> None:
    far = writer.write(group, -300, "North Lake")
    writer.write(lambda w: members.put(w, EXPIRE_DAYS, 900_000, chat=far))
    assert writer.write(lambda w: members.get(w, far, EXPIRE_DAYS)) == 3650
    expires(writer, 30)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "old")
    assert look(writer, after=17 * DAY) == told(50, "2027-03-02")


def test_nothing_expires_while_the_books_are_closed(writer: Writer) -> None:
    expires(writer, 100)
    writer.write(give, MEI, 50, "old")
    look(writer, after=87 * DAY)
    spoil = sa.update(store.account).where(store.account.c.kind == "member")
    writer.write(lambda w: w.sql.run(spoil.values(balance=51)))
    writer.write(service.reconcile)
    look(writer, after=14 * DAY)
    assert points(writer, MEI) == 50
    writer.write(lambda w: w.sql.run(spoil.values(balance=50)))
    writer.write(service.reconcile)
    look(writer, after=timedelta(hours=1))
    assert points(writer, MEI) == 0


def test_points_of_this_very_batch_are_looked_at(writer: Writer) -> None:
    chat = expires(writer, 100)
    writer.write(starts, MEI)
    writer.write(give, MEI, 50, "old")
    writer.clock.shift(87 * DAY)

    def batch(work: Work) -> list[object]:
        service.transfer(work, "s", "spend", (member(chat, MEI), -20), (sink(chat), 20))
        service.transfer(work, "n", "gift", (issuer(chat), -3), (member(chat, MEI), 3))
        service.expire_old(work)
        return [e.data["points"] for e in work.effects if isinstance(e, Send)]

    assert writer.write(batch) == [30]
