"""A contest opens, people enter and vote, it ends with its prizes."""

from groupbot.features.contest.service.cards import show
from groupbot.features.contest.service.ending import audit, close_due, drop
from groupbot.features.contest.service.entering import enter, number_of, open_, take_out, vote

__all__ = ["audit", "close_due", "drop", "enter", "number_of", "open_", "show", "take_out", "vote"]
