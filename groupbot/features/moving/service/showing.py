"""What a proposal would change, told to who asked for it."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Button, Send
from groupbot.core.fillings import kept, write
from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.features.members import service as members
from groupbot.features.members.service.choosing import CLIP, written
from groupbot.features.moving import store
from groupbot.features.moving.domain import file as files
from groupbot.features.moving.domain.books import WRITTEN, Books, called
from groupbot.features.moving.domain.file import Change

SHOWN = 30  # lines of a report in one message
_WIDE = 2_400  # characters of the changes in one message
REF = "moving:"


class Apply(Struct, frozen=True, tag="mv.yes"):
    """Take what was proposed."""

    chat: int
    proposal: int


class Drop(Struct, frozen=True, tag="mv.no"):
    """Leave everything as it is."""

    chat: int
    proposal: int


def show(
    work: Work,
    chat: int,
    person: int,
    number: int,
    found: list[Change],
    kind: str,
    report: dict[str, Any] | None,
    foreign: Any,
    mark: str,
) -> None:
    """Say what would change, with the buttons to take it or leave it. `mark`: see `fingerprint`."""
    payload = {"changes": [[c.topic, c.key, c.after, c.book] for c in found], "foreign": foreign}
    work.sql.run(store.FILL, the_id=number, the_payload=payload, now_against=mark)
    lines, wide = [], 0
    for c in found:
        lines.append(line(work, c))
        wide += sum(len(str(v)) for v in lines[-1].values()) + 12
        if wide > _WIDE:
            break
    work.say(
        Send(
            user=person,
            template="moving/diff",
            data={
                "title": members.title(work, chat),
                "kind": kind,
                "changes": lines,
                "n": len(found),
                "more": len(found) - len(lines),
                "report": report,
            },
            buttons=((Button("apply", Apply(chat, number)), Button("drop", Drop(chat, number))),),
            ref=f"{REF}{number}",
        )
    )


def line(work: Work, c: Change) -> dict[str, Any]:
    """A change as people read it; an empty text is inherited, in a book nothing."""
    if c.book:
        name = called(c.book, c.key)
        if c.book == "approvals" and int(c.key) > 0 and (known := members.name(work, int(c.key))) != "…":
            name = f"{c.key} {known}"
        return {"topic": 0, "book": c.book, "key": name} | {
            "before": _clipped(c.book, c.before),
            "after": _clipped(c.book, c.after),
        }
    s = work.me.settings[c.key]
    return {
        "topic": c.topic or 0,
        "book": "",
        "key": c.key,
        "before": "" if c.before is None else _plainly(s, c.before) or "–",
        "after": "" if c.after is None else _plainly(s, c.after) or "–",
    }


def _plainly(s: Setting, value: Any) -> str:
    """A value in words rather than as a file writes it: texts with buttons as they were typed, what stands in
    a list or table one after another."""
    if s.secret or not value:
        return written(s, value)
    if isinstance(value, dict) and "pieces" in value:
        draft = kept(value)
        said = f"{f'[{draft.media[0]}] ' if draft.media else ''}{' '.join(write(draft).split())}"
    elif isinstance(value, dict):
        said = "; ".join(f"{k}: {v}" for k, v in value.items())
    elif isinstance(value, list | tuple) and all(isinstance(v, str) for v in value):
        said = "; ".join(value)
    else:
        return written(s, value)
    return said if len(said) <= CLIP else said[: CLIP - 1] + "…"


def _clipped(book: str, value: Any) -> str:
    """What stands in a book as one short line; "" for nothing."""
    if value is None:
        return ""
    if book not in WRITTEN:
        return value or "✓"
    file = f"[{value['media'][0]}] " if value["media"] else ""
    text = file + " ".join(value["text"].split())
    return text if len(text) <= CLIP // 3 else text[: CLIP // 3 - 1] + "…"


def misread(work: Work, person: int, chat: int, wrong: list[str], trouble: str) -> None:
    """Say what is wrong with a file; nothing was changed."""
    work.say(
        Send(
            user=person,
            template="moving/misread",
            data={"title": members.title(work, chat), "wrong": wrong[:SHOWN], "trouble": trouble},
        )
    )


def fingerprint(own: files.Own, held: Books) -> str:
    """Changes when any value of the chat or its topics does, or what stands in its books."""
    rows: list[Any] = [[t or 0, sorted(r.items())] for t, r in sorted(own.items(), key=lambda i: i[0] or 0)]
    rows += [[book, sorted(r.items())] for book, r in sorted(held.items())]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()
