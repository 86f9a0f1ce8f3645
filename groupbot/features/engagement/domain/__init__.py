"""What counts, and what is made of it. Pure."""

from groupbot.features.engagement.domain.days import (
    ACTS,
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
    "Day",
    "FEW",
    "Week",
    "hour_of",
    "last_seven",
    "local_day",
    "week",
]
