"""What a promotion came to: questions, who came, coupons, orders."""

from datetime import timedelta

import sqlalchemy as sa

from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.engagement import reports
from groupbot.features.links import store as links
from groupbot.features.orders import store as orders
from groupbot.features.promos import store as promos
from groupbot.features.promos.store import questions
from tests.features.promos.test_publish import chats

NAME = "小年促销"


def promotion(work: Work) -> None:
    """A promotion that was said in chat 1, a question to it, and a member who came by its link and ordered.
    One of a like name, and an order a month later, are not its own."""
    row = {"source": "x", "spec": "{}", "hash": "", "state": "live", "loaded_at": work.now}
    work.sql.run(sa.insert(promos.plan).values(name=NAME, **row))
    at = {"plan_id": 1, "chat_id": 1, "due": work.now, "at": work.now}
    work.sql.run(sa.insert(promos.plan_slot).values(**at, state="said", kind="promotion", zone="UTC"))
    work.sql.run(questions.ASK, **at, person_id=8)
    for n, (name, person) in enumerate(((f"plan/{NAME}", 8), (f"plan/不是{NAME}", 9)), 1):
        work.sql.run(links.NEW, name=name, url="https://shop.example", at=work.now)
        work.sql.run(links.VISITED, link_id=n, chat_id=1, person_id=person, at=work.now, times=1)
    work.sql.run(sa.insert(orders.product).values(code="tea", title="Tea", off_shelf=False))
    for n, (person, days) in enumerate(((8, 3), (8, 31), (9, 3)), 1):
        customer = f"c{person}"
        if n != 2:
            work.sql.run(sa.insert(orders.buyer).values(customer=customer, person_id=person, at=work.now))
        one = {"channel": "online", "number": str(n), "customer": customer, "status": "paid", "store": ""}
        work.sql.run(sa.insert(orders.order).values(**one, at=work.now + timedelta(days=days)))
        work.sql.run(sa.insert(orders.line).values(order_id=n, product="tea", units=1, amount=100))


def test_a_promotion_is_told_with_its_questions_links_and_orders(writer: Writer) -> None:
    chats(writer)
    writer.write(promotion)
    assert writer.write(reports.cards) == [reports.Card(NAME, 1, 1, 1, 0, 1)]
