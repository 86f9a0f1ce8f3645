"""Customers alike in one group: how chats and members are described, and who would fit better elsewhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import store
from groupbot.features.members.domain import ATTRIBUTES, Profile, attribute, fits, words_of
from groupbot.features.members.service.chats import profile, profiles, set_profile
from groupbot.features.members.service.people import is_staff, name

Segment = tuple[str, ...]  # kind:retail, scale:small: in the order of ATTRIBUTES
ALIKE = 70  # percent below which a group is mixed
FEW = 5  # described members, below which nothing is said of a group
SHOWN = 10


def read(text: str, now: Segment = ()) -> Segment:
    """Words (`large loyal`, `大 老友`, `scale:large`) over what was said before; `off` is nothing.

    Raises:
        Refusal: a word that is none of them.
    """
    if text.strip().casefold() in ("off", "-", "清空"):
        return ()
    found: dict[str, str] = dict(n.split(":", 1) for n in now)
    for word in words_of(text):
        name_, _, value = attribute(word).partition(":")
        if not value:
            raise Refusal("members/segment_words", word=word[:20])
        found[name_] = value
    return tuple(f"{a}:{found[a]}" for a in ATTRIBUTES if a in found)


def modal(described: Iterable[Segment]) -> Segment:
    """The commonest segment; of equally common ones the first by its words."""
    counts = Counter(described)
    return min(counts, key=lambda s: (-counts[s], s)) if counts else ()


def homogeneity(described: Sequence[Segment]) -> float:
    """Share of those equal to the modal segment, 0 to 1 (Simpson's modal share; 0 for nobody)."""
    return described.count(modal(described)) / len(described) if described else 0.0


def better(one: Segment, here: Segment, others: Sequence[tuple[str, Segment]]) -> str:
    """The other group that fits best: more attributes equal than here; '' for none."""
    fits = [(len(set(one) & set(segment)), title) for title, segment in others]
    best = max((n for n, _ in fits), default=0)
    return min(t for n, t in fits if n == best) if best > len(set(one) & set(here)) else ""


def describe_chat(work: Work, chat: int, text: str) -> Segment:
    """Describe the customers a chat is for.

    Raises:
        Refusal: an unknown word.
    """
    now = profile(work, chat)
    made = read(text, now.attributes if now is not None else ())
    set_profile(work, chat, attributes=made)
    return made


def describe_member(work: Work, chat: int, person: int, text: str, by: int | None) -> Segment:
    """Describe a member of a chat, for that chat alone.

    Raises:
        Refusal: an unknown word.
    """
    made = read(text, of_member(work, chat, person))
    if made:
        store_ = {"chat_id": chat, "person_id": person, "attributes": list(made), "by_id": by}
        work.sql.run(store.DESCRIBE, **store_, at=work.now)
    else:
        work.sql.run(store.UNDESCRIBE, chat=chat, who=person)
    return made


def of_member(work: Work, chat: int, person: int) -> Segment:
    """How a member is described in a chat."""
    row = work.sql.first(store.DESCRIBED, chat=chat, who=person)
    return tuple(row.attributes) if row is not None else ()


def count_of(work: Work, chat: int, asked: Sequence[str]) -> int:
    """How many members of a chat, staff apart, are described so."""
    rows = work.sql.all(store.DESCRIBED_HERE, chat=chat)
    return sum(fits(asked, r.attributes) and not is_staff(work, chat, r.person_id) for r in rows)


def overview(work: Work, chat: int, asks: int) -> dict[str, Any]:
    """A chat's own description, how alike its described members are, and, where fewer than 70 % are, whom
    another group of the same administrator would fit better: a proposal."""
    here = profile(work, chat)
    rows = [(r.person_id, tuple(r.attributes)) for r in work.sql.all(store.DESCRIBED_HERE, chat=chat)]
    described = [segment for _, segment in rows]
    common, share = modal(described), round(homogeneity(described) * 100)
    found: list[dict[str, Any]] = []
    if len(described) >= FEW and share < ALIKE:
        others = _others(work, chat, asks)
        for person, segment in rows:
            title = better(segment, common, others) if segment != common else ""
            if title:
                found.append({"name": name(work, person), "segment": list(segment), "title": title})
    return {
        "title": here.title if here is not None else "",
        "own": list(here.attributes) if here is not None else [],
        "n": len(described),
        "few": len(described) < FEW,
        "common": list(common),
        "share": share,
        "mixed": share < ALIKE,
        "moves": found[:SHOWN],
        "more": max(0, len(found) - SHOWN),
    }


def _others(work: Work, chat: int, asks: int) -> list[tuple[str, Segment]]:
    """The other groups this person runs (an operator all), each with what is common there."""
    found = []
    for p in profiles(work):
        if p.chat == chat or not p.there:
            continue
        if asks in work.me.operators or is_staff(work, p.chat, asks):
            segment = _common(work, p)
            if segment:
                found.append((p.title, segment))
    return found


def _common(work: Work, p: Profile) -> Segment:
    described = [tuple(r.attributes) for r in work.sql.all(store.DESCRIBED_HERE, chat=p.chat)]
    return modal(described) if len(described) >= FEW else p.attributes
