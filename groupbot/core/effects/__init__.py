"""What shall happen: effects as values, ↔ JSON.

A decision says these with `work.say`; the outbox keeps and performs them. `chat` is our own id of a
chat; `user` addresses a person's private chat instead. A template is rendered when the effect is
said, so what is reviewed is what was sent.
"""

from __future__ import annotations

from typing import Any

import msgspec

from groupbot.core.effects.acting import (
    Admit,
    Ask,
    Ban,
    Bans,
    Gift,
    Leave,
    Permit,
    Promote,
    Restrict,
    Revoke,
    Tag,
    Title,
    Topic,
)
from groupbot.core.effects.base import (
    EDIT,
    MODERATION,
    PAID,
    POST,
    REPLY,
    Button,
    Effect,
    Receipt,
    Rows,
)
from groupbot.core.effects.saying import (
    Answer,
    ClosePoll,
    Delete,
    Edit,
    Menu,
    Options,
    Pin,
    PinMessage,
    Poll,
    React,
    Send,
    Unpin,
    Unreact,
)

__all__ = [
    "Admit",
    "Answer",
    "Any_",
    "Ask",
    "Ban",
    "Bans",
    "Button",
    "ClosePoll",
    "Delete",
    "EDIT",
    "Edit",
    "Effect",
    "Gift",
    "Leave",
    "MODERATION",
    "Menu",
    "PAID",
    "POST",
    "Permit",
    "Pin",
    "PinMessage",
    "Options",
    "Poll",
    "Promote",
    "REPLY",
    "React",
    "Receipt",
    "Restrict",
    "Revoke",
    "Rows",
    "Send",
    "Tag",
    "Title",
    "Topic",
    "Unpin",
    "Unreact",
    "from_json",
    "readable",
    "to_json",
]

Any_ = (
    Send
    | Poll
    | ClosePoll
    | Edit
    | Delete
    | Restrict
    | Revoke
    | Ban
    | Bans
    | Pin
    | PinMessage
    | Unpin
    | React
    | Unreact
    | Permit
    | Admit
    | Promote
    | Title
    | Tag
    | Topic
    | Gift
    | Leave
    | Menu
    | Answer
    | Ask
)
_encode = msgspec.json.Encoder(enc_hook=repr).encode
_decode: Any = msgspec.json.Decoder(Any_).decode


def to_json(effect: Effect) -> str:
    """An effect as JSON text."""
    return _encode(effect).decode()


def from_json(text: str | bytes) -> Effect:
    """The effect that `to_json` wrote. Raises msgspec.DecodeError on anything else."""
    effect: Effect = _decode(text)
    return effect


def readable(text: str | bytes) -> Effect | None:
    """The effect, or None for what cannot be read: another version wrote it, or a part of it is of no type
    that its field has."""
    try:
        return from_json(text)
    except msgspec.DecodeError:
        return None
