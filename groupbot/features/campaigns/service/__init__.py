"""Use cases of campaigns: read, look for gaps, launch, watch, stop, read a test."""

from __future__ import annotations

from groupbot.features.campaigns.service.chain import chain
from groupbot.features.campaigns.service.files import FOLDER, Shelf, read
from groupbot.features.campaigns.service.launching import find, launch, lost, row_of, stop
from groupbot.features.campaigns.service.readiness import chats_of, gaps, size
from groupbot.features.campaigns.service.review import review
from groupbot.features.campaigns.service.spread import spread, spread_of
from groupbot.features.campaigns.service.telling import board, listed, trial_told
from groupbot.features.campaigns.service.watching import CueDone, cue_done, watch
from groupbot.features.campaigns.store import KEPT

__all__ = [
    "KEPT",
    "CueDone",
    "FOLDER",
    "Shelf",
    "board",
    "chain",
    "chats_of",
    "cue_done",
    "find",
    "gaps",
    "launch",
    "listed",
    "lost",
    "read",
    "review",
    "row_of",
    "size",
    "spread",
    "spread_of",
    "stop",
    "trial_told",
    "watch",
]
