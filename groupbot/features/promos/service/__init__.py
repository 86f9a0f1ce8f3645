"""Use cases of scheduled content: load plan files, publish what is due, tell and stop."""

from __future__ import annotations

from groupbot.features.promos.service.ask import next_and_skipped, resume, stop_all, stopped
from groupbot.features.promos.service.files import Shelf, read
from groupbot.features.promos.service.load import sync
from groupbot.features.promos.service.publish import publish_due

__all__ = [
    "Shelf",
    "next_and_skipped",
    "publish_due",
    "read",
    "resume",
    "stop_all",
    "stopped",
    "sync",
]
