"""A store's ties grow by visits, answers and orders, and each number comes again by its SQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.engagement import reports
from groupbot.features.engagement.store import member_day
from groupbot.features.invites.store import invite
from groupbot.features.members import service as members
from groupbot.features.members.domain import ZONE
from groupbot.features.members.store import membership
from groupbot.features.orders import service as orders
from groupbot.features.orders.domain import Line, together
from groupbot.features.stores import service
from tests.conftest import START
from tests.features.members.group import group


def test_a_group_is_of_one_store_and_a_store_may_have_several(writer: Writer) -> None:
    def fn(work: Work) -> None:
        one, two = group(work), group(work, -1002, "Parents")
        for chat in (one, two):
            work.chat = chat
            service.pair(work, " West  Lake ")
        assert service.of(work, one) == ("West Lake", 1)
        service.pair(work, "City Gate")
        assert service.stores(work) == [("City Gate", [two]), ("West Lake", [one])]
        assert (service.part(work), service.part(work), service.of(work, two)) == (True, False, ("", 0))
        with pytest.raises(Refusal, match="stores/bad_name"):
            service.pair(work, "x" * 41)

    writer.write(fn)


def test_ties_move_from_weak_to_strong_and_their_sql_gives_them_again(writer: Writer) -> None:
    def fn(work: Work) -> tuple[dict[str, float | None], bool]:
        one, two = group(work), group(work, -1002, "Parents")
        row = {"name": "Till", "counter": "Till", "shift": "", "url": "u", "by_id": 1, "owner_id": 0}
        work.sql.run(sa.insert(invite).values(**row, chat_id=one, at=START))
        for n in range(12):
            at = {"joined_at": START - timedelta(days=3), "link_name": "Till"} if n >= 10 else {}
            row = {"chat_id": two if n == 9 else one, "person_id": 500 + n, "removed": False}
            work.sql.run(sa.insert(membership).values(**row, evidence="before", **at))
        for d in (5, 6, 7, 60):  # 500 and 501 answered on four days, one of them long ago
            for person in (500, 501):
                row = {"chat_id": one, "person_id": person, "staff": False, "messages": 1, "replies": 1}
                day = (START - timedelta(days=d)).date()
                work.sql.run(sa.insert(member_day).values(**row, reactions=0, taps=0, day=day))
        orders.know(work, [("OFF", "Gift box", True)])
        lines = []
        for n, d in enumerate((3, 8, 12)):  # and 500 bought three times in the shop, the first time of all
            at = START - timedelta(days=d)
            lines.append(Line(f"{n}", "store", at, "c500", "OFF", 2, 100, "done", "West Lake"))
        lines += [Line(f"x{n}", "online", START - timedelta(days=1), "?", "OFF", 1, 1, "done", "West Lake")
                  for n in range(7)]  # fmt: skip
        orders.bring(work, list(together(lines).values()))
        ((_, code),) = orders.codes(work, ["c500"])
        orders.bind(work, 500, code)
        ask = reports.Ask(work, one, START.date(), START.date())
        found = reports.ties(ask, "West Lake", [one, two])
        return {f.key: f.value for f in found}, all(f.value == ask.number(f.sql) for f in found)

    value, again = writer.write(fn)
    assert value == {
        "customers_known": 12,
        "ties_weak": 2,  # who scanned the code of the till
        "ties_medium": 1,
        "ties_strong": 1,
        "weak_to_strong": 1,
        "group_to_store": 1,
        "store_to_group": 2,
        "off_shelf_units": 13,
    }
    assert again


def test_days_of_visits_are_those_of_the_groups_clock(writer: Writer) -> None:
    """Three orders in the shop, two of them one morning there and on two days of UTC."""

    def fn(work: Work) -> tuple[float | None, float | None]:
        chat = group(work)
        members.put(work, ZONE, "Asia/Shanghai", chat=chat)
        for person in range(500, 507):
            row = {"chat_id": chat, "person_id": person, "removed": False, "evidence": "before"}
            work.sql.run(sa.insert(membership).values(**row))
        late = (START - timedelta(days=5)).replace(hour=23, minute=30)
        bought = (late, late + timedelta(hours=1), late - timedelta(days=5))
        lines = [Line(f"{n}", "store", at, "c", "", 1, 100, "done", "") for n, at in enumerate(bought)]
        orders.bring(work, list(together(lines).values()))
        ((_, code),) = orders.codes(work, ["c"])
        orders.bind(work, 500, code)
        ask = reports.Ask(work, chat, START.date(), START.date())
        found = {f.key: f.value for f in reports.ties(ask, "West Lake", [chat])}
        return found["ties_medium"], found["ties_strong"]

    assert writer.write(fn) == (1, 0)
