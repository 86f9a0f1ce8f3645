"""What people see of a message, in whatever field it stands: text, links, where it came from.

What is not plain text is walked whole, so that a carrier of tomorrow is seen by the rules of today.
"""

from __future__ import annotations

from typing import Any

SERVICE = (
    "new_chat_title",
    "new_chat_photo",
    "delete_chat_photo",
    "group_chat_created",
    "supergroup_chat_created",
    "pinned_message",
    "message_auto_delete_timer_changed",
    "video_chat_started",
    "video_chat_ended",
    "video_chat_scheduled",
    "forum_topic_created",
    "forum_topic_edited",
    "forum_topic_closed",
    "forum_topic_reopened",
    "boost_added",
    "chat_background_set",
    "giveaway_created",
    "giveaway_winners",
    "giveaway_completed",
    "users_shared",
    "write_access_allowed",
    "chat_owner_left",
    "chat_owner_changed",
    "proximity_alert_triggered",
    "general_forum_topic_hidden",
    "general_forum_topic_unhidden",
    "video_chat_participants_invited",
    "channel_chat_created",
    "checklist_tasks_done",
    "checklist_tasks_added",
    "poll_option_added",
    "poll_option_deleted",
    "chat_shared",
    "web_app_data",
    "connected_website",
    "passport_data",
    "successful_payment",
    "refunded_payment",
    "gift",
    "unique_gift",
    "gift_upgrade_sent",
    "paid_message_price_changed",
    "direct_message_price_changed",
    "suggested_post_approved",
    "suggested_post_approval_failed",
    "suggested_post_declined",
    "suggested_post_paid",
    "suggested_post_refunded",
    "managed_bot_created",
    "community_chat_added",
    "community_chat_removed",
)
# keys whose strings are ids, types or sizes, not text that people see
_SILENT = frozenset(
    [
        "file_id",
        "file_unique_id",
        "id",
        "type",
        "mime_type",
        "chat",
        "from",
        "sender_chat",
        "date",
        "language_code",
        "emoji",
        "set_name",
        "custom_emoji_id",
        "thumbnail",
        "thumb",
        "callback_data",
        "status",
        "via_bot",
        "language",
        "media_group_id",
    ]
)
KINDS = (
    "photo",
    "live_photo",
    "sticker",
    "video",
    "animation",
    "document",
    "audio",
    "voice",
    "video_note",
    "story",
    "contact",
    "venue",  # before location, which stands beside it
    "location",
    "poll",
    "dice",
    "game",
    "checklist",
    "rich_message",
    "paid_media",
    "invoice",
    "giveaway",
)


MOST = 16_384  # characters: four plain messages, so that nothing hides in the middle of one people read
PIECES = 2_000


def visible_text(body: dict[str, Any], beside: str = "") -> list[tuple[str, str]]:
    """Every string people may see in a message, but the text it is `beside`, with the key it stood under.
    Quoted and replied-to messages of this chat are not the sender's words: `reply_to_message` is left out.
    Where there is more than anybody reads, its beginning and its end."""
    found: list[tuple[str, str]] = []
    stack: list[tuple[str, Any]] = [
        (k, v)
        for k, v in reversed(body.items())
        if k not in ("reply_to_message", "pinned_message", "entities", "caption_entities")
    ]
    while stack:
        key, value = stack.pop()
        if isinstance(value, str):
            if key not in _SILENT and value and value != beside:
                found.append((key, value))
        elif isinstance(value, dict):
            if key not in ("chat", "from", "sender_chat", "via_bot"):
                stack += [(k, v) for k, v in reversed(value.items())]
        elif isinstance(value, list):
            stack += [(key, v) for v in reversed(value)]
    if len(found) <= PIECES and sum(len(t) for _, t in found) <= MOST:
        return found
    return [*_half(found, from_end=False), *reversed(_half(found[::-1], from_end=True))]


def _half(pieces: list[tuple[str, str]], *, from_end: bool) -> list[tuple[str, str]]:
    """Half of what the rules look at, from the first piece on."""
    taken, room = [], MOST // 2
    for key, text in pieces[: PIECES // 2]:
        if room > 0:
            taken.append((key, text[-room:] if from_end else text[:room]))
        room -= len(text)
    return taken


def links(body: Any) -> list[str]:
    """Addresses behind buttons and nested entities; of very many the first and the last."""
    found: list[str] = []
    stack = [body]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            for k, v in value.items():
                if k == "url" and isinstance(v, str):
                    found.append(v)
                elif isinstance(v, dict | list) and k != "reply_to_message":
                    stack.append(v)
        elif isinstance(value, list):
            stack += value
    return found if len(found) <= PIECES else found[: PIECES // 2] + found[-PIECES // 2 :]


def origin_of(origin: Any) -> str | None:
    if not isinstance(origin, dict):
        return None
    chat = origin.get("chat") or origin.get("sender_chat")
    if isinstance(chat, dict):
        return f"{origin.get('type')}:{chat.get('id')}"
    user = origin.get("sender_user")
    return f"user:{user.get('id')}" if isinstance(user, dict) else str(origin.get("type") or "hidden")


def span(text: str, offset: int, length: int) -> tuple[int, int]:
    """An entity's place, which Telegram counts in UTF-16 units, in characters: start and length."""
    if not 0 <= offset <= offset + length <= 1 << 16:
        return 0, 0
    units = text.encode("utf-16-le")
    before = units[: 2 * offset].decode("utf-16-le", "ignore")
    return len(before), len(units[2 * offset : 2 * (offset + length)].decode("utf-16-le", "ignore"))
