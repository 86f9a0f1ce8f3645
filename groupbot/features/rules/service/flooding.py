"""Counting what people say, in the writer's memory only: a flood is over before a restart is."""

from __future__ import annotations

from datetime import timedelta

from groupbot.core.events import Message
from groupbot.engine.work import Work
from groupbot.features.rules.domain import flood
from groupbot.features.rules.domain.cases import Case
from groupbot.features.rules.domain.checks import FLOOD, FLOOD_VERSION
from groupbot.features.rules.domain.facts import Finding, Policy

_PAST, _ROW, _CROWD, _FLOODING = "rules.past", "rules.row", "rules.crowd", "rules.flooding"


def count(
    work: Work, event: Message, policy: Policy, actor: int, folded: str
) -> tuple[Finding | None, tuple[int, ...]]:
    """Count a message: the flood it is part of, and the earlier messages that go with it."""
    limits = policy.limits
    said = said_of(event, limits, hash(folded) if folded else 0)
    key = (work.chat, actor)
    past = work.cached(_PAST).get(key, ())
    now = flood.heard(past, said, limits.kept, limits.window)
    if now is past:
        return None, ()
    work.put(_PAST, key, now)
    row = None
    if limits.row:
        row = flood.followed(work.cached(_ROW).get(work.chat), actor, event.at, event.album)
        work.put(_ROW, work.chat, row)
    found = flood.flooded(now, limits, row)
    if found is not None:
        earlier = flood.parts(now, found) if limits.clear else ()
        return _finding(found), tuple(m for m in earlier if m and m != event.message_id)
    if limits.crowd and len(folded) >= flood.CROWD_LEAST:
        return _crowd(work, event, limits, actor, said.digest), ()
    return None, ()


def said_of(event: Message, limits: flood.Limits, digest: int) -> flood.Said:
    """A message as it is counted."""
    mentions = links = lines = 0
    if limits.mentions or limits.links or limits.lines:
        mentions, links, lines = flood.counted(event.visible, len(event.urls), limits)
        mentions += len(event.mentions) if limits.mentions else 0
    return flood.Said(event.at, digest, event.album, event.message_id, mentions, links, lines)


def words_of(event: Message, folded: str) -> str:
    """The words that count as the same when they are said again: four reports are no flood."""
    first = event.text[:1]
    return "" if first == "/" or (first == "@" and event.text[:6].lower() == "@admin") else folded


def _crowd(work: Work, event: Message, limits: flood.Limits, actor: int, digest: int) -> Finding | None:
    key = (work.chat, digest)
    crowd = flood.joined_in(work.cached(_CROWD).get(key, ()), event.at, actor)
    work.put(_CROWD, key, crowd)
    if len(crowd) < limits.crowd:
        return None
    return _finding(flood.Flood("crowd", len(crowd), flood.CROWD_WINDOW))


def _finding(found: flood.Flood) -> Finding:
    return Finding(FLOOD, FLOOD_VERSION, found.matched, found.kind)


def window(kind: str, limits: flood.Limits) -> timedelta:
    """How long a flood of this kind goes on after its last message."""
    if kind == "repeat":
        return flood.REPEAT_WINDOW
    return {"crowd": flood.CROWD_WINDOW, "row": flood.ROW_GAP}.get(kind, limits.window)


def goes_on(work: Work, case: Case, policy: Policy) -> bool:
    """Does this message belong to a flood that is a case already? Remembers it as its newest."""
    key = (case.chat, case.actor)
    kept = work.cached(_FLOODING).get(key)
    work.put(_FLOODING, key, (case.at, case.carrier))
    return (
        kept is not None
        and kept[1] == case.carrier
        and case.at - kept[0] <= window(case.carrier, policy.limits)
    )
