"""Named sets of chats, and why a chat is in or out."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from groupbot.features.members.domain import ATTRIBUTES, TIERS, TYPES, Profile

FIELDS = ("tier", "region", "type", "segment", "tags", "chats", "except")
_ONE_OF = "|"  # between the words of one attribute, in a tag that is a segment


class Wrong(ValueError):
    """A field of an audience or a plan does not fit: which one, what is wrong, what to do next."""

    def __init__(self, field: str, what: str, next: str = "") -> None:
        super().__init__(what)
        self.field, self.what, self.next = field, what, next


class Audience(Struct, frozen=True):
    """Chats by profile: any of `tier`, `region`, `type` and of the titles in `chats`; all of `tags`; none
    titled as in `but`. An empty field asks nothing. A tag `scale:medium|large` is a segment: one of these
    words of an attribute."""

    name: str
    tier: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    chats: tuple[str, ...] = ()


def close(word: str, known: Iterable[str]) -> str:
    """The closest known word, '' for none."""
    return next(iter(difflib.get_close_matches(word, list(known), 1, cutoff=0.5)), "")


def nearest(word: str, known: Iterable[str]) -> str:
    """'did you mean …?' with the closest known word, else the list of what is known."""
    known = list(known)
    near = close(word, known)
    if near:
        return f"did you mean {near}?"
    return f"known: {', '.join(known)}" if known else "none is known yet"


_CLOCK, _START = "each group has its own clock: /settings zone there", "write start: 2027-01-30 10:00"
_TEXT = "groupbot new post NAME writes one with its text; name it under template:"
_HINTS = {
    **dict.fromkeys(("zone", "timezone", "tz", "time_zone"), _CLOCK),
    **dict.fromkeys(("at", "time", "when", "date", "day"), _START),
    **dict.fromkeys(("text", "message", "body"), _TEXT),
}  # what operators write first, and what they meant


def meant(field: str, known: Iterable[str]) -> str:
    """What an operator who writes this field of a plan wants to write."""
    return _HINTS.get(field) or nearest(field, known)


def texts(field: str, raw: Any) -> tuple[str, ...]:
    """One word or a list of words.

    Raises:
        Wrong: anything else.
    """
    if raw is None:
        return ()
    found = raw if isinstance(raw, list) else [raw]
    if not all(isinstance(v, str | int) and str(v).strip() for v in found):
        raise Wrong(field, f"{field} is not a word or a list of words", f"write {field}: [one, two]")
    return tuple(str(v) for v in found)


def audience_of(name: str, raw: Any) -> Audience:
    """An audience as written in audiences.yaml.

    Raises:
        Wrong: an unknown field or word; suggests the nearest.
    """
    if raw is None:
        raw = {}
    if not isinstance(raw, dict):
        raise Wrong(name, f"{name} is not a mapping", "write {tier: store, region: …}")
    for field in raw:
        if field not in FIELDS:
            raise Wrong(name, f"{name}: no field {field!r}", nearest(str(field), FIELDS))
    made = {f: texts(f, raw.get(f)) for f in FIELDS}
    for field, known in (("tier", TIERS), ("type", TYPES)):
        for word in made[field]:
            if word not in known:
                raise Wrong(name, f"{name}: no {field} {word!r}", nearest(word, known))
    tags = (*made["tags"], *_segments(name, made["segment"]))
    return Audience(name, made["tier"], made["region"], made["type"], tags, made["except"], made["chats"])


def _segments(name: str, words: tuple[str, ...]) -> list[str]:
    """`scale:large`, or just `large`, as tags, a tag an attribute."""
    found: dict[str, list[str]] = {}
    known = {w: a for a, some in ATTRIBUTES.items() for w in some}
    for word in words:
        attribute, _, bare = word.rpartition(":")
        if bare not in known or attribute not in ("", known[bare]):
            raise Wrong(name, f"{name}: no segment {word!r}", nearest(bare, known))
        found.setdefault(known[bare], []).append(bare)
    return [f"{a}:{_ONE_OF.join(w)}" for a, w in sorted(found.items())]


def explain(audience: Audience, profile: Profile) -> tuple[bool, str]:
    """Is the chat in, and why or why not. A chat not set up is in no audience."""
    if not profile.there:
        return False, f"the bot is not there ({profile.state})"
    if not profile.set_up:
        return False, "not set up yet"
    if profile.title in audience.but:
        return False, "named under except"
    if audience.chats and profile.title not in audience.chats:
        return False, "not named under chats"
    said = ["named under chats"] if audience.chats else []
    for field, wanted, have in (
        ("tier", audience.tier, profile.tier),
        ("region", audience.region, profile.region),
        ("type", audience.type, profile.type),
    ):
        if wanted:
            if have not in wanted:
                return False, f"{field} is {have or 'not set'}, not {' or '.join(wanted)}"
            said.append(f"{field} {have}")
    for tag in audience.tags:
        attribute, _, words = tag.partition(":")
        if attribute in ATTRIBUTES:
            asked = words.split(_ONE_OF)
            have = dict(a.split(":", 1) for a in profile.attributes).get(attribute)
            if have not in asked:
                return False, f"{attribute} is {have or 'not set'}, not {' or '.join(asked)}"
            said.append(f"{attribute} {have}")
            continue
        if tag not in profile.tags:
            return False, f"has no tag {tag}"
        said.append(f"tag {tag}")
    return True, ", ".join(said) or "every chat that is set up"
