"""Files of messages, line by line: a CSV, or a chat exported by Telegram Desktop."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from groupbot.cli._sheet import table_of, text_of
from groupbot.errors import Misfit

FIRST_SENDER = 5_000_000_000
START = datetime(2027, 1, 30, 2, 0, tzinfo=UTC)
APART = timedelta(seconds=0.5)  # between messages whose file tells no times
_MEDIA: dict[str, dict[str, Any]] = {
    "sticker": {"sticker": {"file_id": "x", "file_unique_id": "x", "type": "regular"}},
    "video_message": {"video_note": {}},
    "voice_message": {"voice": {}},
    "animation": {"animation": {}},
    "video_file": {"video": {}},
    "audio_file": {"audio": {}},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a file: its JSON for Telegram, when it was said, how it is labelled."""

    at: datetime
    label: str
    text: str
    message: dict[str, Any]
    joins: tuple[tuple[int, datetime], ...] = ()  # who joined before it was said


def all_new(lines: list[Line]) -> list[Line]:
    """The lines as if everybody had joined a minute before their first message."""
    seen: set[int] = set()
    made = []
    for line in lines:
        who = int(line.message["from"]["id"])
        new = who not in seen and "sender_chat" not in line.message
        seen.add(who)
        made.append(replace(line, joins=((who, line.at - timedelta(minutes=1)),) if new else ()))
    return made


def read(path: Path) -> list[Line]:
    """The messages of a CSV file (`text`, `label`) or of a Telegram Desktop export (result.json).

    Raises:
        Misfit: not there, neither of the two, or no readable CSV.
    """
    text = text_of(path)
    if text.lstrip().startswith("{"):
        return _export(text, path)
    names, rows = table_of(text, path)
    wanted = "a CSV file with the columns text,label or result.json of Telegram Desktop"
    if "text" not in names:
        raise Misfit("no column `text`", where=f"{path}:1", next=wanted)
    said = [row for _, row in rows]
    if not said:
        raise Misfit("no message in it", where=f"{path}:1", next=wanted)
    return [
        Line(
            START + i * APART,
            r.get("label", ""),
            r.get("text", ""),
            {
                "from": {"id": FIRST_SENDER + i, "is_bot": False, "first_name": "A"},
                "text": r.get("text", ""),
            },
        )
        for i, r in enumerate(said)
    ]


def _export(raw: str, path: Path) -> list[Line]:
    try:
        said = json.loads(raw)["messages"]
    except (ValueError, KeyError, TypeError):
        raise Misfit(
            "not a chat exported by Telegram Desktop",
            where=str(path),
            next="export one chat as machine-readable JSON",
        ) from None
    lines: list[Line] = []
    joins: list[tuple[int, datetime]] = []
    for m in said:
        if not isinstance(m, dict):
            continue
        if m.get("type") == "message":
            lines.append(replace(_exported(m), joins=tuple(joins)))
            joins = []
        elif m.get("action") in _JOINS:
            who = _id(m.get("actor_id"))  # (of members that others brought only the names are told)
            joins += [(who, _time(m))] if who else []
    return lines


_JOINS = ("join_group_by_link", "join_group_by_request")


def _id(who: Any) -> int:
    text = str(who)
    return int(text[4:]) if text.startswith("user") and text[4:].isdecimal() else 0


def _time(m: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(m.get("date_unixtime") or START.timestamp()), UTC)


def _exported(m: dict[str, Any]) -> Line:
    text, entities = _parts(m.get("text") or "")
    who = str(m.get("from_id") or "user0")
    digits = int("".join(c for c in who if c.isdigit()) or 0)
    message: dict[str, Any] = {}
    if who.startswith("user"):
        message["from"] = {"id": digits, "is_bot": False, "first_name": str(m.get("from") or "…")}
    else:
        message["from"] = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
        message["sender_chat"] = {
            "id": -1000000000000 - digits,
            "type": "channel",
            "title": str(m.get("from")),
        }
    if m.get("photo"):
        message |= {"photo": [{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}]}
    message |= _MEDIA.get(str(m.get("media_type")), {})
    media = "photo" in message or str(m.get("media_type")) in _MEDIA
    if text or not media:
        message["caption" if media else "text"] = text
    if entities:
        message["caption_entities" if media else "entities"] = entities
    if m.get("forwarded_from"):
        message["forward_origin"] = {
            "type": "hidden_user",
            "date": 1,
            "sender_user_name": str(m["forwarded_from"]),
        }
    return Line(_time(m), "", text, message)


def _parts(text: Any) -> tuple[str, list[dict[str, Any]]]:
    """A text of an export (a string, or a list of strings and marked parts) and its entities."""
    if isinstance(text, str):
        return text, []
    whole, marks = "", []
    for part in text:
        piece = part if isinstance(part, str) else str(part.get("text") or "")
        if isinstance(part, dict) and part.get("type") == "text_link":
            at, size = (len(s.encode("utf-16-le")) // 2 for s in (whole, piece))
            marks.append({"type": "text_link", "offset": at, "length": size, "url": str(part.get("href"))})
        whole += piece
    return whole, marks
