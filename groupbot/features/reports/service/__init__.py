"""Reports: members ask for a look, staff decide."""

from groupbot.features.reports.service.asking import report, state, sweep, switch
from groupbot.features.reports.service.cards import erase, redraw
from groupbot.features.reports.service.deciding import decide
from groupbot.features.reports.store import KEPT

__all__ = ["KEPT", "erase", "decide", "redraw", "report", "state", "sweep", "switch"]
