"""The blocklist as administrators set and see it."""

from __future__ import annotations

from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.rules.domain import blocklist, entries, wishes
from groupbot.features.rules.domain.entries import NOTICE, Block
from groupbot.features.rules.domain.matching import Unfit
from groupbot.features.rules.service.policy import idle

SHOWN = 60  # entries of one reply
_WIDE = 2800  # characters of one reply


def listed(work: Work, chat: int, topic: int | None = None) -> list[Block]:
    """What stands on the list, in its order; what cannot be read any more is left out."""
    return [
        b for line in members.get(work, chat, blocklist.ENTRIES, topic) if (b := entries.entry(str(line)))
    ]


def _read(text: str) -> list[Block]:
    try:
        return entries.read(text)
    except Unfit as e:
        raise Refusal("blocklist/unfit", reason=e.reason) from None


def add(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> tuple[list[str], int]:
    """Put entries on the list; an entry that stands there already is replaced. Their texts, and how many
    entries there are now.

    Raises:
        Refusal: an entry cannot be read or taken, or the list is full.
    """
    if not text.strip():
        raise Refusal("common/usage")
    new = _read(text)
    keys = {b.key for b in new}
    lines = [str(line) for line in members.get(work, chat, blocklist.ENTRIES, topic)]
    kept = [line for line in lines if (b := entries.entry(line)) is None or b.key not in keys]
    made = [*kept, *dict.fromkeys(b.line for b in new)]
    if len(made) > blocklist.MOST:
        raise Refusal("rules/list_full", most=blocklist.MOST)
    if _left_out(made, new):
        raise Refusal("blocklist/unfit", reason="heavy")
    members.put(work, blocklist.ENTRIES, made, chat=chat, topic=topic, by=by)
    return [b.text for b in new], len(made)


def _left_out(lines: list[str], new: list[Block]) -> bool:
    """Would the engine be asked for more than one message may cost?"""
    if not any(blocklist.for_engine(b) for b in new):
        return False
    each = [b for line in lines if (b := entries.entry(line)) is not None and blocklist.for_engine(b)]
    return blocklist.Blocklist(each).left_out > 0


def remove(
    work: Work, chat: int, text: str, by: int | None, topic: int | None = None
) -> tuple[list[str], int]:
    """Take entries from the list; their texts, and how many are left.

    Raises:
        Refusal: none of them stands there.
    """
    if not text.strip():
        raise Refusal("common/usage")
    lines = [str(line) for line in members.get(work, chat, blocklist.ENTRIES, topic)]
    there = {b.key for line in lines if (b := entries.entry(line)) is not None}
    whole = entries.entry(f'"{text.strip()}"')  # `free money` is that entry, and not one of `free`
    keys = {whole.key} if whole and whole.key in there else {b.key for b in _read(text)}
    gone = [line for line in lines if (b := entries.entry(line)) is not None and b.key in keys]
    if not gone:
        raise Refusal("blocklist/missing")
    kept = [line for line in lines if line not in gone]
    members.put(work, blocklist.ENTRIES, kept, chat=chat, topic=topic, by=by)
    return [b.text for line in gone if (b := entries.entry(line))], len(kept)


def clear(work: Work, chat: int, by: int | None, topic: int | None = None) -> int:
    """Empty the list; how many stood there."""
    n = len(members.get(work, chat, blocklist.ENTRIES, topic))
    members.put(work, blocklist.ENTRIES, [], chat=chat, topic=topic, by=by)
    return n


def show(work: Work, chat: int, topic: int | None = None) -> dict[str, Any]:
    """What `/blocklist` says: `n` entries, the first of them as they are written, the mode."""
    lines = [str(line) for line in members.get(work, chat, blocklist.ENTRIES, topic)]
    shown: list[str] = []
    for line in lines[:SHOWN]:
        if sum(map(len, shown)) + len(line) > _WIDE:
            break
        shown.append(line)
    more, waits = len(lines) - len(shown), idle(work, chat, topic)
    return {"n": len(lines), "lines": shown, "more": more, "idle": waits, **mode(work, chat, topic)}


def apart(work: Work, chat: int, topic: int | None) -> bool:
    """Has this topic a list of its own?"""
    return topic is not None and blocklist.ENTRIES.key in members.own(work, chat, topic)


def mode(work: Work, chat: int, topic: int | None = None) -> dict[str, Any]:
    """What follows an entry that names nothing itself: `act` ("" for the ladder), `delete`, `reason`."""
    return {
        "act": str(members.get(work, chat, blocklist.MODE, topic)),
        "delete": bool(members.get(work, chat, blocklist.DELETE, topic)),
        "reason": str(members.get(work, chat, blocklist.REASON, topic)),
    }


def set_mode(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> None:
    """`del`, `warn`, `mute`, `tban 2w`, … or `on` for the group's ladder.

    Raises:
        Refusal: no such act.
    """
    try:
        wish = wishes.read(text)
    except ValueError:
        raise Refusal("blocklist/act") from None
    members.put(work, blocklist.MODE, wish.text, chat=chat, topic=topic, by=by)


def set_delete(work: Work, chat: int, on: bool, by: int | None, topic: int | None = None) -> None:
    """Does a message with an entry go?"""
    members.put(work, blocklist.DELETE, on, chat=chat, topic=topic, by=by)


def set_reason(work: Work, chat: int, text: str, by: int | None, topic: int | None = None) -> None:
    """What is said of entries without words of their own; "" says nothing.

    Raises:
        Refusal: too long.
    """
    if len(text) > NOTICE:
        raise Refusal("rules/too_long", most=NOTICE)
    members.put(work, blocklist.REASON, text.strip(), chat=chat, topic=topic, by=by)
