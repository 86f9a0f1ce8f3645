"""Pools are filled and published, codes taken and redeemed."""

from groupbot.features.coupons.service.claiming import mine, take
from groupbot.features.coupons.service.pools import (
    add,
    close,
    close_due,
    draft,
    generate,
    imported,
    of_maker,
    offered,
    open_here,
    publish,
    report,
    sealed,
    used,
)
from groupbot.features.coupons.service.prizes import hand, hold, release
from groupbot.features.coupons.service.redeeming import redeem
from groupbot.features.coupons.store import KEPT

__all__ = [
    "KEPT",
    "add",
    "close",
    "close_due",
    "draft",
    "generate",
    "hand",
    "hold",
    "imported",
    "mine",
    "of_maker",
    "offered",
    "open_here",
    "publish",
    "redeem",
    "release",
    "report",
    "sealed",
    "take",
    "used",
]
