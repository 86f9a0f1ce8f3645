"""Opening, entering, ending, claiming, redrawing and checking draws."""

from groupbot.features.lottery.service import boosts, drafting, gifts
from groupbot.features.lottery.service.awards import claim, redraw_claims, remind_due, sealed
from groupbot.features.lottery.service.ending import close, end_due
from groupbot.features.lottery.service.entering import enter, heard, redraw_stale, status
from groupbot.features.lottery.service.forgetting import over, sweep
from groupbot.features.lottery.service.opening import cancel, edit, open_lottery, the_open, undrawn
from groupbot.features.lottery.service.records import entrants, public_record, redraw, redraw_void, verify
from groupbot.features.lottery.service.redraws import lapse_due, out_of_patience, round_came, rounds_wanted
from groupbot.features.lottery.store import KEPT

__all__ = [
    "KEPT",
    "redraw",
    "redraw_void",
    "boosts",
    "cancel",
    "claim",
    "close",
    "drafting",
    "edit",
    "end_due",
    "enter",
    "entrants",
    "gifts",
    "heard",
    "lapse_due",
    "open_lottery",
    "out_of_patience",
    "over",
    "public_record",
    "redraw_claims",
    "redraw_stale",
    "remind_due",
    "round_came",
    "rounds_wanted",
    "sealed",
    "status",
    "sweep",
    "undrawn",
    "the_open",
    "verify",
]
