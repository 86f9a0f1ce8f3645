"""What is unusual about a message: files, stickers, forwards, entities, who stands behind it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from groupbot.core.events import Ballot, Traits
from groupbot.core.text import Entity
from groupbot.surfaces.telegram.wire import (
    EntityJson,
    FileJson,
    MessageJson,
    ReplyJson,
    StickerJson,
)

T = TypeVar("T")
_FILES = ("document", "animation", "video", "audio", "voice", "video_note", "live_photo")
_SIZES = msgspec.json.Decoder(list[FileJson]).decode
_FILE = msgspec.json.Decoder(FileJson).decode
_STICKER = msgspec.json.Decoder(StickerJson).decode


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
        found["via_bot"] = m.via_bot.id
    if m.has_media_spoiler:
        found["spoiler"] = True
    guest = m.guest_bot_caller_user or m.guest_bot_caller_chat
    if guest is not None:
        found["guest"] = guest.id
    if m.reply_to_story is not UNSET:
        found["story_reply"] = True
    if body:
        _rest(found, kind, body)
    if not found:
        return None
    return _marked(found["entities"]) if len(found) == 1 and marks else Traits(**found)


@lru_cache(512)
def _marked(kinds: tuple[str, ...]) -> Traits:
    """Text with entities and nothing else: the commonest by far."""
    return Traits(entities=kinds)


def replied_file(m: MessageJson) -> Traits | None:
    """The document of the message replied to, if it is one."""
    part = m.reply_to_message.document if m.reply_to_message is not None else UNSET
    if part is UNSET:
        return None
    found: dict[str, Any] = {}
    _file(found, _parse(part, _FILE))
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
        found["contact"] = number(part.get("user_id"))
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
    if where.get("is_bot") is True:
        found["forward_bot"] = True


def _photo(found: dict[str, Any], raw: Raw | UnsetType) -> None:
    sizes = _parse(raw, _SIZES)
    if sizes:
        _file(found, sizes[-1])


def _sticker(found: dict[str, Any], raw: Raw | UnsetType) -> None:
    s = _parse(raw, _STICKER)
    if s is None:
        return
    found |= {
        "file_id": s.file_id,
        "file_unique": s.file_unique_id,
        "sticker_set": s.set_name,
        "sticker_kind": "animated" if s.is_animated else "video" if s.is_video else "static",
        "premium_sticker": s.premium_animation is not UNSET,
        "emoji": s.emoji,
    }


def _file(found: dict[str, Any], file: FileJson | None) -> None:
    if file is None:
        return
    found |= {"file_id": file.file_id, "file_unique": file.file_unique_id}
    if file.file_name:
        found["file_name"] = file.file_name
    if file.mime_type:
        found["mime"] = file.mime_type
    if file.file_size:
        found["file_size"] = file.file_size


def _parse(raw: Raw | UnsetType, decode: Callable[[Raw], T]) -> T | None:
    try:
        return decode(raw) if isinstance(raw, Raw) else None
    except msgspec.DecodeError:
        return None


def _read(part: dict[str, Any], type_: type[T]) -> T | None:
    try:
        return msgspec.convert(part, type_)
    except msgspec.ValidationError:
        return None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def number(value: Any) -> int:
    """A number that the databases can hold; 0 for anything else."""
    return value if isinstance(value, int) and -(1 << 63) <= value < 1 << 63 else 0


def file_of(r: ReplyJson) -> tuple[str, str] | None:
    """The file of what a command replies to: its kind and file id."""
    for kind in ("photo", "animation", "video", "document", "sticker", "audio", "voice", "video_note"):
        raw: Raw | UnsetType = getattr(r, kind)
        if raw is UNSET:
            continue
        part = msgspec.json.decode(raw)
        if kind == "photo":
            part = part[-1] if isinstance(part, list) and part else None
        file_id = part.get("file_id") if isinstance(part, dict) else None
        if isinstance(file_id, str):
            return kind, file_id
    return None


class OptionJson(Struct, gc=False):
    text: str = ""


class PollJson(Struct, gc=False):
    question: str
    options: list[OptionJson] = []
    is_anonymous: bool = True
    type: str = ""
    allows_multiple_answers: bool = False
    correct_option_ids: list[int] = []
    explanation: str = ""


_POLL = msgspec.json.Decoder(PollJson).decode


def poll_of(r: ReplyJson) -> Ballot | None:
    """The poll that a command replies to."""
    poll = _parse(r.poll, _POLL)
    if poll is None:
        return None
    quiz, right = poll.type == "quiz", poll.correct_option_ids
    return Ballot(
        poll.question,
        tuple(o.text for o in poll.options),
        many=poll.allows_multiple_answers,
        named=not poll.is_anonymous,
        quiz=quiz,
        right=right[0] if quiz and len(right) == 1 and 0 <= right[0] < len(poll.options) else None,
        why=poll.explanation,
    )


_MARKS = {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"}
_MARKS |= {"code", "pre", "text_link"}


def marks_of(entities: list[EntityJson] | None) -> tuple[Entity, ...]:
    """The marks an author made in their app."""
    return tuple(
        Entity(e.type, e.offset, e.length, url=e.url or None)
        for e in entities or ()
        if e.type in _MARKS and 0 <= e.offset <= e.offset + e.length <= 1 << 16
    )


def reply_marks(r: ReplyJson) -> tuple[Entity, ...]:
    """The marks of what a command replies to; none where they are of an unknown shape."""
    raw = r.entities if r.entities is not UNSET else r.caption_entities
    if raw is UNSET:
        return ()
    try:
        return marks_of(msgspec.json.decode(raw, type=list[EntityJson]))
    except msgspec.ValidationError:
        return ()
