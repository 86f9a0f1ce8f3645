"""Campaigns as written, tests between two texts, what stops a campaign. Pure."""

from __future__ import annotations

from groupbot.features.campaigns.domain.campaign import (
    Campaign,
    Cue,
    Phase,
    campaign_of,
    clashes,
    phase_now,
    too_much,
)
from groupbot.features.campaigns.domain.trial import Outcome, Trial, detectable, outcome

__all__ = [
    "Campaign",
    "Cue",
    "Outcome",
    "Phase",
    "Trial",
    "campaign_of",
    "clashes",
    "detectable",
    "outcome",
    "phase_now",
    "too_much",
]
