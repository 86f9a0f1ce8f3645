"""A chat's settings, and the policy made of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain.checks import FLOOD, RULES
from groupbot.features.rules.domain.contact import TRIGGERS
from groupbot.features.rules.domain.facts import Policy
from groupbot.features.rules.domain.phrases import Entry, phrases
from groupbot.features.spam.domain import settings as spam

MODES = ("off", "shadow", "on")
MODE = Setting("rules_mode", "shadow", "Rules: off, shadow (only recorded) or on", choices=MODES)
SINCE = Setting("rules_since", "", "When the shadow week began (ISO time, UTC)")
DIGEST = Setting("rules_digest", "", "When the digest of the shadow week was sent (ISO time, UTC)")
TEXT = Setting("rules_text", "", "The group's rules in its own words")
PHRASES = Setting(
    "rules_phrases", [], "Phrases that are not said here; a leading ! marks plain spam (list of texts)"
)
ALLOWED = Setting("rules_allowed", [], "Domains and t.me/names that may be linked (list)")
AUTOBAN = Setting(
    "rules_autoban",
    False,
    "Consumer groups: remove a newcomer (< 24 h) for plain spam at once",
    choices=(True, False),
)
BURST = Setting("rules_burst", 10, "Messages in 15 s that count as a flood")
REPEATS = Setting("rules_repeats", 4, "Identical messages in 10 min that count as a flood")
SETTINGS = (
    MODE,
    SINCE,
    DIGEST,
    TEXT,
    PHRASES,
    ALLOWED,
    AUTOBAN,
    BURST,
    REPEATS,
    *spam.SETTINGS,
    *(r.setting for r in RULES),
)


def entry(text: str) -> Entry:
    """A line of a phrase list: a leading ! marks plain spam."""
    return Entry(text[1:], spam=True) if text.startswith(("!", "！")) else Entry(text)


def site(text: str) -> str:
    """An allowed domain or name in its one spelling: example.com, t.me/name."""
    low = (
        text.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.").strip("/")
    )
    return f"t.me/{low[1:]}" if low.startswith("@") else low


def make(tier: str | None, get: Callable[[Setting], Any]) -> Policy:
    """The policy from settings; `get` answers a setting's value here."""
    on = [r for r in RULES if get(r.setting)]
    words = tuple(entry(str(p)) for p in get(PHRASES)) if any(r.id == "phrases" for r in on) else ()
    return Policy(
        mode=get(MODE) if get(MODE) in MODES else "shadow",
        tier=tier,
        checks=tuple(r.check for r in on if r.check is not None),
        articles={r.id: n for n, r in enumerate(on, 1)},
        words=phrases((*words, *TRIGGERS)),
        allowed=frozenset(site(str(a)) for a in get(ALLOWED)),
        autoban=bool(get(AUTOBAN)),
        flood=any(r.id == FLOOD for r in on),
        burst=max(3, int(get(BURST))),
        repeats=max(2, int(get(REPEATS))),
        spam=min(50, max(1, int(get(spam.FIRST)))) if any(r.id == spam.ID for r in on) else 0,
        spam_train=bool(get(spam.TRAIN)),
    )
