"""Newcomers go slowly: what their first messages or first hours may not hold. Pure."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from msgspec import Struct

from groupbot.core.events import Message
from groupbot.features.rules.domain.facts import Finding

ID, VERSION = "newcomer", 1
BARS = ("links", "forwards", "media", "mentions", "stickers", "polls", "inline")
USUAL = ("links", "forwards", "media", "mentions")
_MEDIA = frozenset(
    ["photo", "video", "animation", "document", "audio", "voice", "video_note", "story", "paid_media"]
)
_STICKER = frozenset(["sticker", "dice", "game"])
_LINK = re.compile(r"(?:https?://|\bwww\.|\bt\.me/|\btg://)\S*", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@.])@[A-Za-z]\w{3,31}")


class Care(Struct, frozen=True):
    """Stricter for the first `messages`, and for `span` after joining; `bars` are what is not said then.

    Messages are counted only of who joined after `since`: a member of years is no newcomer on the day the
    rule is switched on.
    """

    messages: int = 0
    span: timedelta = timedelta()
    bars: frozenset[str] = frozenset(USUAL)
    since: datetime | None = None

    def young(self, joined: datetime, at: datetime) -> bool:
        """Within the first hours?"""
        return at - joined < self.span

    def counts(self, joined: datetime) -> bool:
        """Are this member's messages counted?"""
        return self.messages > 0 and self.since is not None and joined >= self.since


def barred(message: Message, bars: frozenset[str]) -> Finding | None:
    """The first thing in a message that a newcomer does not say yet."""
    if "forwards" in bars and message.forwarded:
        return Finding(ID, VERSION, "forward", "forward")
    if "media" in bars and message.kind in _MEDIA:
        return Finding(ID, VERSION, message.kind, message.kind)
    if "stickers" in bars and message.kind in _STICKER:
        return Finding(ID, VERSION, message.kind, message.kind)
    if "polls" in bars and message.kind in ("poll", "checklist"):
        return Finding(ID, VERSION, message.kind, message.kind)
    if "inline" in bars and message.via_bot:
        return Finding(ID, VERSION, f"@{message.via_bot}"[:64], "via_bot")
    text = message.visible
    if "links" in bars:
        found = _LINK.search(text)
        if found or message.urls:
            return Finding(ID, VERSION, (found[0] if found else message.urls[0])[:64], "link")
    if "mentions" in bars:
        name = _MENTION.search(text)
        if name or message.mentions:
            return Finding(ID, VERSION, name[0] if name else "mention", "mention")
    return None
