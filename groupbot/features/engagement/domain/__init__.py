"""What counts, and what is made of it. Pure."""

from groupbot.features.engagement.domain.days import (
    ACTS,
    DIGEST,
    FEW,
    NUDGE,
    Day,
    Week,
    hour_of,
    last_seven,
    local_day,
    week,
)

__all__ = [
    "ACTS",
    "DIGEST",
    "Day",
    "FEW",
    "NUDGE",
    "Week",
    "hour_of",
    "last_seven",
    "local_day",
    "week",
]
