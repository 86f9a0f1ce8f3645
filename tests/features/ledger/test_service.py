"""Transfers on both databases: once a key, never below zero, always recountable."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.ledger import service, store
from groupbot.features.ledger.domain import (
    HOUSE_MONTHLY,
    Audit,
    OtherContent,
    house,
    issuer,
    member,
    pot,
    sink,
)
from groupbot.features.members import service as members

MEI, LI = member(1, 100), member(1, 101)


def give(work: Work, key: str = "gift:1", amount: int = 50) -> bool:
    return service.transfer(work, key, "gift", (issuer(1), -amount), (MEI, amount))


@contextmanager
def restarted(writer: Writer) -> Iterator[Writer]:
    """A process that knows nothing but what is written."""
    fresh = Writer(writer.url, clock=writer.clock, guest=True)
    yield fresh
    fresh.close()


def lake(work: Work) -> int:
    """Our id of a group."""
    return resolve(work, Chat(-100, "supergroup", "West Lake")).id


def test_a_transfer_moves_points_and_the_books_add_up(writer: Writer) -> None:
    assert writer.write(give)
    assert writer.write(lambda w: service.transfer(w, "k2", "gift", (MEI, -20), (LI, 20), ref="x", actor=5))
    assert writer.write(lambda w: [service.balance(w, a) for a in (MEI, LI, issuer(1))]) == [30, 20, -50]
    assert writer.write(service.recount) == Audit(3, 2, ())
    lines = writer.write(lambda w: service.statement(w, MEI))
    assert [(x.kind, x.ref, x.amount, x.balance, x.number) for x in lines] == [
        ("gift", "x", -20, 30, 2),
        ("gift", "", 50, 50, 1),
    ]
    assert writer.write(lambda w: service.statement(w, MEI, 1)) == lines[:1]


def test_who_never_had_points_has_none_and_no_movements(writer: Writer) -> None:
    writer.write(give)
    assert writer.write(lambda w: (service.balance(w, LI), service.statement(w, LI))) == (0, [])
    assert writer.write(lambda w: (service.wallets(w, 101), service.house_spent(w, 1))) == ([], 0)


def test_what_a_batch_moved_is_read_in_the_same_batch(writer: Writer) -> None:
    def batch(work: Work) -> list[Any]:
        chat = lake(work)
        mei = member(chat, 100)
        service.transfer(work, "a", "gift", (issuer(chat), -50), (mei, 50))
        found: list[Any] = [[x.amount for x in service.statement(work, mei)]]
        service.transfer(work, "b", "gift", (issuer(chat), -5), (mei, 5))
        found.append(service.wallets(work, 100))
        service.transfer(work, "c", "gift", (service.house_wallet(work, chat), -7), (mei, 7))
        found.append(service.house_spent(work, chat))
        service.transfer(work, "d", "gift", (mei, -2), (sink(chat), 2))
        return [*found, service.recount(work)]

    assert writer.write(batch) == [[50], [("West Lake", 55)], 7, Audit(4, 5, ())]


def test_pots_of_two_packets_are_apart(writer: Writer) -> None:
    def batch(work: Work) -> list[int]:
        give(work)
        service.transfer(work, "p17", "packet.open", (MEI, -30), (pot(1, 17), 30))
        service.transfer(work, "p18", "packet.open", (MEI, -20), (pot(1, 18), 20))
        service.transfer(work, "c", "packet", (pot(1, 17), -10), (LI, 10))
        return [service.balance(work, pot(1, n)) for n in (17, 18, 19)]

    assert writer.write(batch) == [20, 20, 0]
    assert writer.write(service.recount) == Audit(5, 4, ())


def test_a_refusal_that_the_caller_survives_leaves_nothing_half_open(writer: Writer) -> None:
    def batch(work: Work) -> tuple[int, int]:
        with pytest.raises(Refusal, match="ledger/short") as no:
            service.transfer(work, "a", "fee", (house(1), 51), (MEI, -51))  # opens the house's account first
        assert no.value.data == {"balance": 50, "needed": 51}
        service.transfer(work, "b", "fee", (house(1), 50), (MEI, -50))
        return service.balance(work, house(1)), service.balance(work, MEI)

    writer.write(give)
    assert writer.write(batch) == (50, 0)
    assert writer.write(service.recount) == Audit(3, 2, ())


def test_a_restart_forgets_no_transfer_and_goes_on_counting(writer: Writer) -> None:
    writer.write(give)
    for n in range(3):
        writer.write(lambda w, n=n: service.transfer(w, f"s{n}", "gift", (MEI, -1), (LI, 1)))
    writer.write(lambda w: service.reverse(w, "s0"))
    with restarted(writer) as fresh:
        assert fresh.write(lambda w: service.balance(w, LI)) == 2
        assert not fresh.write(give)
        assert not fresh.write(lambda w: service.reverse(w, "s0"))
        with pytest.raises(OtherContent):
            fresh.write(lambda w: give(w, amount=51))
        assert fresh.write(lambda w: give(w, "gift:2", 5))
        assert fresh.write(lambda w: service.transfer(w, "s3", "spend", (LI, -1), (sink(1), 1)))
        assert fresh.write(lambda w: [x.number for x in service.statement(w, MEI)]) == [6, 5, 4, 3, 2, 1]
        assert fresh.write(lambda w: [x.balance for x in service.statement(w, LI)][:2]) == [1, 2]
        accounts = fresh.write(lambda w: [r.id for r in w.sql.all(sa.select(store.account.c.id))])
        assert sorted(accounts) == [1, 2, 3, 4]
        assert fresh.write(service.recount) == Audit(4, 7, ())


def test_the_same_key_moves_points_once(writer: Writer) -> None:
    assert writer.write(lambda w: [give(w), give(w)]) == [True, False]
    assert not writer.write(give)
    assert writer.write(lambda w: service.balance(w, MEI)) == 50


def test_the_same_key_with_other_content_is_an_error(writer: Writer) -> None:
    writer.write(give)
    with pytest.raises(OtherContent):
        writer.write(lambda w: give(w, amount=51))
    assert writer.write(lambda w: service.balance(w, MEI)) == 50


def test_a_debit_beyond_the_balance_is_refused_even_inside_one_batch(writer: Writer) -> None:
    def spend(work: Work) -> None:
        service.transfer(work, "s", "spend", (MEI, -51), (sink(1), 51))

    def batch(work: Work) -> tuple[int, int]:
        give(work)
        with pytest.raises(Refusal, match="ledger/short"):
            work.step(spend)
        return service.balance(work, MEI), service.balance(work, sink(1))

    assert writer.write(batch) == (50, 0)
    assert writer.write(service.recount).faults == ()


def test_a_failed_step_leaves_balances_and_keys_as_they_were(writer: Writer) -> None:
    def fails(work: Work) -> None:
        give(work)
        raise ZeroDivisionError

    def batch(work: Work) -> int:
        with pytest.raises(ZeroDivisionError):
            work.step(fails)
        return service.balance(work, MEI)

    assert writer.write(batch) == 0
    assert writer.write(give)
    assert writer.write(service.recount) == Audit(2, 1, ())


def test_the_database_itself_refuses_a_negative_balance(writer: Writer) -> None:
    writer.write(give)
    number = writer.write(lambda w: w.sql.first(store.ACCOUNT, kind="member", chat=1, owner=100).id)
    with pytest.raises(Exception, match=r"never_below_zero|CHECK"):
        writer.write(lambda w: w.add(store.BALANCES, number, -51))


def test_another_process_spending_is_seen_before_the_next_debit(writer: Writer) -> None:
    writer.write(give)
    guest = Writer(writer.url, guest=True)
    guest.write(lambda w: service.transfer(w, "g", "spend", (MEI, -50), (sink(1), 50)))
    guest.close()
    with pytest.raises(Refusal):
        writer.write(lambda w: service.transfer(w, "h", "spend", (MEI, -1), (sink(1), 1)))


def test_a_reversal_mirrors_a_transfer_once(writer: Writer) -> None:
    writer.write(give)
    assert writer.write(lambda w: [service.reverse(w, "gift:1"), service.reverse(w, "gift:1")]) == [
        True,
        False,
    ]
    assert writer.write(lambda w: [service.balance(w, a) for a in (MEI, issuer(1))]) == [0, 0]
    with pytest.raises(KeyError):
        writer.write(lambda w: service.reverse(w, "never"))


def test_a_reversal_says_what_it_reverses_as_far_as_there_is_room(writer: Writer) -> None:
    long = "gift:" + "1" * 95
    writer.write(lambda w: give(w, long))
    writer.write(lambda w: service.reverse(w, long, actor=9))
    lines = writer.write(lambda w: service.statement(w, MEI))
    assert [(x.kind, x.ref, x.amount) for x in lines] == [("reverse", long[:80], -50), ("gift", "", 50)]
    actors = writer.write(lambda w: w.sql.all(sa.select(store.txn.c.actor_id).order_by(store.txn.c.id)))
    assert [r.actor_id for r in actors] == [0, 9]


def test_what_is_spent_cannot_be_reversed(writer: Writer) -> None:
    writer.write(give)
    writer.write(lambda w: service.transfer(w, "s", "spend", (MEI, -1), (sink(1), 1)))
    with pytest.raises(Refusal, match="ledger/short"):
        writer.write(lambda w: service.reverse(w, "gift:1"))
    assert writer.write(service.recount) == Audit(3, 2, ())


def test_the_house_gets_its_points_once_a_month(writer: Writer) -> None:
    chat = writer.write(lake)

    def have(work: Work) -> int:
        return service.balance(work, service.house_wallet(work, chat))

    assert [writer.write(have), writer.write(have)] == [2000, 2000]
    writer.write(lambda w: service.transfer(w, "x", "packet.open", (house(chat), -300), (sink(chat), 300)))
    assert writer.write(lambda w: service.house_spent(w, chat)) == 300
    writer.clock.shift(timedelta(days=2))
    assert writer.write(have) == 3700
    assert writer.write(lambda w: service.house_spent(w, chat)) == 0


@pytest.mark.parametrize("monthly", [0, 1])
def test_a_house_gets_as_much_as_its_group_says(writer: Writer, monthly: int) -> None:
    chat = writer.write(lake)
    writer.write(lambda w: members.put(w, HOUSE_MONTHLY, monthly, chat=chat))
    assert writer.write(lambda w: service.balance(w, service.house_wallet(w, chat))) == monthly
    assert writer.write(service.recount).faults == ()


def test_a_month_begins_at_midnight_in_the_group(writer: Writer) -> None:
    chat = writer.write(lake)
    writer.clock.shift(timedelta(minutes=34, seconds=56, microseconds=789))
    first = datetime(2026, 12, 31, 16, tzinfo=UTC)  # the first of January in Shanghai
    assert writer.write(service.month_start, chat) == first


def test_a_fault_in_the_books_stops_spending_until_it_is_mended(writer: Writer) -> None:
    writer.write(give)
    spoil = sa.update(store.account).where(store.account.c.kind == "member")
    writer.write(lambda w: w.sql.run(spoil.values(balance=51)))
    faults = writer.write(service.reconcile).faults
    assert [f.split(" shows ")[-1] for f in faults[:1]] == ["51, its postings say 50"]
    assert faults[-1] == "all balances add up to 1, not to zero"
    with pytest.raises(Refusal, match="ledger/halted"):
        writer.write(lambda w: give(w, "gift:2"))
    with restarted(writer) as fresh, pytest.raises(Refusal, match="ledger/halted"):
        fresh.write(lambda w: give(w, "gift:2"))
    writer.write(lambda w: w.sql.run(spoil.values(balance=50)))
    assert writer.write(service.reconcile).faults == ()
    assert writer.write(lambda w: give(w, "gift:2"))
    with restarted(writer) as fresh:
        assert fresh.write(lambda w: give(w, "gift:3"))


def test_the_books_are_recounted_once_a_day_in_the_quiet_hour(writer: Writer) -> None:
    def night() -> None:  # a tick is a step, which may not flush any more once it has written
        writer.write(lambda w: w.step(service.nightly))

    writer.write(give)
    spoil = sa.update(store.account).where(store.account.c.kind == "member").values(balance=51)
    writer.write(lambda w: w.sql.run(spoil))
    night()  # 10:00
    assert not writer.write(service.halted)
    writer.clock.shift(timedelta(hours=9))
    night()
    assert writer.write(service.halted)
    writer.write(lambda w: w.sql.run(spoil.values(balance=50)))
    night()
    assert writer.write(service.halted)
    writer.clock.shift(timedelta(hours=24))
    night()
    assert not writer.write(service.halted)


def test_a_machine_that_is_off_in_the_quiet_hour_recounts_when_it_is_back(writer: Writer) -> None:
    writer.write(give)
    spoil = sa.update(store.account).where(store.account.c.kind == "member").values(balance=51)
    writer.write(lambda w: w.sql.run(spoil))
    found = []
    for _ in range(3):  # looked at for a moment at ten every morning
        writer.write(service.nightly)
        found.append(writer.write(service.halted))
        writer.clock.shift(timedelta(hours=24))
    assert found == [False, True, True]
    writer.write(lambda w: w.sql.run(spoil.values(balance=50)))
    writer.write(service.nightly)
    assert not writer.write(service.halted)


moves = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 60), st.booleans()), max_size=25
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves)
def test_any_run_of_transfers_and_failures_conserves_points(
    writer: Writer, given_moves: list[tuple[int, int, int, bool]]
) -> None:
    """The resident balances, the cached column and a plain model agree after every batch."""
    serial = writer.write(lambda w: w.sql.value(store.COUNT_TXNS))
    people = [member(9 + serial, i) for i in range(4)]
    model = dict.fromkeys(people, 100)

    def batch(work: Work) -> None:
        for i, p in enumerate(people):
            service.transfer(work, f"{serial}:start:{i}", "gift", (issuer(1), -100), (p, 100))
        for i, (a, z, amount, fail) in enumerate(given_moves):

            def one(
                w: Work, i: int = i, a: int = a, z: int = z, amount: int = amount, fail: bool = fail
            ) -> None:
                service.transfer(w, f"{serial}:{i}", "gift", (people[a], -amount), (people[z], amount))
                if fail:
                    raise ZeroDivisionError

            if a == z:
                continue
            try:
                work.step(one)
            except (Refusal, ZeroDivisionError):
                continue
            model[people[a]] -= amount
            model[people[z]] += amount

    writer.write(batch)
    assert writer.write(lambda w: {p: service.balance(w, p) for p in people}) == model
    assert min(model.values()) >= 0
    assert writer.write(service.recount).faults == ()
