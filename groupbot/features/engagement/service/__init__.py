"""What is written down, and how it is written anew or brought in from an export."""

from groupbot.features.engagement.service.around import acts, gone_within, usual
from groupbot.features.engagement.service.forgetting import KEEP, sweep
from groupbot.features.engagement.service.guarding import hired, look_for_hired, speak_first, took_part
from groupbot.features.engagement.service.importing import Begun, begin, bring, of_history
from groupbot.features.engagement.service.naming import topic_named
from groupbot.features.engagement.service.rebuilding import days_kept, rebuild
from groupbot.features.engagement.service.recording import (
    KEPT,
    answered,
    asked,
    erase,
    in_topics,
    last_spoke,
    note,
    removed,
    silent_since,
    spoke_since,
    voted,
)

__all__ = [
    "Begun",
    "KEEP",
    "KEPT",
    "acts",
    "answered",
    "asked",
    "begin",
    "bring",
    "days_kept",
    "erase",
    "gone_within",
    "hired",
    "in_topics",
    "last_spoke",
    "look_for_hired",
    "note",
    "of_history",
    "rebuild",
    "removed",
    "silent_since",
    "speak_first",
    "spoke_since",
    "sweep",
    "took_part",
    "topic_named",
    "usual",
    "voted",
]
