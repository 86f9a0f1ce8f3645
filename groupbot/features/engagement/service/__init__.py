"""What is written down, and how it is written anew or brought in from an export."""

from groupbot.features.engagement.service.importing import Begun, begin, bring
from groupbot.features.engagement.service.rebuilding import days_kept, rebuild
from groupbot.features.engagement.service.recording import (
    KEEP,
    KEPT,
    erase,
    in_topics,
    last_spoke,
    note,
    removed,
    sweep,
)

__all__ = [
    "Begun",
    "KEEP",
    "KEPT",
    "begin",
    "bring",
    "days_kept",
    "erase",
    "in_topics",
    "last_spoke",
    "note",
    "rebuild",
    "removed",
    "sweep",
]
