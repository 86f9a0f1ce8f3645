"""A packet counts against the budget of the month it goes out in, on the group's clock."""

from datetime import timedelta

import pytest

from groupbot.engine.writer import Writer
from groupbot.errors import Refusal
from groupbot.features.redpacket import domain, service
from groupbot.features.redpacket.domain import Order
from tests.features.redpacket.test_policy import put, refusal
from tests.features.redpacket.test_service import enter, open_


def test_a_packet_is_held_against_the_budget_of_its_own_month(writer: Writer) -> None:
    writer.clock.shift(timedelta(days=-5))  # 25 January
    put(writer, domain.DAILY, 9)
    put(writer, domain.BUDGET, 100)
    open_(writer, Order(80, 5, "equal"))
    open_(writer, Order(70, 5, "equal", at="2027-02-05T12:00"))  # January holds 80 already
    over = ("redpacket/budget", {"left": 30, "budget": 100})
    assert refusal(writer, Order(40, 5, "equal", at="2027-02-28T20:59")) == over
    open_(writer, Order(20, 5, "equal"))  # February's does not count here
    assert refusal(writer, Order(1, 1, "equal")) == ("redpacket/budget", {"left": 0, "budget": 100})
    open_(writer, Order(100, 5, "equal", at="2027-03-01T12:00"))
    assert writer.write(lambda w: [enter(w), service.plan(w)["spent"]][1]) == 100
    writer.clock.shift(timedelta(days=14))  # 8 February
    assert refusal(writer, Order(40, 5, "equal")) == over
    with pytest.raises(Refusal, match="redpacket/budget"):
        open_(writer, Order(1, 1, "equal", at="2027-03-31T12:00"))
