"""What stands on the shelf."""

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.shop import service
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
