"""Coupons on both databases: exact under a crowd, sealed at rest, refused politely."""

from datetime import timedelta

import pytest

from groupbot.core.effects import Send
from groupbot.core.events import Chat
from groupbot.engine.addresses import resolve, upgrade
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.coupons import domain, service, store
from groupbot.features.coupons.domain import Order, parse
from tests.features.coupons.test_machine import GROUP, arrive, go


def pool(writer: Writer, codes: list[str], people: range, **more: int) -> int:
    def fn(work: Work) -> int:
        work.chat = resolve(work, GROUP).id
        number = service.draft(work, Order("Tea", **more), by=9)  # type: ignore[arg-type]
        assert service.add(work, number, codes) == (len(codes), 0)
        service.publish(work, number)
        for person in people:
            arrive(work, person)
        return number

    number = writer.write(fn)
    writer.clock.shift(timedelta(days=2))
    return number


def take(work: Work, number: int, person: int) -> str:
    """The code, or the refusal's template."""
    work.chat = resolve(work, GROUP).id
    work.put("members.started", person, True)
    try:
        work.step(lambda w: service.take(w, number, person))
    except Refusal as no:
        return no.template
    return str([e for e in work.effects if isinstance(e, Send)][-1].data["code"])


def redeem(work: Work, code: str) -> str:
    work.chat = resolve(work, GROUP).id
    try:
        return str(work.step(lambda w: service.redeem(w, code, by=9))["title"])
    except Refusal as no:
        return no.template


def test_a_crowd_takes_every_code_once_and_none_is_oversold(writer: Writer) -> None:
    codes = [f"HAW-{i:04d}" for i in range(20)]
    number = pool(writer, codes, range(100, 140))
    got = [writer.write(take, number, person) for person in range(100, 140) for _ in (0, 1)]
    given = [g for g in got if g in codes]
    assert sorted(given) == codes
    assert {g for g in got if g not in codes} == {"coupons/had", "coupons/gone"}


def test_a_code_is_not_in_the_database_once_it_is_handed_out_nor_before(writer: Writer) -> None:
    number = pool(writer, ["HAW-0001", "HAW-0002"], range(7, 8))
    code = writer.write(take, number, 7)
    rows = writer.write(lambda w: w.sql.all(store.FREE, the_id=number))
    assert code == "HAW-0001" and len(rows) == 1
    assert b"HAW" not in bytes(rows[0].sealed)


def test_a_coupon_is_redeemed_once_by_a_member_in_time(writer: Writer) -> None:
    number = pool(writer, ["HAW-0001", "HAW-0002", "HAW-0003"], range(7, 10))
    mine, yours, theirs = (writer.write(take, number, p) for p in (7, 8, 9))
    writer.write(go, 8)
    assert [writer.write(redeem, c) for c in (mine, f" {mine.lower()}", yours, "HAW-9999")] == [
        "Tea", "coupons/used", "coupons/not_here", "coupons/unknown",
    ]  # fmt: skip
    writer.clock.shift(timedelta(days=31))
    assert writer.write(redeem, theirs) == "coupons/late"


def test_a_code_nobody_took_cannot_be_redeemed(writer: Writer) -> None:
    pool(writer, ["HAW-0001"], range(0))
    assert writer.write(redeem, "HAW-0001") == "coupons/unknown"


def test_who_left_or_came_just_now_takes_none(writer: Writer) -> None:
    number = pool(writer, ["HAW-0001"], range(7, 8))
    writer.write(arrive, 8)
    assert writer.write(take, number, 8) == "coupons/new"
    assert writer.write(take, number, 99) == "coupons/not_here"
    assert writer.write(take, number + 1, 7) == "common/old_button"


def test_codes_known_in_the_group_are_added_once(writer: Writer) -> None:
    number = pool(writer, ["HAW-0001"], range(0))

    def more(work: Work) -> tuple[int, int]:
        work.chat = resolve(work, GROUP).id
        return service.add(work, number, ["haw-0001", "HAW-0002", "HAW-0002"])

    assert writer.write(more) == (1, 2)


def test_a_code_taken_before_an_upgrade_was_learnt_is_good_after_it_and_known(writer: Writer) -> None:
    small = Chat(-7, "group", GROUP.title)
    writer.write(lambda w: resolve(w, small).id)
    number = pool(writer, ["HAW-0001", "HAW-0002"], range(7, 8))
    mine = writer.write(take, number, 7)
    writer.write(lambda w: upgrade(w, small.id, GROUP.id))
    assert writer.write(lambda w: service.add(w, number, ["HAW-0001", "HAW-0003"])) == (1, 1)
    assert writer.write(redeem, mine) == "Tea"
    assert writer.write(redeem, mine) == "coupons/used"


def test_a_closed_pool_forgets_what_nobody_took(writer: Writer) -> None:
    number = pool(writer, ["HAW-0001", "HAW-0002"], range(7, 9))
    mine = writer.write(take, number, 7)

    def end(work: Work) -> None:
        work.chat = resolve(work, GROUP).id
        service.close(work, number)

    writer.write(end)
    assert writer.write(take, number, 8) == "coupons/over"
    assert writer.write(lambda w: w.sql.all(store.FREE, the_id=number)) == []
    assert writer.write(redeem, mine) == "Tea"


@pytest.mark.parametrize(
    ("args", "order"),
    [
        ("Hawthorn 2 for 59", Order("Hawthorn 2 for 59")),
        ("Tea 3d use60d each2 20points", Order("Tea", timedelta(days=3), timedelta(days=60), 2, 20)),
        ("60d Tea", Order("Tea", timedelta(days=60), timedelta(days=60))),
        ("山楂 20分 3d", Order("山楂", timedelta(days=3), price=20)),
        ("7d each2", None),
        ("Tea each0", None),
        ("Tea each99", None),
    ],
)
def test_an_order_reads_its_words_in_any_order(args: str, order: Order | None) -> None:
    assert parse(args) == order


def test_a_csv_of_codes_loses_its_heading_and_what_is_no_code() -> None:
    assert domain.readable(["code", "HAW-0001", '"HAW-0002"', "", "a"]) == (["HAW-0001", "HAW-0002"], ["a"])
