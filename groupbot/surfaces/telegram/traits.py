"""What is unusual about a message: files, stickers, forwards, entities, who stands behind it."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw, UnsetType

from groupbot.core.events import Traits
from groupbot.surfaces.telegram.carriers import clean
from groupbot.surfaces.telegram.people import int64
from groupbot.surfaces.telegram.wire import FileJson, MessageJson, StickerJson

T = TypeVar("T")
_FILES = ("document", "animation", "video", "audio", "voice", "video_note", "live_photo")
_INT64 = 1 << 63


def traits_of(m: MessageJson, kind: str, body: dict[str, Any]) -> Traits | None:
    """None for a message in which nothing is unusual. `body` is the whole message where it was read whole,
    else empty. A part of an unknown shape is left out: the message itself is there all the same."""
    found: dict[str, Any] = {}
    marks = m.entities or m.caption_entities
    if marks:
        found["entities"] = tuple(dict.fromkeys(e.type for e in marks))
    if m.photo is not UNSET:
        _photo(found, m.photo)
    elif m.sticker is not UNSET:
        _sticker(found, m.sticker)
    if m.via_bot is not None:
        found["via_bot"] = int64(m.via_bot.id)
    if m.has_media_spoiler:
        found["spoiler"] = True
    guest = m.guest_bot_caller_user or m.guest_bot_caller_chat
    if guest is not None:
        found["guest"] = int64(guest.id)
    if m.reply_to_story is not UNSET:
        found["story_reply"] = True
    if body:
        _rest(found, kind, body)
    return Traits(**found) if found else None


def _rest(found: dict[str, Any], kind: str, body: dict[str, Any]) -> None:
    """What stands only in messages that were read whole."""
    for name in ("quote", "external_reply"):
        if name in body:
            found[name] = True
    if "reply_markup" in body:
        found["buttons"] = True
    if "paid_media" in body or body.get("is_paid_post"):
        found["paid"] = True
    _origin(found, body.get("forward_origin"))
    part = body.get(kind)
    if not isinstance(part, dict):
        return
    if kind in _FILES:
        _file(found, _read(part, FileJson))
    elif kind == "contact":
        found["contact"] = _number(part.get("user_id"))
    elif kind == "poll":
        found |= {"poll": _text(part.get("id")), "quiz": part.get("type") == "quiz"}
    elif kind == "dice":
        found["emoji"] = _text(part.get("emoji"))
    elif kind == "location" and part.get("live_period"):
        found["live"] = True


def _origin(found: dict[str, Any], origin: Any) -> None:
    if not isinstance(origin, dict):
        return
    where = origin.get("chat") or origin.get("sender_chat") or origin.get("sender_user")
    where = where if isinstance(where, dict) else {}
    names = (
        where.get("username"),
        where.get("title"),
        where.get("first_name"),
        origin.get("sender_user_name"),
    )
    found["forward_kind"] = _text(origin.get("type")) or "hidden_user"
    found["forward_name"] = next((_text(n) for n in names if n), "")


def _photo(found: dict[str, Any], raw: Raw | UnsetType) -> None:
    sizes = _parse(raw, list[FileJson])
    if sizes:
        _file(found, sizes[-1])


def _sticker(found: dict[str, Any], raw: Raw | UnsetType) -> None:
    s = _parse(raw, StickerJson)
    if s is None:
        return
    found |= {
        "file_id": s.file_id,
        "file_unique": s.file_unique_id,
        "sticker_set": clean(s.set_name),
        "sticker_kind": "animated" if s.is_animated else "video" if s.is_video else "static",
        "premium_sticker": s.premium_animation is not UNSET,
        "emoji": s.emoji,
    }


def _file(found: dict[str, Any], file: FileJson | None) -> None:
    if file is None:
        return
    found |= {"file_id": file.file_id, "file_unique": file.file_unique_id}
    if file.file_name:
        found["file_name"] = clean(file.file_name)
    if file.mime_type:
        found["mime"] = file.mime_type
    if file.file_size:
        found["file_size"] = file.file_size


def _parse(raw: Raw | UnsetType, type_: type[T]) -> T | None:
    try:
        return msgspec.json.decode(raw, type=type_) if isinstance(raw, Raw) else None
    except msgspec.DecodeError:
        return None


def _read(part: dict[str, Any], type_: type[T]) -> T | None:
    try:
        return msgspec.convert(part, type_)
    except msgspec.ValidationError:
        return None


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _number(value: Any) -> int:
    return value if isinstance(value, int) and -_INT64 <= value < _INT64 else 0
