"""Service messages that are taken away."""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Delete
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.guarding.domain.settings import CLEAN, TYPES, cleaned
from groupbot.features.members import service as members

_DUST = "guarding.dust"
_ALL, _NONE = ("all", "on", "yes"), ("off", "no", "none")


def now(work: Work, chat: int) -> dict[str, Any]:
    """Which types go and which there are."""
    gone = set(members.get(work, chat, CLEAN))
    return {"gone": [t for t in TYPES if t in gone], "known": list(TYPES)}


def change(work: Work, chat: int, words: list[str], by: int | None, *, keep: bool = False) -> None:
    """Types that go from now on (with `keep`: that stay); `all` or `off` mean every one.

    Raises:
        Refusal: an unknown type.
    """
    low = [w.lower().rstrip(",") for w in words]
    gone = set(members.get(work, chat, CLEAN))
    if len(low) == 1 and low[0] in (*_ALL, *_NONE):
        gone = set(TYPES) if (low[0] in _ALL) != keep else set()
    elif low and all(w in TYPES for w in low):
        gone = gone - set(low) if keep else gone | set(low)
    else:
        raise Refusal("guarding/service_types", known=list(TYPES))
    members.put(work, CLEAN, [t for t in TYPES if t in gone], chat=chat, by=by)


def seen(work: Work, kind: str, message: int | None) -> None:
    """A service message of this field came. A batch's worth goes in one call."""
    if not message:
        return
    types = members.get(work, work.chat, CLEAN)
    if not types or not cleaned(kind, frozenset(types)):
        return
    chat = work.chat
    work.put(_DUST, chat, (*work.cached(_DUST).get(chat, ()), message))
    work.finally_(("guarding.dust", chat), lambda w: _sweep(w, chat))


def _sweep(work: Work, chat: int) -> None:
    ids = work.cached(_DUST).get(chat, ())
    work.drop(_DUST, chat)
    for i in range(0, len(ids), 100):
        work.say(Delete(chat=chat, messages=ids[i : i + 100], why="service messages"))
