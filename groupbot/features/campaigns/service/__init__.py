"""Use cases of campaigns: read, look for gaps, launch, watch, stop, read a test."""

from __future__ import annotations

from groupbot.features.campaigns.service.chain import chain
from groupbot.features.campaigns.service.effect import effect_of
from groupbot.features.campaigns.service.files import FOLDER, KIND, Shelf, read
from groupbot.features.campaigns.service.launching import find, launch, lost, row_of, skip, stop
from groupbot.features.campaigns.service.lessons import last_lessons, learn, remark, unlearn, unlearn_one
from groupbot.features.campaigns.service.levels import groups_of
from groupbot.features.campaigns.service.opening import close_chat, open_chat, readiness
from groupbot.features.campaigns.service.readiness import chats_of, gaps, lacks, size
from groupbot.features.campaigns.service.reasons import compared, reasons
from groupbot.features.campaigns.service.relay import spread, tiers
from groupbot.features.campaigns.service.review import review
from groupbot.features.campaigns.service.speed import first_hour, hour_sql
from groupbot.features.campaigns.service.spread import spread_of
from groupbot.features.campaigns.service.telling import board, listed, trial_told
from groupbot.features.campaigns.service.watching import CueDone, cue_done, watch
from groupbot.features.campaigns.store import KEPT

__all__ = [
    "groups_of",
    "KEPT",
    "KIND",
    "CueDone",
    "FOLDER",
    "Shelf",
    "board",
    "chain",
    "chats_of",
    "close_chat",
    "compared",
    "cue_done",
    "effect_of",
    "find",
    "first_hour",
    "gaps",
    "hour_sql",
    "lacks",
    "last_lessons",
    "launch",
    "learn",
    "listed",
    "lost",
    "open_chat",
    "read",
    "readiness",
    "reasons",
    "remark",
    "review",
    "row_of",
    "size",
    "skip",
    "spread",
    "spread_of",
    "tiers",
    "stop",
    "trial_told",
    "unlearn",
    "unlearn_one",
    "watch",
]
