"""Use cases of scheduled content: load plan files, publish what is due, tell and stop."""

from __future__ import annotations

from groupbot.engine.addresses import ops_chat
from groupbot.features.promos.service.approval import approve, standing
from groupbot.features.promos.service.ask import next_and_skipped, resume, stop_all, stopped
from groupbot.features.promos.service.edits import watch
from groupbot.features.promos.service.files import Shelf, read
from groupbot.features.promos.service.load import sync
from groupbot.features.promos.service.posting import post, running, schedule
from groupbot.features.promos.service.publish import live, publish_due
from groupbot.features.promos.service.review import PAGE, ask, described, items, let_go
from groupbot.features.promos.store import KEPT

__all__ = [
    "KEPT",
    "PAGE",
    "Shelf",
    "approve",
    "ask",
    "described",
    "items",
    "let_go",
    "live",
    "next_and_skipped",
    "ops_chat",
    "post",
    "publish_due",
    "read",
    "resume",
    "running",
    "schedule",
    "standing",
    "stop_all",
    "stopped",
    "sync",
    "watch",
]
