"""What only the process knows and an operator should: refused calls, another poller, silence, a full disk."""

from __future__ import annotations

import shutil

from groupbot.engine.figures import Figures
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.features.operations import service
from groupbot.features.operations.domain import DISK, REFUSED_CALLS, Alarm, refused_too_often
from groupbot.surfaces.telegram.runner import Poller

EVERY = 30.0  # seconds between two looks


class Watch:
    """Remembers what stood at the last look."""

    def __init__(self) -> None:
        self._calls = self._refused = 0
        self._polled = 0.0

    def look(self, figures: Figures, poller: Poller, database: str) -> list[Alarm]:
        """What there is to tell now; the budget of words decides what is told."""
        alarms = []
        calls, refused = figures.calls.total() - self._calls, figures.refused - self._refused
        if refused_too_often(calls, refused):
            alarms.append(Alarm("refused", calls, {"percent": 100 * refused // calls}))
        if calls >= REFUSED_CALLS:
            self._calls, self._refused = self._calls + calls, self._refused + refused
        if poller.conflict:
            alarms.append(Alarm("conflict", 1))
        silence = poller.last_poll - self._polled if self._polled else 0.0
        if silence > poller.poll_seconds + 2 * EVERY:
            alarms.append(Alarm("silent", 1, {"seconds": round(silence)}))
        self._polled = poller.last_poll
        path = sqlite_path(database)
        free = shutil.disk_usage(path.parent).free if path is not None else DISK
        if free < DISK:
            alarms.append(Alarm("disk", 1, {"free": f"{free / 1e6:.0f} MB"}))
        return alarms


def told(alarm: Alarm, work: Work) -> None:
    """As a step of its own."""
    service.worry(work, alarm)
