"""The words of the matrix, and settings that inherit. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Send
from groupbot.core.presence import THERE
from groupbot.core.setting import Setting

TIERS = ("dealer", "store", "consumer")
HUMAN_TIERS = ("dealer", "store")  # there nobody is muted or removed but by a person
TYPES = ("work", "social", "commercial")
AIMS = ("manage", "activate", "spread")
ATTRIBUTES: dict[str, tuple[str, ...]] = {  # of a customer: a chat's, or a member's
    "kind": ("wholesale", "retail", "catering", "household"),
    "scale": ("small", "medium", "large"),
    "closeness": ("new", "regular", "loyal"),
    "course": ("grow", "manage"),
}
_CHINESE = {
    "批发": "wholesale", "零售": "retail", "餐饮": "catering", "家庭": "household",
    "小": "small", "中": "medium", "大": "large",
    "新客": "new", "常客": "regular", "老友": "loyal",
    "做大": "grow", "管好": "manage",
}  # fmt: skip
_OF = {word: f"{attribute}:{word}" for attribute, words in ATTRIBUTES.items() for word in words}
DEFAULT_AIM = {"dealer": "manage", "store": "activate", "consumer": "spread"}
DEFAULT_TYPE = {"dealer": "work", "store": "social", "consumer": "commercial"}
ADMIN_STATUS = ("creator", "administrator")
FRESH = timedelta(seconds=60)

LANGUAGE = Setting("language", "", "Language of the chat: zh or en", choices=("zh", "en"))
ZONE = Setting("zone", "", "Time zone of the chat, as an IANA name", kind="zone")
WORDS = Setting("words", True, "Whole-message words work without a slash", choices=(True, False))
ANON_ADMIN = Setting(
    "anonadmin",
    False,
    "Who posts as the group counts as an admin without proof",
    choices=(True, False),
    owner=True,
)
QUIET_SETUP = Setting("setup_line", True, "Post one line when the bot is added", choices=(True, False))
ALLOW_CONNECT = Setting("allowconnect", True, "Administrators may run this group from a private chat")
ACTION_TOPIC = Setting("action_topic", 0, "The topic of what the bot says by itself; 0: General", inner=True)
SETTINGS = (LANGUAGE, ZONE, WORDS, QUIET_SETUP, ALLOW_CONNECT, ANON_ADMIN)

CLEAN_KINDS = ("admin", "user", "other")
KEPT_ON = frozenset({"help", "privacy", "why", "rules"})  # by these people learn what is kept, and why
_YES = (True, False)
CLEAN = Setting(
    "clean_commands",
    [],
    "Kinds of command messages that are removed (list)",
    choices=(*CLEAN_KINDS, "all"),
    kind="texts",
)
DISABLED = Setting(
    "disabled", [], "Commands that members do not have here (list)", most=200, example="points, draws"
)
DISABLED_DROP = Setting("disabled_delete", False, "Messages of disabled commands are removed", choices=_YES)
DISABLED_ADMINS = Setting("disabled_admins", False, "Disabled for administrators too", choices=_YES)
ADMIN_ERROR = Setting("admin_error", True, "Who may not use a command is told so", choices=_YES)
REPLY_LIFE = Setting(
    "reply_life",
    60,
    "How long short replies stay; 0: for good",
    kind="duration",
    least=0,
    most=86400,
    reads=lambda v: _long_enough(v),
    form="a duration from 5s to 1d, or 0",
)
HABITS = (CLEAN, DISABLED, DISABLED_DROP, DISABLED_ADMINS, ADMIN_ERROR, REPLY_LIFE)


WAVE = Setting(
    "points.wave",
    100,
    "Joins in a week, five times the usual, from which their points begin later; 0: never",
    least=0,
    most=1_000_000,
)
WAVE_WAIT = Setting(
    "points.wave_wait",
    2160,
    "Hours after which points begin for who came in a wave, unless staff passes it before",
    unit="hours",
    least=0,
    most=8760,
)


class People(Struct, frozen=True, tag="mb.people"):
    """[They are people], of the wave in `chat` (our id)."""

    chat: int


def wave(week: int, usual: int, day: int, least: int) -> bool:
    """Did who came on a day with so many joins come in a wave: is the week `least` or more, five times the
    calmest of the four weeks before it (their mean would soon be the wave's own), and the day itself five
    times a day of that one, and a twentieth of `least`?"""
    big = 0 < least <= week and week >= 5 * usual
    return big and day * 7 >= 5 * usual and day * 20 >= least


def _long_enough(value: int) -> int:
    if 0 < value < 5:
        raise ValueError(value)
    return value


def zone_for(language: str) -> str:
    """The time zone proposed from a language; it counts only once an admin confirmed it."""
    return "Asia/Shanghai" if language == "zh" else "UTC"


def parent_fits(tier: str, parent_tier: str | None) -> bool:
    """A parent stands exactly one tier up: dealer over store over consumer."""
    return parent_tier is not None and TIERS.index(parent_tier) + 1 == TIERS.index(tier)


def makes_cycle(chat: int, parent: int, parents: Mapping[int, int | None]) -> bool:
    """Would `parent` above `chat` close a circle?"""
    at: int | None = parent
    while at is not None:
        if at == chat:
            return True
        at = parents.get(at)
    return False


class Profile(Struct, frozen=True):
    """A chat's place in the matrix. `tier` None: not set up, the bot only observes."""

    chat: int
    title: str
    tier: str | None = None
    region: str | None = None
    parent: int | None = None
    type: str | None = None
    aim: str | None = None
    owner: int | None = None
    tags: tuple[str, ...] = ()
    state: str = "active"
    members: int | None = None
    attributes: tuple[str, ...] = ()  # kind:retail, scale:small

    @property
    def set_up(self) -> bool:
        return self.tier is not None

    @property
    def there(self) -> bool:
        """Is the bot in it and hears it, be it without one of its rights?"""
        return self.state in THERE


def attribute(word: str) -> str:
    """A word of ATTRIBUTES with its attribute, `scale:large` for `large` or `大`; '' for none."""
    bare = word.rpartition(":")[2].casefold()
    known = _OF.get(_CHINESE.get(bare, bare), "")
    return known if ":" not in word or known.startswith(word.partition(":")[0] + ":") else ""


def words_of(text: str) -> list[str]:
    """The words of a segment as people part them."""
    return re.split(r"[\s,\uff0c、]+", text.strip(" ,\uff0c、")) if text.strip(" ,\uff0c、") else []


def spread(text: str) -> tuple[str, ...]:
    """Whom words mean, an attribute each: `small medium loyal` is scale:small|medium, closeness:loyal.

    Raises:
        ValueError: the word that is none of ATTRIBUTES.
    """
    found: dict[str, list[str]] = {}
    for word in words_of(text):
        name, _, bare = attribute(word).partition(":")
        if not bare:
            raise ValueError(word)
        if bare not in found.setdefault(name, []):
            found[name].append(bare)
    return tuple(f"{a}:{'|'.join(found[a])}" for a in ATTRIBUTES if a in found)


def fits(asked: Iterable[str], have: Iterable[str]) -> bool:
    """Has somebody so described one of the words asked for of each attribute?"""
    mine = dict(a.split(":", 1) for a in have)
    return all(mine.get(a) in words.split("|") for a, words in (one.split(":", 1) for one in asked))


def segments(p: Profile | None) -> list[str]:
    """The segments of a chat, from the widest: its tier, its region, its attributes as they stand in
    ATTRIBUTES, its tags by name."""
    if p is None:
        return ["tier:None"]
    region = [f"region:{p.region}"] if p.region else []
    return [f"tier:{p.tier}", *region, *p.attributes, *(f"tag:{t}" for t in sorted(p.tags))]


class Level(Struct, frozen=True):
    """One level that gives a setting a value: topic | chat | tag | one of ATTRIBUTES | region | tier |
    default | shipped; `name` says which topic, tag, region, tier or word."""

    kind: str
    name: str
    value: Any


class Changed(Struct, frozen=True):
    """Somebody (`by`; 0: an operator at the command line) set a setting of a chat, or of one `topic` of it;
    None is inherited."""

    chat: int
    key: str
    was: Any
    value: Any
    by: int
    topic: int | None = None


class Given(Struct, frozen=True):
    """A setting was set for all chats of a `segment`; None: for all chats."""

    key: str
    value: Any
    segment: str | None


class SetUp(Struct, frozen=True):
    """A chat was given its tier (`first`: it had none before). Features that start then listen for it."""

    chat: int
    tier: str
    first: bool


class Started(Struct, frozen=True):
    """Somebody followed a link of ours into the private chat: `/start PAYLOAD`. Whoever made the link
    listens for it."""

    person: int
    payload: str

    def refused(self, template: str, data: dict[str, Any]) -> Send:
        """A link is no command: they are told in private."""
        return Send(user=self.person, template=template, data=data)


class LinkedPost(Struct, frozen=True):
    """Telegram brought a post of the linked channel in. `chat` is our id, `channel` Telegram's."""

    chat: int
    message: int
    channel: int


def tree(profiles: Iterable[Profile]) -> list[tuple[int, Profile]]:
    """The matrix as (depth, profile), parents before children, by tier and title; every chat once."""
    profiles = list(profiles)
    known = {p.chat for p in profiles}
    children: dict[int | None, list[Profile]] = {}
    for p in profiles:
        children.setdefault(p.parent if p.parent in known else None, []).append(p)
    lines: list[tuple[int, Profile]] = []

    def walk(parent: int | None, depth: int) -> None:
        order = sorted(
            children.get(parent, ()), key=lambda p: (TIERS.index(p.tier) if p.tier else 9, p.title)
        )
        for p in order:
            lines.append((depth, p))
            walk(p.chat, depth + 1)

    walk(None, 0)
    return lines


def is_fresh(checked: datetime, now: datetime) -> bool:
    """A fact about rights counts for sixty seconds."""
    return now - checked <= FRESH


def name_of(first: str, last: str | None) -> str:
    """The name people see."""
    return f"{first} {last}" if last else first
