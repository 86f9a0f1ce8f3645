"""Approve people, ask whether somebody is approved, count towards it."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.approvals import store
from groupbot.features.approvals.domain import AFTER, REASON, STAY, Approved, enough
from groupbot.features.members import service as members

_CACHE, _COUNT = "approvals", "approvals.clean"


KEPT = store.KEPT


def _of(work: Work, chat: int) -> dict[int, Any]:
    kept: dict[int, Any] | None = work.cached(_CACHE).get(chat)
    if kept is None:
        kept = {r.person_id: r for r in work.sql.all(store.OF_CHAT, chat=chat)}
        work.put(_CACHE, chat, kept)
    return kept


def approved(work: Work, chat: int, person: int) -> bool:
    """Is this person (negative: a channel) exempt here? Two look-ups."""
    return person in _of(work, chat)


def why(work: Work, chat: int, person: int) -> dict[str, Any] | None:
    """Since when, by whom and why somebody is approved; None when they are not."""
    row = _of(work, chat).get(person)
    return None if row is None else _line(work, row)


def everybody(work: Work, chat: int) -> list[dict[str, Any]]:
    """All who are approved, the earliest first."""
    return [_line(work, r) for r in _of(work, chat).values()]


def _line(work: Work, row: Any) -> dict[str, Any]:
    return {
        "id": row.person_id,
        "name": members.name(work, row.person_id) if row.person_id > 0 else "",
        "by": members.name(work, row.by_id) if row.by_id else "",
        "reason": row.reason,
        "at": row.at,
    }


def approve(work: Work, chat: int, person: int, by: int, reason: str = "") -> None:
    """Make somebody exempt. `by` 0: by clean messages."""
    work.sql.run(store.APPROVE, chat_id=chat, person_id=person, by_id=by, reason=reason[:REASON], at=work.now)
    work.drop(_CACHE, chat)
    work.emit(Approved(chat, person, by, reason[:REASON]))


def unapprove(work: Work, chat: int, person: int, by: int) -> None:
    """Somebody is exempt no more.

    Raises:
        Refusal: they were not.
    """
    if not work.sql.run(store.UNAPPROVE, chat=chat, who=person):
        raise Refusal(
            "approvals/not_approved", name=members.name(work, person) if person > 0 else str(person)
        )
    work.drop(_CACHE, chat)
    found_fault(work, chat, person)
    work.emit(Approved(chat, person, by, gone=True))


def unapprove_all(work: Work, chat: int, by: int) -> int:
    """Nobody is exempt any more, and each counts anew; how many were."""
    for person in _of(work, chat):
        found_fault(work, chat, person)
        work.emit(Approved(chat, person, by, gone=True))
    gone = work.sql.run(store.UNAPPROVE_ALL, chat=chat)
    work.drop(_CACHE, chat)
    return gone


def after(work: Work, chat: int) -> int:
    """Clean messages after which a member is approved by itself; 0: never."""
    return max(0, int(members.get(work, chat, AFTER)))


def spoke_clean(work: Work, chat: int, person: int, needed: int) -> None:
    """One more message without a finding. Only called where the chat counts (`needed` > 0)."""
    if approved(work, chat, person) or members.is_staff(work, chat, person):
        return
    n = _count(work, chat, person) + 1
    work.put(_COUNT, (chat, person), n)
    work.add(store.CLEAN, chat, person, 1)
    joined = members.joined_at(work, chat, person)
    if enough(n, needed) and (joined is None or work.now - joined >= STAY):
        approve(work, chat, person, 0)


def found_fault(work: Work, chat: int, person: int) -> None:
    """A finding begins the count anew."""
    n = _count(work, chat, person)
    if n:
        work.add(store.CLEAN, chat, person, -n)
        work.put(_COUNT, (chat, person), 0)


def _count(work: Work, chat: int, person: int) -> int:
    n: int | None = work.cached(_COUNT).get((chat, person))
    return int(work.sql.value(store.COUNTED, chat=chat, who=person) or 0) if n is None else n
