"""Reports: members ask for a look, staff decide."""

from groupbot.features.reports.service.asking import report, state, sweep, switch
from groupbot.features.reports.service.deciding import decide

__all__ = ["decide", "report", "state", "sweep", "switch"]
