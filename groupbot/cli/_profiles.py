"""The chats' profiles as CSV: columns, reading, and every check before anything is changed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from msgspec.structs import replace

from groupbot.cli._sheet import table_of, text_of
from groupbot.core.sheet import csv_text
from groupbot.errors import Misfit, Refusal
from groupbot.features.members.domain import (
    AIMS,
    ATTRIBUTES,
    LANGUAGE,
    TIERS,
    TYPES,
    Profile,
    makes_cycle,
    parent_fits,
)
from groupbot.features.members.service import segmenting

COLUMNS = (
    "chat_id",
    "telegram_id",
    "title",
    "tier",
    "region",
    "parent",
    "type",
    "aim",
    "owner",
    "zone",
    "language",
    "tags",
    "attributes",
    "state",  # only shown: active, limited, retired, kicked, gone
)
NONE = "-"
_LIST = "groupbot chats export lists them"
_WHICH = "say which by chat_id"
_WORDS = {"tier": TIERS, "type": TYPES, "aim": AIMS, "language": LANGUAGE.choices}


@dataclass(frozen=True, slots=True)
class Known:
    """A chat as the database has it."""

    profile: Profile
    telegram_id: int
    zone: str
    language: str


@dataclass(frozen=True, slots=True)
class Change:
    """What one line changes: `fields` as `set_profile` takes them, `settings` by key."""

    line: int
    chat: int
    fields: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


def written(known: Iterable[Known]) -> str:
    """The CSV of these chats, with a byte order mark, so that spreadsheets read Chinese; no formula in it."""
    known = list(known)
    titles = [k.profile.title for k in known]
    named = {k.profile.chat: k.profile.title for k in known if titles.count(k.profile.title) == 1}

    def cells(k: Known) -> tuple[object, ...]:
        p = k.profile
        parent = "" if p.parent is None else named.get(p.parent, p.parent)
        place = (p.chat, k.telegram_id, p.title, p.tier, p.region, parent, p.type, p.aim, p.owner)
        return *place, k.zone, k.language, ";".join(p.tags), ";".join(p.attributes), p.state

    return "\ufeff" + csv_text(COLUMNS, map(cells, known))


def read(path: Path) -> list[tuple[int, dict[str, str]]]:
    """(line number, cells by column) of each row, without the mark `written` puts before a formula.

    Raises:
        Misfit: no such file, no CSV, or its first line does not name the columns.
    """
    heading, rows = table_of(text_of(path), path)
    names = [n.strip().lower() for n in heading]
    for name in names:
        if name not in COLUMNS:
            raise Misfit(
                f"no column is called {name!r}{_nearest(name, COLUMNS)}",
                where=f"{path}:1",
                next=f"columns: {', '.join(COLUMNS)}",
            )
    if not {"chat_id", "telegram_id", "title"} & set(names):
        raise Misfit("no column says which chat is meant", where=f"{path}:1", next="add chat_id or title")
    return [
        (at, {n.strip().lower(): c.strip().removeprefix("'") for n, c in row.items()})
        for at, row in rows
        if any(c.strip() for c in row.values())
    ]


def check(
    path: Path, rows: list[tuple[int, dict[str, str]]], known: list[Known]
) -> tuple[list[Change], list[Misfit]]:
    """What the rows would change, in an order that can be applied, and all that is wrong with them.

    An empty cell leaves things as they are; `-` under parent means none.
    """
    by_chat = {k.profile.chat: k for k in known}
    changes: list[Change] = []
    wrong: list[Misfit] = []
    lines: dict[int, int] = {}
    for line, cells in rows:
        try:
            chat = _which(path, line, cells, known)
            if chat in lines:
                raise _misfit(path, line, "chat_id", f"the chat of line {lines[chat]} again", "keep one")
        except Misfit as e:
            wrong.append(e)
            continue
        lines[chat] = line
        change, troubles = _row(path, line, cells, by_chat[chat], known)
        changes.append(change)
        wrong += troubles
    if not wrong:
        wrong = _matrix(path, changes, by_chat)
    for c in changes:  # a parent with a new tier leaves whom it does not fit as yet: they come back to it
        above = by_chat[c.chat].profile.parent
        if "tier" in c.fields and above is not None:
            c.fields.setdefault("parent", above)
    tiers = {c.chat: c.fields.get("tier") or by_chat[c.chat].profile.tier for c in changes}
    changes.sort(key=lambda c: (TIERS.index(tiers[c.chat] or TIERS[-1]), c.line))
    return [c for c in changes if c.fields or c.settings], wrong


def _which(path: Path, line: int, cells: dict[str, str], known: list[Known]) -> int:
    for column in ("chat_id", "telegram_id"):
        text = cells.get(column, "")
        if not text or "E+" in text.upper():  # a spreadsheet rounded it
            continue
        for k in known:
            if str(k.profile.chat if column == "chat_id" else k.telegram_id) == text:
                return k.profile.chat
        raise _misfit(path, line, column, f"no chat of this bot is {text}", _LIST)
    title = cells.get("title", "")
    fits = [k.profile.chat for k in known if k.profile.title == title]
    if len(fits) == 1:
        return fits[0]
    if fits:
        raise _misfit(path, line, "title", f"{len(fits)} chats are called {title!r}", _WHICH)
    near = _nearest(title, [k.profile.title for k in known])
    raise _misfit(path, line, "title", f"no chat is called {title!r}{near}", _LIST)


def _row(
    path: Path, line: int, cells: dict[str, str], now: Known, known: list[Known]
) -> tuple[Change, list[Misfit]]:
    change, wrong = Change(line, now.profile.chat), []
    for column, text in cells.items():
        if not text or column in ("chat_id", "telegram_id", "title", "state"):
            continue
        try:
            value = _value(path, line, column, text, known)
        except Misfit as e:
            wrong.append(e)
            continue
        if column in ("zone", "language"):
            if value != getattr(now, column):
                change.settings[column] = value
        elif value != (now.profile.parent or 0 if column == "parent" else getattr(now.profile, column)):
            change.fields[column] = value
    return change, wrong


def _value(path: Path, line: int, column: str, text: str, known: list[Known]) -> Any:
    words = _WORDS.get(column)
    if words is not None:
        if text.lower() not in words:
            what = f"{text!r} is no {column}{_nearest(text.lower(), words)}"
            raise _misfit(path, line, column, what, f"one of {', '.join(words)}")
        return text.lower()
    if column == "owner":
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise _misfit(path, line, column, f"{text!r} is no Telegram user id", "a number, as in /id")
        return int(text)
    if column == "zone":
        if text not in available_timezones():
            what = f"{text!r} is no time zone{_nearest(text, available_timezones())}"
            raise _misfit(path, line, column, what, "an IANA name, as Asia/Shanghai")
        return text
    if column == "tags":
        for mark in ",，、；":
            text = text.replace(mark, ";")
        return tuple(t.strip() for t in text.split(";") if t.strip())
    if column == "attributes":
        try:
            return segmenting.read(text.replace(";", " "))
        except Refusal as e:
            known_words = ", ".join(w for some in ATTRIBUTES.values() for w in some)
            raise _misfit(
                path, line, column, f"{e.data['word']!r} is none of the words", known_words
            ) from None
    if column == "parent":
        return _parent(path, line, text, known)
    return text


def _parent(path: Path, line: int, text: str, known: list[Known]) -> int:
    """The chat meant; 0: none."""
    if text == NONE:
        return 0
    titled = [k.profile.chat for k in known if k.profile.title == text]
    if len(titled) > 1:
        raise _misfit(path, line, "parent", f"{len(titled)} chats are called {text!r}", _WHICH)
    if titled:
        return titled[0]
    if any(str(k.profile.chat) == text for k in known):
        return int(text)
    near = _nearest(text, [k.profile.title for k in known])
    raise _misfit(path, line, "parent", f"no chat is called {text!r}{near}", _LIST)


def _matrix(path: Path, changes: list[Change], by_chat: Mapping[int, Known]) -> list[Misfit]:
    """The tree as it would be after all changes: each parent one tier up, no circle."""
    after = {c: k.profile for c, k in by_chat.items()}
    for c in changes:
        fields = {k: v for k, v in c.fields.items() if k in ("tier", "parent")}
        if fields.get("parent") == 0:
            fields["parent"] = None
        after[c.chat] = replace(after[c.chat], **fields)
    parents = {c: p.parent for c, p in after.items()}
    lines = {c.chat: c for c in changes}
    wrong = []
    for p in after.values():
        above = after.get(p.parent) if p.parent is not None else None
        if above is None or not {"tier", "parent"} & (_touched(lines, p.chat) | _touched(lines, above.chat)):
            continue
        here = lines.get(p.chat) or lines[above.chat]
        column = "parent" if "parent" in _touched(lines, p.chat) else "tier"
        if makes_cycle(p.chat, above.chat, parents):
            what = f"{p.title} and {above.title} stand above each other"
            wrong.append(_misfit(path, here.line, column, what, "break the circle"))
        elif p.tier is None or not parent_fits(p.tier, above.tier):
            tiers = f"{above.tier or 'no tier'} over {p.tier or 'no tier'}"
            what = f"{above.title} cannot stand over {p.title}: {tiers}"
            wrong.append(
                _misfit(path, here.line, column, what, "dealer over store over consumer; - means no parent")
            )
    return wrong


def _touched(lines: Mapping[int, Change], chat: int) -> set[str]:
    return set(lines[chat].fields) if chat in lines else set()


def _nearest(text: str, words: Iterable[str]) -> str:
    close = difflib.get_close_matches(text, list(words), 1)
    return f"; did you mean {close[0]}?" if close else ""


def _misfit(path: Path, line: int, column: str, what: str, step: str) -> Misfit:
    return Misfit(what, where=f"{path}:{line}:{column}", next=step)
