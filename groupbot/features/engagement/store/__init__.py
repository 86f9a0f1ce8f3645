"""Tables, statements and views of what happened."""

from groupbot.features.engagement.store import views as views
from groupbot.features.engagement.store.tables import (
    ACTIVE,
    BY_DAY,
    BY_HOUR,
    DAYS,
    EVENTS,
    HOURS,
    IN_TOPICS,
    LAST_SPOKE,
    OF_MESSAGE,
    TOP,
    chat_hour,
    event,
    history,
    member_day,
    sums,
)

__all__ = [
    "ACTIVE",
    "BY_DAY",
    "BY_HOUR",
    "DAYS",
    "EVENTS",
    "HOURS",
    "IN_TOPICS",
    "LAST_SPOKE",
    "OF_MESSAGE",
    "TOP",
    "chat_hour",
    "event",
    "history",
    "member_day",
    "sums",
    "views",
]
