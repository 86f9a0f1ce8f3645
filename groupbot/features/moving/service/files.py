"""A chat's settings out and in: as a file of ours or of another bot's, compared, confirmed, applied whole."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from groupbot.core.effects import Ask, Send
from groupbot.core.events import Fetched
from groupbot.core.setting import Setting
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.members.service.choosing import admit
from groupbot.features.moving import store
from groupbot.features.moving.domain import file as files
from groupbot.features.moving.domain import rose
from groupbot.features.moving.domain.books import BOOKS, FEDERATION, differing, wanted
from groupbot.features.moving.domain.file import Change, Misread, Wrong
from groupbot.features.moving.domain.rose_fields import FIELDS
from groupbot.features.moving.service import books
from groupbot.features.moving.service.showing import REF, SHOWN, fingerprint, misread, show

HOUR, PER_HOUR = timedelta(hours=1), 5
ROSE = "rose"


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
    there = sorted({*BOOKS, *(s.module for s in work.me.settings.values() if not s.inner)})
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
    return files.written(
        members.title(work, chat),
        own_of(work, chat),
        inherited,
        known,
        whole=not modules,
        held=books.held(work, chat, modules),
        bot=work.bot_id,
    )


def rose_of(work: Work, chat: int) -> str:
    """The export that Rose takes: what came from her, with what changed since."""
    known = understood(work)
    values = {k: members.get(work, chat, s) for k, s in known.items()}
    row = work.sql.first(store.FOREIGN, chat=chat, from_bot=ROSE)
    held = books.held(work, chat)
    if row is None:
        p = members.profile(work, chat)
        shipped = {k: s.fallback(p.tier if p is not None else None) for k, s in known.items()}
        made = rose.give(None, values, shipped, work.me.settings, (held, {}))
    else:
        then = row.payload.get("books", held)  # imports of old took none
        made = rose.give(row.payload["export"], values, row.payload["before"], work.me.settings, (held, then))
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def understood(work: Work) -> dict[str, Setting]:
    known = files.movable(work.me.settings)
    return {f.key: known[f.key] for f in FIELDS if f.key in known}


# --- in
def changes_of(work: Work, chat: int, file: files.File, modules: tuple[str, ...] = ()) -> list[Change]:
    """What a settings file would change in a chat.

    Raises:
        Misread: something that it names cannot stand here.
        Refusal: there is no such module, or no room.
    """
    known, held = chosen(work, modules), books.held(work, chat, modules)
    coming = {book: rows for book, rows in file.books.items() if book in held}
    made, apart = books.usable(work, coming, ours=file.bot in (0, work.bot_id))
    wrong = [Wrong(_line(file, what), what, _EXPECTED[why]) for why, names in apart.items() for what in names]
    if wrong:
        raise Misread(sorted(wrong, key=lambda w: w.line))
    found = files.changes(replace(file, books=made), own_of(work, chat), known, held)
    books.room(held, found)
    return found


def _line(file: files.File, what: str) -> int:
    return next((n for name, n in file.lines.items() if what == name or what.startswith(f"{name}: ")), 1)


_EXPECTED = {
    "files": "no file of another bot: send it here and /save it, or leave `media` out",
    "broken": "a text that can be said",
    "federation": "the code of a federation that is known here",
}


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
        misread(work, row.person_id, row.chat_id, [], event.trouble)
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
            found, report = _from_rose(work, chat, foreign, modules)
        else:
            found = changes_of(work, chat, files.read(text, chosen(work)), modules)
    except Misread as e:
        misread(work, person, chat, [w.text() for w in e.wrong], "")
    except rose.NotRose as e:
        misread(work, person, chat, [str(e)], "")
    except Refusal as no:
        work.say(Send(user=person, template=no.template, data=no.data))
    else:
        if found or foreign is not None:
            show(work, chat, person, number, found, "import", report, foreign, mark_of(work, chat))
            return
        work.say(Send(user=person, template="moving/nothing", data={"title": members.title(work, chat)}))
    work.sql.run(store.DECIDED, the_id=number, now=work.now)


def _from_rose(
    work: Work, chat: int, foreign: Any, modules: tuple[str, ...]
) -> tuple[list[Change], dict[str, Any]]:
    """What her export would change, and the report: what came, what is near, what cannot come."""
    taken = rose.take(foreign, chosen(work, modules))
    values, not_now = _possible(work, chat, taken.values)
    held = books.held(work, chat, modules)
    coming = {b: rows for b, rows in taken.books.items() if b in wanted(modules)}
    made, apart = books.usable(work, coming, ours=False)
    found = _differing(work, chat, values)
    for book, rows in made.items():
        whole = book == FEDERATION and bool(rows)
        found += [Change(None, *c, book) for c in differing(book, held[book], rows, whole=whole)]
    books.room(held, found)
    every = {**apart, "now": not_now}
    for why, names in taken.apart.items():
        every[why] = [*every.get(why, []), *names]
    return found, {
        "understood": len(taken.understood) + len(taken.close),
        "close": taken.close[:SHOWN],
        "left": rose.by_module(taken.left),
        "unfit": taken.unfit[:SHOWN],
        "apart": [{"why": why, "names": names[:SHOWN]} for why, names in sorted(every.items()) if names],
    }


def _possible(work: Work, chat: int, values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The values that may be set here as things stand, and the keys of the others."""
    made: dict[str, Any] = {}
    for key, value in values.items():
        try:
            admit(work, chat, work.me.settings[key], value)
        except Refusal:
            continue
        made[key] = value
    return made, sorted(values.keys() - made.keys())


def mark_of(work: Work, chat: int) -> str:
    """What a proposal is compared with: everything that moves, as it is now."""
    return fingerprint(own_of(work, chat), books.held(work, chat))


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
        raise Refusal("moving/nothing", title=members.title(work, chat))
    number = _propose(work, chat, person, "reset", None)
    show(work, chat, person, number, found, "reset", None, None, mark_of(work, chat))


def _propose(work: Work, chat: int, person: int, kind: str, payload: Any) -> int:
    if int(work.sql.value(store.LATELY, chat=chat, since=work.now - HOUR) or 0) >= PER_HOUR:
        raise Refusal("moving/too_often", most=PER_HOUR)
    row = work.sql.returning(
        store.PROPOSE, chat_id=chat, person_id=person, kind=kind, at=work.now, payload=payload, against=""
    )[0]
    return int(row.id)
