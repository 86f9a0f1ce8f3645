"""Double entry in whole points. Pure.

Rules: the amounts of a transfer add up to zero, nothing is ever changed or removed, a mistake is
mended by a reversing transfer, and only the issuer may go below zero. The same invariants hold in
public ledgers of this kind (pgledger; Stripe's ledger notes).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from msgspec import Struct

from groupbot.features.members.domain import Setting

KINDS = ("member", "pot", "house", "issuer", "sink")
HOUSE_MONTHLY = Setting(
    "ledger.house_monthly",
    2000,
    "Points the house wallet of a chat gets each month",
    least=0,
    most=1_000_000,
    unit="points",
)

EXPIRE_DAYS = Setting(
    "ledger.expire_days",
    0,
    "Days after which unused points expire; 0: never",
    least=0,
    most=3650,
    unit="days",
)
# kinds of transfers by which members earn, and by which earnings are taken back
EARNED = ("packet", "checkin", "quiz", "earn", "award", "gathering", "referral", "earn.back", "referral.back")


class Account(NamedTuple):
    """Whose points. `owner` is a person for `member`, a number of the feature for `pot`, else 0.

    Every account belongs to one chat, so that a batch touches only rows of its own chats.
    """

    kind: str
    chat: int
    owner: int = 0


class Posting(NamedTuple):
    """Points into (+) or out of (-) an account; never zero."""

    account: Account
    amount: int


class Unbalanced(ValueError):
    """The postings of a transfer do not fit together."""


class OtherContent(ValueError):
    """This key stands for another transfer already."""


def member(chat: int, person: int) -> Account:
    """A member's points in a chat."""
    return Account("member", chat, person)


def house(chat: int) -> Account:
    """The house wallet of a chat."""
    return Account("house", chat)


def issuer(chat: int) -> Account:
    """Where the points of a chat come from; its balance is minus what is in circulation."""
    return Account("issuer", chat)


def sink(chat: int) -> Account:
    """Where spent and expired points go."""
    return Account("sink", chat)


def pot(chat: int, number: int) -> Account:
    """Points set aside for one thing, for example red packet `number`."""
    return Account("pot", chat, number)


def checked(postings: Sequence[tuple[Account, int]]) -> tuple[Posting, ...]:
    """The postings in the order of their accounts.

    Raises:
        Unbalanced: fewer than two, a zero or fraction, an account twice or of an unknown kind, a sum
            that is not zero.
    """
    if len(postings) == 2:  # nearly every transfer; the same checks, at a third of the cost
        (a, x), (b, y) = postings
        if type(x) is type(y) is int and x == -y != 0 and a != b and a.kind in KINDS and b.kind in KINDS:
            one, two = Posting(a, x), Posting(b, y)
            return (one, two) if a < b else (two, one)
    if len(postings) < 2:
        raise Unbalanced("a transfer has at least two postings")
    total = 0
    for account, amount in postings:
        if type(amount) is not int or not amount:
            raise Unbalanced(f"{amount!r} is not a whole number of points other than zero")
        if account.kind not in KINDS:
            raise Unbalanced(f"no account of kind {account.kind!r}")
        total += amount
    if total:
        raise Unbalanced(f"the postings add up to {total}, not to zero")
    made = tuple(sorted(Posting(account, amount) for account, amount in postings))
    if any(a.account == b.account for a, b in pairwise(made)):
        raise Unbalanced("an account stands twice in a transfer")
    return made


def allowed(account: Account, balance: int) -> bool:
    """May this account stand at `balance`?"""
    return balance >= 0 or account.kind == "issuer"


class Line(Struct, frozen=True):
    """One line of a statement; `balance` is what stood there after it."""

    at: datetime
    kind: str
    ref: str
    amount: int
    balance: int
    number: int = 0


class Audit(Struct, frozen=True):
    """What a recount found: numbers of accounts and transfers, and every fault in words."""

    accounts: int
    transfers: int
    faults: tuple[str, ...]
