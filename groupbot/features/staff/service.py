"""The rota: who helps when. Notes: what staff keep in mind of somebody."""

from __future__ import annotations

from typing import Any

from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.staff import domain, store
from groupbot.features.staff.domain import Rota, Shift

KEPT = store.KEPT
_CACHE = "staff.helpers"


def _helpers(work: Work, chat: int) -> dict[int, Shift]:
    kept: dict[int, Shift] | None = work.cached(_CACHE).get(chat)
    if kept is None:
        rows = work.sql.all(store.HELPERS, chat=chat)
        kept = {r.person_id: Shift(r.days, r.begins, r.ends) for r in rows}
        work.put(_CACHE, chat, kept)
    return kept


def on_shift(work: Work, chat: int, person: int) -> bool:
    """Is this member a helper here, and on their shift now? Who left the group is none."""
    shift = _helpers(work, chat).get(person)
    if shift is None or not members.is_here(work, chat, person):
        return False
    return domain.on_shift(shift, work.now.astimezone(zone(members.voice(work, chat, None)[1])))


def now_helping(work: Work, chat: int) -> list[int]:
    """The helpers on shift now."""
    return [p for p in _helpers(work, chat) if on_shift(work, chat, p)]


def rota(work: Work, chat: int) -> list[dict[str, Any]]:
    """All helpers of a chat with their shifts."""
    return [
        {"id": p, "name": members.name(work, p), "shift": s.text, "now": on_shift(work, chat, p)}
        for p, s in _helpers(work, chat).items()
    ]


def add(work: Work, chat: int, person: int, text: str, by: int) -> Shift:
    """Put a member on the rota, or give them another shift.

    Raises:
        Refusal: a shift that cannot be read, no member of this chat, or too many helpers.
    """
    shift = domain.shift_of(text)
    if shift is None:
        raise Refusal("staff/bad_shift")
    known = _helpers(work, chat)
    if person < 0 or not members.is_here(work, chat, person):
        raise Refusal("staff/no_member")
    if person not in known and len(known) >= domain.MOST_HELPERS:
        raise Refusal("staff/too_many", most=domain.MOST_HELPERS)
    work.sql.run(
        store.ADD,
        chat_id=chat,
        person_id=person,
        days=shift.days,
        begins=shift.start,
        ends=shift.end,
        by_id=by,
        at=work.now,
    )
    work.drop(_CACHE, chat)
    work.emit(Rota(chat, person, by, shift.text))
    return shift


def drop(work: Work, chat: int, person: int, by: int) -> None:
    """Take somebody off the rota.

    Raises:
        Refusal: they were not on it.
    """
    if not work.sql.run(store.DROP, chat=chat, who=person):
        raise Refusal("staff/no_helper")
    work.drop(_CACHE, chat)
    work.emit(Rota(chat, person, by, gone=True))


# --- notes
def keep_note(work: Work, chat: int, person: int, text: str, by: int) -> int:
    """Keep a note on somebody, for staff alone; how many there are.

    Raises:
        Refusal: nothing to keep, too long, or too many.
    """
    text = text.strip()
    if not text:
        raise Refusal("common/usage")
    if len(text) > domain.NOTE:
        raise Refusal("rules/too_long", most=domain.NOTE)
    found = work.sql.all(store.NOTES, chat=chat, who=person)
    if len(found) >= domain.MOST_NOTES:
        raise Refusal("staff/too_many", most=domain.MOST_NOTES)
    work.sql.run(store.NOTE, chat_id=chat, person_id=person, text=text, by_id=by, at=work.now)
    return len(found) + 1


def notes(work: Work, chat: int, person: int) -> list[dict[str, Any]]:
    """The notes on somebody, numbered from 1."""
    return [
        {"n": i, "text": r.text, "by": members.name(work, r.by_id) if r.by_id else "", "at": r.at}
        for i, r in enumerate(work.sql.all(store.NOTES, chat=chat, who=person), 1)
    ]


def drop_note(work: Work, chat: int, person: int, number: int) -> None:
    """Take the n-th note on somebody away.

    Raises:
        Refusal: there is no such note.
    """
    found = work.sql.all(store.NOTES, chat=chat, who=person)
    if not 1 <= number <= len(found):
        raise Refusal("staff/no_note")
    work.sql.run(store.UNNOTE, the_id=found[number - 1].id, chat=chat)
