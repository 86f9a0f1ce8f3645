"""Telegram gifts as prizes: which one was meant, whether it can be paid, what a refusal means. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from groupbot.core.effects import Send
from groupbot.core.events import GiftOffer, GiftOffers
from groupbot.features.lottery.domain.order import Order, Prize

SHOWN = 20  # gifts a list shows at most
_SIGNS = {ord("\ufe0f"): None, ord("\ufe0e"): None}
_WHY = (  # words in Telegram's refusals, small → what it means for the prize
    ("balance_too_low", "stars"),
    ("not enough telegram stars", "stars"),
    ("usage_limited", "sold"),
    ("stargift_invalid", "sold"),
    ("disallowed_stargifts", "closed"),
    ("not found", "server"),
)


class GiftOrder(Struct, frozen=True):
    """A draw was ordered with gifts in it, and Telegram answered what there is and what the bot has.

    `act` is open, edit or draft; `line` as it was written; `reply_to` and `topic` where that was; `alone`:
    who ordered it is answered in private."""

    chat: int
    act: str
    by: int
    offers: GiftOffers
    line: str = ""
    topic: int | None = None
    reply_to: int | None = None
    alone: bool = False

    def refused(self, template: str, data: dict[str, Any]) -> Send:
        """Where it is said that it cannot be had."""
        if self.alone:
            return Send(user=self.by, template=template, data=data)
        place: dict[str, Any] = {"chat": self.chat, "topic": self.topic, "reply_to": self.reply_to}
        return Send(template=template, data=data, lifetime=60, **place)


class GiftAgain(Struct, frozen=True, tag="lt.again"):
    """[Send it again] at a gift that could not be sent; `chat` is our id of the group."""

    chat: int
    gift: int


class GiftByHand(Struct, frozen=True, tag="lt.hand"):
    """[Handed over] at such a gift."""

    chat: int
    gift: int


class No(Struct, frozen=True):
    """Why an order cannot be had: the words for it, and what they say."""

    template: str
    data: dict[str, Any]


def filled(
    order: Order, offers: Sequence[GiftOffer], stars: int, name: Callable[[GiftOffer], str]
) -> Order | No:
    """The order with its gifts as they are on offer; `stars` are what the bot has for it."""
    prizes, taken = [], Counter[str]()
    for p in order.prizes:
        found = meant(offers, p.gift) if p.kind == "gift" else []
        if p.kind == "gift" and len(found) != 1:
            return No(
                "lottery/gift_which", {"word": p.gift, "gifts": listed(found or offers), "many": bool(found)}
            )
        if not found:
            prizes.append(p)
            continue
        offer = found[0]
        taken[offer.id] += p.seats
        if offer.premium:
            return No("lottery/gift_premium", {"sign": offer.sign})
        if offer.left is not None and offer.left < taken[offer.id]:
            return No("lottery/gift_left", {"sign": offer.sign, "left": offer.left, "seats": taken[offer.id]})
        prizes.append(Prize(name(offer), p.seats, "gift", gift=offer.id, stars=offer.stars))
    made = replace(order, prizes=tuple(prizes))
    if made.stars > stars:
        return No(
            "lottery/gift_stars",
            {"cost": made.stars, "have": max(0, stars), "lacks": made.stars - max(0, stars)},
        )
    return made


def meant(offers: Sequence[GiftOffer], word: str) -> list[GiftOffer]:
    """The gift of this id, or those with this emoji."""
    bare = word.translate(_SIGNS)
    found = [o for o in offers if o.id == word]
    return found or [o for o in offers if bare and o.sign.translate(_SIGNS) == bare]


def listed(offers: Sequence[GiftOffer]) -> list[dict[str, Any]]:
    """For a list, the cheapest first."""
    able = sorted((o for o in offers if not o.premium), key=lambda o: (o.stars, o.id))
    return [{"sign": o.sign, "stars": o.stars, "id": o.id, "left": o.left} for o in able[:SHOWN]]


def why_not(error: str) -> str:
    """What a refusal means: stars, sold, closed (the winner takes no gifts), server, or other."""
    low = error.lower()
    if "user not found" in low:
        return "other"
    return next((why for words, why in _WHY if words in low), "other")
