"""What the bot knows of chats and people."""

from groupbot.features.members.service import setup
from groupbot.features.members.service.chats import (
    adder,
    bot_lacks,
    bot_rights,
    place,
    profile,
    profiles,
    set_profile,
)
from groupbot.features.members.service.facts import Knowledge
from groupbot.features.members.service.observe import note_people
from groupbot.features.members.service.people import (
    alone,
    count_here,
    is_here,
    is_staff,
    joined_at,
    joined_since,
    name,
    reachable,
    responsible,
    staff_of,
    standing,
    voice,
)
from groupbot.features.members.service.retention import sweep
from groupbot.features.members.service.settings import get, layers, put

__all__ = [
    "Knowledge",
    "adder",
    "alone",
    "bot_lacks",
    "bot_rights",
    "count_here",
    "get",
    "is_here",
    "is_staff",
    "joined_at",
    "joined_since",
    "layers",
    "name",
    "note_people",
    "place",
    "profile",
    "profiles",
    "put",
    "reachable",
    "responsible",
    "set_profile",
    "setup",
    "staff_of",
    "standing",
    "sweep",
    "voice",
]
