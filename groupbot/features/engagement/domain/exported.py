"""The pieces of a message as Telegram Desktop exports it: numbers, text, names, and what it carries. Pure."""

from __future__ import annotations

from typing import Any

from groupbot.core.text import units

NOBODY = 2**52  # Telegram's ids have 52 bits
_MEDIA = (
    "photo", "file", "poll", "contact_information", "location_information", "game_title",
    "invoice_information", "giveaway_information", "giveaway_results", "paid_stars_amount",
    "todo_list", "place_name",
)  # fmt: skip
_CARRIES = frozenset(_MEDIA)
AS_SENT = {f"media: {told}": name for told, name in {  # by the Bot API's names
    **{n: n for n in ("photo", "sticker", "animation", "poll", "dice")},
    "video_file": "video", "audio_file": "audio", "voice_message": "voice", "video_message": "video_note",
    "file": "document", "contact_information": "contact", "location_information": "location",
    "game_title": "game", "invoice_information": "invoice", "giveaway_information": "giveaway",
    "giveaway_results": "giveaway", "paid_stars_amount": "paid_media", "todo_list": "checklist",
    "place_name": "venue",
}.items()}  # fmt: skip
KNOWN = frozenset((
    "create_group", "create_channel", "migrate_from_group", "migrate_to_supergroup", "pin_message",
    "edit_group_title", "edit_group_photo", "delete_group_photo", "edit_chat_theme", "set_messages_ttl",
    "topic_created", "topic_edit", "group_call", "group_call_scheduled", "invite_to_group_call",
    "score_in_game", "boost_apply", "set_chat_wallpaper", "giveaway_launch", "giveaway_results",
    "clear_history",
))  # fmt: skip
_COMMON = frozenset((  # said of any message, or beside what it carries
    "id", "type", "date", "date_unixtime", "edited", "edited_unixtime", "from", "from_id", "author", "text",
    "text_entities", "reply_to_message_id", "reply_to_peer_id", "forwarded_from", "forwarded_from_id",
    "forwarded_date", "forwarded_date_unixtime", "saved_from", "via_bot", "reactions", "inline_bot_buttons",
    "signature", "topic_id", "message_effect_id",
))  # fmt: skip


def whole(value: Any) -> int | None:
    """A number that 64 bits hold, else None."""
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def plain(name: Any) -> str:
    """A name as databases take it: without NUL and halves of characters; "" for what is none."""
    if type(name) is not str:
        return ""
    return name.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def person_of(sender: str) -> int:
    """The number in `user5…`; ValueError for one that Telegram gives nobody."""
    person = int(sender[4:])
    if not 0 < person < NOBODY:
        raise ValueError("nobody's number")
    return person


def size_of(text: Any) -> tuple[int, str]:
    """UTF-16 units of a text that may be in pieces, and its first character."""
    if type(text) is str:
        return units(text), text[:1]
    parts = [p if type(p) is str else str(p.get("text", "")) for p in text]
    return sum(units(p) for p in parts), next((p[0] for p in parts if p), "")


def words_of(text: Any) -> str:
    """A text that may be in pieces, whole."""
    return (
        text if type(text) is str else "".join(p if type(p) is str else str(p.get("text", "")) for p in text)
    )


def names_of(text: Any) -> tuple[int | str, ...]:
    """Whom a text in pieces mentions: ids, or usernames without @."""
    found: list[int | str] = []
    for piece in text if type(text) is list else ():
        if type(piece) is dict and piece.get("type") == "mention_name":
            person = whole(piece.get("user_id"))
            if person is not None and 0 < person < NOBODY:
                found.append(person)
        elif type(piece) is dict and piece.get("type") == "mention":
            found.append(plain(piece.get("text"))[1:])
    return tuple(found)


def medium_of(m: dict[str, Any], size: int) -> str:
    """What it carries, to be counted: `media: photo`; of what nobody knows here and that has no text
    (`size`), the fields it came with: `unknown: message with …`."""
    kind = m.get("media_type")
    if not kind:  # most have only text, which one comparison tells
        kind = None if _CARRIES.isdisjoint(m) else next(k for k in _MEDIA if k in m)
    strange = sorted(str(k) for k in set(m) - _COMMON) if kind is None and not size else []
    return f"unknown: message with {', '.join(strange)}"[:60] if strange else f"media: {kind or 'text'}"[:47]
