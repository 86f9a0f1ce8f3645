"""Who gets what when: audiences, plans, the calendar, quiet hours and budgets. Pure."""

from __future__ import annotations

from groupbot.features.promos.domain.audience import Audience, Wrong, audience_of, close, explain, nearest
from groupbot.features.promos.domain.belonging import variant
from groupbot.features.promos.domain.budget import (
    COMMERCE,
    COMMERCE_SELLING,
    CONTACT,
    FREE_DAYS,
    GAP,
    MOURNING,
    OPENED,
    POSTS,
    PRIVACY_NOTICE,
    PROMOTIONS,
    QUIET_POSTS,
    QUIET_PROMOTIONS,
    READY_FIRST,
    STOPPED,
    Dropped,
    held,
    is_free,
    is_mourning,
    is_quiet,
    quiet_setting,
    too_much_commerce,
)
from groupbot.features.promos.domain.calendar import come, instant, next_time, walls
from groupbot.features.promos.domain.dates import there_is
from groupbot.features.promos.domain.expert import Seated
from groupbot.features.promos.domain.plan import Plan, choose, plan_of, stars, worth

__all__ = [
    "Audience",
    "Dropped",
    "COMMERCE",
    "COMMERCE_SELLING",
    "CONTACT",
    "FREE_DAYS",
    "GAP",
    "MOURNING",
    "OPENED",
    "POSTS",
    "PRIVACY_NOTICE",
    "PROMOTIONS",
    "Plan",
    "QUIET_POSTS",
    "QUIET_PROMOTIONS",
    "READY_FIRST",
    "STOPPED",
    "Seated",
    "Wrong",
    "audience_of",
    "choose",
    "close",
    "come",
    "explain",
    "held",
    "instant",
    "is_free",
    "is_mourning",
    "is_quiet",
    "nearest",
    "next_time",
    "plan_of",
    "quiet_setting",
    "stars",
    "there_is",
    "too_much_commerce",
    "variant",
    "walls",
    "worth",
]
