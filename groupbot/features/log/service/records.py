"""Writing records down, and sending them where their group wants them."""

from __future__ import annotations

from datetime import UTC, datetime
from math import ceil
from typing import Any

from groupbot.core.effects import Button, Send
from groupbot.core.events import ANONYMOUS_ADMIN
from groupbot.engine.keeping import FORMER
from groupbot.engine.work import Work
from groupbot.features.log import store
from groupbot.features.log.domain import KEEP, KEEP_WORDS, SHOWN, Record, TakeBack, clipped
from groupbot.features.log.service.places import destination
from groupbot.features.members import service as members
from groupbot.features.members.domain import Changed

_PENDING = "log.pending"


def note(work: Work, record: Record, *, send: bool = True) -> None:
    """Write a record down; with `send` and a destination for its category it is sent there too. Records of
    one batch share a message."""
    work.add(
        store.RECORD,
        record.chat,
        record.at,
        record.category,
        record.kind,
        record.actor,
        record.member,
        record.number,
        record.text[:200],
    )
    if send:
        tell(work, record)


def tell(work: Work, record: Record) -> None:
    """Send a record where its group wants it, at the end of the batch."""
    route = destination(work, record.chat, record.category)
    if route is None:
        return
    key = (record.chat, *route)
    work.put(_PENDING, key, (*work.cached(_PENDING).get(key, ()), record))
    work.finally_(("log", key), lambda w: _send(w, key))


def send_now(work: Work, chat: int) -> None:
    """Send what waits for the end of the batch."""
    for key in [k for k in work.cached(_PENDING) if k[0] == chat]:
        _send(work, key)


def _send(work: Work, key: tuple[int, int, int | None]) -> None:
    """Up to ten records a message, each case with a button to take it back."""
    records: tuple[Record, ...] = work.cached(_PENDING).get(key, ())
    work.drop(_PENDING, key)
    chat, to, topic = key
    p = members.profile(work, chat)
    title = p.title if p is not None else members.title(work, chat)
    for i in range(0, len(records), SHOWN):
        part = records[i : i + SHOWN]
        taps = [t for t in (_undo(r, len(part) > 1) for r in part) if t is not None]
        work.say(
            Send(
                chat=to,
                topic=topic,
                template="log/record",
                lang=members.voice(work, chat, None)[0],
                data={"title": title, "records": [line(work, r) for r in part]},
                buttons=tuple(tuple(taps[n : n + 4]) for n in range(0, len(taps), 4)),
                why=f"log of {part[0].category}",
            )
        )


def _undo(r: Record, many: bool) -> Button | None:
    if r.id and r.kind not in ("undone", "flag"):
        return Button(f"↩ {r.number}" if many else "undo", TakeBack(r.id, r.chat))
    return None if r.back is None else Button("↩" if many else "undo", r.back)


def line(work: Work, r: Record) -> dict[str, Any]:
    """A record as templates show it."""
    return {
        "category": r.category,
        "kind": r.kind,
        "actor": _person(work, r.actor),
        "member": _person(work, r.member),
        "text": r.text,
        "rule": r.rule,
        "version": r.version,
        "number": r.number,
        "at": r.at,
        "span": ceil((r.until - r.at).total_seconds()) if r.until is not None else 0,
    }


def _person(work: Work, person: int | None) -> dict[str, Any]:
    if not person or person == ANONYMOUS_ADMIN:
        return {"id": 0, "name": "", "anonymous": person == ANONYMOUS_ADMIN}
    name = "" if FORMER < person < 0 else members.name(work, person)  # a channel's is not kept
    return {"id": person, "name": name, "anonymous": False}


def latest(work: Work, chat: int, n: int = SHOWN) -> list[dict[str, Any]]:
    """The newest records of a chat, the newest first."""
    work.flush()
    found = work.sql.all(store.LATEST, chat=chat, n=n)
    return [
        line(work, Record(chat, r.category, r.kind, r.at, r.actor, r.member, r.text, number=r.number))
        for r in found
    ]


def changed(work: Work, made: Changed) -> None:
    """Somebody set a setting."""
    where = f"[{made.topic}] " if made.topic is not None else ""
    text = f"{where}{made.key}: {clipped(made.was)} → {clipped(made.value)}"
    note(work, Record(made.chat, "settings", "setting", work.now, made.by or None, text=text[:200]))


def when(seconds: int) -> datetime | None:
    """A time from Unix seconds; 0: none."""
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def sweep(work: Work) -> None:
    """Forget the words of members after 30 days, and records after 180."""
    work.sql.run(store.FORGET_WORDS, before=work.now - KEEP_WORDS)
    work.sql.run(store.FORGET, before=work.now - KEEP)
