"""Locks of Rose's export as ours and back: the switch, the act within its reason, the words. Pure."""

from __future__ import annotations

import re
from typing import Any

from groupbot.features.moving.domain.rose_words import Part
from groupbot.features.rules.domain import locks, wishes
from groupbot.features.rules.domain.entries import NOTICE

_ACT = re.compile(r"\{([^{}]*)\}")


def locked(value: Any, part: Part) -> Any:
    """A lock; an act in braces within its reason is what follows: `no stickers {tmute 2h}`."""
    if not isinstance(value, bool):
        return None
    return (_act_in(part.get("reason")) or "on") if value else ""


def back_locked(value: Any, was: Any) -> Any:
    return bool(value)


def back_lock_act(value: Any, was: Any) -> Any:
    """The act of a lock, in braces before its reason; None where there is none to write or to take away."""
    act = "" if value in ("", "on") else str(value)
    words = _without_act(was)
    if act == _act_in(was) or (not act and words == str(was or "").strip()):
        return None
    return f"{{{act}}} {words}".strip() if act else words


def _act_in(reason: Any) -> str:
    m = _ACT.search(reason) if isinstance(reason, str) else None
    try:
        return wishes.read(m[1]).text if m else ""
    except ValueError:
        return ""


def _without_act(reason: Any) -> str:
    text = reason if isinstance(reason, str) else ""
    return " ".join((_ACT.sub(" ", text) if _act_in(text) else text).split())


def reasons(value: Any, part: Part) -> Any:
    """What is said of each lock; none that is longer than fits here (`long_reasons` names those)."""
    if not isinstance(value, dict):
        return None
    found = {k: _without_act(d.get("reason")) for k, d in value.items() if isinstance(d, dict)}
    return {k: r for k, r in found.items() if r and len(r) <= NOTICE and k in locks.BY_ID}


def long_reasons(data: Any) -> list[str]:
    """The locks whose reason does not fit here."""
    part = data.get("locks") if isinstance(data, dict) else None
    every = part.get("locks") if isinstance(part, dict) else None
    if not isinstance(every, dict):
        return []
    found = {k: _without_act(d.get("reason")) for k, d in every.items() if isinstance(d, dict)}
    return [k for k, r in found.items() if r and (len(r) > NOTICE) and k in locks.BY_ID]


def back_reasons(value: Any, was: Any) -> Any:
    """The words change, an act in braces stays."""
    before = was if isinstance(was, dict) else {}
    made = dict(before)
    for k in dict.fromkeys([*before, *value]):
        there = before.get(k)
        d: dict[str, Any] = there if isinstance(there, dict) else {"locked": False}
        old = d.get("reason")
        words, act = str(value.get(k, "")), _act_in(old)
        if k in locks.BY_ID and words != _without_act(old) and (words or len(_without_act(old)) <= NOTICE):
            made[k] = {**d, "reason": f"{{{act}}} {words}".strip() if act else words}
    return made
