"""Register experts; announce a session, queue questions, post answers, end it with a recap or a stand-in."""

from __future__ import annotations

from groupbot.features.experts.service.ends import (
    by_slot,
    in_time,
    more,
    recorded,
    report,
    say_missed,
    sweep,
    tell_missed,
)
from groupbot.features.experts.service.forgetting import announced, answers, erase, redraw
from groupbot.features.experts.service.register import experts, find, register, strike
from groupbot.features.experts.service.sessions import answer, ask, call_off, plan, queue, ref, seat
from groupbot.features.experts.store import KEPT

__all__ = [
    "announced",
    "KEPT",
    "answer",
    "answers",
    "ask",
    "by_slot",
    "call_off",
    "erase",
    "experts",
    "find",
    "in_time",
    "more",
    "plan",
    "queue",
    "recorded",
    "redraw",
    "ref",
    "register",
    "report",
    "say_missed",
    "seat",
    "strike",
    "sweep",
    "tell_missed",
]
