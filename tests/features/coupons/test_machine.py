"""Coupons in any order of events: never two owners, never too many each, redeemed once, points exact."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from groupbot.core.effects import Send
from groupbot.core.events import Chat, Joined, Left, Person
from groupbot.engine.addresses import resolve
from groupbot.engine.clock import FixedClock, chance
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.coupons import service
from groupbot.features.coupons.domain import Order
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member, sink
from groupbot.features.members import service as members
from tests.conftest import make_tables

GROUP = Chat(-100, "supergroup", "West Lake")
START = datetime(2027, 1, 30, 10, tzinfo=UTC)
PEOPLE = st.integers(1, 4)
CODES, EACH, PRICE = 6, 2, 10


def arrive(work: Work, person: int) -> None:
    work.chat, who = resolve(work, GROUP).id, Person(person, f"P{person}")
    members.note_people(Joined(at=work.now, chat=GROUP, sender=who, people=(who,)), work)


def go(work: Work, person: int) -> None:
    work.chat, who = resolve(work, GROUP).id, Person(person, f"P{person}")
    members.note_people(Left(at=work.now, chat=GROUP, sender=who, person=who), work)


class Counter(RuleBasedStateMachine):
    """One pool of six codes at ten points, four people with 30 points each, a counter."""

    @initialize()
    def start(self) -> None:
        self.place = TemporaryDirectory()
        url = f"sqlite:///{Path(self.place.name) / 'coupons.db'}"
        make_tables(url)
        self.writer = Writer(url, clock=FixedClock(START), rng=chance(1))
        self.number = self.do(lambda w: service.draft(w, Order("Tea", each=EACH, price=PRICE), by=9))
        assert self.do(lambda w: service.generate(w, self.number, CODES)) == (CODES, 0)
        for person in (1, 2, 3, 4):
            self.do(lambda w, p=person: arrive(w, p))
            self.do(lambda w, p=person: w.put("members.started", p, True))
            self.do(
                lambda w, p=person: ledger.transfer(
                    w, f"gift:{p}", "gift", (issuer(w.chat), -30), (member(w.chat, p), 30)
                )
            )
        self.do(lambda w: service.publish(w, self.number))
        self.writer.clock.shift(timedelta(days=2))  # past the newcomers' day
        self.codes: dict[str, int] = {}
        self.used: set[str] = set()
        self.inside = {1, 2, 3, 4}

    def teardown(self) -> None:
        if hasattr(self, "writer"):
            self.writer.close()
            self.place.cleanup()

    def do(self, fn: Any) -> Any:
        def event(work: Work) -> Any:
            work.chat = resolve(work, GROUP).id
            for p in (1, 2, 3, 4):
                work.put("members.started", p, True)
            try:
                return work.step(fn)
            except Refusal as no:
                return no

        return self.writer.write(event)

    @rule(person=PEOPLE)
    def take(self, person: int) -> None:
        def fn(work: Work) -> str:
            service.take(work, self.number, person)
            return str([e for e in work.effects if isinstance(e, Send)][-1].data["code"])

        mine = [c for c, p in self.codes.items() if p == person]
        left = len(self.codes) < CODES
        over = self.writer.clock.now() >= START + timedelta(days=7)
        code = self.do(fn)
        if isinstance(code, Refusal):
            assert len(mine) == EACH or not left or over or person not in self.inside
        else:
            assert code not in self.codes and len(mine) < EACH and person in self.inside and left and not over
            self.codes[code] = person

    @rule(which=st.integers(0, 9), spelled=st.sampled_from([str, str.lower, " {} ".format]))
    def redeem(self, which: int, spelled: Any) -> None:
        if not self.codes:
            assert isinstance(self.do(lambda w: service.redeem(w, "AAAAAAAAAA", by=9)), Refusal)
            return
        code = sorted(self.codes)[which % len(self.codes)]
        done = self.do(lambda w: service.redeem(w, spelled(code), by=9))
        late = self.writer.clock.now() >= START + timedelta(days=30)
        fits = code not in self.used and self.codes[code] in self.inside and not late
        assert isinstance(done, Refusal) != fits
        if fits:
            self.used.add(code)

    @rule(person=PEOPLE)
    def come_or_go(self, person: int) -> None:
        inside = person in self.inside
        self.do(lambda w: (go if inside else arrive)(w, person))
        self.inside ^= {person}
        self.writer.clock.shift(timedelta(hours=25))

    @rule(hours=st.integers(1, 60))
    def wait(self, hours: int) -> None:
        self.writer.clock.shift(timedelta(hours=hours))
        self.do(service.close_due)

    @invariant()
    def everything_adds_up(self) -> None:
        if not hasattr(self, "inside"):
            return
        report = self.do(service.report)[0]
        assert (report["taken"], report["redeemed"]) == (len(self.codes), len(self.used))
        assert self.do(lambda w: ledger.balance(w, sink(w.chat))) == PRICE * len(self.codes)
        assert self.do(ledger.recount).faults == ()


TestCounter = Counter.TestCase
TestCounter.settings = settings(max_examples=6, stateful_step_count=25, deadline=None)
