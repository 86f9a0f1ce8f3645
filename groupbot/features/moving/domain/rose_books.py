"""Notes, filters, approvals and the federation in Rose's export, as our books and back. Pure.

Files are hers: their ids open for her alone, so words come and go without them. What cannot be taken stays in
the export as it came and is named: `Found.apart`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from groupbot.features.moving.domain.books import (
    APPROVALS,
    FEDERATION,
    LONGEST,
    REASON,
    WRITTEN,
    Books,
    bare_of,
    called,
    is_id,
    name_of,
    said,
)
from groupbot.features.rules.domain.allowing import SHARED

PATHS = {"notes": "notes.notes", "filters": "filters.filters", APPROVALS: "approvals.approved"}
FED = "federations.fed_id"
Row = Mapping[str, Any]


class Found(Struct):
    """The books of an export. `used` are the paths that were read; `apart` what cannot come, by why: files
    (words without their file, or a file alone), names (no trigger or name here), people (no id, or one that
    stands for many), federation (a list that is not known here)."""

    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    apart: dict[str, list[str]] = field(default_factory=dict)


def take(data: Row) -> Found:
    """What is written down in an export."""
    found = Found()
    for book, path in PATHS.items():
        rows = _rows(data, path)
        if rows is None:
            continue
        found.used.add(path)
        made = found.books[book] = {}
        for row in rows:
            name, value, why = _READ[book](book, row)
            if why:
                found.apart.setdefault(why, []).append(_called(book, row))
            if value is not None:
                made[name] = value
    code = _inner(data, "federations").get("fed_id")
    if isinstance(code, str) and code:
        found.used.add(FED)
        found.books[FEDERATION] = {code.upper(): ""}
    return found


def give(data: dict[str, Any], now: Books, before: Books) -> None:
    """Write into an export's `data` what changed in our books since `before`."""
    for book, path in PATHS.items():
        held, was = now.get(book, {}), before.get(book, {})
        if held == was:
            continue
        module, _, name = path.partition(".")
        rows = _rows(data, path) or []
        kept: list[Any] = []
        there = set()
        for row in rows:
            key, value, _ = _READ[book](book, row)
            there.add(key)
            if value is None or held.get(key) == was.get(key, value) or key not in was:
                kept.append(row)
            elif key in held:
                kept.append({**row, **_words(book, held[key])})
        kept += [_new(book, k, v) for k, v in held.items() if k not in there and v != was.get(k)]
        inner = data[module] = {**_inner(data, module)}
        inner[name] = [row for row in kept if row is not None]


def _inner(data: Row, module: str) -> dict[str, Any]:
    part = data.get(module)
    return part if isinstance(part, dict) else {}


def _rows(data: Row, path: str) -> list[Any] | None:
    module, _, name = path.partition(".")
    rows = _inner(data, module).get(name)
    return rows if isinstance(rows, list) else None


def _called(book: str, row: Any) -> str:
    if not isinstance(row, dict):
        return f"{book}: ?"
    if book == APPROVALS:
        return str(row.get("user_id"))[:40]
    return called(book, str(row.get("name"))[:40])


def _said(book: str, row: Any) -> tuple[str, Any, str]:
    """Our name, our value (None: it cannot come), and why something of it cannot come."""
    if not isinstance(row, dict):
        return "", None, "names"
    name, text = name_of(book, str(row.get("name") or ""), bare=True), row.get("text")
    words = text if isinstance(text, str) and len(text) <= LONGEST else ""
    if not name or (text and not words):
        return name, None, "names"
    if not words.strip():
        return name, None, "files"
    return name, said(words), "files" if row.get("data_id") else ""


def _approved(book: str, row: Any) -> tuple[str, Any, str]:
    number = row.get("user_id") if isinstance(row, dict) else None
    if isinstance(number, bool) or not isinstance(number, int) or not is_id(str(number)) or number in SHARED:
        return str(number), None, "people"
    return str(number), " ".join(str(row.get("reason") or "").split())[:REASON], ""


_READ: dict[str, Callable[[str, Any], tuple[str, Any, str]]] = {
    **dict.fromkeys(WRITTEN, _said),
    APPROVALS: _approved,
}


def _words(book: str, value: Any) -> dict[str, Any]:
    return {"reason": value} if book == APPROVALS else {"text": value["text"]}


def _new(book: str, name: str, value: Any) -> dict[str, Any] | None:
    """A row of hers; None for a file without words, which only opens for us."""
    if book == APPROVALS:
        return {"user_id": int(name), "reason": value}
    if not value["text"].strip():
        return None
    name = name if book == "notes" else bare_of(name)
    return {"data_id": "", "name": name, "text": value["text"], "type": 0}
