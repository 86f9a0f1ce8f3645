"""Ledger, packets, shop and refunds in any order: nothing is lost or made, nobody falls below zero."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.checkin import service as checkin
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import member
from groupbot.features.members import service as members
from groupbot.features.redpacket import domain, service
from groupbot.features.redpacket.domain import Order
from groupbot.features.shop import service as shop
from groupbot.features.shop.domain import Item
from tests.conftest import make_tables
from tests.features.redpacket.test_service import GROUP, press

PEOPLE = st.integers(1, 4)


class Bank(RuleBasedStateMachine):
    """One group over many days."""

    @initialize()
    def start(self) -> None:
        self.place = TemporaryDirectory()
        url = f"sqlite:///{Path(self.place.name) / 'bank.db'}"
        make_tables(url)
        self.writer = Writer(url, clock=FixedClock(datetime(2027, 1, 30, 10, tzinfo=UTC)), rng=chance(1))
        self.packets: list[int] = []
        self.codes: list[str] = []
        self.got: dict[tuple[int, int], int] = {}
        self.do(lambda w: members.put(w, domain.DAILY, 99, chat=w.chat))
        self.do(lambda w: members.put(w, domain.MEMBERS, True, chat=w.chat))
        self.item = self.do(lambda w: shop.put_up(w, Item("Tea", 15, 3)))

    def teardown(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()
            self.place.cleanup()

    def do(self, fn: Any) -> Any:
        """One event, as a step; a refusal undoes it."""

        def event(work: Work) -> Any:
            work.chat = resolve(work, Chat(GROUP.id, "supergroup", "West Lake")).id
            try:
                return work.step(fn)
            except Refusal as no:
                return no

        return self.writer.write(event)

    @rule(n=st.integers(1, 6), mean=st.integers(1, 20), kind=st.sampled_from(["lucky", "equal"]), own=PEOPLE)
    def send(self, n: int, mean: int, kind: str, own: int) -> None:
        order, company = Order(n * mean, n, kind), own == 1
        made = self.do(lambda w: service.send(w, order, sender=own, company=company))
        if not isinstance(made, Refusal) and made[1] == "live":
            self.packets.append(made[0])

    @rule(which=st.integers(0, 99), person=PEOPLE)
    def grab(self, which: int, person: int) -> None:
        if not self.packets:
            return
        number = self.packets[which % len(self.packets)]

        def fn(work: Work) -> int:
            service.grab(work, number, press(work, number, person))
            return int(work.cached("redpacket.live")[number, person])

        amount = self.do(fn)
        if not isinstance(amount, Refusal):
            assert self.got.setdefault((number, person), amount) == amount

    @rule(person=PEOPLE)
    def sign_in(self, person: int) -> None:
        self.do(lambda w: checkin.check_in(w, person, w.now))

    @rule(person=PEOPLE)
    def buy(self, person: int) -> None:
        done = self.do(lambda w: shop.buy(w, self.item, person))
        if not isinstance(done, Refusal):
            self.codes.append(done["code"])

    @rule(which=st.integers(0, 9), back=st.booleans())
    def settle(self, which: int, back: bool) -> None:
        if self.codes:
            code = self.codes[which % len(self.codes)]
            self.do(lambda w: shop.settle(w, code, by=9, back=back))

    @rule(person=PEOPLE, days=st.integers(0, 3))
    def take_back(self, person: int, days: int) -> None:
        self.do(lambda w: ledger.take_back(w, member(w.chat, person), "checkin", w.now - timedelta(days)))

    @rule(number=st.integers(1, 30))
    def undo(self, number: int) -> None:
        self.do(lambda w: ledger.undo(w, number, by=9))

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.writer.clock.shift(timedelta(hours=hours))
        self.writer.write(service.expire_due)

    @invariant()
    def the_books_are_right(self) -> None:
        if hasattr(self, "writer"):
            assert self.do(ledger.recount).faults == ()

    @invariant()
    def nobody_got_more_than_a_packet_held(self) -> None:
        for number in getattr(self, "packets", []):
            packet = self.do(lambda w, n=number: service.resident.live(w, n))  # type: ignore[misc]
            mine = [a for (n, _), a in self.got.items() if n == number]
            assert sum(mine) <= packet.total and len(mine) <= packet.n


TestBank = Bank.TestCase
TestBank.settings = settings(max_examples=6, stateful_step_count=30, deadline=None)
