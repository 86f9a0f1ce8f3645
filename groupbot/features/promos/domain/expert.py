"""A slot that an expert holds, and what stands in when nobody comes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.spans import LONGEST, seconds
from groupbot.features.promos.domain.audience import Wrong, nearest

CARD = "experts/card"  # said where a slot of an expert names no template of its own
RECAP = "recap"
SAVED, ITEM = "saved:", "item:"
KEY_TAGS = frozenset({"vip"})  # of groups of key customers, whatever their tier
_FIELDS = ("topic", "name", "in")
_EXAMPLE = "write expert: {topic: Storage, in: 2h}"


class Asked(Struct, frozen=True, omit_defaults=True):
    """Whom a slot asks for: of each group's experts one by `topic`, by `name`, or both. The session begins
    `after` seconds later than the slot, which announces it."""

    topic: str = ""
    name: str = ""
    after: int = 0


class Seated(Struct, frozen=True):
    """A slot was said with an expert: their session in `chat` begins at `starts`. `plan` and `due` name the
    slot; `ref` is its message where that is the session's card, else ''."""

    chat: int
    person: int
    topic: str
    starts: datetime
    thread: int | None
    plan: int
    due: datetime
    ref: str


def expert_of(value: Any) -> Asked | None:
    """`expert:` as written: a topic, or `{topic: …, name: …, in: 2h}`.

    Raises:
        Wrong: neither a topic nor a name, an unknown field, or no span.
    """
    if value is None:
        return None
    raw = value if isinstance(value, dict) else {"topic": value}
    for field in raw:
        if field not in _FIELDS:
            raise Wrong("expert", f"expert: no field {field!r}", nearest(str(field), _FIELDS))
    topic, name = (" ".join(str(raw.get(f) or "").split()) for f in ("topic", "name"))
    if not topic and not name:
        raise Wrong("expert", "expert: neither a topic nor a name", _EXAMPLE)
    after = 0 if raw.get("in") is None else seconds(str(raw["in"]))
    if after is None or after > LONGEST.total_seconds():
        raise Wrong("expert", f"expert: in {raw.get('in')!r} is no span of time", _EXAMPLE)
    return Asked(topic, name, after)


def begins(asked: Asked, due: datetime, now: datetime) -> datetime:
    """When the session of a slot begins: not before it is announced."""
    return max(due + timedelta(seconds=asked.after), now)


def instead_of(value: Any, expert: Asked | None) -> str:
    """`instead:` as written: a template, `saved:NAME`, `item:NAME` of the library, or `recap`.

    Raises:
        Wrong: it goes with an expert only, and is one word or line.
    """
    if value is None:
        return ""
    if expert is None:
        raise Wrong("instead", "instead goes with expert", _EXAMPLE)
    if not isinstance(value, str) or not value.strip():
        raise Wrong("instead", f"instead {value!r}", "write instead: saved:storage, or a template, or recap")
    return value.strip()


def is_template(instead: str) -> bool:
    """Does `instead:` name a template?"""
    return bool(instead) and instead != RECAP and not instead.startswith((SAVED, ITEM))


def wants_one(tier: str | None, tags: tuple[str, ...]) -> bool:
    """Should a month of such a group hold an expert's slot: a store's, or one of key customers?"""
    return tier == "store" or any(t.casefold() in KEY_TAGS for t in tags)
