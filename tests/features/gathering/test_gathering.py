"""Group buys with a ladder, their leader, their end and payment; events from the reminder to the report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest

from groupbot.core.effects import Edit, Send
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, service, store
from groupbot.features.gathering.domain import Plan, Step
from groupbot.features.members import service as members
from tests.features.members.group import group, starts

T = TypeVar("T")
NOW = datetime(2027, 1, 30, 10, tzinfo=UTC)
LADDER = (Step(3, "59"), Step(5, "55"))
SHANGHAI = ZoneInfo("Asia/Shanghai")


def do(writer: Writer, fn: Callable[[Work], T]) -> tuple[T, list[Send]]:
    """`fn` in the group; and the messages it said."""

    def run(work: Work) -> tuple[T, list[Send]]:
        work.chat = 1
        made = fn(work)
        for _, later in work.finals():
            later(work)
        return made, [e for e in work.effects if isinstance(e, Send)]

    return writer.write(run)


def place(writer: Writer, *people: int) -> None:
    def fn(work: Work) -> None:
        chat = group(work)
        assert chat == 1
        for person in people:
            starts(work, person)

    writer.write(fn)


def later(writer: Writer, **span: float) -> None:
    writer.clock.shift(timedelta(**span))  # type: ignore[attr-defined]


def groupbuy(writer: Writer, least: int = 3, ladder: tuple[Step, ...] = LADDER) -> int:
    plan = Plan(least, 0, NOW + timedelta(hours=5), "Tea", ladder)
    return do(writer, lambda w: service.open_(w, "groupbuy", plan, by=50, topic=None))[0]


def event(writer: Writer, places: int = 0, **span: float) -> int:
    plan = Plan(0, places, NOW + timedelta(**(span or {"hours": 30})), "Tasting")
    return do(writer, lambda w: service.open_(w, "event", plan, by=50, topic=None))[0]


def row(writer: Writer, number: int) -> Any:
    return writer.write(lambda w: w.sql.first(store.ONE, the_id=number))


@pytest.mark.parametrize(
    ("args", "made"),
    [
        ("10 24h Tea | 10=59 | 20=55 each", ("Tea", (Step(10, "59"), Step(20, "55 each")))),
        (
            "10 24h 山楂 2 提 \uff5c 20人\uff1d55 元 | 10=59",
            ("山楂 2 提", (Step(10, "59"), Step(20, "55 元"))),
        ),
        ("10 24h Tea", ("Tea", ())),
        ("10 24h Tea | dear", None),
        ("10 24h Tea | 10=59 | 10=55", None),
        ("10 24h Tea | 1=59", None),
        ("10 24h | 10=59", None),
        ("10 0001-01-01T00:00 Tea", None),
        ("10 24h Tea" + "".join(f" | {n}=1" for n in range(2, 9)), None),
    ],
)
def test_a_ladder_stands_after_the_title(args: str, made: tuple[str, tuple[Step, ...]] | None) -> None:
    plan = domain.parse("groupbuy", args, NOW)
    assert (None if plan is None else (plan.title, plan.ladder)) == made


def test_the_price_is_that_of_the_size() -> None:
    at = [domain.step_now(LADDER, n) for n in (0, 2, 3, 4, 5, 99)]
    assert [(a and a.price, b and b.price) for a, b in at] == [
        (None, "59"),
        (None, "59"),
        ("59", "55"),
        ("59", "55"),
        ("55", None),
        ("55", None),
    ]


@pytest.mark.parametrize(
    ("closes", "hours", "at"),
    [
        ("2027-02-05T20:00", 3, "2027-02-05T17:00"),
        ("2027-02-05T09:00", 3, "2027-02-04T20:00"),
        ("2027-02-06T01:00", 2, "2027-02-05T20:00"),
        ("2027-02-05T20:00", 24, "2027-02-04T20:00"),
        ("2027-02-05T11:00", 3, "2027-02-05T08:00"),
    ],
)
def test_a_reminder_never_comes_in_the_night(closes: str, hours: int, at: str) -> None:
    here = [datetime.fromisoformat(t).replace(tzinfo=SHANGHAI) for t in (closes, at)]
    assert domain.remind_at(here[0], hours) == here[1]


@pytest.mark.parametrize("night", ["2027-03-27T22:00", "2027-10-30T22:00", "2027-10-31T00:30"])
def test_hours_are_hours_in_the_night_the_clocks_change(night: str) -> None:
    now = datetime.fromisoformat(night).replace(tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    for hours in (1, 3, 12):
        plan = domain.parse("groupbuy", f"3 {hours}h Tea", now)
        assert plan is not None
        assert plan.closes.timestamp() - now.timestamp() == hours * 3600
    plan = domain.parse("groupbuy", "3 1d Tea", now)
    assert plan is not None and plan.closes.time() == now.time()  # a day ends at the same hour


def test_places_are_read_or_refused() -> None:
    said = [
        domain.places_of(t, 8) for t in ("1 3 5-7", "all", "全部", "2、1,2", "9", "0", "3-1", "-1", "x", "")
    ]
    assert said == [[1, 3, 5, 6, 7], list(range(1, 9)), list(range(1, 9)), [1, 2], *[None] * 6]


def test_the_list_of_an_event_holds_its_code_as_long_as_it_counts(writer: Writer) -> None:
    place(writer, 7)
    number, called_off, groups = event(writer), event(writer), groupbuy(writer)

    def code(which: int) -> str:
        return str(do(writer, lambda w: service.roster(w, which))[0]["code"])

    assert code(number) == row(writer, number).code != ""
    do(writer, lambda w: service.drop(w, called_off))
    assert (code(called_off), code(groups)) == ("", "")
    later(writer, hours=30)
    do(writer, service.close_due)
    assert code(number) != ""
    later(writer, hours=24)
    assert code(number) == ""


def test_photos_go_round_before_anybody_has_a_second_one() -> None:
    hung = [(1, "a"), (1, "b"), (1, "c"), (2, "d"), (3, "e"), (3, "f")]
    assert domain.turns(hung, 4) == ["a", "d", "e", "b"]


def test_a_group_buy_is_joined_once_and_leaving_hands_the_lead_on(writer: Writer) -> None:
    place(writer, 7, 8, 9)
    number = groupbuy(writer)
    for person in (7, 8, 8, 9, 7):
        told, _ = do(writer, lambda w, p=person: service.join(w, number, p))
    assert (told["place"], told["price"], told["next_people"], told["next_price"]) == (1, "59", 5, "55")
    assert row(writer, number).filled_at == NOW
    _, said = do(writer, lambda w: service.leave(w, number, 7))
    assert [(e.user, e.template) for e in said] == [(8, "gathering/leads")]
    assert row(writer, number).filled_at is None  # two are not three: nothing is filled up
    data, buttons = writer.write(lambda w: service.cards.card(w, w.sql.first(store.ONE, the_id=number)))
    assert (data["leader"], data["joined"], data["price"], len(buttons)) == ("P8", 2, "", 1)
    _, said = do(writer, lambda w: service.gone(w, 1, 8))  # left the group altogether
    assert [(e.user, e.template) for e in said] == [(9, "gathering/leads")]
    with pytest.raises(Refusal):
        do(writer, lambda w: service.leave(w, number, 8))


def test_at_the_close_who_was_in_is_told_and_payment_is_written_down(writer: Writer) -> None:
    place(writer, 7, 8, 9)
    number, failing = groupbuy(writer), groupbuy(writer, least=9)
    for person in (7, 8, 9, 10):
        do(writer, lambda w, p=person: service.join(w, number, p))
    do(writer, lambda w: service.join(w, failing, 7))
    with pytest.raises(Refusal, match="not_payable"):
        do(writer, lambda w: service.paid(w, number, "1"))
    later(writer, hours=5)
    _, said = do(writer, service.close_due)
    told = [(e.user, e.data["state"], e.data["price"]) for e in said]
    assert told == [(7, "made", "59"), (8, "made", "59"), (9, "made", "59"), (7, "failed", "")]
    assert do(writer, service.close_due)[1] == []
    assert do(writer, lambda w: service.paid(w, number, "1 3-4"))[0]["paid"] == 3
    assert do(writer, lambda w: service.paid(w, number, "1"))[0]["paid"] == 3
    assert do(writer, lambda w: service.paid(w, number, "off 3"))[0]["paid"] == 2
    for wrong in ("5", "x", "", "off"):
        with pytest.raises(Refusal, match="no_places"):
            do(writer, lambda w, t=wrong: service.paid(w, number, t))
    with pytest.raises(Refusal, match="not_payable"):
        do(writer, lambda w: service.paid(w, failing, "1"))
    seen = do(writer, lambda w: service.report(w, lambda *_: 0))[0]
    assert (seen["rounds"], seen["made"], seen["rate"], seen["quick"]) == (2, 1, 50, timedelta(0))
    assert [(g["joined"], g["paid"]) for g in seen["each"]] == [(1, 0), (4, 2)]


def test_reminders_are_asked_for_and_come_once(writer: Writer) -> None:
    place(writer, 7, 8, 9)
    number = event(writer, places=2)
    for person in (7, 8, 9):
        do(writer, lambda w, p=person: service.join(w, number, p))
    with pytest.raises(Refusal, match="not_in"):
        do(writer, lambda w: service.remind(w, number, 10))
    told = [do(writer, lambda w, p=p: service.remind(w, number, p))[0]["on"] for p in (7, 8, 8, 9)]
    assert told == [True, True, False, True]
    assert do(writer, service.private_due)[1] == []
    later(writer, hours=27)
    said = do(writer, service.private_due)[1]
    assert [(e.user, e.template) for e in said] == [(7, "gathering/reminder")]  # 9 still waits for a place
    assert do(writer, service.private_due)[1] == []


def test_no_word_before_an_event_arrives_after_it_began(writer: Writer) -> None:
    place(writer, 7)
    writer.write(lambda w: members.put(w, domain.LINE, True, chat=1))
    number = event(writer)
    do(writer, lambda w: service.join(w, number, 7))
    do(writer, lambda w: service.remind(w, number, 7))
    later(writer, hours=27)
    _, reminder = do(writer, service.private_due)
    _, line = do(writer, lambda w: service.lines_due(w, lambda w, c: True, lambda w, c, b: None))
    assert [(e.template, e.not_after) for e in (*reminder, *line)] == [
        ("gathering/reminder", row(writer, number).closes_at),
        ("gathering/line", row(writer, number).closes_at),
    ]


def test_the_line_in_the_group_waits_for_room_and_never_comes_late(writer: Writer) -> None:
    place(writer, 7)
    writer.write(lambda w: members.put(w, domain.LINE, True, chat=1))
    number, counted = event(writer), []
    do(writer, lambda w: service.join(w, number, 7))
    later(writer, hours=27)
    free = [False]

    def line(work: Work) -> None:
        service.lines_due(work, lambda w, chat: free[0], lambda w, chat, by: counted.append((chat, by)))

    assert do(writer, line)[1] == []
    free[0] = True
    assert [(e.chat, e.template, e.data["joined"]) for e in do(writer, line)[1]] == [(1, "gathering/line", 1)]
    assert counted == [(1, f"gathering:{number}")]
    assert do(writer, line)[1] == []
    late = event(writer, hours=60)
    later(writer, hours=40)
    do(writer, service.close_due)
    assert do(writer, line)[1] == []
    assert row(writer, late).line_at is None


def test_groups_without_room_keep_no_other_from_its_line(writer: Writer) -> None:
    def chats(work: Work) -> list[int]:
        made = [group(work, -1001 - n, f"Shop {n}") for n in range(service.LINES + 1)]
        for chat in made:
            members.put(work, domain.LINE, True, chat=chat)
            work.chat = chat
            service.open_(work, "event", Plan(0, 0, NOW + timedelta(hours=30), "Tea"), by=50, topic=None)
        return made

    last = writer.write(chats)[-1]
    later(writer, hours=27)
    more: list[bool] = []

    def line(work: Work) -> None:
        more.append(service.lines_due(work, lambda w, chat: chat == last, lambda w, chat, by: None))

    assert [[e.chat for e in do(writer, line)[1]] for _ in range(3)] == [[], [last], []]
    assert more == [True, False, True]


def test_an_event_from_the_code_to_the_wall_the_recap_and_the_report(writer: Writer) -> None:
    place(writer, 7, 8, 50)
    number = event(writer)
    for person in (7, 8, 9, 10):
        do(writer, lambda w, p=person: service.join(w, number, p))
    with pytest.raises(Refusal, match="no_wall"):
        do(writer, lambda w: service.hang(w, 7, "f1"))
    later(writer, hours=29)
    code = row(writer, number).code
    for person in (7, 8, 9):
        do(writer, lambda w, p=person: service.came(w, code, p))
    for person, photo in ((7, "f1"), (7, "f2"), (8, "f3")):
        do(writer, lambda w, p=person, f=photo: service.hang(w, p, f))
    for person, photo, wrong in ((7, "f1", "hangs"), (11, "f4", "not_expected")):
        with pytest.raises(Refusal, match=wrong):
            do(writer, lambda w, p=person, f=photo: service.hang(w, p, f))
    with pytest.raises(Refusal, match="no_recap"):
        do(writer, lambda w: service.recap(w, number, topic=None))
    later(writer, hours=2)
    do(writer, service.close_due)
    groups = groupbuy_later(writer)
    do(writer, lambda w: service.join(w, groups, 7))
    said = do(writer, lambda w: service.recap(w, number, topic=None))[1]
    assert [(e.data["came"], e.data["rate"], e.album) for e in said] == [
        (3, 75, (("photo", "f1"), ("photo", "f3"), ("photo", "f2")))
    ]
    do(writer, lambda w: service.take_down(w, 7))
    assert [e.photo for e in do(writer, lambda w: service.recap(w, number, topic=None))[1]] == ["f3"]
    assert do(writer, service.tell_organisers)[1] == []
    later(writer, hours=24)
    assert [(e.user, e.data["signed"]) for e in do(writer, service.tell_organisers)[1]] == [(50, 4)]
    assert do(writer, service.tell_organisers)[1] == []
    seen = do(writer, lambda w: service.report(w, lambda w, c, who, a, b: len(who)))[0]
    assert [(e["signed"], e["came"], e["rate"], e["photos"], e["orders"]) for e in seen["events"]] == [
        (4, 3, 75, 1, 4)  # three of the shop, and a seat in a group buy
    ]


def test_the_card_of_an_event_announced_long_before_shows_the_name_of_now(writer: Writer) -> None:
    place(writer, 7)
    number = event(writer, days=60)
    do(writer, lambda w: service.join(w, number, 7))

    def again(work: Work) -> list[str | None]:
        service.redraw(work, 7)
        return [e.ref for e in work.effects if isinstance(e, Edit)]

    for days, drawn in ((89, [f"gathering:{number}"]), (2, [])):
        later(writer, days=days)
        do(writer, service.close_due)
        assert writer.write(again) == drawn


def groupbuy_later(writer: Writer) -> int:
    plan = Plan(3, 0, NOW + timedelta(hours=90), "More tea")
    return do(writer, lambda w: service.open_(w, "groupbuy", plan, by=50, topic=None))[0]


def test_what_is_called_off_is_told_to_who_was_in(writer: Writer) -> None:
    place(writer, 7)
    number = event(writer)
    do(writer, lambda w: service.join(w, number, 7))
    do(writer, lambda w: service.remind(w, number, 7))
    said = do(writer, lambda w: service.drop(w, number))[1]
    assert [(e.user, e.data["state"]) for e in said] == [(7, "dropped")]
    later(writer, hours=60)
    for tick in (service.private_due, service.tell_organisers, service.close_due):
        assert do(writer, tick)[1] == []
