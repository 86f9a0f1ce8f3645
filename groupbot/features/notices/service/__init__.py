"""Use cases of notices: one group's, a round over several groups, in time."""

from __future__ import annotations

from groupbot.features.notices.service.posting import (
    acknowledge,
    by_tier,
    close_due,
    latest,
    post,
    ref,
    remind,
    revise,
    standing,
    sweep,
)
from groupbot.features.notices.service.rounds import (
    agree,
    call_off,
    newest,
    over,
    plan,
    round_told,
    rounds_done,
    unsaid,
)
from groupbot.features.notices.store import KEPT

__all__ = [
    "KEPT",
    "acknowledge",
    "agree",
    "by_tier",
    "call_off",
    "close_due",
    "latest",
    "newest",
    "over",
    "plan",
    "post",
    "ref",
    "remind",
    "revise",
    "round_told",
    "rounds_done",
    "standing",
    "sweep",
    "unsaid",
]
