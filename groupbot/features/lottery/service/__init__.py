"""Opening, entering, ending, claiming and checking draws."""

from groupbot.features.lottery.service.awards import claim, lapse_due
from groupbot.features.lottery.service.ending import close, end_due
from groupbot.features.lottery.service.entering import enter, open_lottery, redraw_stale, status
from groupbot.features.lottery.service.records import public_record, redraw, verify
from groupbot.features.lottery.store import KEPT

__all__ = [
    "KEPT",
    "redraw",
    "claim",
    "close",
    "end_due",
    "enter",
    "lapse_due",
    "open_lottery",
    "public_record",
    "redraw_stale",
    "status",
    "verify",
]
