"""Use cases of scheduled content: load plan files, publish what is due, tell and stop."""

from __future__ import annotations

from groupbot.features.promos.service.approval import approve, standing
from groupbot.features.promos.service.ask import next_and_skipped, resume, stop_all, stopped
from groupbot.features.promos.service.campaigning import of_campaign, planned_in, reached
from groupbot.features.promos.service.edits import watch
from groupbot.features.promos.service.files import Shelf, read
from groupbot.features.promos.service.gates import set_gate, shut
from groupbot.features.promos.service.load import renders, sync
from groupbot.features.promos.service.posting import post, running, schedule
from groupbot.features.promos.service.publish import live, publish_due
from groupbot.features.promos.service.review import PAGE, ask, described, items, let_go, ops_chat
from groupbot.features.promos.service.room import may_post, may_write, posted, sweep
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
    "may_post",
    "may_write",
    "next_and_skipped",
    "of_campaign",
    "ops_chat",
    "planned_in",
    "post",
    "posted",
    "publish_due",
    "reached",
    "read",
    "renders",
    "resume",
    "running",
    "schedule",
    "set_gate",
    "shut",
    "standing",
    "stop_all",
    "stopped",
    "sweep",
    "sync",
    "watch",
]
