"""A plan as part of something larger: a campaign's phase, a test between two texts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from groupbot.features.promos.domain.audience import Wrong


def campaign_of(value: Any) -> str:
    """`NAME/PHASE`, as in the campaign's file."""
    if value is None:
        return ""
    name, _, phase = str(value).partition("/")
    if not name.strip() or not phase.strip():
        raise Wrong("campaign", f"campaign {value!r} names no phase", "write campaign: Lanterns/warm-up")
    return f"{name.strip()}/{phase.strip()}"


def trial_of(value: Any, pool: Sequence[str], weights: Sequence[float], campaign: str) -> str:
    """The name of a test: of two templates, without weights, and of a campaign, whose file fixes beforehand
    when it ends and is read."""
    if value is None:
        return ""
    if not campaign:
        step = f"write campaign: NAME/PHASE, and in its file test: {{name: {value}, base: 3%, days: 7}}"
        raise Wrong("test", f"test {value!r} is of no campaign: nothing says when it ends", step)
    if len(pool) != 2 or weights:
        raise Wrong(
            "test", f"test {value!r} needs a pool of two templates", "write pool: [promos/a, promos/b]"
        )
    return str(value)


def variant(test: str, chat: int) -> int:
    """0 or 1: which of two a chat gets in a test, for good; by hash, so that nobody chooses."""
    return hashlib.sha256(f"{test}|{chat}".encode()).digest()[0] & 1
