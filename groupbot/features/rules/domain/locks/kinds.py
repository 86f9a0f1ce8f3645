"""Locks on what a message is: its kind, where it comes from, what hangs on it. Each tells what it saw, ""
for nothing."""

from __future__ import annotations

from collections.abc import Callable

from groupbot.features.rules.domain.facts import Facts, Policy

Check = Callable[[Facts, Policy], str]


def any_(facts: Facts, policy: Policy) -> str:
    """Everything."""
    return facts.message.kind


def kind(*names: str) -> Check:
    """A message of one of these kinds."""
    wanted = frozenset(names)
    return lambda facts, policy: facts.message.kind if facts.message.kind in wanted else ""


def album(facts: Facts, policy: Policy) -> str:
    """Several pictures or files at once."""
    return "album" if facts.message.album is not None else ""


def document(facts: Facts, policy: Policy) -> str:
    """A file, unless its name is allowed."""
    m = facts.message
    if m.kind != "document" or policy.locks.allowed.file(m):
        return ""
    return (m.traits.file_name if m.traits is not None else "") or "document"


# --- stickers; those of allowed packs pass
def _sticker(facts: Facts, policy: Policy) -> bool:
    return facts.message.kind == "sticker" and not policy.locks.allowed.pack(facts.message)


def sticker(facts: Facts, policy: Policy) -> str:
    """Any sticker."""
    if not _sticker(facts, policy):
        return ""
    t = facts.message.traits
    return (t.sticker_set if t is not None else "") or "sticker"


def stickeranimated(facts: Facts, policy: Policy) -> str:
    """An animated or video sticker."""
    t = facts.message.traits
    return t.sticker_kind if t and t.sticker_kind != "static" and _sticker(facts, policy) else ""


def stickerpremium(facts: Facts, policy: Policy) -> str:
    """A sticker with a premium effect."""
    t = facts.message.traits
    return "premium" if t and t.premium_sticker and _sticker(facts, policy) else ""


def emojigame(facts: Facts, policy: Policy) -> str:
    """Darts, basketball, football, bowling or the slot machine."""
    m = facts.message
    sign = m.traits.emoji if m.traits is not None else ""
    return (sign or "dice") if m.kind == "dice" and sign != "🎲" else ""


# --- where it comes from; allowed sources pass
def forward(facts: Facts, policy: Policy) -> str:
    """Anything forwarded."""
    m = facts.message
    return m.forwarded if m.forwarded and not policy.locks.allowed.source(m) else ""


def _origin(facts: Facts) -> tuple[str, bool]:
    m = facts.message
    return (m.forwarded or "").partition(":")[0], m.traits is not None and m.traits.forward_bot


def forwarduser(facts: Facts, policy: Policy) -> str:
    """Forwarded from a person."""
    origin, bot = _origin(facts)
    return forward(facts, policy) if origin in ("user", "hidden_user", "hidden") and not bot else ""


def forwardbot(facts: Facts, policy: Policy) -> str:
    """Forwarded from a bot."""
    origin, bot = _origin(facts)
    return forward(facts, policy) if origin == "user" and bot else ""


def forwardchannel(facts: Facts, policy: Policy) -> str:
    """Forwarded from a channel."""
    return forward(facts, policy) if _origin(facts)[0] == "channel" else ""


def forwardgroup(facts: Facts, policy: Policy) -> str:
    """Forwarded from an anonymous administrator of a group."""
    return forward(facts, policy) if _origin(facts)[0] == "chat" else ""


def inline(facts: Facts, policy: Policy) -> str:
    """Sent through an inline bot."""
    return facts.message.via_bot or ""


def guestbot(facts: Facts, policy: Policy) -> str:
    """Said by a bot that is no member here and was called in."""
    t = facts.message.traits
    return "guest bot" if t is not None and t.guest else ""


def anonchannel(facts: Facts, policy: Policy) -> str:
    """Said by a channel instead of a person."""
    m = facts.message
    if m.sender_chat is None or m.anonymous or m.automatic_forward or policy.locks.allowed.source(m):
        return ""
    return m.sender_chat.title or "channel"


def external_reply(facts: Facts, policy: Policy) -> str:
    """A reply to something said elsewhere."""
    t = facts.message.traits
    return "external reply" if t is not None and t.external_reply else ""


def storyreply(facts: Facts, policy: Policy) -> str:
    """A reply to a story."""
    t = facts.message.traits
    return "story reply" if t is not None and t.story_reply else ""


def quote(facts: Facts, policy: Policy) -> str:
    """A reply that quotes a part."""
    t = facts.message.traits
    return "quote" if t is not None and t.quote else ""


def button(facts: Facts, policy: Policy) -> str:
    """Buttons under a message."""
    t = facts.message.traits
    return "button" if t is not None and t.buttons else ""


def paidmedia(facts: Facts, policy: Policy) -> str:
    """Pictures or posts that cost Stars."""
    m = facts.message
    return "paid" if m.kind == "paid_media" or (m.traits is not None and m.traits.paid) else ""


def quiz(facts: Facts, policy: Policy) -> str:
    """A poll with a right answer."""
    t = facts.message.traits
    return "quiz" if t is not None and t.quiz else ""


def livelocation(facts: Facts, policy: Policy) -> str:
    """A place that moves."""
    t = facts.message.traits
    return "live location" if t is not None and t.live else ""


def longer(limit: int) -> Check:
    """Text of more characters than this."""
    return lambda facts, policy: f"{len(facts.text)} characters" if len(facts.text) > limit else ""
