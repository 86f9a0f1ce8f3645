"""Floods in what was said: all their kinds on kept texts, and from who wrote when what that tells."""

from __future__ import annotations

from datetime import datetime, timedelta
from zlib import crc32

from msgspec import Struct, field

from groupbot.core.events import Message
from groupbot.features.moving.service.tried import Tried
from groupbot.features.rules.domain import flood
from groupbot.features.rules.domain.facts import Policy, facts_of
from groupbot.features.rules.domain.flood import Crowd, Flood, Limits, Row, Said
from groupbot.features.rules.service import flooding

WORDY = ("repeat", "mentions", "links", "lines", "crowd")  # kinds that only texts tell


class Going(Struct):
    """The flood somebody is in: its kind, when it was noticed, its newest message."""

    kind: str
    since: datetime
    at: datetime


class Floods(Struct):
    """The recent past at the point a rehearsal has reached."""

    past: dict[int, tuple[Said, ...]] = field(default_factory=dict)
    row: Row | None = None
    crowds: dict[int, Crowd] = field(default_factory=dict)
    going: dict[int, Going] = field(default_factory=dict)


def of_text(m: Message, policy: Policy, state: Floods, found: Tried, most: int) -> None:
    """One kept message, judged as it would have been when it was said."""
    if m.edited or m.sender is None:
        return
    facts = facts_of(m, policy)
    folded = "" if facts is None else flooding.words_of(m, facts.folded)
    said = flooding.said_of(m, policy.limits, crc32(folded.encode()) if folded else 0)
    actor = m.sender_chat.id if m.sender_chat is not None else m.sender.id
    wide = len(folded) >= flood.CROWD_LEAST
    seen(actor, said, policy.limits, state, found, most, crowd=wide)


def seen(
    actor: int, said: Said, limits: Limits, state: Floods, found: Tried, most: int, *, crowd: bool = False
) -> None:
    """One more message of somebody: a flood that begins is a hit, one that goes on grows."""
    past = state.past.get(actor, ())
    now = flood.heard(past, said, limits.kept, limits.window)
    if now is past:
        return
    state.past[actor] = now
    if limits.row:
        state.row = flood.followed(state.row, actor, said.at, said.album)
    hit = flood.flooded(now, limits, state.row)
    n = len(flood.parts(now, hit)) if hit is not None else 0
    if hit is None and limits.crowd and crowd:
        people = state.crowds[said.digest] = flood.joined_in(
            state.crowds.get(said.digest, ()), said.at, actor
        )
        if len(people) >= limits.crowd:
            hit, n = Flood("crowd", len(people), flood.CROWD_WINDOW), len(people)
    if hit is None:
        return
    was = state.going.get(actor)
    if was is not None and was.kind == hit.kind and said.at - was.at <= flooding.window(hit.kind, limits):
        was.at = said.at
        found.grow(actor, was.since)
    else:
        state.going[actor] = Going(hit.kind, said.at, said.at)
        found.hit(actor, said.at, "", n, most=most, kind=hit.kind)


def prune(state: Floods, at: datetime, limits: Limits) -> None:
    """Forget what can be part of no flood any more."""
    since = at - max(flood.REPEAT_WINDOW, limits.window, timedelta(seconds=0))
    state.past = {who: p for who, p in state.past.items() if p[-1].at >= since}
    state.going = {who: g for who, g in state.going.items() if g.at >= since}
    before = at - flood.CROWD_WINDOW
    state.crowds = {key: c for key, c in state.crowds.items() if c[-1][0] >= before}


def untold(limits: Limits) -> list[str]:
    """Kinds that are on here and that nobody can tell without texts."""
    return [k for k in WORDY if getattr(limits, "repeats" if k == "repeat" else k)]
