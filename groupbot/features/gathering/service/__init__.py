"""Opening a gathering, joining and leaving it, its end and what comes after. No money is held: payment stays
outside, and only its status is written down."""

from groupbot.features.gathering.service.cards import redraw
from groupbot.features.gathering.service.looking import paid, report, roster
from groupbot.features.gathering.service.onsite import came, hang, recap, redraw_recaps, take_down
from groupbot.features.gathering.service.reminding import LINES, lines_due, private_due, tell_organisers
from groupbot.features.gathering.service.signing import (
    close,
    close_due,
    drop,
    gone,
    join,
    leave,
    open_,
    open_here,
    plan_of,
    remind,
)
from groupbot.features.gathering.store import KEPT

__all__ = [
    "KEPT",
    "LINES",
    "came",
    "close",
    "close_due",
    "drop",
    "gone",
    "hang",
    "join",
    "leave",
    "lines_due",
    "open_",
    "open_here",
    "paid",
    "plan_of",
    "private_due",
    "recap",
    "redraw",
    "redraw_recaps",
    "remind",
    "report",
    "roster",
    "take_down",
    "tell_organisers",
]
