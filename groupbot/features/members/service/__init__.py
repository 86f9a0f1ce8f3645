"""What the bot knows of chats and people."""

from groupbot.features.members.service import connecting, habits, segmenting, setup, waves
from groupbot.features.members.service.chats import (
    adder,
    bot_lacks,
    bot_rights,
    place,
    profile,
    profiles,
    set_profile,
    title,
)
from groupbot.features.members.service.facts import Knowledge
from groupbot.features.members.service.noticing import notice, noticed
from groupbot.features.members.service.observe import note_people
from groupbot.features.members.service.people import (
    alone,
    count_here,
    is_here,
    is_staff,
    joined_at,
    joined_since,
    joins,
    name,
    reachable,
    responsible,
    staff_of,
    standing,
    stayed,
    stays,
    voice,
)
from groupbot.features.members.service.retention import sweep
from groupbot.features.members.service.settings import (
    action_topic,
    get,
    layers,
    levels,
    own,
    put,
    topics,
    unset,
)
from groupbot.features.members.service.waves import waits
from groupbot.features.members.service.wishes import hushed, left_alone, opted_out, quiet, quiet_since, wish
from groupbot.features.members.store.kept import KEPT

__all__ = [
    "KEPT",
    "Knowledge",
    "action_topic",
    "adder",
    "alone",
    "bot_lacks",
    "bot_rights",
    "connecting",
    "count_here",
    "get",
    "habits",
    "hushed",
    "is_here",
    "is_staff",
    "joined_at",
    "joined_since",
    "joins",
    "layers",
    "left_alone",
    "levels",
    "name",
    "notice",
    "noticed",
    "note_people",
    "opted_out",
    "own",
    "place",
    "profile",
    "profiles",
    "put",
    "quiet",
    "quiet_since",
    "reachable",
    "responsible",
    "segmenting",
    "set_profile",
    "setup",
    "staff_of",
    "standing",
    "stayed",
    "stays",
    "sweep",
    "title",
    "topics",
    "unset",
    "voice",
    "waits",
    "waves",
    "wish",
]
