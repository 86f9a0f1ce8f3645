"""What is written down in a chat, kept ready; saving and taking away."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from groupbot.core.fillings import Draft, kept, read, write
from groupbot.engine import custom
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.notes import store
from groupbot.features.notes.domain import triggers
from groupbot.features.notes.domain.names import FILTERS, NOTES, Noted, name_of
from groupbot.features.notes.domain.triggers import Trigger, Triggers
from groupbot.features.rules.domain.matching import Unfit

_BOOKS = "notes.books"


class Book(Struct, frozen=True):
    """The names of a chat's notes with their ids, and the triggers of its filters."""

    notes: dict[str, int]
    triggers: Triggers | None


def book(work: Work, chat: int) -> Book | None:
    """What a chat wrote down, None for nothing: one look-up once it is known."""
    books = work.cached(_BOOKS)
    if chat not in books:
        notes = {r.name: r.id for r in work.sql.all(store.NAMES, chat=chat)}
        rows = work.sql.all(store.TRIGGERS, chat=chat)
        found = Triggers((r.id, Trigger(r.kind, r.trigger)) for r in rows) if rows else None
        work.put(_BOOKS, chat, Book(notes, found) if notes or rows else None)
    return books[chat]  # type: ignore[no-any-return]


def _checked(work: Work, text: str, media: tuple[str, str] | None, name: str) -> Draft:
    if not text.strip() and media is None:
        raise Refusal("common/usage")
    draft = read(text, media)
    try:
        custom.check(work, draft, name)
    except Misfit as e:
        _, _, line = e.where.rpartition(":")
        raise Refusal(
            "notes/broken", cause=e.what, line=int(line) if line.isdecimal() else 0, next=e.next
        ) from None
    return draft


# --- notes
def save(work: Work, chat: int, name: str, text: str, media: tuple[str, str] | None, by: int | None) -> str:
    """Keep a note, in the place of one of the same name; its name.

    Raises:
        Refusal: no name, nothing to keep, too many, or a text that does not render (the old one stays).
    """
    called = name_of(name)
    if not called:
        raise Refusal("common/usage")
    draft = _checked(work, text, media, f"#{called}")
    now = book(work, chat)
    if now is not None and called not in now.notes and len(now.notes) >= NOTES:
        raise Refusal("notes/full", most=NOTES)
    work.sql.run(store.SAVE, chat_id=chat, name=called, draft=draft.plain(), by_id=by or 0, at=work.now)
    work.drop(_BOOKS, chat)
    work.emit(Noted(chat, "note", (called,), by))
    return called


def clear(work: Work, chat: int, name: str, by: int | None) -> str:
    """Take a note away; its name.

    Raises:
        Refusal: there is none of that name.
    """
    called = name_of(name)
    if not work.sql.run(store.CLEAR, chat=chat, called=called):
        raise Refusal("notes/unknown", name=called)
    work.drop(_BOOKS, chat)
    work.emit(Noted(chat, "note_gone", (called,), by))
    return called


def names(work: Work, chat: int) -> list[str]:
    """The notes of a chat by name."""
    found = book(work, chat)
    return [] if found is None else list(found.notes)


def clear_all(work: Work, chat: int, by: int | None, *, filters: bool = False) -> int:
    """All notes (or all filters) go; how many."""
    gone = work.sql.run(store.STOP_ALL if filters else store.CLEAR_ALL, chat=chat)
    work.drop(_BOOKS, chat)
    work.emit(Noted(chat, "filter_gone_all" if filters else "note_gone_all", (str(gone),), by))
    return gone


# --- filters
def add(
    work: Work, chat: int, args: str, replied: str, media: tuple[str, str] | None, by: int | None
) -> list[str]:
    """Keep a filter for each trigger `args` begins with; the triggers as typed. What it says are the words
    behind them, else `replied`.

    Raises:
        Refusal: no trigger, nothing to say, too many, or a text that does not render.
    """
    found, rest = _triggers(args)
    draft = _checked(work, rest or replied, media, found[0].line)
    here = {Trigger(r.kind, r.trigger).key for r in work.sql.all(store.TRIGGERS, chat=chat)}
    if len(here | {t.key for t in found}) > max(FILTERS, len(here)):
        raise Refusal("notes/full", most=FILTERS)
    for t in found:
        work.sql.run(
            store.ADD,
            chat_id=chat,
            key=t.key,
            kind=t.kind,
            trigger=t.text,
            draft=draft.plain(),
            by_id=by or 0,
            at=work.now,
        )
    work.drop(_BOOKS, chat)
    work.emit(Noted(chat, "filter", tuple(t.line for t in found), by))
    return [t.line for t in found]


def stop(work: Work, chat: int, args: str, by: int | None) -> list[str]:
    """Take filters away; their triggers. Several words without quotes are one trigger, as in Rose.

    Raises:
        Refusal: no trigger, or none of them is one here.
    """
    found, rest = _triggers(args)
    if rest and len(found) == 1:
        found = _triggers('"' + args.strip().replace('"', "") + '"')[0]
    gone = [t.line for t in found if work.sql.run(store.STOP, chat=chat, called=t.key)]
    if not gone:
        raise Refusal("notes/no_filter", name=found[0].line)
    work.drop(_BOOKS, chat)
    work.emit(Noted(chat, "filter_gone", tuple(gone), by))
    return gone


def triggers_of(work: Work, chat: int) -> list[str]:
    """The triggers of a chat's filters, as they are typed."""
    return [Trigger(r.kind, r.trigger).line for r in work.sql.all(store.TRIGGERS, chat=chat)]


def _triggers(args: str) -> tuple[list[Trigger], str]:
    if not args.strip():
        raise Refusal("common/usage")
    try:
        return triggers.read(args)
    except Unfit as e:
        raise Refusal("notes/bad_trigger", reason=e.reason) from None


# --- all of it, for moving in and out
def exported(work: Work, chat: int) -> dict[str, Any]:
    """Notes and filters in the dialect, as {"notes": {name: …}, "filters": {trigger: …}}; each value has
    `text` and `media` ([kind, file id] or None)."""

    def plain(draft: Any) -> dict[str, Any]:
        d = kept(draft)
        return {"text": write(d), "media": list(d.media) if d.media else None}

    return {
        "notes": {r.name: plain(r.draft) for r in work.sql.all(store.NOTES, chat=chat)},
        "filters": {
            Trigger(r.kind, r.trigger).line: plain(r.draft) for r in work.sql.all(store.FILTERS, chat=chat)
        },
    }


def trouble(work: Work, name: str, text: str, media: tuple[str, str] | None) -> str:
    """Why this text cannot be said, in English words; "" when it can."""
    try:
        custom.check(work, read(text, media), name)
    except Misfit as e:
        return e.what
    return ""


def moved(work: Work, chat: int, name: str, said: Any, by: int | None, *, filters: bool = False) -> None:
    """A note (or the filter of a trigger as it is typed) comes in as `exported` gave it and `trouble` passed
    it; None: it goes.

    Raises:
        Refusal: no trigger.
    """
    at = {"chat_id": chat, "by_id": by or 0, "at": work.now}
    if said is not None:
        media = tuple(said["media"]) if said["media"] else None
        at["draft"] = read(said["text"], media).plain()
    if not filters:
        if said is None:
            work.sql.run(store.CLEAR, chat=chat, called=name_of(name))
        else:
            work.sql.run(store.SAVE, name=name_of(name), **at)
    else:
        t = _triggers(name)[0][0]
        if said is None:
            work.sql.run(store.STOP, chat=chat, called=t.key)
        else:
            work.sql.run(store.ADD, key=t.key, kind=t.kind, trigger=t.text, **at)
    work.drop(_BOOKS, chat)
