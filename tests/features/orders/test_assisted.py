"""Orders in the group, orders it helped to, and the others."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.invites.store import referral
from groupbot.features.links.store import link, visit
from groupbot.features.orders.domain import Line
from tests.conftest import START
from tests.features.orders.test_orders import bring, panel

ORDERED = START.replace(microsecond=0) - timedelta(days=2)  # what the first twelve bought


def shop(work: Work, *, last: float = 30, elsewhere: bool = False, state: str = "paid") -> reports.Ask:
    """Thirty bound members. Twelve bought online; ten of them were helped: five came by a link, the fifth
    `last` days before, four by a friend, and one as `state` says. Ten bought in the group; ten others
    online and unhelped."""
    chat = work.chat = panel(work, 30)
    at = START - timedelta(days=3)
    some = [("group", n) for n in range(10, 20)] + [("online", n) for n in range(20, 30)]
    bring(work, *(Line(f"{c}{n}", c, at, f"c{n}", "", 1, 300, "done", "") for c, n in some))
    work.sql.run(sa.insert(link).values(id=1, name="plan/tea", url="https://a.b", at=START))
    for n in range(5):
        days = last if n == 4 else 3 + n
        row = {"link_id": 1, "person_id": 500 + n, "times": 1, "at": ORDERED - timedelta(days=days)}
        work.sql.run(sa.insert(visit).values(**row, chat_id=chat + 7 if elsewhere and n == 4 else chat))
    for n in range(5, 10):
        row = {"chat_id": chat, "by_id": 529, "due": START, "points": 0, "person_id": 500 + n}
        kept = {"at": ORDERED - timedelta(days=9), "state": state if n == 9 else "paid"}
        work.sql.run(sa.insert(referral).values(**row, **kept))
    return reports.Ask(work, chat, START.date() - timedelta(days=6), START.date())


def told(ask: reports.Ask) -> dict[str, tuple[float | None, int]]:
    found = [f for f in reports.sales(ask) if f.key.split("_")[-1] in ("direct", "assisted", "other")]
    assert all(f.value == pytest.approx(ask.number(f.sql)) for f in found if f.value is not None)
    return {f.key: (f.value, f.n) for f in found}


def test_each_order_is_direct_assisted_or_neither_in_number_and_worth(writer: Writer) -> None:
    expected: dict[str, tuple[Any, int]] = {
        "orders_direct": (pytest.approx(10 / 32), 10),
        "orders_assisted": (pytest.approx(10 / 32), 10),
        "orders_other": (pytest.approx(12 / 32), 12),
        "sales_direct": (pytest.approx(3000 / 7200), 10),
        "sales_assisted": (pytest.approx(1000 / 7200), 10),
        "sales_other": (pytest.approx(3200 / 7200), 12),
    }
    assert writer.write(lambda w: told(shop(w))) == expected


@pytest.mark.parametrize(
    "change",
    [{"last": 31.0}, {"last": -1.0}, {"elsewhere": True}, {"state": "hired"}],
    ids=["too long before", "after the order", "another group's link", "a bought join"],
)
def test_what_did_not_help_is_no_assistance_and_a_lone_small_kind_hides_another(
    writer: Writer, change: dict[str, Any]
) -> None:
    """Nine are left that were helped: they and the next smallest are not told."""
    found = writer.write(lambda w: told(shop(w, **change)))
    expected: dict[str, tuple[Any, int]] = {
        "orders_direct": (None, 0),
        "orders_assisted": (None, 0),
        "orders_other": (pytest.approx(13 / 32), 13),
        "sales_direct": (None, 0),
        "sales_assisted": (None, 0),
        "sales_other": (pytest.approx(3300 / 7200), 13),
    }
    assert found == expected
