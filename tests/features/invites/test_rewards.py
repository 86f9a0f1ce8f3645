"""A friend is rewarded once, whatever is told twice; taken back is what was given and is still there."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Ask, Send
from groupbot.core.events import Chat, Invited, Joined, Left, Link, Person
from groupbot.engine.clock import FixedClock
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.invites import domain, service, store
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import HOUSE_MONTHLY, issuer, member, sink
from groupbot.features.ledger.store import account
from groupbot.features.members import service as members
from tests.features.members.group import group, stands, starts

HERE = Chat(-1001, "supergroup", "West Lake")
URL = "https://t.me/+meis"
MEI, LI, AN, STAFF = Person(11, "Mei"), Person(12, "Li"), Person(13, "An"), Person(14, "Boss")


def chat_of(writer: Writer, *, house: int = 2000, **settings: Any) -> int:
    """A group with links switched on, in which Mei has hers."""

    def fn(work: Work) -> int:
        chat = group(work, HERE.id, HERE.title)
        members.put(work, domain.ON, True, chat=chat)
        members.put(work, HOUSE_MONTHLY, house, chat=chat)
        for name, value in settings.items():
            members.put(work, getattr(domain, name), value, chat=chat)
        stands(work, chat, STAFF.id, "administrator")
        starts(work, MEI.id)
        work.chat = chat
        tell(work, Joined(at=work.now - timedelta(days=9), chat=HERE, people=(MEI,)))
        service.mine(work, MEI.id, 5)
        asked = [e for e in work.effects if isinstance(e, Ask)]
        assert [(a.link, a.chat) for a in asked] == [("ref-1", chat)]
        service.arrived(work, Invited(at=work.now, chat=HERE, ref=asked[0].ref, url=URL))
        return chat

    return writer.write(fn)


def tell(work: Work, event: Any) -> None:
    """An event as the bot takes it: who is here first, then the friends."""
    work.event = event
    members.note_people(event, work)
    work.flush()
    if isinstance(event, Joined):
        service.came(work, event)
    elif isinstance(event, Left):
        service.left(work, event)
    work.flush()


def comes(writer: Writer, who: Person, *, at: datetime | None = None, url: str = URL) -> None:
    def fn(work: Work) -> None:
        work.chat = members.profiles(work)[0].chat
        event = Joined(at=at or work.now, chat=HERE, people=(who,), link=Link(url, "ref-1"))
        tell(work, event)
        tell(work, event)  # the service message and the update tell of the same

    writer.write(fn)


def goes(writer: Writer, who: Person) -> None:
    def fn(work: Work) -> None:
        work.chat = members.profiles(work)[0].chat
        tell(work, Left(at=work.now, chat=HERE, person=who))
        tell(work, Left(at=work.now, chat=HERE, person=who))

    writer.write(fn)


def later(writer: Writer, *, hired: bool = False, took_part: bool = True, **span: float) -> list[str]:
    """Time goes by, and the tick runs twice; what it said."""
    assert isinstance(writer.clock, FixedClock)
    writer.clock.at += timedelta(**span)
    said: list[str] = []

    def fn(work: Work) -> None:
        service.settle(work, lambda *_: took_part, lambda *_: hired)
        said.extend(str(e.template) for e in work.effects if isinstance(e, Send))

    writer.write(fn)
    writer.write(fn)
    return said


def state(writer: Writer) -> list[tuple[int, str, int]]:
    rows = writer.write(lambda w: w.sql.all(store.referral.select().order_by(store.referral.c.id)))
    return [(r.person_id, r.state, r.points) for r in rows]


def points(writer: Writer, chat: int) -> tuple[int, int]:
    """Mei's, and what the house gave out."""
    return writer.write(lambda w: (ledger.points_of(w, chat, MEI.id), ledger.house_spent(w, chat)))


def test_a_friend_who_stays_is_rewarded_once_however_often_it_is_told(writer: Writer) -> None:
    chat = chat_of(writer)
    comes(writer, LI)
    assert later(writer, days=6) == []
    assert later(writer, days=1, seconds=1) == ["invites/stayed"]
    assert later(writer, days=1) == []
    writer.write(lambda w: w.empty_caches())
    assert later(writer, days=1) == []
    assert (state(writer), points(writer, chat)) == ([(LI.id, "paid", 20)], (20, 20))
    assert writer.write(ledger.recount).faults == ()
    seen = writer.write(lambda w: service.standing(w, chat, MEI.id))
    assert seen == {"held": 0, "paid": 1, "gone": 0, "came": 1, "points": 20}


def test_who_leaves_in_the_hold_or_soon_after_pays_nothing_and_comes_again_for_nothing(
    writer: Writer,
) -> None:
    chat = chat_of(writer)
    comes(writer, LI)
    goes(writer, LI)
    comes(writer, AN)
    later(writer, days=8)
    assert points(writer, chat) == (20, 20)
    goes(writer, AN)
    assert (state(writer), points(writer, chat)) == ([(LI.id, "left", 0), (AN.id, "back", 0)], (0, 0))
    comes(writer, LI)
    comes(writer, AN)
    later(writer, days=60)
    assert points(writer, chat) == (0, 0)
    assert writer.write(ledger.recount).faults == ()


def test_taken_back_is_only_what_is_still_there_and_nothing_after_the_span(writer: Writer) -> None:
    chat = chat_of(writer)
    comes(writer, LI)
    comes(writer, AN)
    later(writer, days=8)

    def spend(work: Work) -> None:
        work.chat = chat
        ledger.transfer(work, "spent", "shop", (member(chat, MEI.id), -30), (sink(chat), 30))

    writer.write(spend)
    goes(writer, LI)
    assert points(writer, chat) == (0, 30)
    later(writer, days=31)
    goes(writer, AN)
    assert state(writer) == [(LI.id, "back", 10), (AN.id, "paid", 20)]
    assert writer.write(ledger.recount).faults == ()


def test_oneself_staff_bots_and_who_was_here_before_are_no_friends(writer: Writer) -> None:
    chat_of(writer)
    old = Person(15, "Old")

    def before(work: Work) -> None:
        work.chat = members.profiles(work)[0].chat
        tell(work, Joined(at=work.now - timedelta(days=90), chat=HERE, people=(old,)))

    writer.write(before)
    goes(writer, old)
    for who in (MEI, STAFF, old, Person(16, "Robot", is_bot=True)):
        comes(writer, who)
    comes(writer, LI, url="https://t.me/+other")
    assert state(writer) == []


def test_hired_or_silent_ones_pay_nothing_and_a_month_has_a_limit(writer: Writer) -> None:
    chat = chat_of(writer, MOST=1)
    comes(writer, LI)
    later(writer, days=8, hired=True)
    comes(writer, AN)
    later(writer, days=8, took_part=False)
    for n in (21, 22):
        comes(writer, Person(n, "F"))
    later(writer, days=8)
    assert [s for _, s, _ in state(writer)] == ["hired", "quiet", "paid", "capped"]
    assert points(writer, chat) == (20, 20)
    for n in (LI, AN, Person(22, "F")):
        goes(writer, n)
    gone = writer.write(lambda w: w.sql.all(store.referral.select().order_by(store.referral.c.id)))
    assert [(r.state, r.left_at is None) for r in gone] == [
        ("hired", False), ("quiet", False), ("paid", True), ("capped", False)
    ]  # fmt: skip


def test_of_whom_a_friend_brings_only_the_friend_is_paid(writer: Writer) -> None:
    """One level, flat: docs/law.md."""
    chat = chat_of(writer)
    comes(writer, LI)

    def own(work: Work) -> None:
        starts(work, LI.id)
        work.chat = chat
        service.mine(work, LI.id, 6)
        ref = next(e.ref for e in work.effects if isinstance(e, Ask))
        service.arrived(work, Invited(at=work.now, chat=HERE, ref=ref, url="https://t.me/+lis"))

    writer.write(own)
    comes(writer, AN, url="https://t.me/+lis")
    later(writer, days=8)
    assert state(writer) == [(LI.id, "paid", 20), (AN.id, "paid", 20)]
    assert writer.write(lambda w: [ledger.points_of(w, chat, p.id) for p in (MEI, LI, AN)]) == [20, 20, 0]


def test_an_empty_house_pays_as_soon_as_it_can(writer: Writer) -> None:
    chat = chat_of(writer, house=0)
    comes(writer, LI)
    assert later(writer, days=8) == []
    assert state(writer) == [(LI.id, "held", 0)]
    writer.write(lambda w: members.put(w, HOUSE_MONTHLY, 100, chat=chat))
    assert later(writer, days=2) == ["invites/stayed"]
    assert points(writer, chat)[0] == 20


def test_an_empty_house_wallet_is_tried_for_thirty_days_after_the_hold(writer: Writer) -> None:
    chat = chat_of(writer, house=0)
    comes(writer, LI)
    for _ in range(37):
        assert later(writer, days=1) == []
    assert state(writer) == [(LI.id, "held", 0)]
    assert later(writer, days=2) == []
    assert state(writer) == [(LI.id, "poor", 0)]
    writer.write(lambda w: members.put(w, HOUSE_MONTHLY, 100, chat=chat))
    assert later(writer, days=30) == []


def test_while_the_books_are_closed_a_reward_waits(writer: Writer) -> None:
    chat = chat_of(writer)
    comes(writer, LI)
    comes(writer, AN)
    goes(writer, AN)
    gift = ((issuer(chat), -1), (member(chat, AN.id), 1))
    writer.write(lambda w: ledger.transfer(w, "gift", "gift", *gift))
    spoil = sa.update(account).where(account.c.kind == "member").values
    writer.write(lambda w: w.sql.run(spoil(balance=2)))
    assert writer.write(ledger.reconcile).faults
    assert later(writer, days=8) == []
    assert state(writer) == [(LI.id, "held", 0), (AN.id, "left", 0)]
    writer.write(lambda w: w.sql.run(spoil(balance=1)))
    assert writer.write(ledger.reconcile).faults == ()
    assert later(writer, days=2) == ["invites/stayed"]
    assert points(writer, chat)[0] == 20


def test_switched_off_there_are_no_links_and_a_counter_has_a_name_of_its_own(writer: Writer) -> None:
    def fn(work: Work) -> list[str]:
        work.chat = group(work, HERE.id, HERE.title)
        said = []
        for tried in (
            lambda: service.mine(work, MEI.id, None),
            lambda: service.printed(work, "ref-9", "", 1, None),
            lambda: service.printed(work, "x" * 33, "", 1, None),
            lambda: service.off(work, "nowhere"),
        ):
            try:
                tried()
            except Refusal as no:
                said.append(no.template)
        return said

    assert writer.write(fn) == ["invites/off", "invites/bad_name", "invites/bad_name", "invites/unknown"]
    assert domain.link_name(" 收银台 ", " 早班") == "收银台·早班"
