"""What the checks look at, and what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from groupbot.core.events import Message
from groupbot.features.rules.domain import fold
from groupbot.features.rules.domain.addresses import Address, addresses
from groupbot.features.rules.domain.flood import Limits
from groupbot.features.rules.domain.phrases import Hit, Phrases, phrases

SPAN = 64  # characters of evidence
_EMPTY = frozenset(["text", "photo", "sticker", "video", "animation", "voice", "video_note", "dice"])


class Finding(Struct, frozen=True):
    """A rule that applies: which, in which version, on what words (at most 64 characters), found in
    which carrier. `strong` is what an honest newcomer does not write. `wish` is what a lock or an entry of
    a list asks for (wishes.py), `notice` the words it has for who runs into it."""

    rule: str
    version: int
    matched: str
    carrier: str = "text"
    strong: bool = False
    wish: str = ""
    notice: str = ""


class Policy(Struct, frozen=True):
    """The rules of one chat, resolved. `mode`: off | shadow | on; `tier` None means not set up.

    `checks` are the functions of the rules that are on, in their order; `articles` their numbers.
    """

    mode: str = "shadow"
    tier: str | None = None
    checks: tuple[Any, ...] = ()
    articles: dict[str, int] = field(default_factory=dict)
    words: Phrases = field(default_factory=lambda: phrases(()))
    allowed: frozenset[str] = frozenset()
    autoban: bool = False
    flood: bool = False
    expiry: timedelta = timedelta(days=30)  # how long a case counts
    window: timedelta = timedelta()  # `window_n` cases of one rule in it: a break at once; zero: never
    window_n: int = 3
    trust: int = 0  # clean messages after which a member is approved
    locks: Any = None  # locks.Locks where something is locked
    blocks: Any = None  # blocklist.Blocklist where something is listed
    whole: bool = False  # messages without text are looked at too
    limits: Limits = field(default_factory=Limits)
    care: Any = None  # newcomers.Care
    spam: int = 0  # first messages of a member the spam score looks at; 0: off
    spam_train: bool = False


class Facts:
    """A message made ready for the checks: its visible text of all carriers, folded once, and its
    addresses with their carriers."""

    __slots__ = ("addresses", "folded", "forms", "hits", "message", "text")

    def __init__(self, message: Message, policy: Policy) -> None:
        self.message = message
        carriers = message.carriers
        self.text = carriers[0][1] if len(carriers) == 1 else "\n".join([t for _, t in carriers])
        self.folded = fold.fold(self.text)
        self.forms = fold.forms(self.folded)
        self.hits: list[Hit] = policy.words.find(self.forms)
        self.addresses: tuple[tuple[Address, str], ...] = addresses(message, self.text, self.folded)

    def finding(
        self, rule: str, version: int, matched: str, *, strong: bool = False, carrier: str = ""
    ) -> Finding:
        """A finding with the words as they were written and the carrier they stood in."""
        written = fold.original(self.text, matched, SPAN)
        return Finding(rule, version, written, carrier or self._carrier(written), strong)

    def _carrier(self, written: str) -> str:
        for name, text in self.message.carriers:
            if written in text:
                return name
        return self.message.carriers[0][0] if self.message.carriers else self.message.kind


def facts_of(message: Message, policy: Policy) -> Facts | None:
    """A message made ready; None when it holds nothing to look at."""
    if (
        not policy.whole
        and not message.carriers
        and not message.urls
        and not message.forwarded
        and message.kind in _EMPTY
    ):
        return None
    return Facts(message, policy)


def inspect(message: Message, policy: Policy) -> Finding | None:
    """The finding that counts in a message."""
    facts = facts_of(message, policy)
    return None if facts is None else judged(facts, policy)


def judged(facts: Facts, policy: Policy) -> Finding | None:
    """The finding that counts: a strong one first, else the first in the order of the rules."""
    first: Finding | None = None
    for check in policy.checks:
        found: Finding | None = check(facts, policy)
        if found is not None:
            if found.strong:
                return found
            first = first or found
    return first
