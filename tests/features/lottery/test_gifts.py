"""Gifts as prizes: how they are written, which is meant, what is refused, and what became of one. Pure
but for the last, which runs on both databases."""

import pytest
import sqlalchemy as sa
from msgspec import structs

from groupbot.core.effects import Gift
from groupbot.core.events import Chat, GiftOffer, GiftOffers
from groupbot.engine.outbox_table import outbox
from groupbot.engine.recovery import recover
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.lottery import service
from groupbot.features.lottery.domain import GiftOrder, No, Order, Prize, filled, parse, why_not
from groupbot.features.lottery.store.tables import gift
from tests.features.lottery.test_service import room

SHELF = (
    GiftOffer("111111", "🧸", 15),
    GiftOffer("222222", "🎁", 25),
    GiftOffer("333333", "🎁", 50),
    GiftOffer("444444", "❤️", 100, left=2),
    GiftOffer("555555", "💎", 500, premium=True),
)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("gift:🧸 x2 24h", "🧸"),
        ("礼物:🧸 2份", "🧸"),
        ("tg-gift:111111", "111111"),
        ("telegram礼物", ""),
        ("gift:?", ""),
        ("gift:telegram x1", "telegram"),
    ],
)
def test_a_gift_is_named_by_emoji_or_number(line: str, word: str) -> None:
    order = parse(line)
    assert order is not None
    assert [(p.kind, p.gift, p.stars) for p in order.prizes] == [("gift", word, 0)]
    assert order.unasked


@pytest.mark.parametrize("line", ["Gift box x3", "礼物:山楂礼盒 x2", "gift:box x1", "gift x2"])
def test_what_is_only_called_a_gift_is_handed_over_by_staff(line: str) -> None:
    order = parse(line)
    assert order is not None
    assert [p.kind for p in order.prizes] == ["item"]


def asked(*prizes: tuple[str, int], stars: int = 1000) -> str:
    """What is said to an order of these gifts; the titles and prices of those that can be had."""
    order = Order(tuple(Prize(f"gift:{w}", n, "gift", gift=w) for w, n in prizes))
    found = filled(order, SHELF, stars, lambda o: f"gift {o.sign}")
    if isinstance(found, No):
        return found.template
    return " ".join(f"{p.gift}={p.stars}x{p.seats}" for p in found.prizes)


def test_an_order_is_filled_or_refused_with_the_reason() -> None:
    assert asked(("🧸", 2), ("222222", 1)) == "111111=15x2 222222=25x1"
    assert asked(("❤", 2)) == "444444=100x2"  # with or without its variation selector
    assert asked(("🎁", 1)) == asked(("🦄", 1)) == asked(("", 1)) == "lottery/gift_which"
    assert asked(("❤", 1), ("444444", 2)) == "lottery/gift_left"
    assert asked(("💎", 1)) == "lottery/gift_premium"
    assert (asked(("🧸", 2), stars=30), asked(("🧸", 2), stars=29)) == ("111111=15x2", "lottery/gift_stars")
    assert asked(("🧸", 1), stars=-5) == "lottery/gift_stars"


def test_a_refusal_of_telegrams_is_understood() -> None:
    said = ("Balance_too_low", "Stargift_usage_limited", "Stargift_invalid", "User_disallowed_stargifts")
    assert [why_not(s) for s in said] == ["stars", "sold", "sold", "closed"]
    assert [why_not(s) for s in ("Not Found", "User not found", "Whatever")] == ["server", "other", "other"]


def test_a_gift_that_was_leaving_when_the_bot_died_is_not_sent_again(writer: Writer) -> None:
    def start(work: Work) -> int:
        room(work)
        offers = GiftOffers(at=work.now, chat=Chat(1, "supergroup"), ref="", offers=SHELF, stars=15)
        told = GiftOrder(chat=work.chat, act="open", by=50, offers=offers)
        work.me = structs.replace(work.me, gift_stars=99)
        order = service.gifts.had(work, Order((Prize("gift:🧸", 1, "gift", gift="🧸"),)), told)
        number = service.open_lottery(work, order, by=50)
        assert service.gifts.promised(work) == 15
        lottery = service.the_open(work, number)
        service.gifts.promise(work, lottery, 1, 7)
        assert [type(e).__name__ for e in work.effects if isinstance(e, Gift)] == ["Gift"]
        return number

    writer.write(start)

    def died(work: Work) -> None:
        work.sql.run(sa.update(outbox).where(outbox.c.kind == "gift").values(state="sending"))

    writer.write(died)
    writer.write(recover)
    writer.write(service.gifts.settle)

    def states(work: Work) -> list[str]:
        mine = work.sql.value(sa.select(gift.c.state))
        return [str(mine), str(work.sql.value(sa.select(outbox.c.state).where(outbox.c.kind == "gift")))]

    assert writer.write(states) == ["unknown", "unknown"]

    def week(work: Work) -> None:  # nobody decided
        work.sql.run(sa.update(outbox).where(outbox.c.kind == "gift").values(payload=""))

    writer.write(week)
    writer.write(service.gifts.settle)
    assert writer.write(states) == ["closed", "unknown"]
