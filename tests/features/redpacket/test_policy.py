"""What a packet may cost and whom it is for; every no says why."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.core.effects import Delete, Send
from groupbot.core.events import Message, Person
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member
from groupbot.features.ledger.store import account
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting
from groupbot.features.redpacket import domain, service
from groupbot.features.redpacket.domain import Order, Unread
from tests.features.members.group import starts
from tests.features.redpacket.test_service import ADMIN, GROUP, enter, grab, open_, state


def put(writer: Writer, setting: Setting, value: object) -> None:
    writer.write(lambda w: members.put(w, setting, value, chat=enter(w)))


def refusal(writer: Writer, order: Order) -> tuple[str, dict[str, object]]:
    with pytest.raises(Refusal) as no:
        open_(writer, order)
    return no.value.template, dict(no.value.data)


def test_each_rule_of_the_house_refuses_with_its_reason(writer: Writer) -> None:
    put(writer, domain.DAILY, 9)
    put(writer, domain.OCCASION, True)
    assert refusal(writer, Order(50, 5))[0] == "redpacket/no_occasion"
    open_(writer, Order(50, 5, occasion="thanks"))
    put(writer, domain.BUDGET, 120)
    assert refusal(writer, Order(80, 5, occasion="x")) == (
        "redpacket/budget",
        {"left": 70, "budget": 120},
    )
    put(writer, domain.GAP, 3)
    assert refusal(writer, Order(50, 5, occasion="x"))[0] == "redpacket/gap"

    def plan(work: Work) -> tuple[object, object]:
        enter(work)
        found = service.plan(work)
        return found["spent"], found["occasions"]

    assert writer.write(plan) == (50, [{"name": "thanks", "packets": 1, "spent": 50}])


def test_a_campaign_has_a_budget_that_is_never_overdrawn(writer: Writer) -> None:
    put(writer, domain.DAILY, 9)
    put(writer, domain.BUDGETS, ["100 Spring 2027", "50 thanks"])
    first = open_(writer, Order(60, 1, "equal", occasion="spring 2027"))
    open_(writer, Order(40, 4, "equal", occasion="thanks"))
    assert refusal(writer, Order(60, 5, occasion="Spring 2027")) == (
        "redpacket/campaign",
        {"name": "Spring 2027", "left": 40, "budget": 100},
    )
    open_(writer, Order(40, 4, "equal", occasion="Spring 2027", at="11:00"))  # planned ones count whole
    assert refusal(writer, Order(1, 1, occasion="Spring 2027"))[1]["left"] == 0
    assert writer.write(grab, first, 7) == (60, 60)
    open_(writer, Order(200, 8, "equal"))  # cites no campaign

    def plan(work: Work) -> tuple[object, object]:
        enter(work)
        found = service.plan(work)
        return found["campaigns"], [o["name"] for o in found["occasions"]]

    assert writer.write(plan) == (
        [
            {"name": "Spring 2027", "budget": 100, "spent": 100},
            {"name": "thanks", "budget": 50, "spent": 40},
        ],
        ["Spring 2027", "spring 2027", "thanks", "treat"],
    )


@pytest.mark.parametrize(
    ("order", "reason"),
    [
        (Order(9, 1, wish="Happy New Year"), "Happy New Year"),
        (Order(9, 1, wish="Happy", occasion="Spring"), "Spring"),
        (Order(9, 1, who="new"), "welcome"),
        (Order(9, 1, whom=7), "thanks"),
        (Order(9, 1, who="old"), "thanks"),
        (Order(9, 1), "treat"),
    ],
)
def test_every_packet_cites_a_campaign_or_a_reason(order: Order, reason: str) -> None:
    assert order.reason == reason


@pytest.mark.parametrize(
    ("text", "made"),
    [("300 Spring_2027", "300 Spring 2027"), ("0 x", ""), ("-5 x", ""), ("300", ""), ("x", "")],
)
def test_a_budget_is_points_and_a_name(text: str, made: str) -> None:
    if made:
        assert domain.budgeted(text) == made
    else:
        with pytest.raises(ValueError):
            domain.budgeted(text)


def test_a_designated_packet_is_taken_by_nobody_else(writer: Writer) -> None:
    number = open_(writer, Order(50, 1, "equal", whom=7))
    assert [writer.write(grab, number, p) for p in (8, 7, 8)] == [
        "redpacket/for_another",
        (50, 50),
        "redpacket/empty",
    ]


def test_old_friends_only_keeps_newcomers_waiting(writer: Writer) -> None:
    number = open_(writer, Order(50, 2, "equal", who="new"))
    assert writer.write(grab, number, 7) == "redpacket/for_some"  # was here before the bot


def test_the_days_cap_counts_all_packets_of_the_house(writer: Writer) -> None:
    put(writer, domain.DAILY, 9)
    put(writer, domain.CAP, 20)
    one, two = (open_(writer, Order(50, 2, "equal")) for _ in range(2))
    assert [writer.write(grab, n, 7) for n in (one, two)] == [(25, 25), "redpacket/capped"]


def test_the_passphrase_opens_and_the_button_does_not(writer: Writer) -> None:
    number = open_(writer, Order(50, 2, "equal", phrase=domain.fold("Happy 2027")))

    def says(work: Work, person: int, text: str) -> int:
        enter(work)
        message = Message(
            at=work.now, chat=GROUP, sender=Person(person, f"P{person}"), message_id=person, text=text
        )
        service.spoken(work, message, lambda *_: None)
        return ledger.balance(work, member(work.chat, person))

    assert writer.write(grab, number, 7) == "redpacket/say"
    said = [
        writer.write(says, 7, "happy 2026"),
        writer.write(says, 7, " HAPPY 2027 "),
        writer.write(says, 7, "Happy 2027"),
        writer.write(says, 8, "happy 2027"),
        writer.write(says, 9, "happy 2027"),
    ]
    assert (said, state(writer, number)) == ([0, 25, 25, 25, 0], "drained")


def words(work: Work, person: int, text: str, number: int = 0) -> tuple[int, list[tuple[str, object]]]:
    """Somebody says it in the group: their balance, and what came of it."""
    enter(work)
    before, who = len(work.effects), Person(person, f"P{person}")
    work.event = said = Message(at=work.now, chat=GROUP, sender=who, message_id=number or person, text=text)
    members.note_people(said, work)
    service.spoken(work, said, lambda *_: None)
    came: list[tuple[str, object]] = []
    for e in work.effects[before:]:
        if isinstance(e, Delete):
            came.append(("gone", e.messages))
        elif isinstance(e, Send):
            came.append((str(e.template), e.data.get("name")))
    return ledger.balance(work, member(work.chat, person)), came


def test_five_wrong_words_in_a_minute_and_the_right_ones_wait_for_its_end(writer: Writer) -> None:
    open_(writer, Order(40, 4, "equal", phrase="tea"))
    long = "a talk of more letters than a passphrase may ever have"
    for said in ("coffee", long, "milk", "cocoa", "/top", "juice"):
        assert writer.write(words, 7, said) == (0, [])
    assert writer.write(words, 7, "tea")[0] == 10  # four wrong ones
    for n in range(5):
        writer.write(words, 8, f"guess {n}")
    writer.clock.shift(timedelta(seconds=59))
    assert writer.write(words, 8, "tea") == (0, [("redpacket/tries", None)])
    assert writer.write(words, 9, "tea")[0] == 10  # another member tries for themselves
    writer.clock.shift(timedelta(seconds=1))
    assert writer.write(words, 8, "tea")[0] == 10
    put(writer, domain.TRIES, 1)
    writer.write(words, 10, "milk")
    assert writer.write(words, 10, "tea")[0] == 0


def test_nothing_tells_who_guesses_too_often_that_a_secret_was_right(writer: Writer) -> None:
    number = open_(writer, Order(40, 2, "equal", phrase="tea", say="secret"))
    for n in range(5):
        writer.write(words, 8, f"guess {n}")
    assert writer.write(words, 8, "tea") == writer.write(words, 8, "guess 6") == (0, [])
    assert writer.write(words, 9, "TEA", 900) == (20, [("redpacket/said", "P9"), ("gone", (900,))])
    assert state(writer, number) == "live"


def test_the_message_that_says_the_passphrase_is_taken_away_where_the_packet_says_so(writer: Writer) -> None:
    put(writer, domain.DAILY, 2)
    open_(writer, Order(20, 1, "equal", phrase="tea", say="clean"))
    open_(writer, Order(20, 1, "equal", phrase="milk"))
    assert writer.write(words, 7, "coffee", 70) == (0, [])
    assert writer.write(words, 8, "tea", 71)[1][-1] == ("gone", (71,))
    assert writer.write(words, 7, "tea", 72)[1] == []  # nothing of a packet that is over
    assert writer.write(words, 7, "milk", 73) == (20, [("redpacket/got", None)])


def test_the_card_of_a_secret_keeps_it(writer: Writer) -> None:
    def sent(work: Work, say: str) -> tuple[str, bool, int]:
        enter(work)
        service.send(work, Order(20, 2, "equal", phrase="tea", say=say), sender=ADMIN, company=True)
        card = next(e for e in work.effects if isinstance(e, Send) and e.template == "redpacket/card")
        return card.data["phrase"], card.data["secret"], card.data["tries"]

    put(writer, domain.DAILY, 3)
    assert [writer.write(sent, say) for say in ("", "clean", "secret")] == [
        ("tea", False, 5),
        ("tea", False, 5),
        ("", True, 5),
    ]


def test_a_planned_packet_goes_out_once_when_its_time_comes(writer: Writer) -> None:
    number = open_(writer, Order(100, 5, at="11:00"))  # 10:00 UTC is 18:00 in the group
    assert state(writer, number) == "planned"
    writer.clock.shift(timedelta(hours=16, minutes=59))
    writer.write(service.open_due)
    assert state(writer, number) == "planned"
    writer.clock.shift(timedelta(minutes=1))
    writer.write(service.open_due)
    writer.write(service.open_due)
    assert state(writer, number) == "live"
    assert writer.write(ledger.recount).faults == ()


def test_a_planned_packet_that_a_rule_forbids_by_its_time_is_dropped_and_its_sender_hears_why(
    writer: Writer,
) -> None:
    writer.write(lambda w: starts(w, ADMIN))
    number = open_(writer, Order(50, 5, "equal", at="20:00"))
    put(writer, domain.BUDGET, 40)
    writer.clock.shift(timedelta(hours=2))

    def tick(work: Work) -> list[tuple[str | None, object]]:
        service.open_due(work)
        for _, fn in work.finals():
            fn(work)
        return [
            (e.template, e.data.get("left")) for e in work.effects if isinstance(e, Send) and e.user == ADMIN
        ]

    assert [writer.write(tick) for _ in range(2)] == [[("redpacket/budget", 40)], []]
    assert state(writer, number) == "dropped"
    assert writer.write(lambda w: ledger.balance(w, house(enter(w)))) == 2000


def test_a_planned_packet_that_could_not_go_out_in_time_moves_no_points(writer: Writer) -> None:
    number = open_(writer, Order(100, 5, at="11:00"))
    writer.clock.shift(timedelta(hours=19))
    writer.write(service.open_due)
    assert state(writer, number) == "dropped"
    assert ADMIN == 50


def test_a_planned_packet_waits_while_the_books_are_closed_and_is_never_open_without_points(
    writer: Writer,
) -> None:
    number = open_(writer, Order(100, 5, at="11:00"))
    spoil = sa.update(account).where(account.c.kind == "house")
    wrong = spoil.values(balance=account.c.balance + 1)
    writer.write(lambda w: w.sql.run(wrong))
    writer.clock.shift(timedelta(hours=17))
    writer.write(ledger.reconcile)
    writer.write(service.open_due)
    assert state(writer, number) == "planned"
    writer.write(lambda w: w.sql.run(spoil.values(balance=account.c.balance - 1)))
    writer.write(ledger.reconcile)
    writer.write(service.open_due)
    assert state(writer, number) == "live"
    assert writer.write(ledger.recount).faults == ()


@pytest.mark.parametrize(
    ("args", "order"),
    [
        ("100 8 口令=恭喜发财 大吉", Order(100, 8, wish="大吉", phrase="恭喜发财")),
        ("100 8 equal who=new why=thanks", Order(100, 8, "equal", who="new", occasion="thanks")),
        ("50 1 给TA 谢谢", Order(50, 1, wish="谢谢", whom=-1)),
        ("50 1 equal for thanks", Order(50, 1, "equal", wish="thanks", whom=-1)),
        ("50 1 for equal thanks", Order(50, 1, "equal", wish="thanks", whom=-1)),
        ("100 8 时间=20:00", Order(100, 8, at="20:00")),
        ("100 8 campaign=Spring_2027", Order(100, 8, occasion="Spring 2027")),
        ("100 8 活动=春节", Order(100, 8, occasion="春节")),
        ("100 8 who=everyone", Unread("everyone", "who")),
        ("100 8 at=25:00", Unread("25:00", "at")),
        ("100 8 口令=恭喜发财 清口令=是", Order(100, 8, phrase="恭喜发财", say="clean")),
        ("100 8 secret=Tea clean=yes", Order(100, 8, phrase="tea", say="secret")),
        ("100 8 暗号=山楂", Order(100, 8, phrase="山楂", say="secret")),
        ("100 8 phrase=tea clean=no", Order(100, 8, phrase="tea")),
        ("100 8 phrase=tea clean=maybe", Unread("maybe", "clean")),
        ("100 8 clean=yes", Unread("yes", "clean")),
    ],
)
def test_an_order_with_options_is_read(args: str, order: Order | Unread) -> None:
    assert domain.parse(args) == order
