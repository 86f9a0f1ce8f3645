"""Use cases of care: read recipes, begin, look, step, hand over to humans, keep what members allow."""

from __future__ import annotations

from groupbot.features.care.service.beginning import begin, joined, set_up
from groupbot.features.care.service.looking import look
from groupbot.features.care.service.people import anniversary, birthday, heard, sweep, wish_of
from groupbot.features.care.service.recipes import KIND, on, read, switch
from groupbot.features.care.service.stepping import redraw, step_due
from groupbot.features.care.service.tasks import Done, Leave, key_human, keys, look_after, open_here, settle
from groupbot.features.care.service.told import listed, report, why
from groupbot.features.care.store import KEPT

__all__ = [
    "KEPT",
    "KIND",
    "Done",
    "Leave",
    "anniversary",
    "begin",
    "birthday",
    "heard",
    "joined",
    "key_human",
    "keys",
    "listed",
    "look",
    "look_after",
    "on",
    "open_here",
    "read",
    "redraw",
    "report",
    "set_up",
    "settle",
    "step_due",
    "sweep",
    "switch",
    "why",
    "wish_of",
]
