"""What a group wrote down, as it moves: read from its features, looked over, put into them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.approvals import service as approvals
from groupbot.features.federation import service as federation
from groupbot.features.moving.domain import books
from groupbot.features.moving.domain.books import APPROVALS, FEDERATION, WRITTEN
from groupbot.features.moving.domain.file import Change
from groupbot.features.notes import service as notes
from groupbot.features.notes.domain.names import FILTERS, NOTES

MOST = {"notes": NOTES, "filters": FILTERS, APPROVALS: 1000}
Apart = dict[str, list[str]]


def held(work: Work, chat: int, modules: Collection[str] = ()) -> dict[str, dict[str, Any]]:
    """The books of a chat, those of these modules or all."""
    wanted = books.wanted(modules)
    made: dict[str, dict[str, Any]] = {}
    if {*WRITTEN} & {*wanted}:
        every = notes.exported(work, chat)
        made = {
            book: {k: books.said(v["text"], v["media"]) for k, v in every[book].items()}
            for book in WRITTEN
            if book in wanted
        }
    if APPROVALS in wanted:
        made[APPROVALS] = {str(a["id"]): a["reason"] for a in approvals.everybody(work, chat)}
    if FEDERATION in wanted:
        now = federation.of_chat(work, chat)
        made[FEDERATION] = {} if now is None else {now.code: ""}
    return made


def usable(work: Work, coming: dict[str, dict[str, Any]], *, ours: bool) -> tuple[dict[str, Any], Apart]:
    """What of these books can stand here, and what is apart, by why: files (of another bot, unless it is
    `ours`), broken (a text that does not render), federation (not known here)."""
    apart: Apart = {}
    made: dict[str, dict[str, Any]] = {}
    for book, rows in coming.items():
        if book in WRITTEN:
            some = {k: _sayable(work, book, k, v, ours, apart) for k, v in rows.items()}
            made[book] = {k: v for k, v in some.items() if v is not None}
        elif book != FEDERATION or all(_known(work, code) for code in rows):
            made[book] = rows
        else:  # one that is not known takes nobody out of another
            apart["federation"] = list(rows)
    return made, apart


def _sayable(work: Work, book: str, name: str, value: Any, ours: bool, apart: Apart) -> Any:
    """What a note or filter may say here; None for nothing."""
    called = books.called(book, name)
    if value["media"] and not ours:
        apart.setdefault("files", []).append(called)
        value = {**value, "media": None}
        if not value["text"].strip():
            return None
    cause = notes.trouble(work, called, value["text"], value["media"])
    if cause:
        apart.setdefault("broken", []).append(f"{called}: {cause}")
    return None if cause else value


def _known(work: Work, code: str) -> bool:
    try:
        federation.named(work, code)
    except Refusal:
        return False
    return True


def room(now: dict[str, dict[str, Any]], found: list[Change]) -> None:
    """Is there room for what comes?

    Raises:
        Refusal: a book would hold too much.
    """
    for book, most in MOST.items():
        gone = {c.key for c in found if c.book == book and c.after is None}
        more = {c.key for c in found if c.book == book and c.after is not None}
        if len((now.get(book, {}).keys() - gone) | more) > most:
            raise Refusal("notes/full", most=most)


def put(work: Work, chat: int, change: Change, by: int | None) -> None:
    """Make one change in a book.

    Raises:
        Refusal: the group is in another federation, or there is none of that code any more.
    """
    name, after = change.key, change.after
    if change.book in WRITTEN:
        notes.moved(work, chat, name, after, by, filters=change.book == "filters")
    elif change.book == APPROVALS:
        if after is not None:
            approvals.approve(work, chat, int(name), by or work.bot_id, after)
        elif approvals.approved(work, chat, int(name)):
            approvals.unapprove(work, chat, int(name), by or work.bot_id)
    elif after is not None:
        federation.join(work, chat, name, by or 0)
    elif federation.of_chat(work, chat) is not None:
        federation.leave(work, chat, by or 0)
