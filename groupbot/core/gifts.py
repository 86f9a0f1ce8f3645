"""Gifts of Telegram's, as a bot can give them."""

from __future__ import annotations

from msgspec import Struct


class GiftOffer(Struct, frozen=True, gc=False):
    """A gift the bot can give: its id, its sign (an emoji), what it costs, how many are left (None: no
    limit), and whether only an account with Premium may buy it."""

    id: str
    sign: str
    stars: int
    left: int | None = None
    premium: bool = False
