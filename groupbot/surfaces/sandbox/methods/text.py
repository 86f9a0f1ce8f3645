"""Text, buttons and replies as parameters."""

from __future__ import annotations

import re

from groupbot.surfaces.sandbox.markup import MarkupError, client_entities, parse_html, trim, units
from groupbot.surfaces.sandbox.methods.call import ApiError, Call, bad
from groupbot.surfaces.sandbox.world import ChatRoom, Json

TEXT, CAPTION, DATA, BUTTONS = 4096, 1024, 64, 100
_URL = re.compile(r"(https?|tg)://[^\s]+|t\.me/\S+", re.I)
_NO_TEXT = "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"


def formatted(call: Call, key: str) -> tuple[str, list[Json]]:
    """Text (or caption) after parsing, and its entities.

    Raises:
        ApiError: unparsable, empty (text only) or too long, counted in UTF-16 units after parsing.
    """
    raw, mode = call.text(key), call.text("parse_mode").lower()
    given = call.json("entities" if key == "text" else "caption_entities") or []
    if mode == "html":
        try:
            text, found = parse_html(raw)
        except MarkupError as e:
            raise bad(f"can't parse entities: {e}") from None
    elif mode in ("markdown", "markdownv2"):
        raise ApiError(501, f"Not Implemented: the sandbox does not model parse_mode {mode}")
    elif mode:
        raise bad("unsupported parse_mode")
    else:
        text, found = trim(raw, given)
    if not text and key == "text":
        raise bad("message text is empty")
    if units(text) > (TEXT if key == "text" else CAPTION):
        raise bad("message is too long" if key == "text" else "message caption is too long")
    return text, _complete(call, text, found)


def _complete(call: Call, text: str, found: list[Json]) -> list[Json]:
    """With known people in text mentions, and with what Telegram marks by itself."""
    kept: list[Json] = []
    for mark in found:
        if mark["type"] == "custom_emoji" and not str(mark.get("custom_emoji_id") or "").isdigit():
            raise bad("can't parse MessageEntity: Invalid custom emoji identifier specified")
        if mark["type"] == "text_mention":
            user = call.world.users.get(int((mark.get("user") or {}).get("id") or 0))
            if user is None:
                continue
            mark = {**mark, "user": dict(user)}
        kept.append(mark)
    spans = [(e["offset"], e["offset"] + e["length"]) for e in kept]
    kept += [
        e
        for e in client_entities(text)
        if not any(a < e["offset"] + e["length"] and e["offset"] < b for a, b in spans)
    ]
    return sorted(kept, key=lambda e: (e["offset"], -e["length"]))


def keyboard(call: Call) -> Json | None:
    """The inline keyboard, or None."""
    given = call.json("reply_markup")
    if not given:
        return None
    rows = given.get("inline_keyboard")
    if rows is None:
        raise ApiError(501, "Not Implemented: the sandbox models inline keyboards only")
    rows = [row for row in rows if row]
    if sum(map(len, rows)) > BUTTONS:
        raise bad("reply markup is too long")
    for row in rows:
        for button in row:
            _check(button)
    return {"inline_keyboard": rows} if rows else None


def _check(button: Json) -> None:
    data, url = button.get("callback_data"), button.get("url")
    if not str(button.get("text") or "").strip():
        raise bad('can\'t parse inline keyboard button: Field "text" must be of type String')
    if url is not None:
        if not _URL.fullmatch(str(url)):
            raise bad(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    elif data is None:
        raise bad(_NO_TEXT)
    elif not 1 <= len(str(data).encode()) <= DATA:
        raise bad("BUTTON_DATA_INVALID")


def replied(call: Call, room: ChatRoom) -> Json | None:
    """The message replied to, or None."""
    given = call.json("reply_parameters")
    if not given:
        return None
    found = call.world.reply_part(room, int(given.get("message_id") or 0))
    if found is None and not given.get("allow_sending_without_reply"):
        raise bad("message to be replied not found")
    return found
