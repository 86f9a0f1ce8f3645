"""How a packet is split, sealed, and who had the best luck. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from groupbot.core.chance import Chance

MOST_SHARES = 500


def double_mean(total: int, n: int, rng: Chance) -> list[int]:
    """`n` shares of at least 1 that add up to `total`, each drawn uniformly up to twice the mean left.

    With k shares left of R points: 1…max(1, 2R//k - 1), the last takes the rest. Everyone can still
    get 1: after a draw R' ≥ R(k-2)/k + 1 ≥ k - 1. Source: the splitting rule commonly described for
    WeChat packets. Later positions vary more, so the caller shuffles.

    Raises:
        ValueError: fewer points than shares.
    """
    if not 1 <= n <= total:
        raise ValueError(f"{total} points do not make {n} shares of at least 1")
    shares, left = [], total
    for k in range(n, 1, -1):
        share = rng.randint(1, max(1, 2 * left // k - 1))
        shares.append(share)
        left -= share
    return [*shares, left]


def equal(total: int, n: int) -> list[int]:
    """`n` shares that differ by 1 at most.

    Raises:
        ValueError: fewer points than shares.
    """
    if not 1 <= n <= total:
        raise ValueError(f"{total} points do not make {n} shares of at least 1")
    each, more = divmod(total, n)
    return [each + (i < more) for i in range(n)]


def split(kind: str, total: int, n: int, rng: Chance) -> tuple[int, ...]:
    """The shares in the order they will be taken: drawn beforehand and shuffled, so that no position
    is better than another."""
    shares = double_mean(total, n, rng) if kind == "lucky" else equal(total, n)
    rng.shuffle(shares)
    return tuple(shares)


def sealed(salt: str, shares: Sequence[int]) -> str:
    """What the seal is made of: `groupbot-redpacket-1|salt|12,7,…`."""
    return f"groupbot-redpacket-1|{salt}|{','.join(map(str, shares))}"


def commitment(salt: str, shares: Sequence[int]) -> str:
    """SHA-256 of what is sealed: published with the packet, opened at its end."""
    return hashlib.sha256(sealed(salt, shares).encode()).hexdigest()


def luckiest(amounts: Sequence[int], n: int) -> int | None:
    """The place of the best share among all taken, the earlier one of a tie; None unless all of at
    least three shares are taken."""
    if n < 3 or len(amounts) < n:
        return None
    return max(range(n), key=lambda i: (amounts[i], -i))


def within(local: datetime, first: int, last: int) -> bool:
    """Is this wall-clock time in the hours when packets are sent? The end belongs to the hours."""
    minute = local.hour * 60 + local.minute
    return first * 60 <= minute <= last * 60
