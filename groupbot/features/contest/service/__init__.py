"""A contest opens, people enter and vote, it ends with its prizes."""

from groupbot.features.contest.service.asking import answers, redraw_asked
from groupbot.features.contest.service.asking import ref as ref_of_asking
from groupbot.features.contest.service.cards import redraw, show
from groupbot.features.contest.service.ending import audit, close_due, drop, open_here
from groupbot.features.contest.service.entering import (
    agree,
    enter,
    nominate,
    number_of,
    open_,
    take_out,
    vote,
)
from groupbot.features.contest.store import KEPT

__all__ = [
    "KEPT",
    "agree",
    "answers",
    "audit",
    "close_due",
    "drop",
    "enter",
    "nominate",
    "number_of",
    "open_",
    "open_here",
    "redraw",
    "redraw_asked",
    "ref_of_asking",
    "show",
    "take_out",
    "vote",
]
