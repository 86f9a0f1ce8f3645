"""An explicit rule decides the same in every carrier and every disguise: 48 carriers × 27 variants."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from groupbot.core.events import Message
from groupbot.features.rules.domain.facts import inspect
from groupbot.surfaces.telegram.intake import decode
from tests.features.rules.test_checks import CLEAN, policy

AT = datetime(2027, 1, 30, 10, 0, tzinfo=UTC)
FILE = {"file_id": "x", "file_unique_id": "y"}
SIZE = {**FILE, "width": 1, "height": 1}
ENGLISH, CHINESE = "casino bonus", "刷单返现"

CARRIERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "text": lambda s: {"text": s},
    "text after others": lambda s: {"text": f"hello\n\n{s}\nbye"},
    **{
        f"{kind} caption": lambda s, kind=kind: {kind: [SIZE] if kind == "photo" else FILE, "caption": s}
        for kind in ("photo", "video", "animation", "document", "audio", "voice", "paid_media")
    },
    "file name": lambda s: {"document": {**FILE, "file_name": s}},
    "song title": lambda s: {"audio": {**FILE, "title": s}},
    "song performer": lambda s: {"audio": {**FILE, "performer": s}},
    "video name": lambda s: {"video": {**FILE, "file_name": s}},
    "contact name": lambda s: {"contact": {"phone_number": "1", "first_name": s}},
    "contact last name": lambda s: {"contact": {"phone_number": "1", "first_name": "A", "last_name": s}},
    "contact card": lambda s: {"contact": {"phone_number": "1", "first_name": "A", "vcard": s}},
    "poll": lambda s: {"poll": {"id": "1", "question": s, "options": []}},
    "poll option": lambda s: {"poll": {"id": "1", "question": "?", "options": [{"text": s}]}},
    "poll explanation": lambda s: {"poll": {"id": "1", "question": "?", "options": [], "explanation": s}},
    "venue": lambda s: {"venue": {"title": s, "address": "x"}},
    "venue address": lambda s: {"venue": {"title": "x", "address": s}},
    "game": lambda s: {"game": {"title": s, "description": "x"}},
    "game text": lambda s: {"game": {"title": "x", "description": "x", "text": s}},
    "invoice": lambda s: {"invoice": {"title": s, "description": "x"}},
    "invoice description": lambda s: {"invoice": {"title": "x", "description": s}},
    "checklist": lambda s: {"checklist": {"title": s, "tasks": []}},
    "checklist task": lambda s: {"checklist": {"title": "x", "tasks": [{"id": 1, "text": s}]}},
    "giveaway": lambda s: {"giveaway": {"prize_description": s}},
    "rich message": lambda s: {"rich_message": {"blocks": [{"type": "paragraph", "text": s}]}},
    "rich message, nested": lambda s: {
        "rich_message": {"blocks": [{"rows": [{"cells": [{"text": {"t": s}}]}]}]}
    },
    "rich message beside text": lambda s: {"text": "x", "rich_message": {"blocks": [{"text": s}]}},
    "button": lambda s: {
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": s, "url": "https://x"}]]},
    },
    "second button": lambda s: {
        "text": "x",
        "reply_markup": {"inline_keyboard": [[{"text": "a"}], [{"text": "b"}, {"text": s}]]},
    },
    "photo with button": lambda s: {"photo": [SIZE], "reply_markup": {"inline_keyboard": [[{"text": s}]]}},
    "sticker with button": lambda s: {"sticker": FILE, "reply_markup": {"inline_keyboard": [[{"text": s}]]}},
    "quote": lambda s: {"text": "x", "quote": {"text": s, "position": 0}},
    "external reply": lambda s: {"text": "x", "external_reply": {"invoice": {"title": s}}},
    "external poll": lambda s: {"text": "x", "external_reply": {"poll": {"question": s}}},
    "forwarded text": lambda s: {"text": s, "forward_origin": {"type": "hidden_user", "date": 1}},
    "forwarded signature": lambda s: {
        "text": "x",
        "forward_origin": {"type": "channel", "chat": {"id": -9}, "author_signature": s},
    },
    "forwarded name": lambda s: {
        "text": "x",
        "forward_origin": {"type": "hidden_user", "sender_user_name": s},
    },
    "as a channel": lambda s: {"text": s, "sender_chat": {"id": -100, "type": "channel", "title": "A"}},
    "through a bot": lambda s: {"text": s, "via_bot": {"id": 9, "is_bot": True, "first_name": "b"}},
    "in an album": lambda s: {"photo": [SIZE], "caption": s, "media_group_id": "7"},
    "in a topic": lambda s: {"text": s, "message_thread_id": 5, "is_topic_message": True},
    "story caption": lambda s: {"story": {"chat": {"id": 1}, "id": 2}, "caption": s},
    "a kind of tomorrow": lambda s: {"hologram": {"layers": [{"words": s}]}},
    "another kind of tomorrow": lambda s: {"scent": [s]},
}


def _every(hidden: str) -> Callable[[str], str]:
    return lambda s: hidden.join(s)


def _swap(pairs: str) -> Callable[[str], str]:
    """`aа`: a becomes the letter after it."""
    table = dict(zip(pairs[::2], pairs[1::2], strict=True))
    return lambda s: "".join(table.get(c, c) for c in s)


def _shift(start: int) -> Callable[[str], str]:
    return lambda s: "".join(chr(start + ord(c) - 97) if "a" <= c <= "z" else c for c in s)


VARIANTS: dict[str, Callable[[str], str]] = {
    "as it is": lambda s: s,
    "upper case": str.upper,
    "title case": str.title,
    "among words": lambda s: f"ok {s} ok",
    "in brackets": lambda s: f"({s})",
    "emoji around": lambda s: f"🔥{s}🔥",
    "full width": lambda s: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s),
    "zero width space": _every("\u200b"),
    "zero width joiner": _every("\u200d"),
    "word joiner": _every("\u2060"),
    "soft hyphen": _every("\u00ad"),
    "byte order mark": _every("\ufeff"),
    "Hangul filler": _every("\u3164"),
    "right to left mark": _every("\u200f"),
    "variation selector": _every("\ufe0f"),
    "combining strokes": _every("\u0336"),
    "Cyrillic look-alikes": _swap("aаoоcсiі"),
    "mathematical bold": _shift(0x1D41A),
    "mathematical script": _shift(0x1D4EA),
    "circled": _shift(0x24D0),
    "dark squares": _shift(0x1F170),
    "accents": _swap("aáoöiìsšcç"),
    "traditional": _swap("单單现現"),
    "two spaces": lambda s: s.replace(" ", "  "),
    "a new line": lambda s: s.replace(" ", "\n"),
    "non-breaking space": lambda s: s.replace(" ", "\u00a0"),
    "pulled apart": lambda s: ".".join(s) if s == CHINESE else s,
}


def _judged(content: dict[str, Any], edited: bool = False) -> bool:
    message = {
        "message_id": 1,
        "date": 1800000000,
        "chat": {"id": -1, "type": "supergroup", "title": "T"},
        "from": {"id": 7, "is_bot": False, "first_name": "A"},
        **({"edit_date": 1800000001} if edited else {}),
        **content,
    }
    raw = json.dumps({"update_id": 1, "edited_message" if edited else "message": message}).encode()
    _, event = decode(raw, AT)
    assert isinstance(event, Message)
    found = inspect(event, RULES)
    return found is not None and found.rule == "phrases"


RULES = policy([ENGLISH, CHINESE])


def test_rule_decides_the_same_in_every_carrier_and_disguise() -> None:
    missed = [
        (carrier, variant, edited)
        for carrier, carry in CARRIERS.items()
        for variant, disguise in VARIANTS.items()
        for text in (ENGLISH, CHINESE)
        for edited in (False, True)
        if not _judged(carry(disguise(text)), edited)
    ]
    assert len(CARRIERS) >= 45
    assert len(VARIANTS) >= 25
    assert missed == []


def test_benign_text_is_let_be_in_every_carrier_and_disguise() -> None:
    hit = [
        (carrier, variant, script)
        for carrier, carry in CARRIERS.items()
        for variant, disguise in VARIANTS.items()
        for script, text in CLEAN.items()
        if _judged(carry(disguise(text)))
    ]
    assert hit == []
