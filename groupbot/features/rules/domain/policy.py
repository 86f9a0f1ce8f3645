"""A chat's settings, and the policy made of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from groupbot.features.approvals.domain import AFTER
from groupbot.features.members.domain import Setting
from groupbot.features.rules.domain import blocklist, locks
from groupbot.features.rules.domain.checks import FLOOD, RULES
from groupbot.features.rules.domain.contact import TRIGGERS
from groupbot.features.rules.domain.facts import Policy
from groupbot.features.rules.domain.flood import Limits, Mode, mode_of
from groupbot.features.rules.domain.newcomers import BARS, USUAL, Care
from groupbot.features.rules.domain.newcomers import ID as NEWCOMER
from groupbot.features.rules.domain.phrases import Entry, phrases
from groupbot.features.spam.domain import settings as spam

MODES = ("off", "shadow", "on")
IDLE = {  # why nothing comes of a rule here; the templates translate it
    "new": "Nothing comes of it before I know what kind of group this is: /setup, then /rules on.",
    "off": "The rules are off here, so nothing comes of it. /rules on starts it.",
    "shadow": "For now I only watch and note, and touch no message. /rules on starts it.",
}
MODE = Setting("rules_mode", "shadow", "Rules: off, shadow (only recorded) or on", choices=MODES)
SINCE = Setting("rules_since", "", "When the shadow week began (ISO time, UTC)", inner=True)
DIGEST = Setting(
    "rules_digest", "", "When the digest of the shadow week was sent (ISO time, UTC)", inner=True
)
TEXT = Setting("rules_text", "", "The group's rules in its own words", most=3000)
THEME = Setting("theme", "", "What this group is for, in a few words; /rules shows it", most=120)
PHRASES = Setting(
    "rules_phrases",
    [],
    "Phrases that are not said here; a leading ! marks plain spam (list of texts)",
    most=10_000,
)
ALLOWED = Setting(
    "rules_allowed",
    [],
    "Domains and t.me/names that may be linked (list)",
    most=1000,
    reads=lambda v: site(v),
    example="example.com, t.me/ourshop",
)
AUTOBAN = Setting(
    "rules_autoban",
    False,
    "Consumer groups: remove a newcomer (< 24 h) for plain spam at once",
    choices=(True, False),
)
BURST = Setting(
    "rules_burst",
    10,
    "Messages within the flood window that count as a flood; 0 is off",
    least=0,
    most=1000,
    module="flood",
)
FLOOD_WINDOW = Setting(
    "rules_burst_seconds", 15, "The flood window", kind="duration", least=1, most=3600, module="flood"
)
REPEATS = Setting(
    "rules_repeats",
    4,
    "Identical messages in 10 min that count as a flood; 0 is off",
    least=0,
    most=1000,
    module="flood",
)
ROW = Setting(
    "flood_row",
    0,
    "Messages of one member in a row that count as a flood; 0 is off",
    least=0,
    most=1000,
    module="flood",
)
MENTIONS = Setting(
    "flood_mentions",
    0,
    "Mentions by one member in the flood window; 0 is off",
    least=0,
    most=1000,
    module="flood",
)
LINKS = Setting(
    "flood_links", 0, "Links by one member in the flood window; 0 is off", least=0, most=1000, module="flood"
)
LINES = Setting(
    "flood_lines",
    0,
    "Line breaks by one member in the flood window; 0 is off",
    least=0,
    most=1000,
    module="flood",
)
CROWD = Setting(
    "flood_crowd", 0, "People who say the same within a minute; 0 is off", least=0, most=1000, module="flood"
)
FLOOD_MODE = Setting(
    "flood_mode",
    "warn",
    "What follows a flood",
    module="flood",
    most=40,
    reads=lambda v: _mode(v),
    form="warn, del, mute, tmute 3h, kick, ban or tban 2d",
    example="tmute 3h",
)
CLEAR = Setting(
    "flood_clear",
    False,
    "The whole flood goes, not only from where it was noticed",
    choices=(True, False),
    module="flood",
)
CARE_MESSAGES = Setting(
    "newcomer_messages",
    0,
    "A newcomer's first messages that are looked at more strictly",
    least=0,
    most=999,
    module="newcomers",
)
CARE_SECONDS = Setting(
    "newcomer_seconds",
    0,
    "For how long after joining newcomers are looked at more strictly",
    kind="duration",
    least=0,
    most=366 * 86400,
    module="newcomers",
    example="24h",
)
CARE_BARS = Setting(
    "newcomer_bars",
    list(USUAL),
    "What newcomers do not send yet (list)",
    choices=BARS,
    kind="texts",
    module="newcomers",
)
CARE_SINCE = Setting(
    "newcomer_since", "", "Since when newcomers' messages are counted (ISO time, UTC)", inner=True
)
EXPIRY = Setting(
    "rules_expiry", 30, "Days that a case counts towards the next step", least=1, most=180, unit="days"
)
WINDOW = Setting(
    "rules_window",
    0,
    "Minutes in which several cases of one rule lead to a break; 0: never",
    least=0,
    most=1440,
    unit="minutes",
)
WINDOW_N = Setting("rules_window_n", 3, "How many cases of one rule in that time", least=2, most=20)


def _mode(text: str) -> str:
    mode = mode_of(text)
    if mode is None:
        raise ValueError(text)
    return mode.said


FLOODS = {
    "burst": BURST,
    "row": ROW,
    "repeat": REPEATS,
    "mentions": MENTIONS,
    "links": LINKS,
    "lines": LINES,
    "crowd": CROWD,
}
SETTINGS = (
    *(MODE, SINCE, DIGEST, TEXT, PHRASES, ALLOWED, AUTOBAN, AFTER, EXPIRY, WINDOW, WINDOW_N),
    *(*FLOODS.values(), FLOOD_WINDOW, FLOOD_MODE, CLEAR),
    *(CARE_MESSAGES, CARE_SECONDS, CARE_BARS, CARE_SINCE),
    *spam.SETTINGS,
    *(r.setting for r in RULES),
    *locks.SETTINGS,
    *blocklist.SETTINGS,
)
LISTS = (locks.ID, blocklist.ID)  # judged before the other rules


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
    locked, listed = locks.resolve(get), blocklist.resolve(get)
    idle = {r for r, there in zip(LISTS, (locked, listed), strict=True) if there is None}
    on = [r for r in RULES if get(r.setting) and r.id not in idle]
    first = sorted(on, key=lambda r: r.id not in LISTS)
    listed = listed if any(r.id == blocklist.ID for r in on) else None
    words = tuple(entry(str(p)) for p in get(PHRASES)) if any(r.id == "phrases" for r in on) else ()
    return Policy(
        mode=get(MODE) if get(MODE) in MODES else "shadow",
        tier=tier,
        checks=tuple(r.check for r in first if r.check is not None),
        articles={r.id: n for n, r in enumerate(on, 1)},
        words=phrases((*words, *(listed.words if listed else ()), *TRIGGERS)),
        allowed=frozenset(site(str(a)) for a in get(ALLOWED)),
        autoban=bool(get(AUTOBAN)),
        flood=any(r.id == FLOOD for r in on),
        expiry=timedelta(days=min(max(1, int(get(EXPIRY))), 180)),
        window=timedelta(minutes=max(0, int(get(WINDOW)))),
        window_n=max(2, int(get(WINDOW_N))),
        trust=max(0, int(get(AFTER))),
        locks=locked,
        blocks=listed,
        whole=locked is not None or (listed is not None and listed.sources),
        limits=Limits(
            **{k: _least(get(s), 2) for k, s in FLOODS.items() if k not in ("burst", "repeat")},
            burst=_least(get(BURST), 3),
            repeats=_least(get(REPEATS), 2),
            window=timedelta(seconds=max(1, int(get(FLOOD_WINDOW)))),
            mode=mode_of(str(get(FLOOD_MODE))) or Mode(),
            clear=bool(get(CLEAR)),
        ),
        care=_care(get) if any(r.id == NEWCOMER for r in on) else None,
        spam=min(50, max(1, int(get(spam.FIRST)))) if any(r.id == spam.ID for r in on) else 0,
        spam_train=bool(get(spam.TRAIN)),
    )


def _care(get: Callable[[Setting], Any]) -> Care | None:
    since = str(get(CARE_SINCE))
    made = Care(
        messages=max(0, int(get(CARE_MESSAGES))),
        span=timedelta(seconds=max(0, int(get(CARE_SECONDS)))),
        bars=frozenset(str(b) for b in get(CARE_BARS)) & frozenset(BARS),
        since=datetime.fromisoformat(since) if since else None,
    )
    return made if (made.messages or made.span) and made.bars else None


def _least(value: Any, least: int) -> int:
    """A limit as set, no smaller than makes sense; 0 stays off."""
    return max(least, int(value)) if int(value) > 0 else 0
