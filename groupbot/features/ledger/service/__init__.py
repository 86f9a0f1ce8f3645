"""Points: moving them, reading them, letting them expire."""

from groupbot.features.ledger.service.boards import board
from groupbot.features.ledger.service.books import (
    balance,
    halted,
    house_spent,
    house_wallet,
    month_start,
    nightly,
    points_of,
    reconcile,
    recount,
    reverse,
    statement,
    transfer,
    wallets,
)
from groupbot.features.ledger.service.expiry import expire_old
from groupbot.features.ledger.service.keeping import KEPT, erase, movements
from groupbot.features.ledger.service.mending import award, award_key, take_back, take_back_of, undo

__all__ = [
    "KEPT",
    "award",
    "award_key",
    "balance",
    "board",
    "erase",
    "expire_old",
    "halted",
    "house_spent",
    "house_wallet",
    "month_start",
    "movements",
    "nightly",
    "points_of",
    "reconcile",
    "recount",
    "reverse",
    "statement",
    "take_back",
    "take_back_of",
    "transfer",
    "undo",
    "wallets",
]
