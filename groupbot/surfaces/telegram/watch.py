"""What only the process knows and an operator should: refused calls, another poller, silence, a webhook that
takes nothing, a full disk, a clock that is wrong."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot
from telegram.error import TelegramError

from groupbot.engine.figures import Figures
from groupbot.engine.storage import sqlite_path
from groupbot.engine.work import Work
from groupbot.features.operations import service
from groupbot.features.operations.domain import DISK, REFUSED_CALLS, WRONG, Alarm, refused_too_often
from groupbot.surfaces.telegram.runner import Poller
from groupbot.surfaces.telegram.transport import Timed

EVERY = 30.0  # seconds between two looks
FAILED = timedelta(minutes=10)  # a delivery that failed before then is past


class Watch:
    """Remembers what stood at the last look."""

    def __init__(self) -> None:
        self._calls = self._refused = 0
        self._polled = self._ahead = 0.0
        self._failing = False

    def look(self, figures: Figures, poller: Poller, database: str, ahead: float = 0.0) -> list[Alarm]:
        """What there is to tell now; the budget of words decides what is told. `ahead`: seconds of this
        machine's clock before Telegram's."""
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
        if min(abs(ahead), abs(self._ahead)) > WRONG:  # a machine that slept has not been told the time since
            alarms.append(Alarm("clock", 1, {"seconds": round(abs(ahead)), "ahead": ahead > 0}))
        self._ahead = ahead
        return alarms

    async def deliveries(self, bot: Bot, now: datetime) -> list[Alarm]:
        """What there is to tell of a webhook: updates wait at two looks on end, and Telegram could not
        deliver."""
        try:
            hook = await bot.get_webhook_info()
        except TelegramError:  # nobody could be told either
            return []
        failed, waiting = hook.last_error_date, hook.pending_update_count
        failing = failed is not None and now - failed < FAILED and waiting > 0
        twice, self._failing = failing and self._failing, failing
        return [Alarm("silent", waiting, {"hook": hook.last_error_message or ""})] if twice else []


def ahead(app: Any) -> float:
    """Seconds of this machine's clock before Telegram's, as its last answer told; 0: unknown."""
    wire = app.bot.request
    there = wire.time_there() if isinstance(wire, Timed) else None
    return 0.0 if there is None else float((app.clock.now() - there).total_seconds())


def told(alarm: Alarm, work: Work) -> None:
    """As a step of its own."""
    service.worry(work, alarm)
