"""Items, orders and pick-up codes. Pure."""

from __future__ import annotations

from msgspec import Struct

from groupbot.core.chance import Chance
from groupbot.core.points import parse_amount

LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that look alike
NAME = 40  # letters
SHOWN = 12  # items on a list
MOST = 40  # on one that came to more: what was given back can be had again


class Buy(Struct, frozen=True, tag="sh.buy"):
    """[兑换]: asks once more."""

    item: int


class Sure(Struct, frozen=True, tag="sh.sure"):
    """[确定]: only for the one who asked."""

    item: int
    person: int


class Item(Struct, frozen=True):
    """What staff put on the shelf."""

    name: str
    price: int
    stock: int


def parse(args: str) -> Item | str:
    """`PRICE STOCK NAME`; or the word that is no whole number ('' when something is missing)."""
    words = args.split(None, 2)
    if len(words) < 3:
        return ""
    price, stock = (parse_amount(w) for w in words[:2])
    if price is None or stock is None:
        return words[0] if price is None else words[1]
    return Item(words[2].strip()[:NAME], price, stock)


def code(rng: Chance) -> str:
    """Six letters that are read out at the counter: 31^6, not to be guessed while staff look on."""
    return "".join(rng.choice(LETTERS) for _ in range(6))
