"""What a federation is, who may change it, what its list becomes in a group, and the list as a file. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from groupbot.core.sheet import csv_text
from groupbot.features.members.domain import Setting

NAME, REASON = 60, 200  # characters
FEDS, ADMINS, SUBSCRIPTIONS = 3, 100, 5  # federations of one owner; admins and subscriptions of one
LISTED = 20_000  # lines of one file
RULE = ("federation", 1)  # of what a list does by itself, and its version
QUIET = Setting(
    "quietfed", False, "No line in the group when the federation's list acts", choices=(True, False)
)


class Fed(Struct, frozen=True):
    """A federation. `code` is its public name; `log` our id of the chat its acts are told in, 0 for none."""

    id: int
    code: str
    name: str
    owner: int
    log: int = 0
    reasons: bool = False
    tells: bool = True
    admins: frozenset[int] = frozenset()

    def may(self, person: int) -> bool:
        """May this person change the list?"""
        return person == self.owner or person in self.admins


class Banned(Struct, frozen=True):
    """Somebody on a list."""

    person: int
    name: str
    reason: str
    by: int
    at: str = ""


class Delete(Struct, frozen=True, tag="fed.del"):
    """The owner confirms that a federation is dissolved."""

    id: int
    owner: int


class Act(Struct, frozen=True, tag="fed.act"):
    """Staff of a group let the list act on one person."""

    chat: int
    person: int


class Leave(Struct, frozen=True, tag="fed.let"):
    """Staff of a group let that person be."""

    chat: int
    person: int


def csv_of(bans: Iterable[Banned]) -> str:
    """A list as CSV with a header."""
    return csv_text(
        ("user_id", "name", "reason", "by", "at"), ((b.person, b.name, b.reason, b.by, b.at) for b in bans)
    )


def json_of(bans: Iterable[Banned]) -> str:
    """A list as JSON: one object a line, so that it can be read in pieces."""
    return "".join(
        json.dumps(
            {"user_id": b.person, "name": b.name, "reason": b.reason, "by": b.by, "at": b.at},
            ensure_ascii=False,
        )
        + "\n"
        for b in bans
    )


def read_list(text: str) -> tuple[list[tuple[int, str, str]], int]:
    """(person, name, reason) of a file of ours or Rose's, and how many lines could not be read. CSV with or
    without a header, a JSON array, or one JSON object a line."""
    text = text.lstrip("\ufeff").strip()
    rows = _json_rows(text) if text[:1] in "[{" and text else _csv_rows(text)
    found: dict[int, tuple[int, str, str]] = {}
    bad = 0
    for row in rows:
        person = _number(row.get("user_id", row.get("id", row.get("userid"))))
        if person is None:
            bad += 1
            continue
        name = row.get("name") or " ".join(str(row[k]) for k in ("first_name", "last_name") if row.get(k))
        reason = " ".join(str(row.get("reason") or "").split())
        found[person] = (person, str(name)[:NAME], reason[:REASON])
    return list(found.values())[:LISTED], bad + max(0, len(found) - LISTED)


def _json_rows(text: str) -> list[dict[str, Any]]:
    try:
        made = json.loads(text)
        rows = made if isinstance(made, list) else [made]
    except (ValueError, RecursionError):
        rows = []
        for line in text.splitlines():
            try:
                rows.append(json.loads(line))
            except (ValueError, RecursionError):
                rows.append(None)
    return [r if isinstance(r, dict) else {} for r in rows]


def _csv_rows(text: str) -> list[dict[str, Any]]:
    try:
        rows = [r for r in csv.reader(io.StringIO(text), strict=True) if r]
    except csv.Error:  # a quote that does not end swallows no line but its own
        try:
            rows = [r for line in text.splitlines() for r in csv.reader([line]) if r]
        except csv.Error:
            return [{}]
    if not rows:
        return []
    head = [c.strip().lower().replace(" ", "_") for c in rows[0]]
    if {"user_id", "id", "userid"} & {*head}:
        return [dict(zip(head, (c.removeprefix("'") for c in r), strict=False)) for r in rows[1:]]
    return [
        {"user_id": r[0], "name": r[1] if len(r) > 2 else "", "reason": r[-1] if r[1:] else ""} for r in rows
    ]


def _number(value: Any) -> int | None:
    """A person's id: positive, at most 52 bits (core.telegram.org/bots/api#user)."""
    text = str(value).strip()
    right = not isinstance(value, bool) and text.isascii() and text.isdigit() and len(text) <= 16
    return int(text) if right and 0 < int(text) < 1 << 52 else None
