"""Codes, what an order for a pool of them says, and how a code is known again. Pure."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from groupbot.core import spans
from groupbot.core.codes import fold as fold
from groupbot.core.codes import make as make
from groupbot.features.members.domain import Setting

SHORTEST, LONGEST = 4, 64  # letters of a code
TITLE = 60  # letters
MOST = 5000  # codes of one pool
MOST_EACH = 10
CLAIM, USE = timedelta(days=7), timedelta(days=30)

TENURE = Setting(
    "coupons.tenure", 24, "Hours a newcomer waits before taking a coupon", least=0, most=8760, unit="hours"
)


class Take(Struct, frozen=True, tag="cp.take"):
    """[领券]"""

    pool: int


class Publish(Struct, frozen=True, tag="cp.pub"):
    """[发布] in private, for the pool of `chat` (our id)."""

    chat: int
    pool: int


class Order(Struct, frozen=True):
    """`claim` and `use`: how long after publishing codes may be taken and redeemed; `each` a member,
    `price` in points (0: free)."""

    title: str
    claim: timedelta = CLAIM
    use: timedelta = USE
    each: int = 1
    price: int = 0


def parse(args: str) -> Order | None:
    """`TITLE [7d] [use30d] [each2] [20points]`, the words in any order; None when it is not that."""
    made, title = Order(""), []
    for word in args.split():
        low = word.lower()
        if (points := _points(low)) is not None:  # before the spans, where 分 is a minute
            made = replace(made, price=points)
        elif (span := spans.span(low)) is not None:
            made = replace(made, claim=span)
        elif low.startswith("use") and (later := spans.span(low[3:])) is not None:
            made = replace(made, use=later)
        elif low.startswith("each") and low[4:].isascii() and low[4:].isdigit():
            made = replace(made, each=int(low[4:5] + low[5:7]))
        else:
            title.append(word)
    made = replace(made, title=" ".join(title)[:TITLE], use=max(made.use, made.claim))
    return made if made.title and 1 <= made.each <= MOST_EACH else None


def _points(low: str) -> int | None:
    for unit in ("points", "point", "积分", "分"):
        n = low.removesuffix(unit)
        if n != low and n.isascii() and n.isdigit() and len(n) < 7:
            return int(n)
    return None


def mark(key: bytes, chat: int, code: str) -> str:
    """How a code is found again without being stored: a keyed hash over group and code."""
    return hmac.digest(key, f"coupon:{chat}:{fold(code)}".encode(), hashlib.sha256).hex()[:32]


def readable(lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """(codes, what is none), in the order given; the first column of a CSV, without a heading."""
    good: list[str] = []
    bad: list[str] = []
    for i, line in enumerate(lines):
        code = line.strip().strip('"').strip()
        if not code or (i == 0 and code.lower() in ("code", "codes", "coupon", "券码", "兑换码")):
            continue
        fits = SHORTEST <= len(code) <= LONGEST and code.isprintable()
        (good if fits else bad).append(code)
    return good, bad


def state(redeemed: datetime | None, until: datetime, now: datetime) -> str:
    """Of a code somebody has: open | redeemed | expired."""
    return "redeemed" if redeemed is not None else "open" if now < until else "expired"
