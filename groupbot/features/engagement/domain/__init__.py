"""What counts, and what is made of it. Pure."""

from groupbot.features.engagement.domain.days import (
    ACTS,
    DIGEST,
    FEW,
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
    "Week",
    "hour_of",
    "last_seven",
    "local_day",
    "week",
]
