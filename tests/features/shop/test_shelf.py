"""What stands on the shelf."""

import pytest

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.shop import service, store
from groupbot.features.shop.domain import SHOWN, Item
from tests.features.members.group import group


def test_what_can_be_had_stands_before_what_is_sold_out(writer: Writer) -> None:
    def shelf(work: Work) -> list[tuple[int, int]]:
        work.chat = group(work, -1001, "West Lake")
        for price in range(1, SHOWN + 1):
            service.put_up(work, Item("Sold out", price, 0))
        for price in (90, 80):
            service.put_up(work, Item("Tea", price, 3))
        return [(r.price, r.stock) for r in service.shelf(work)]

    assert writer.write(shelf) == [(80, 3), (90, 3)] + [(p, 0) for p in range(1, SHOWN - 1)]


def test_a_shelf_that_came_to_more_shows_all_that_can_be_had(writer: Writer) -> None:
    def shelf(work: Work) -> list[int]:
        work.chat = group(work, -1001, "West Lake")
        for price in range(1, SHOWN + 3):  # two were sold out, and given back
            row = {"chat_id": work.chat, "name": "Tea", "price": price, "stock": 1}
            work.sql.returning(store.NEW_ITEM, **row)
        work.sql.returning(store.NEW_ITEM, **row | {"price": 99, "stock": 0})
        with pytest.raises(Refusal):
            service.put_up(work, Item("Cup", 50, 1))
        return [r.price for r in service.shelf(work)]

    assert writer.write(shelf) == list(range(1, SHOWN + 3))


def test_what_nobody_could_see_is_not_put_on_a_full_shelf(writer: Writer) -> None:
    def fill(work: Work) -> list[int]:
        work.chat = group(work, -1001, "West Lake")
        numbers = [service.put_up(work, Item("Tea", price, 1)) for price in range(1, SHOWN + 1)]
        with pytest.raises(Refusal) as no:
            service.put_up(work, Item("Cup", 50, 1))
        assert (no.value.template, no.value.data) == ("shop/full", {"most": SHOWN})
        service.take_down(work, numbers[0])
        cup = service.put_up(work, Item("Cup", 50, 1))
        return [r.id for r in service.shelf(work) if r.id == cup]

    assert len(writer.write(fill)) == 1
