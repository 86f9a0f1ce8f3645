"""The export of the bot Rose (version 2), field by field beside ours. Pure.

The fields are those of exports seen in public (a typed description of one is in several open repositories).
What is not in FIELDS is kept as it came and given back: in and out, nothing changes its meaning. A setting
that nobody touched since the import leaves its field as it came, too.
"""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from groupbot.core.setting import Setting, Unfit
from groupbot.features.moving.domain import rose_books
from groupbot.features.moving.domain.books import Books
from groupbot.features.moving.domain.rose_fields import FIELDS
from groupbot.features.moving.domain.rose_locks import long_reasons
from groupbot.features.moving.domain.rose_words import plain, says_nothing

ROSE = 609517172  # the bot's id, which its exports carry
VERSION = 2


class NotRose(ValueError):
    """Not an export of that bot; says what is missing."""


class Taken(Struct):
    """What an export means here: our values and books, and what of it was understood. `close` are near,
    `left` not understood (path and how much), `unfit` understood but not possible here, `apart` what of the
    books cannot come, by why (and `reasons`: words of locks that are too long here)."""

    values: dict[str, Any] = field(default_factory=dict)
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    apart: dict[str, list[str]] = field(default_factory=dict)
    understood: list[str] = field(default_factory=list)
    close: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    unfit: list[str] = field(default_factory=list)


def is_rose(text: str) -> bool:
    """Does this look like that bot's export at all?"""
    head = text.lstrip()[:1]
    return head == "{" and '"data"' in text and '"bot_id"' in text


def read(text: str) -> dict[str, Any]:
    """The export.

    Raises:
        NotRose: it is none.
    """
    try:
        made = json.loads(text)
    except (ValueError, RecursionError) as e:
        raise NotRose(f"no JSON: {e}") from None
    if not isinstance(made, dict) or not isinstance(made.get("data"), dict):
        raise NotRose("no mapping `data` in it")
    if not isinstance(made.get("version"), int) or made["version"] > VERSION:
        raise NotRose(f"version {made.get('version')!r}; known: up to {VERSION}")
    return made


def take(export: Mapping[str, Any], known: Mapping[str, Setting]) -> Taken:
    """What of an export our settings can say."""
    taken = Taken()
    used: set[str] = set()
    data = export["data"]
    for f in FIELDS:
        if not f.holds(known):
            continue
        there, value = _find(data, f.path)
        above = _find(data, f.path.rpartition(".")[0])[1]
        made = f.ours(value, above) if there and isinstance(above, dict) else None
        if made is None:
            if there and f.ours is says_nothing:  # read with the field beside it
                used.add(f.path)
            continue
        if f.path != "locks.locks":  # its parts are fields themselves
            used.add(f.path)
        try:
            taken.values[f.key] = known[f.key].check(made)
        except Unfit as e:
            taken.unfit.append(f"{f.path}: expected {e.expected}")
            continue
        (taken.close if f.close else taken.understood).append(f"{f.path} → {f.key}")
    found = rose_books.take(data)
    taken.books, taken.apart = found.books, found.apart
    taken.understood += [f"{path} → {book}" for book, path in rose_books.PATHS.items() if path in found.used]
    if "lock_reasons" in known and (long := long_reasons(data)):
        taken.apart["reasons"] = long
    taken.left = _unused(data, used | found.used)
    if "rules_phrases" in taken.values:
        filters = _find(data, "blocklists.filters")[1]
        names = [str(d.get("name") or "") for d in filters if isinstance(d, dict)]
        taken.left += [f"blocklists.filters: {n[:40]}" for n in names if n and not plain(n)]
    return taken


def give(
    was: Mapping[str, Any] | None,
    values: Mapping[str, Any],
    before: Mapping[str, Any],
    known: Mapping[str, Setting],
    held: tuple[Books, Books] = ({}, {}),
) -> dict[str, Any]:
    """An export for that bot: what came from it, with our `values` where they changed since `before` (what
    they were right after the import, or as shipped), and our books where those `held` differ (now, then)."""
    made: dict[str, Any] = copy.deepcopy(dict(was or {"bot_id": ROSE, "data": {}, "version": VERSION}))
    for f in FIELDS:
        if not f.holds(known) or f.key not in values or values[f.key] == before.get(f.key):
            continue
        there, old = _find(made["data"], f.path)
        now = f.theirs(values[f.key], old if there else None)
        if now is not None:
            _put(made["data"], f.path, now)
    rose_books.give(made["data"], *held)
    return made


def _find(data: Any, path: str) -> tuple[bool, Any]:
    for name in path.split("."):
        if not isinstance(data, dict) or name not in data:
            return False, None
        data = data[name]
    return True, data


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        inner = data.get(name)
        if not isinstance(inner, dict):
            inner = data[name] = {}
        data = inner
    data[last] = value


def _unused(data: Mapping[str, Any], used: set[str]) -> list[str]:
    """Paths that say something and were not used: a list with how many it holds, never its contents."""
    found: list[str] = []

    def walk(value: Any, path: str) -> None:
        if path in used or value in (None, "", False, 0, [], {}):
            return
        if isinstance(value, dict):
            for k, v in value.items():
                walk(v, f"{path}.{k}" if path else str(k))
        elif isinstance(value, list):
            found.append(f"{path}: {len(value)}")
        else:
            found.append(path)

    walk(dict(data), "")
    return found


def by_module(paths: list[str]) -> list[str]:
    """Paths as modules with how many of each: `notes (2)`."""
    counted = Counter(p.partition(".")[0].partition(":")[0] for p in paths)
    return [f"{name} ({n})" for name, n in sorted(counted.items())]
