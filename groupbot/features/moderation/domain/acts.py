"""What is done by hand, what follows when warnings reach their limit, and what a chat sets about it. Pure."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from groupbot.core.spans import for_ever, leading, span, spelled
from groupbot.features.members.domain import HUMAN_TIERS, Setting

DAY = timedelta(days=1)
ASK = "ask"
UNABLE = "unable"  # the bot may not restrict here

WARN_LIMIT = Setting("warn_limit", 3, "Warnings after which the warn mode acts", least=2, most=20)
WARN_MODE = Setting(
    "warn_mode",
    ASK,
    "What follows the last warning",
    by_tier={"consumer": "tmute 1d"},
    most=40,
    reads=lambda v: _follow(v),
    form="ask, kick, mute, ban, tmute 1d or tban 1w",
    example="tmute 1d",
)
WARN_TIME = Setting(
    "warn_time",
    "30d",
    "How long a warning counts; off: for ever",
    most=40,
    reads=lambda v: _counts(v),
    form="a span as 30d, or off",
)
ANTI_CHANNEL_PIN = Setting(
    "anti_channel_pin", False, "Posts of the linked channel are not pinned", choices=(True, False)
)
CLEAN_LINKED = Setting(
    "clean_linked", False, "Posts of the linked channel are removed here", choices=(True, False)
)


WARNS = (WARN_LIMIT, WARN_MODE, WARN_TIME)
LINKED = (ANTI_CHANNEL_PIN, CLEAN_LINKED)


def _follow(text: str) -> str:
    found = follow_of(text)
    if found is None:
        raise ValueError(text)
    return found.text


def _counts(text: str) -> str:
    if text.strip().lower() in ("off", "no", "0"):
        return "off"
    found = span(text)
    if found is None:
        raise ValueError(text)
    return spelled(found)


class Acted(Struct, frozen=True):
    """An administrator acted, or the bot by itself (`by` 0): what a log writes down. `until` is in Unix
    seconds, 0 for good."""

    chat: int
    act: str  # ban, mute, kick, warn, unban, unmute, promote, demote, purge, delete, pin, unpin, title,
    # decline
    by: int
    actor: int = 0
    reason: str = ""
    number: int = 0
    until: int = 0
    silent: bool = False
    messages: int = 0


class Follow(Struct, frozen=True):
    """What follows the last warning: `act` ask | kick | mute | ban | unable, for `span` or for good."""

    act: str
    span: timedelta | None = None

    @property
    def word(self) -> str:
        """Its name without the span: tmute where it ends by itself."""
        return self.act if self.span is None else f"t{self.act}"

    @property
    def seconds(self) -> int:
        """How long it lasts, 0 for good."""
        return 0 if self.span is None else int(self.span.total_seconds())

    @property
    def text(self) -> str:
        """As an administrator types it."""
        return self.word if self.span is None else f"{self.word} {spelled(self.span)}"


def follow_of(text: str) -> Follow | None:
    """`ban`, `tmute 12h`, …; None when it is none of them or would be for ever without saying so."""
    word, _, rest = text.strip().lower().partition(" ")
    if word in (ASK, "kick", "mute", "ban") and not rest:
        return Follow(word)
    if word in ("tmute", "tban"):
        span, left = leading(rest)
        if span is not None and not left and not for_ever(span):
            return Follow(word[1:], span)
    return None


def follow_here(text: str, tier: str | None) -> Follow:
    """What follows in a group of this tier: in dealer and store groups a person decides, whatever is set."""
    found = follow_of(text)
    return Follow(ASK) if found is None or tier in HUMAN_TIERS else found
