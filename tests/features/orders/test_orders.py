"""Orders count once, for who says to be their customer, once their product is known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from groupbot.core.effects import Send
from groupbot.engine.clock import FixedClock
from groupbot.engine.sql import Sql
from groupbot.engine.vault import key_of
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import member_day
from groupbot.features.members import service as members
from groupbot.features.members.service.wishes import QUIET
from groupbot.features.members.store import membership
from groupbot.features.orders import service, store
from groupbot.features.orders.domain import Line, columns_of, line_of, together
from tests.conftest import START
from tests.features.members.group import group, starts
from tests.postgres import Cleaned

CHINA = ZoneInfo("Asia/Shanghai")


def line(number: str, customer: str, days: float, product: str = "HAW", amount: int = 1000) -> Line:
    at = START.replace(microsecond=0) - timedelta(days=days)
    return Line(number, "online", at, customer, product, 1, amount)


def bring(work: Work, *lines: Line) -> dict[str, int]:
    return service.bring(work, list(together(lines).values()))


def test_a_line_is_read_as_shops_write_it_and_what_does_not_fit_is_named() -> None:
    columns, rest = columns_of(["订单号", "时间", "顾客", "金额", "card_no", "状态"])
    assert rest == ["card_no"]
    raw = {"订单号": " A1 ", "时间": "2026/11/02 08:30:00", "顾客": "138"}
    raw |= {"金额": "¥1,059.50", "状态": "已付款"}
    found = line_of(raw | {"card_no": "6222"}, columns, CHINA)
    at = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)
    assert found == Line("A1", "online", at, "138", "", 1, 105950, "paid")
    for change, why in (
        ({"订单号": ""}, "订单号: ''"),
        ({"时间": "yesterday"}, "时间: 'yesterday'"),
        ({"金额": "-3"}, "金额: '-3'"),
        ({"状态": "lost"}, "状态: 'lost'"),
    ):
        with pytest.raises(ValueError, match=why):
            line_of(raw | change, columns, CHINA)
    with pytest.raises(ValueError, match="customer"):
        columns_of(["order", "at"])


def test_an_order_counts_once_and_only_what_is_known_and_not_taken_back(writer: Writer) -> None:
    def fn(work: Work) -> list[object]:
        service.know(work, [("HAW", "Hawthorn", False)])
        some = [line("1", "a", 3), line("1", "a", 3), line("2", "b", 2, "NEW"), line("3", "a", 1)]
        found: list[object] = [bring(work, *some), bring(work, *some), service.parked(work)]
        found.append(work.sql.plain("SELECT units, amount FROM v_order ORDER BY order_id"))
        back = line("3", "a", 1)
        found.append(bring(work, Line(*(getattr(back, n) for n in back.__struct_fields__[:7]), "refunded")))
        service.know(work, [("NEW", "New tea", True)])
        found.append(service.parked(work))
        found.append(work.sql.plain("SELECT order_id, person_id FROM v_order ORDER BY order_id"))
        return found

    first, again, parked, counted, back, none, last = writer.write(fn)
    assert first == {"new": 3, "changed": 0, "known": 0}
    assert again == {"new": 0, "changed": 0, "known": 3}
    assert (parked, none) == ([("NEW", 1)], [])
    assert [tuple(map(int, r)) for r in counted] == [(2, 2000), (1, 1000)]  # type: ignore[attr-defined]
    assert back == {"new": 0, "changed": 1, "known": 0}
    assert [tuple(r) for r in last] == [(1, None), (2, None)]  # type: ignore[attr-defined]


def test_of_two_who_bring_one_order_at_a_time_the_later_knows_it(
    pg_tables: Cleaned, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On PostgreSQL only: a file is imported while the shop's own delivery of the same order comes in."""
    url = pg_tables.emptied()
    ours, other = (Writer(url, clock=FixedClock(START), bot_id=1, guest=g) for g in (False, True))
    ours.write(key_of)  # else each would wait for the other's
    first, found = Sql.first, list[dict[str, int]]()

    def late(self: Sql, statement: Any, /, **params: Any) -> Any:
        row = first(self, statement, **params)
        if statement is store.FIND and not found:
            found.append({})
            found[0] |= other.write(bring, line("1", "a", 3, ""))
        return row

    monkeypatch.setattr(Sql, "first", late)
    try:
        told = ours.write(lambda work: service.hear(work, [[line("1", "a", 3, "")]], sent=START))
    finally:
        ours.close()
        other.close()
    assert found == [{"new": 1, "changed": 0, "known": 0}]
    assert told == {"new": 0, "changed": 0, "known": 1, "stale": 0, "parked": []}


def test_a_code_binds_once_and_no_number_of_a_customer_is_kept(writer: Writer) -> None:
    def fn(work: Work) -> list[object]:
        bring(work, line("1", "13800138000", 3, ""))
        ((_, code),) = service.codes(work, ["13800138000"])
        service.bind(work, 501, code.lower())
        work.sql.run(sa.update(store.code).values(until=work.now))
        found: list[object] = [service.bound(work, 501), work.sql.plain("SELECT person_id FROM v_order")]
        with pytest.raises(Refusal, match="orders/no_code"):
            service.bind(work, 502, code)
        found += [service.unbind(work, 501), service.unbind(work, 501)]
        rows = work.sql.all(sa.select(store.order)) + work.sql.all(sa.select(store.code))
        return [*found, "13800138000" in repr(rows) or code in repr(rows)]

    assert [x if isinstance(x, int) else [tuple(r) for r in x] for x in writer.write(fn)] == [  # type: ignore[attr-defined]
        1, [(501,)], True, False, False
    ]  # fmt: skip


def panel(work: Work, bound: int) -> int:
    """Thirty members; the first `bound` are bound. Each ordered 100 days ago; the even ones again after 20
    days, the fourths after 50 more, and the first twelve two days ago."""
    work.chat = group(work)
    for n in range(30):
        person = 500 + n
        row = {"chat_id": work.chat, "person_id": person, "evidence": "own", "removed": False}
        work.sql.run(sa.insert(membership).values(**row, joined_at=START - timedelta(days=200)))
        day = {"chat_id": work.chat, "person_id": person, "staff": False, "messages": 1, "replies": 0}
        if n < 20:
            work.sql.run(sa.insert(member_day).values(**day, reactions=0, taps=0, day=START.date()))
        if n < bound:
            ((_, code),) = service.codes(work, [f"c{n}"])
            service.bind(work, person, code)
    lines = []
    for n in range(30):
        lines.append(line(f"{n}.1", f"c{n}", 100, "", 100 * (n + 1)))
        lines.append(line(f"{n}.0", f"c{n}", 100.5, "", 100))  # bought in two goes
        if n % 2 == 0:
            lines.append(line(f"{n}.2", f"c{n}", 80, "", 100))
        if n % 4 == 0:
            lines.append(line(f"{n}.3", f"c{n}", 30, "", 100))
        if n < 12:
            lines.append(line(f"{n}.4", f"c{n}", 2, "", 100))
    bring(work, *lines)
    return work.chat


def test_a_buyer_hears_of_each_change_of_an_order_once_and_nobody_else_does(writer: Writer) -> None:
    def fn(work: Work) -> list[tuple[int | None, str, str]]:
        for person in (501, 502, 503):
            starts(work, person)
        for person, customer in ((501, "c1"), (502, "c2")):
            ((_, code),) = service.codes(work, [customer])
            service.bind(work, person, code)
        members.wish(work, 502, QUIET, True)
        one, two, three = line("A1", "c1", 1, ""), line("A2", "c2", 1, ""), line("A3", "c3", 1, "")
        old, late = line("A0", "c1", 90, ""), line("A4", "c1", 20, "")
        for status in ("paid", "shipped", "shipped", "done"):  # the same file twice says nothing
            bring(work, *(replace(x, status=status) for x in (one, two, three, old)))
        bring(work, replace(late, status="shipped"))  # first heard of weeks later: nothing new to a buyer
        bring(work, replace(late, status="refunded"))
        bring(work, replace(one, number="C", status="cancelled"))
        said = [e for e in work.effects if type(e) is Send]
        return [(e.user, e.data["number"], e.data["status"]) for e in said if e.template == "orders/status"]

    assert writer.write(fn) == [
        (501, "A1", "paid"), (501, "A1", "shipped"), (501, "A1", "done"), (501, "A4", "refunded"),
        (501, "C", "cancelled"),
    ]  # fmt: skip


def test_the_three_channels_are_shares_and_overlaps_and_small_cells_are_hidden(writer: Writer) -> None:
    """Of 24 bound members 24 bought online, 14 of them in the shop too, 12 of these in the group; one order
    came twice."""

    def fn(work: Work) -> tuple[dict[str, tuple[float | None, int]], bool]:
        work.chat = panel(work, 24)
        at, more = START - timedelta(days=3), []
        for n in range(14):
            more.append(Line(f"s{n}", "store", at, f"c{n}", "", 1, 100, "done", ""))
        for n in range(12):
            more.append(Line(f"g{n}", "group", at, f"c{n}", "", 1, 100, "done", ""))
        for _ in range(2):
            bring(work, *more)
        ask = reports.Ask(work, work.chat, START.date() - timedelta(days=6), START.date())
        found = {f.key: f for f in reports.sales(ask) if f.key.startswith("channel")}
        again = all(f.value == ask.number(f.sql) for f in found.values() if f.value is not None)
        few = reports.Ask(
            work, work.chat, START.date() - timedelta(days=99), START.date() - timedelta(days=50)
        )
        assert {f.key: f.value for f in reports.sales(few) if f.key == "channel_store"} == {
            "channel_store": None
        }
        return {k: (f.value, f.n) for k, f in found.items()}, again

    value, again = writer.write(fn)
    online = 12 + 12 + 6  # in 90 days: a second order of the even ones, some a third, twelve the last days
    assert value == {
        "channel_online": (pytest.approx(online / (online + 26)), 18),
        "channel_store": (pytest.approx(14 / (online + 26)), 14),
        "channel_group": (pytest.approx(12 / (online + 26)), 12),
        "channels_two": (pytest.approx(13 / 19), 13),  # one bought online before these 90 days
        "channels_three": (pytest.approx(12 / 19), 12),
    }
    assert again


def test_the_sales_panel_is_right_and_its_sql_gives_it_again(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, float | None], list[reports.Band], list[list[int]], bool]:
        chat = panel(work, 24)
        ask = reports.Ask(work, chat, START.date() - timedelta(days=6), START.date())
        kinds = ("orders_direct", "orders_assisted", "orders_other")  # test_assisted.py has them
        found = reports.sales(ask)
        found = [f for f in found if not f.key.startswith(("channel", "sales")) and f.key not in kinds]
        again = all(f.value == ask.number(f.sql) for f in found)
        sums = [[int(r[1]) for r in ask.rows(q)] for q in reports.bands_sql(ask).values()]
        return {f.key: f.value for f in found}, reports.bands(ask), sums, again

    value, bands, sums, again = writer.write(fn)
    assert again
    assert value == {
        "bound": pytest.approx(24 / 30),
        "orders_per_active": pytest.approx(12 / 20),
        "repurchase_30": pytest.approx(12 / 24),
        "repurchase_60": pytest.approx(12 / 24),
        "repurchase_90": pytest.approx(12 / 24),
    }
    assert sums == [[12, 6, 6], [9, 15], [8, 8, 8]]
    # cells under ten are hidden, and the fifteen too: all but them would be the nine
    assert [b.people for b in bands] == [12, None, None, None, None, None, None, None]


def test_nobody_was_bound_before_they_said_so(writer: Writer) -> None:
    def fn(work: Work) -> list[float | None]:
        chat = panel(work, 24)
        last = START.date() - timedelta(days=7)
        ask = reports.Ask(work, chat, last - timedelta(days=6), last)
        return [f.value for f in reports.sales(ask) if f.key == "bound"]

    assert writer.write(fn) == [None]


def test_under_ten_bound_members_there_is_no_number(writer: Writer) -> None:
    def fn(work: Work) -> tuple[list[float | None], list[int | None]]:
        chat = panel(work, 9)
        ask = reports.Ask(work, chat, START.date() - timedelta(days=6), START.date())
        return [f.value for f in reports.sales(ask)], [b.people for b in reports.bands(ask)]

    values, cells = writer.write(fn)
    assert set(values) == {None} == set(cells)


def test_orders_of_some_people_in_a_stretch_are_counted(writer: Writer) -> None:
    def fn(work: Work) -> list[int]:
        service.know(work, [("HAW", "Hawthorn", False)])
        bring(work, line("1", "a", 3), line("2", "a", 9), line("3", "b", 2), line("4", "c", 2))
        for customer, person in (("a", 7), ("b", 8)):
            ((_, code),) = service.codes(work, [customer])
            service.bind(work, person, code)
        since = work.now - timedelta(days=7)
        return [service.ordered(work, who, since, work.now) for who in ({7}, {7, 8}, {9}, ())]

    assert writer.write(fn) == [1, 2, 0, 0]
