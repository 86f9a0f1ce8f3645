"""Packets on both databases: exact, once each, returned once."""

import itertools
from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Answer, Edit, Effect, Send
from groupbot.core.events import Chat, Joined, Left, Person, Tap
from groupbot.engine.addresses import resolve
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, issuer, member, pot
from groupbot.features.members import service as members
from groupbot.features.members import store as members_store
from groupbot.features.redpacket import domain, service, store
from groupbot.features.redpacket.domain import Order
from groupbot.features.redpacket.service import ending
from tests.features.members.group import starts

GROUP = Chat(-100, "supergroup", "West Lake")
ADMIN = 50
_queries = itertools.count()


def enter(work: Work) -> int:
    work.chat = resolve(work, GROUP).id
    return work.chat


def open_(writer: Writer, order: Order, **more: object) -> int:
    def fn(work: Work) -> int:
        enter(work)
        return service.send(work, order, sender=ADMIN, **{"company": True, **more})[0]  # type: ignore[arg-type]

    return writer.write(fn)


def press(work: Work, number: int, person: int) -> Tap:
    return Tap(
        at=work.now, chat=GROUP, sender=Person(person, f"P{person}"), query_id=str(next(_queries)), raw=""
    )


def grab(work: Work, number: int, person: int) -> tuple[int, int] | str:
    """(amount, balance), or the refusal's template."""
    enter(work)
    try:
        work.step(lambda w: service.grab(w, number, press(w, number, person)))
    except Refusal as r:
        return r.template
    answer = [e for e in work.effects if isinstance(e, Answer)][-1]
    return answer.data["amount"], answer.data["balance"]


def said(work: Work) -> list[Effect]:
    return [e for e in work.effects if not isinstance(e, Answer)]


def state(writer: Writer, number: int) -> str:
    return str(writer.write(lambda w: w.sql.first(store.PACKET, the_id=number).state))


def test_a_packet_gives_every_share_once_and_the_sum_is_exact(writer: Writer) -> None:
    number = open_(writer, Order(200, 20))
    got = [writer.write(grab, number, 1000 + i) for i in range(19)]
    effects: list[Effect] = []

    def last(work: Work) -> object:
        found = grab(work, number, 1019)
        for _, fn in work.finals():
            fn(work)
        effects.extend(said(work))
        return found

    got.append(writer.write(last))
    assert sum(amount for amount, _ in got) == 200  # type: ignore[misc]
    assert writer.write(grab, number, 2000) == "redpacket/empty"
    assert writer.write(grab, number, 1003) == got[3]
    assert state(writer, number) == "drained"
    assert [type(e) for e in effects] == [Edit] and effects[0].template == "redpacket/drained"  # type: ignore[attr-defined]
    chat = writer.write(enter)
    assert writer.write(lambda w: [ledger.balance(w, a) for a in (house(chat), pot(chat, number))]) == [
        1800,
        0,
    ]
    assert writer.write(ledger.recount).faults == ()


def test_a_card_is_edited_ten_times_a_minute_however_many_press_and_shows_the_last_at_once(
    writer: Writer,
) -> None:
    number = open_(writer, Order(200, 60, "equal"))

    def second(work: Work, person: int) -> list[str]:
        grab(work, number, person)
        service.expire_due(work)  # the tick beside it
        for _, fn in work.finals():
            fn(work)
        return [str(e.template) for e in work.effects if isinstance(e, Edit)]

    edits = []
    for person in range(60):
        edits += writer.write(second, person + 1)
        writer.clock.shift(timedelta(seconds=1))
    assert edits == ["redpacket/card"] * 10 + ["redpacket/drained"]


def test_one_batch_of_many_presses_gives_the_same_as_one_by_one(writer: Writer) -> None:
    number = open_(writer, Order(200, 5))
    people = [1, 2, 1, 3, 4, 2, 5, 6, 1]
    got = writer.write(lambda w: [grab(w, number, p) for p in people])
    assert (got[2], got[5], got[8], got[7]) == (got[0], got[1], got[0], "redpacket/empty")
    rows = writer.write(lambda w: w.sql.all(sa.select(store.claim).order_by(store.claim.c.seq)))
    assert [(r.person_id, r.seq) for r in rows] == [(1, 0), (2, 1), (3, 2), (4, 3), (5, 4)]
    assert sum(r.amount for r in rows) == 200
    assert writer.write(ledger.recount).faults == ()


def test_a_grab_that_fails_after_its_claim_gives_the_share_to_the_next(writer: Writer) -> None:
    number = open_(writer, Order(100, 2, "equal"))

    def broken(work: Work) -> None:
        service.grab(work, number, press(work, number, 1))
        raise ZeroDivisionError

    def batch(work: Work) -> object:
        enter(work)
        with pytest.raises(ZeroDivisionError):
            work.step(broken)
        return grab(work, number, 2), grab(work, number, 1), grab(work, number, 3)

    assert writer.write(batch) == ((50, 50), (50, 50), "redpacket/empty")
    assert writer.write(ledger.recount).faults == ()


def test_claims_survive_the_loss_of_all_caches(writer: Writer) -> None:
    number = open_(writer, Order(100, 4))
    before = writer.write(grab, number, 1)
    with pytest.raises(ZeroDivisionError):
        writer.write(lambda w: 1 // 0)
    assert writer.write(grab, number, 1) == before
    assert writer.write(lambda w: [grab(w, number, p) for p in (2, 3, 4, 5)])[3] == "redpacket/empty"
    assert state(writer, number) == "drained"


def test_the_tables_refuse_a_second_claim_of_a_person_and_of_a_share(writer: Writer) -> None:
    number = open_(writer, Order(100, 4))
    writer.write(grab, number, 1)
    for person, seq in ((1, 1), (2, 0)):
        with pytest.raises(Exception, match=r"(?i)unique"):
            writer.write(lambda w, p=person, s=seq: w.add(store.CLAIMS, number, p, s, 5, w.now))


def test_the_rest_of_an_expired_packet_goes_back_once(writer: Writer) -> None:
    number = open_(writer, Order(100, 4, "equal"))
    writer.write(grab, number, 1)
    writer.clock.shift(timedelta(hours=24))
    assert writer.write(grab, number, 2) == "redpacket/over"
    assert writer.write(grab, number, 1) == (25, 25)
    for _ in range(2):
        writer.write(service.expire_due)
    chat = writer.write(enter)
    assert state(writer, number) == "expired"
    balances = writer.write(lambda w: [ledger.balance(w, a) for a in (pot(chat, number), member(chat, 1))])
    assert balances == [0, 25]
    # the month has turned in between: 2,000 more at the next need, not here
    assert writer.write(lambda w: ledger.balance(w, house(chat))) == 1975
    assert writer.write(grab, number, 2) == "redpacket/over"
    assert writer.write(ledger.recount).faults == ()


@pytest.mark.parametrize(
    ("first", "told", "became", "back"),
    [("press", (10, 10), "drained", 0), ("expiry", "redpacket/over", "expired", 10)],
)
def test_the_last_share_and_the_expiry_in_one_instant_move_it_once(
    writer: Writer, first: str, told: object, became: str, back: int
) -> None:
    number = open_(writer, Order(20, 2, "equal"))
    writer.write(grab, number, 1)
    writer.clock.shift(timedelta(hours=24) - timedelta(milliseconds=1))

    def instant(work: Work) -> object:
        enter(work)
        if first == "expiry":
            ending.expire(work, number)
        found = grab(work, number, 2)
        ending.expire(work, number)
        return found

    assert (writer.write(instant), state(writer, number)) == (told, became)
    chat = writer.write(enter)
    assert writer.write(lambda w: ledger.balance(w, pot(chat, number))) == 0
    assert writer.write(lambda w: ledger.balance(w, house(chat))) == 2000 - 20 + back
    assert writer.write(ledger.recount).faults == ()


def test_a_packet_goes_on_when_its_sender_leaves_and_the_rest_is_still_theirs(writer: Writer) -> None:
    chat = writer.write(enter)
    writer.write(lambda w: members.put(w, domain.MEMBERS, True, chat=chat))
    gift = ((issuer(chat), -50), (member(chat, ADMIN), 50))
    writer.write(lambda w: ledger.transfer(w, "gift", "gift", *gift))
    number = open_(writer, Order(40, 4, "equal"), company=False)

    def leave(work: Work) -> None:
        enter(work)
        members.note_people(Left(at=work.now, chat=GROUP, person=Person(ADMIN, "Zhou")), work)

    writer.write(leave)
    assert writer.write(grab, number, 1) == (10, 10)
    writer.clock.shift(timedelta(hours=24))
    writer.write(service.expire_due)
    assert (state(writer, number), writer.write(lambda w: ledger.points_of(w, chat, ADMIN))) == (
        "expired",
        40,
    )
    assert writer.write(ledger.recount).faults == ()


def test_a_sender_who_can_be_reached_hears_of_the_rest(writer: Writer) -> None:
    row = {"id": ADMIN, "first_name": "Zhou", "is_bot": False, "seen_at": writer.clock.now()}
    started = sa.insert(members_store.person).values(**row, started_at=writer.clock.now())
    writer.write(lambda w: w.sql.run(started))
    open_(writer, Order(100, 4))
    writer.clock.shift(timedelta(hours=25))

    def tick(work: Work) -> list[Effect]:
        service.expire_due(work)
        for _, fn in work.finals():
            fn(work)
        return [e for e in work.effects if e.user == ADMIN]

    assert [(e.template, e.data["rest"]) for e in writer.write(tick) if isinstance(e, Send)] == [
        ("redpacket/returned", 100)
    ]


def test_a_thin_lucky_packet_asks_first_and_moves_nothing(writer: Writer) -> None:
    def ask(work: Work) -> tuple[int, str, list[str]]:
        chat = enter(work)
        number, became = service.send(work, Order(20, 10), sender=ADMIN, company=True)
        assert ledger.balance(work, pot(chat, number)) == 0
        return number, became, [e.template for e in work.effects if isinstance(e, Send)]  # type: ignore[misc]

    number, became, templates = writer.write(ask)
    assert (became, templates) == ("draft", ["redpacket/thin"])
    assert writer.write(grab, number, 1) == "common/old_button"

    def say_equal(work: Work, who: int) -> None:
        enter(work)
        service.confirm(work, number, equal=True, sender=who)

    with pytest.raises(Refusal, match="redpacket/not_yours"):
        writer.write(say_equal, 51)
    writer.write(say_equal, ADMIN)
    with pytest.raises(Refusal, match="redpacket/draft_gone"):
        writer.write(say_equal, ADMIN)
    assert writer.write(lambda w: [grab(w, number, p) for p in range(1, 12)]) == [(2, 2)] * 10 + [
        "redpacket/empty"
    ]


def test_a_draft_nobody_confirms_is_dropped_and_does_not_use_up_the_day(writer: Writer) -> None:
    number = open_(writer, Order(20, 10))
    writer.clock.shift(timedelta(minutes=11))
    writer.write(service.expire_due)
    assert state(writer, number) == "dropped"
    assert state(writer, open_(writer, Order(100, 4))) == "live"


@pytest.mark.parametrize(
    ("order", "template"),
    [
        (Order(201, 5), "redpacket/too_much"),
        (Order(5, 6), "redpacket/too_many"),
        (Order(200, 501, "equal"), "redpacket/too_many"),
    ],
)
def test_an_order_beyond_the_limits_is_refused_with_the_reason(
    writer: Writer, order: Order, template: str
) -> None:
    with pytest.raises(Refusal, match=template):
        open_(writer, order)


def test_packets_are_sent_once_a_day_and_within_hours(writer: Writer) -> None:
    open_(writer, Order(100, 4))
    with pytest.raises(Refusal, match="redpacket/daily"):
        open_(writer, Order(100, 4))
    writer.clock.shift(timedelta(hours=4))  # 22:00 in Shanghai
    with pytest.raises(Refusal, match="redpacket/hours"):
        open_(writer, Order(100, 4))
    writer.clock.shift(timedelta(hours=13))
    assert open_(writer, Order(100, 4)) > 0


def test_the_house_never_gives_more_than_it_has(writer: Writer) -> None:
    chat = writer.write(enter)
    writer.write(lambda w: members.put(w, domain.DAILY, 99, chat=chat))
    for _ in range(10):
        open_(writer, Order(200, 2))
    with pytest.raises(Refusal, match="redpacket/poor"):
        open_(writer, Order(1, 1, "equal"))


def test_a_member_pays_for_an_own_packet_only_where_that_is_allowed(writer: Writer) -> None:
    chat = writer.write(enter)
    with pytest.raises(Refusal, match="redpacket/members_off"):
        open_(writer, Order(40, 4), company=False)
    writer.write(lambda w: members.put(w, domain.MEMBERS, True, chat=chat))
    with pytest.raises(Refusal, match="ledger/short"):
        open_(writer, Order(40, 4), company=False)
    gift = ((issuer(chat), -50), (member(chat, ADMIN), 50))
    writer.write(lambda w: ledger.transfer(w, "gift", "gift", *gift))
    number = open_(writer, Order(40, 4), company=False)
    writer.clock.shift(timedelta(hours=24))
    writer.write(service.expire_due)
    assert state(writer, number) == "expired"
    assert writer.write(lambda w: ledger.balance(w, member(chat, ADMIN))) == 50


def test_passing_it_on_is_suggested_in_private_after_a_packet_of_the_house_alone(writer: Writer) -> None:
    """To who took a share and could send one; what members send suggests nothing, so no chain grows."""

    def offered(work: Work, number: int, person: int) -> list[int]:
        enter(work)
        service.show_result(work, number, press(work, number, person))
        return [e.data["pass_on"] for e in work.effects if isinstance(e, Send) and e.user == person]

    for person in (1, 2, 3):
        writer.write(lambda w, p=person: starts(w, p))
    number = open_(writer, Order(41, 3, "equal"))
    for person in (1, 2, 4):
        writer.write(grab, number, person)
    assert writer.write(offered, number, 1) == [0]  # where members send none
    writer.write(lambda w: members.put(w, domain.MEMBERS, True, chat=enter(w)))
    writer.write(lambda w: w.clear("redpacket.told"))
    shares = [int(r.amount) for r in writer.write(lambda w: w.sql.all(store.SHARES_OF, the_id=number))]
    assert [writer.write(offered, number, p) for p in (1, 3, 4)] == [[shares[0]], [0], []]

    def from_the_first(work: Work) -> int:
        enter(work)
        return service.send(work, Order(12, 1, "equal"), sender=1, company=False)[0]

    own = writer.write(from_the_first)
    writer.write(grab, own, 2)
    assert writer.write(offered, own, 2) == [0]
    writer.write(lambda w: w.clear("redpacket.told"))
    again = [writer.write(offered, number, p) for p in (1, 2)]
    assert again == [[0], [shares[1]]]  # the first sent one today


def test_newcomers_wait_a_day_and_staff_leave_company_packets_to_members(writer: Writer) -> None:
    number = open_(writer, Order(100, 4))

    def arrive(work: Work) -> None:
        enter(work)
        members.note_people(Joined(at=work.now, chat=GROUP, people=(Person(9, "New"),)), work)
        work.sql.run(
            members_store.KEEP_STAFF,
            chat_id=work.chat,
            person_id=ADMIN,
            status="creator",
            rights=[],
            checked_at=work.now,
        )
        work.drop("members.staff", work.chat)

    writer.write(arrive)
    assert writer.write(grab, number, 9) == "redpacket/new"
    assert writer.write(grab, number, ADMIN) == "redpacket/staff"
    assert writer.write(grab, number, 10) != "redpacket/new"


def test_a_newcomer_who_presses_in_the_batch_of_their_own_join_waits_too(writer: Writer) -> None:
    number = open_(writer, Order(100, 4))

    def both(work: Work) -> object:
        enter(work)
        members.note_people(Joined(at=work.now, chat=GROUP, people=(Person(9, "New"),)), work)
        return grab(work, number, 9)

    assert writer.write(both) == "redpacket/new"


def test_the_seal_on_the_card_opens_to_the_shares(writer: Writer) -> None:
    number = open_(writer, Order(200, 20))
    row = writer.write(lambda w: w.sql.first(store.PACKET, the_id=number))
    shares = [r.amount for r in writer.write(lambda w: w.sql.all(store.SHARES_OF, the_id=number))]
    assert row.commitment == domain.commitment(row.salt, shares)
