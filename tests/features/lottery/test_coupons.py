"""Coupons of a pool as prizes: set aside at the opening, never oversold, handed to winners once."""

import json
from datetime import timedelta

import pytest

from groupbot.core.effects import Send
from groupbot.core.events import Person, Tap
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.coupons import service as coupons
from groupbot.features.coupons.domain import Order as Pool
from groupbot.features.lottery import service
from groupbot.features.lottery.domain import Freed, Order, Prize
from tests.features.coupons.test_service import redeem
from tests.features.coupons.test_service import take as take_one
from tests.features.lottery.test_domain import verifier
from tests.features.lottery.test_draws import enter_all, record, start_chat
from tests.features.lottery.test_service import GROUP, room, winners

CODES = [f"HAW-{i}" for i in range(5)]


def pool(writer: Writer, *, published: bool = False) -> int:
    def fn(work: Work) -> int:
        room(work)
        number = coupons.draft(work, Pool("Hawthorn", timedelta(days=1), timedelta(days=30)), by=9)
        coupons.add(work, number, CODES)
        if published:
            coupons.publish(work, number)
        return number

    return writer.write(fn)


def hold(writer: Writer, number: int, seats: int) -> int | str:
    """The draw, or the refusal."""

    def fn(work: Work) -> int | str:
        room(work)
        order = Order((Prize("券", seats, "coupon", pool=number), Prize("Box", 1)))
        try:
            return work.step(lambda w: service.open_lottery(w, order, by=50, hold=coupons.hold))
        except Refusal as no:
            return no.template

    return writer.write(fn)


def freed(work: Work) -> None:
    """What the handler does with what was emitted."""
    for told in work.emitted:
        if isinstance(told, Freed):
            coupons.release(work, told.refs)


def won(writer: Writer, number: int, person: int) -> str:
    """The code a winner is shown; the refusal; or "" for a prize that is none."""

    def fn(work: Work) -> str:
        room(work)
        tap = Tap(at=work.now, chat=GROUP, sender=Person(person), query_id="1", raw="")

        def step(w: Work) -> None:
            ref = service.claim(w, number, tap)
            if ref:
                coupons.hand(w, ref, person)

        try:
            work.step(step)
        except Refusal as no:
            return no.template
        told = [e for e in work.effects if isinstance(e, Send) and e.template == "coupons/code"]
        return str(told[0].data["code"]) if told else ""

    return writer.write(fn)


def counts(writer: Writer) -> tuple[int, int, int, int]:
    (row,) = writer.write(lambda w: (room(w), coupons.report(w))[1])
    return row["codes"], row["prizes"], row["taken"], row["redeemed"]


def test_coupons_are_set_aside_won_shown_once_and_redeemed(writer: Writer) -> None:
    of = pool(writer, published=True)
    number = hold(writer, of, 2)
    assert isinstance(number, int)
    assert hold(writer, of, 2) == "lottery/open_already"
    assert counts(writer) == (5, 2, 0, 0)
    for p in range(1, 5):
        start_chat(writer, p)
    enter_all(writer, number, range(1, 5))
    taken = [writer.write(take_one, of, p) for p in range(1, 5)]
    assert taken[3] == "coupons/gone"  # three are left to the button, whoever is quick
    writer.write(lambda w: (room(w), service.close(w)))
    made = record(writer, number)
    assert (verifier()(made), [p["kind"] for p in _rules(made)]) == ("", ["coupon", "item"])
    writer.clock.shift(timedelta(days=2))
    writer.write(lambda w: (room(w), coupons.close_due(w)))  # the pool is over, what is won is not
    got = [won(writer, number, p) for p in winners(writer, number)]
    assert sorted(got[:2]) == sorted(set(CODES) - set(taken[:3])) and got[2] == ""
    assert won(writer, number, winners(writer, number)[0]) == ""  # not again
    writer.clock.shift(timedelta(days=29))
    assert [writer.write(redeem, c) for c in (got[0], got[0], taken[0])] == [
        "Hawthorn",
        "coupons/used",
        "coupons/late",
    ]
    assert counts(writer) == (5, 2, 5, 1)


def _rules(made: object) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(made["rules"])["prizes"]  # type: ignore[index]
    return found


def test_more_coupons_than_there_are_open_no_draw(writer: Writer) -> None:
    of = pool(writer)
    assert [hold(writer, of, 6), hold(writer, of + 1, 1)] == ["coupons/short", "coupons/no_pool"]
    assert counts(writer) == (5, 0, 0, 0)
    assert isinstance(hold(writer, of, 5), int)


@pytest.mark.parametrize("way", ["called off", "nobody came"])
def test_coupons_nobody_wins_return_to_their_pool(writer: Writer, way: str) -> None:
    of = pool(writer)
    number = hold(writer, of, 3)
    assert isinstance(number, int)

    def end(work: Work) -> None:
        room(work)
        if way == "called off":
            service.cancel(work, None, by=50)
        else:
            service.close(work)
        freed(work)

    writer.write(end)
    assert counts(writer) == (5, 0, 0, 0)
    assert isinstance(hold(writer, of, 5), int)


def test_a_winner_without_a_private_chat_is_asked_first_and_loses_nothing(writer: Writer) -> None:
    number = hold(writer, pool(writer), 2)
    assert isinstance(number, int)
    enter_all(writer, number, range(1, 2))
    writer.write(lambda w: (room(w), service.close(w)))
    assert won(writer, number, 1) == "common/start_first"
    writer.write(lambda w: w.put("members.started", 1, True))
    assert won(writer, number, 1) == CODES[0]
