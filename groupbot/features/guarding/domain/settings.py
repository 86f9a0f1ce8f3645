"""What a chat may set about its protection."""

from __future__ import annotations

from typing import Any

from groupbot.core.events import ANONYMOUS_ADMIN
from groupbot.features.guarding.domain import raid
from groupbot.features.guarding.domain.closing import hours_of
from groupbot.features.members.domain import Setting

RAID_SECONDS = Setting(
    "raid_seconds", 6 * 3600, "How long antiraid stays on", kind="duration", least=60, most=7 * 86400
)
RAID_ACTION = Setting(
    "raid_action",
    "ban 1h",
    "What becomes of those who come in then",
    most=40,
    reads=lambda v: _action(v),
    form="kick, or ban with a span",
    example="ban 3h",
)
RAID_AUTO = Setting(
    "raid_auto",
    0,
    "Joins in a minute from which antiraid goes on by itself; 0 is never",
    least=0,
    most=5000,
    reads=lambda v: _wave(v),
    form="a whole number from 3 to 5000, or 0",
)
NIGHT = Setting(
    "night_hours",
    "",
    "Closed hours on the chat's own clock; empty is never",
    most=20,
    reads=lambda v: _hours(v),
    form="hours as 23:00-07:00, or off",
    example="23:00-07:00",
)
CHANNELS = Setting("channels", True, "Channels may post here as themselves", choices=(True, False))
CHANNELS_ALLOWED = Setting(
    "channels_allowed",
    [],
    "Channels that may, though others may not (list of ids)",
    kind="rows",
    most=200,
    reads=lambda v: _channel(v),
    form="ids of channels",
    example="[-1001234567890]",
)
LINKED = Setting("linked_chat", 0, "The channel this group belongs to, as Telegram last said", inner=True)

TYPES = {
    "join": ("new_chat_members",),
    "leave": ("left_chat_member",),
    "photo": ("new_chat_photo", "delete_chat_photo"),
    "title": ("new_chat_title",),
    "pin": ("pinned_message",),
    "videochat": (
        "video_chat_started",
        "video_chat_ended",
        "video_chat_scheduled",
        "video_chat_participants_invited",
    ),
    "topic": (
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "general_forum_topic_hidden",
        "general_forum_topic_unhidden",
    ),
    "other": (),
}
CLEAN = Setting(
    "clean_service",
    [],
    "Service messages that are removed (list of types)",
    choices=(*TYPES, "all"),
    kind="texts",
)
RAIDS = (RAID_SECONDS, RAID_ACTION, RAID_AUTO, CHANNELS, CHANNELS_ALLOWED, LINKED)


def _action(text: str) -> str:
    made = raid.action_of(text)
    if made is None:
        raise ValueError(text)
    return made.said


def _wave(most: int) -> int:
    if 0 < most < 3:  # two people who come together are no raid
        raise ValueError(most)
    return most


def _hours(text: str) -> str:
    if text.strip().lower() in ("", "off", "no"):
        return ""
    made = hours_of(text)
    if made is None:
        raise ValueError(text)
    return made.said


def _channel(value: Any) -> int:
    made = int(value)
    if made >= 0 or made == ANONYMOUS_ADMIN:
        raise ValueError(value)
    return made


TYPE_OF = {field: type_ for type_, fields in TYPES.items() for field in fields}
KEPT_ALWAYS = frozenset(["migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created"])


def cleaned(kind: str, types: frozenset[str]) -> bool:
    """Is a service message of this field removed? Removing the one that opens a topic would remove the
    topic, so it always stays."""
    return kind not in KEPT_ALWAYS and ("all" in types or TYPE_OF.get(kind, "other") in types)
