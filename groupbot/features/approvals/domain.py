"""When talk without a finding makes somebody trusted. Pure."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.features.members.domain import Setting

AFTER = Setting("approve_after", 0, "Clean messages after which a member is approved by itself; 0: never")
STAY = timedelta(hours=24)  # whoever is younger here is not approved by counting
REASON = 200  # characters


class Approved(Struct, frozen=True):
    """Somebody was approved, or no more (`gone`). `by` 0: by clean messages."""

    chat: int
    person: int
    by: int
    reason: str = ""
    gone: bool = False


def enough(clean: int, after: int) -> bool:
    """Has somebody said enough without a finding? `after` 0: never."""
    return 0 < after <= clean
