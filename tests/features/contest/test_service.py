"""Contests on both databases: one vote each, exact prizes, ties by who entered first."""

from datetime import timedelta

import pytest

from groupbot.core.effects import Edit
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.contest import service, store
from groupbot.features.contest.domain import POTS, Entry, Order, parse, ranked
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member, pot
from tests.features.coupons.test_machine import GROUP, arrive, go


def do(writer: Writer, fn: object, *args: object, **more: object) -> object:
    """What it gave, or the refusal's template."""

    def event(work: Work) -> object:
        work.chat = resolve(work, GROUP).id
        try:
            result = work.step(lambda w: fn(w, *args, **more))  # type: ignore[operator]
        except Refusal as no:
            return no.template
        for _, last in work.finals():
            last(work)
        return result

    return writer.write(event)


def held(writer: Writer, *people: int) -> list[int]:
    def fn(work: Work) -> list[int]:
        chat = resolve(work, GROUP).id
        ours = [ledger.balance(work, a) for a in (house(chat), pot(chat, POTS + 1))]
        return ours + [ledger.balance(work, member(chat, p)) for p in people]

    return writer.write(fn)


def begin(writer: Writer, people: range) -> None:
    for person in people:
        writer.write(arrive, person)
    writer.clock.shift(timedelta(minutes=1))
    order = Order("Shop", timedelta(hours=3), (100, 50, 20))
    assert do(writer, service.open_, order, by=9, topic=None) == 1


def test_the_prizes_go_to_the_most_voted_and_the_rest_back_to_the_house(writer: Writer) -> None:
    begin(writer, range(1, 10))
    assert held(writer) == [1830, 170]
    for person in (1, 2, 3):
        do(writer, service.enter, person, f"by {person}", None)
    for voter, n in ((4, 2), (5, 2), (6, 1), (7, 1), (8, 3), (9, 3), (9, 1), (1, 2), (8, 1)):
        done = do(writer, service.vote, 1, n, voter)
        assert not isinstance(done, str)
    writer.write(go, 7)  # a vote that does not count: 1 has 6 9 8, 2 has 4 5 1
    writer.clock.shift(timedelta(hours=3))
    assert do(writer, service.vote, 1, 1, 4) == "contest/over"
    for _ in (0, 1):
        do(writer, service.close_due)
    assert held(writer, 1, 2, 3) == [1850, 0, 100, 50, 0]
    assert do(writer, ledger.recount).faults == ()  # type: ignore[attr-defined]


def test_the_result_of_a_contest_that_ran_long_shows_the_name_of_now(writer: Writer) -> None:
    for person in (1, 2):
        writer.write(arrive, person)
    do(writer, service.open_, Order("Shop", timedelta(days=30)), by=9, topic=None)
    do(writer, service.enter, 1, "", 77)
    writer.clock.shift(timedelta(days=30))
    do(writer, service.close_due)

    def again(work: Work) -> list[str | None]:
        service.redraw(work, 1)
        return [e.ref for e in work.effects if isinstance(e, Edit)]

    for days, drawn in ((29, ["contest:1", "contest:1:result"]), (2, [])):
        writer.clock.shift(timedelta(days=days))
        assert writer.write(again) == drawn


def test_one_vote_each_never_for_oneself_nor_by_who_came_later(writer: Writer) -> None:
    begin(writer, range(1, 4))
    writer.clock.shift(timedelta(minutes=1))
    writer.write(arrive, 50)
    assert do(writer, service.enter, 1, "", 77)["n"] == 1  # type: ignore[index]
    assert do(writer, service.enter, 1, "", 78) == "contest/entered"
    assert do(writer, service.enter, 99, "x", None) == "contest/members_only"
    assert [do(writer, service.vote, 1, *v) for v in ((1, 1), (1, 50), (1, 99), (2, 3))] == [
        "contest/own", "contest/members_only", "contest/members_only", "contest/gone",
    ]  # fmt: skip
    assert do(writer, service.vote, 2, 1, 3) == "common/old_button"
    for _ in (0, 1):
        do(writer, service.vote, 1, 1, 3)
    assert [r.n for r in writer.write(lambda w: w.sql.all(store.COUNTS, the_id=1))] == [1]


def test_who_is_taken_out_frees_the_votes(writer: Writer) -> None:
    begin(writer, range(1, 5))
    for person in (1, 2):
        do(writer, service.enter, person, "x", None)
    do(writer, service.vote, 1, 1, 3)
    assert do(writer, service.take_out, 1, person=2, staff=False) == "contest/gone"
    assert do(writer, service.take_out, 1, person=9, staff=True) is None
    assert do(writer, service.enter, 1, "again", None) == "contest/entered"
    assert not isinstance(do(writer, service.vote, 1, 2, 3), str)
    assert do(writer, service.drop) == "Shop"
    assert held(writer) == [2000, 0]


def test_more_than_the_house_has_is_refused(writer: Writer) -> None:
    assert do(writer, service.open_, Order("x", prizes=(2001,)), by=9, topic=None) == "redpacket/poor"


@pytest.mark.parametrize(
    ("args", "order"),
    [
        ("The shop", Order("The shop")),
        ("2d 100+50 The 3d shop", Order("The 3d shop", timedelta(days=2), (100, 50))),
        ("100分 最美店主", Order("最美店主", prizes=(100,))),
        ("100 shops", Order("100 shops")),
        ("2d", None),
        ("0+5 x", None),
        ("90d x", None),
    ],
)
def test_an_order_is_read_or_refused(args: str, order: Order | None) -> None:
    assert parse(args) == order


def test_of_equals_who_entered_first_leads_and_who_has_no_vote_has_no_place() -> None:
    found = [Entry(i, i, i, "", votes) for i, votes in ((1, 2), (2, 0), (3, 5), (4, 2))]
    assert [e.n for e in ranked(found)] == [3, 1, 4]
