"""A chat's settings out and in: as a file of ours or of another bot's, compared, confirmed, applied whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec import Struct

from groupbot.core.effects import Ask, Button, Send
from groupbot.core.events import Fetched
from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.service.choosing import written
from groupbot.features.moving import store
from groupbot.features.moving.domain import file as files
from groupbot.features.moving.domain import rose
from groupbot.features.moving.domain.file import Change, Misread
from groupbot.features.moving.domain.rose_fields import FIELDS

HOUR, PER_HOUR = timedelta(hours=1), 5
SHOWN = 30  # changes, and lines of a report, in one message
ROSE = "rose"
REF = "moving:"


class Apply(Struct, frozen=True, tag="mv.yes"):
    """Take what was proposed."""

    chat: int
    proposal: int


class Drop(Struct, frozen=True, tag="mv.no"):
    """Leave everything as it is."""

    chat: int
    proposal: int


# --- out
def own_of(work: Work, chat: int) -> dict[int | None, dict[str, Any]]:
    """What a chat and its topics set themselves."""
    made: dict[int | None, dict[str, Any]] = {None: members.own(work, chat)}
    return made | {t: members.own(work, chat, t) for t in sorted(members.topics(work, chat))}


def chosen(work: Work, modules: Iterable[str] = ()) -> dict[str, Setting]:
    """The settings that may move, of these modules or of all.

    Raises:
        Refusal: there is no such module.
    """
    there = sorted({s.module for s in work.me.settings.values() if not s.inner})
    for name in modules:
        if name not in there:
            raise Refusal("moving/no_module", name=name[:40], modules=there)
    return files.movable(work.me.settings, modules)


def text_of(work: Work, chat: int, modules: tuple[str, ...] = ()) -> str:
    """The settings file of a chat; whole when no modules are named.

    Raises:
        Refusal: there is no such module.
    """
    known = chosen(work, modules)
    inherited = {k: members.get(work, chat, s) for k, s in known.items()}
    return files.written(title(work, chat), own_of(work, chat), inherited, known, whole=not modules)


def rose_of(work: Work, chat: int) -> str:
    """The export that Rose takes: what came from her, with what changed since."""
    known = understood(work)
    values = {k: members.get(work, chat, s) for k, s in known.items()}
    row = work.sql.first(store.FOREIGN, chat=chat, from_bot=ROSE)
    if row is None:
        p = members.profile(work, chat)
        shipped = {k: s.fallback(p.tier if p is not None else None) for k, s in known.items()}
        made = rose.give(None, values, shipped, work.me.settings)
    else:
        made = rose.give(row.payload["export"], values, row.payload["before"], work.me.settings)
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def understood(work: Work) -> dict[str, Setting]:
    known = files.movable(work.me.settings)
    return {f.key: known[f.key] for f in FIELDS if f.key in known}


# --- in
def changes_of(work: Work, chat: int, text: str, modules: tuple[str, ...] = ()) -> list[Change]:
    """What a settings file would change in a chat.

    Raises:
        Misread: it cannot be taken.
        Refusal: there is no such module.
    """
    every, known = chosen(work), chosen(work, modules)
    return files.changes(files.read(text, every), own_of(work, chat), known)


def ask_for(work: Work, chat: int, person: int, file_id: str, modules: tuple[str, ...]) -> None:
    """Fetch the file somebody sent; `arrived` goes on.

    Raises:
        Refusal: too often, or no such module.
    """
    chosen(work, modules)
    number = _propose(work, chat, person, "file", {"modules": list(modules)})
    work.say(Ask(chat=chat, file=file_id, ref=f"{REF}{number}"))


def arrived(work: Work, event: Fetched) -> None:
    """The file is here: tell who asked what it would change, or what is wrong with it."""
    number = event.ref.removeprefix(REF)
    if number == event.ref or not number.isdigit():
        return
    row = work.sql.first(store.PROPOSAL, the_id=int(number))
    if row is None or row.kind != "file" or row.done_at is not None:
        return
    if event.trouble:
        _misread(work, row.person_id, row.chat_id, [], event.trouble)
        work.sql.run(store.DECIDED, the_id=row.id, now=work.now)
        return
    _offer(work, row.chat_id, row.person_id, event.text, tuple(row.payload["modules"]), row.id)


def take_text(work: Work, chat: int, person: int, text: str) -> None:
    """As a file, with the text in the message itself.

    Raises:
        Refusal: too often.
    """
    number = _propose(work, chat, person, "file", {"modules": []})
    _offer(work, chat, person, text, (), number)


def _offer(work: Work, chat: int, person: int, text: str, modules: tuple[str, ...], number: int) -> None:
    foreign, report = None, None
    try:
        if rose.is_rose(text):
            foreign = rose.read(text)
            taken = rose.take(foreign, chosen(work, modules))
            found = _differing(work, chat, taken.values)
            report = {
                "understood": len(taken.understood) + len(taken.close),
                "close": taken.close[:SHOWN],
                "left": rose.by_module(taken.left),
                "unfit": taken.unfit[:SHOWN],
            }
        else:
            found = changes_of(work, chat, text, modules)
    except Misread as e:
        _misread(work, person, chat, [w.text() for w in e.wrong], "")
    except rose.NotRose as e:
        _misread(work, person, chat, [str(e)], "")
    else:
        if found or foreign is not None:
            _show(work, chat, person, number, found, "import", report, foreign)
            return
        work.say(Send(user=person, template="moving/nothing", data={"title": title(work, chat)}))
    work.sql.run(store.DECIDED, the_id=number, now=work.now)


def _differing(work: Work, chat: int, values: dict[str, Any]) -> list[Change]:
    """Values that do not hold here already."""
    own = members.own(work, chat)
    known = work.me.settings
    return [
        Change(None, k, own.get(k), v)
        for k, v in sorted(values.items())
        if members.get(work, chat, known[k]) != v
    ]


def reset(work: Work, chat: int, person: int, modules: tuple[str, ...]) -> None:
    """Propose that the chat, or these modules of it, inherit everything again.

    Raises:
        Refusal: nothing is set, too often, or no such module.
    """
    known = chosen(work, modules)
    own = own_of(work, chat)
    found = [Change(t, k, v, None) for t, rows in own.items() for k, v in sorted(rows.items()) if k in known]
    if not found:
        raise Refusal("moving/nothing", title=title(work, chat))
    number = _propose(work, chat, person, "reset", None)
    _show(work, chat, person, number, found, "reset", None, None)


def _propose(work: Work, chat: int, person: int, kind: str, payload: Any) -> int:
    if int(work.sql.value(store.LATELY, chat=chat, since=work.now - HOUR) or 0) >= PER_HOUR:
        raise Refusal("moving/too_often", most=PER_HOUR)
    row = work.sql.returning(
        store.PROPOSE, chat_id=chat, person_id=person, kind=kind, at=work.now, payload=payload, against=""
    )[0]
    return int(row.id)


def _show(
    work: Work,
    chat: int,
    person: int,
    number: int,
    found: list[Change],
    kind: str,
    report: dict[str, Any] | None,
    foreign: Any,
) -> None:
    payload = {"changes": [[c.topic, c.key, c.after] for c in found], "foreign": foreign}
    work.sql.run(store.FILL, the_id=number, the_payload=payload, now_against=fingerprint(own_of(work, chat)))
    work.say(
        Send(
            user=person,
            template="moving/diff",
            data={
                "title": title(work, chat),
                "kind": kind,
                "changes": [line(work, c) for c in found[:SHOWN]],
                "n": len(found),
                "more": max(0, len(found) - SHOWN),
                "report": report,
            },
            buttons=((Button("apply", Apply(chat, number)), Button("drop", Drop(chat, number))),),
            ref=f"{REF}{number}",
        )
    )


def line(work: Work, c: Change) -> dict[str, Any]:
    """A change as people read it; an empty text is inherited."""
    s = work.me.settings[c.key]
    return {
        "topic": c.topic or 0,
        "key": c.key,
        "before": "" if c.before is None else written(s, c.before) or '""',
        "after": "" if c.after is None else written(s, c.after) or '""',
    }


def _misread(work: Work, person: int, chat: int, wrong: list[str], trouble: str) -> None:
    work.say(
        Send(
            user=person,
            template="moving/misread",
            data={"title": title(work, chat), "wrong": wrong[:SHOWN], "trouble": trouble},
        )
    )


def fingerprint(own: files.Own) -> str:
    """Changes when any value of the chat or its topics does."""
    rows = [[t or 0, sorted(r.items())] for t, r in sorted(own.items(), key=lambda i: i[0] or 0)]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()


def title(work: Work, chat: int) -> str:
    place = members.place(work, chat)
    return place.title if place is not None else ""
