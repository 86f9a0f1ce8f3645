"""The outside random number: rounds of drand's network quicknet. Pure.

A round is published every three seconds; round 1 came at the genesis. Its randomness is the SHA-256 of its
signature (docs.drand.love, "quicknet"). That the signature is the network's own (BLS on G1) is not checked
here, no library for it is at hand: two mirrors must agree instead, and the record says so.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta

from msgspec import Struct

CHAIN = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"
GENESIS, PERIOD = 1692803367, 3  # seconds
MARGIN = 30  # seconds between the freeze and the round that decides
PATIENCE = timedelta(hours=24)  # then the draw is made without, and says so
_SIGNATURE = re.compile(r"[0-9a-f]{96}")


class Round(Struct, frozen=True):
    """One round as the mirrors tell it; `mirrors` is how many agreed."""

    round: int
    randomness: str
    signature: str
    mirrors: int = 1


def round_at_or_after(at: datetime) -> int:
    """The number of the first round published at `at` or later."""
    seconds = at - datetime.fromtimestamp(GENESIS, UTC)
    return max(1, -(-seconds // timedelta(seconds=PERIOD)) + 1)


def said_at(number: int) -> datetime:
    """When a round is published."""
    return datetime.fromtimestamp(GENESIS + (number - 1) * PERIOD, UTC)


def genuine(found: Round) -> bool:
    """Does the randomness come from the signature?"""
    if not _SIGNATURE.fullmatch(found.signature):
        return False
    return hashlib.sha256(bytes.fromhex(found.signature)).hexdigest() == found.randomness
