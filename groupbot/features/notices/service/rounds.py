"""A round: one notice in every group of an audience, let go by operators, acknowledgements told by group."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.notices import store
from groupbot.features.notices.domain import share
from groupbot.features.notices.service.posting import expected_of, fits, put_up, read_by, rewrite

GROUPS, NAMES = 30, 8  # groups of one list, and people named of each
_ENDED = ("over", "stopped")


def plan(
    work: Work,
    by: int,
    audience: str,
    chats: list[int],
    text: str,
    span: timedelta,
    needed: int,
    again: int = 0,
) -> dict[str, Any]:
    """Put a round before operators, or (`again` is its number) a new version of one; what they are shown.
    `needed` of them must agree.

    Raises:
        Refusal: no such round, one that is over, or a text or time that does not fit.
    """
    fits(work, text, span)
    row = _round(work, again) if again else None
    if row is not None and row.state in _ENDED:
        raise Refusal("notices/over")
    if row is None:
        work.sql.run(
            store.NEW_ROUND,
            audience=audience,
            chats=chats,
            text=text,
            seconds=int(span.total_seconds()),
            by_id=by,
            needed=needed,
            version=1,
            state="waits",
            at=work.now,
        )
        number = int(work.sql.value(store.LAST_ROUND) or 0)
    else:
        number = row.id
        seconds = int(span.total_seconds())
        work.sql.run(store.ROUND_AGAIN, the_id=number, text=text, seconds=seconds, at=work.now)
    return _shown(work, _round(work, number))


def agree(work: Work, number: int, version: int, by: int) -> dict[str, Any]:
    """An operator lets a round go as it was shown; with enough words it is posted, or rewritten where it
    stands already. What is shown now.

    Raises:
        Refusal: it was rewritten or called off meanwhile, or stands already.
    """
    row = _round(work, number)
    if row.version != version or row.state != "waits":
        raise Refusal("notices/rewritten" if row.state == "waits" else "notices/over")
    if row.needed > 1 and row.first_id in (None, by):
        work.sql.run(store.FIRST_WORD, the_id=number, who=by)
        return _shown(work, _round(work, number))
    span = timedelta(seconds=row.seconds)
    standing = {n.chat_id: n for n in work.sql.all(store.OF_ROUND, the_round=number)}
    for chat in row.chats:
        if chat not in standing:
            put_up(work, chat, row.by_id, row.text, span, None, number)
        elif standing[chat].state == "open":
            rewrite(work, standing[chat], row.text, span)
    work.sql.run(store.ROUND_STATE, the_id=number, state="out")
    return _shown(work, _round(work, number))


def call_off(work: Work, number: int, version: int) -> dict[str, Any]:
    """A round that waits is not posted.

    Raises:
        Refusal: it does not wait any more.
    """
    row = _round(work, number)
    if row.version != version or row.state != "waits":
        raise Refusal("notices/over")
    stands = work.sql.all(store.OF_ROUND, the_round=number)  # a new version is dropped, the old one stays
    work.sql.run(store.ROUND_STATE, the_id=number, state="out" if stands else "stopped")
    return _shown(work, _round(work, number))


def round_told(work: Work, number: int) -> dict[str, Any]:
    """How a round stands, group by group, the least read first, with who is missing: for operators alone.

    Raises:
        Refusal: there is none of this number.
    """
    row = _round(work, number)
    groups = []
    for n in work.sql.all(store.OF_ROUND, the_round=number):
        place = members.place(work, n.chat_id)
        found = {"title": place.title if place is not None else "…", "number": n.id, "missing": [], "more": 0}
        read = read_by(work, n)
        every = n.expected if n.expected is not None else expected_of(work, n)
        one = {"the_id": n.id, "the_version": n.version, "chat": n.chat_id, "author": n.by_id}
        if read < every:
            names = [members.name(work, r.id) for r in work.sql.all(store.MISSING, most=NAMES, **one)]
            found |= {"missing": names, "more": max(0, every - read - len(names))}
        groups.append(found | {"read": read, "all": every, "share": share(read, every)})
    groups.sort(key=lambda g: (g["share"], g["title"]))
    read, every = sum(g["read"] for g in groups), sum(g["all"] for g in groups)
    return {
        **_shown(work, row),
        "read": read,
        "all": every,
        "share": share(read, every),
        "groups": groups[:GROUPS],
        "rest": max(0, len(groups) - GROUPS),
    }


def newest(work: Work, most: int = 8) -> list[dict[str, Any]]:
    """The last rounds."""
    return [_shown(work, r) for r in work.sql.all(store.ROUNDS, most=most)]


def rounds_done(work: Work) -> list[tuple[int, int]]:
    """(number, who said it) of the rounds whose last notice has ended since the last look."""
    found = [(r.id, r.by_id) for r in work.sql.all(store.ROUNDS_DONE)]
    for number, _ in found:
        work.sql.run(store.ROUND_STATE, the_id=number, state="over")
    return found


def unsaid(work: Work, refs: Iterable[str]) -> None:
    """Cards that were stopped before they left: their notices are gone, and nobody is reminded of them."""
    for name in refs:
        kind, _, number = name.partition(":")
        if kind == "notice" and number.isdigit():
            work.sql.run(store.UNSAID, the_id=int(number))


def over(work: Work, number: int) -> str:
    """The state of a round: waits, out, over or stopped."""
    return str(_round(work, number).state)


def _round(work: Work, number: int) -> Any:
    row = work.sql.first(store.ROUND, the_id=number)
    if row is None:
        raise Refusal("notices/none", number=number)
    return row


def _shown(work: Work, row: Any) -> dict[str, Any]:
    return {
        "number": row.id,
        "audience": row.audience,
        "chats": len(row.chats),
        "text": row.text,
        "hours": row.seconds // 3600,
        "version": row.version,
        "state": row.state,
        "needed": row.needed,
        "got": int(row.first_id is not None),
    }
