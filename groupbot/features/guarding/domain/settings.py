"""What a chat may set about its protection."""

from __future__ import annotations

from groupbot.features.members.domain import Setting

RAID_SECONDS = Setting("raid_seconds", 6 * 3600, "How long antiraid stays on, in seconds")
RAID_ACTION = Setting(
    "raid_action", "ban 1h", "What becomes of those who come in then: kick, or ban with a span"
)
RAID_AUTO = Setting("raid_auto", 0, "Joins in a minute from which antiraid goes on by itself; 0 is never")
NIGHT = Setting("night_hours", "", "Closed hours, as 23:00-07:00 on the chat's own clock; empty is never")
CHANNELS = Setting("channels", True, "Channels may post here as themselves", choices=(True, False))
CHANNELS_ALLOWED = Setting("channels_allowed", [], "Channels that may, though others may not (list of ids)")
LINKED = Setting("linked_chat", 0, "The channel this group belongs to, as Telegram last said")
CLEAN = Setting("clean_service", [], "Service messages that are removed (list of types)")

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
TYPE_OF = {field: type_ for type_, fields in TYPES.items() for field in fields}
KEPT_ALWAYS = frozenset(["migrate_to_chat_id", "migrate_from_chat_id", "forum_topic_created"])


def cleaned(kind: str, types: frozenset[str]) -> bool:
    """Is a service message of this field removed? Removing the one that opens a topic would remove the
    topic, so it always stays."""
    return kind not in KEPT_ALWAYS and TYPE_OF.get(kind, "other") in types
