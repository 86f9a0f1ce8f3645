"""Greetings: welcome and goodbye, one message for all who come within a minute."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import structlog

from groupbot.core.effects import Send
from groupbot.core.events import Person
from groupbot.core.fillings import Draft, kept, read, write
from groupbot.core.text import CAPTION_LIMIT, TEXT_LIMIT
from groupbot.engine import custom
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.entry import store
from groupbot.features.entry.domain import (
    CLEAN,
    GOODBYE,
    GOODBYE_TEXT,
    GREETING_LIFE,
    MERGE,
    WELCOME,
    WELCOME_TEXT,
    Rules,
)
from groupbot.features.entry.service import notices
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting

log = structlog.get_logger(__name__)
KINDS: dict[str, tuple[Setting, Setting]] = {
    "welcome": (WELCOME, WELCOME_TEXT),
    "goodbye": (GOODBYE, GOODBYE_TEXT),
}
_ONCE = "entry.once"
ONCE_LIMIT = 4096


# --- what administrators set
def show(work: Work, chat: int, kind: str) -> dict[str, Any]:
    """What `/welcome` says: is it on, and its text as it was typed ('' for the shipped one)."""
    on, text = KINDS[kind]
    own = members.get(work, chat, text)
    draft = kept(own) if own else None
    return {
        "kind": kind,
        "active": bool(members.get(work, chat, on)),
        "clean": bool(members.get(work, chat, CLEAN)),
        "source": write(draft) if draft else "",
        "media": draft.media[0] if draft and draft.media else "",
    }


def set_text(
    work: Work, chat: int, kind: str, text: str, media: tuple[str, str] | None, by: int | None
) -> None:
    """Keep a text; setting one switches the greeting on.

    Raises:
        Refusal: nothing to keep, or it does not render; the one before stays.
    """
    if not text.strip() and media is None:
        raise Refusal("common/usage")
    draft = read(text, media)
    try:
        custom.check(work, draft, kind)
    except Misfit as e:
        _, _, line = e.where.rpartition(":")
        raise Refusal(
            "entry/broken", cause=e.what, line=int(line) if line.isdecimal() else 0, next=e.next
        ) from None
    on, setting = KINDS[kind]
    members.put(work, setting, draft.plain(), chat=chat, by=by)
    members.put(work, on, True, chat=chat, by=by)


def reset_text(work: Work, chat: int, kind: str, by: int | None) -> None:
    """Back to the shipped text."""
    members.put(work, KINDS[kind][1], {}, chat=chat, by=by)


def preview(work: Work, chat: int, kind: str, person: int, *, topic: int | None, reply_to: int) -> None:
    """Show the greeting as this person would get it."""
    people = [_person(work, person)]
    work.say(_greeting(work, chat, kind, people, 0, reply_to=reply_to, topic=topic, lifetime=60))


# --- when people come and go
def once(work: Work, person: int, kind: str, at: datetime) -> bool:
    """True the first time within a minute: Telegram tells of one join twice."""
    known = work.cached(_ONCE)
    key = (work.chat, person, kind)
    last = known.get(key)
    if last is not None and abs(at - last) <= MERGE:
        return False
    if len(known) >= ONCE_LIMIT:
        work.clear(_ONCE)
    work.put(_ONCE, key, at)
    return True


def greet(work: Work, kind: str, chat: int, person: int) -> None:
    """Have somebody greeted (or seen off), if that is switched on here; all of a batch together."""
    if work.late or not members.get(work, chat, KINDS[kind][0]):
        return
    key = ("entry.greet", chat, kind)
    together = work.cached("entry.together")
    work.put("entry.together", key, (*together.get(key, ()), person))
    work.finally_(key, partial(_greet_all, key=key))


def _greet_all(work: Work, *, key: tuple[str, int, str]) -> None:
    people = list(dict.fromkeys(work.cached("entry.together").get(key, ())))
    work.drop("entry.together", key)
    _, chat, kind = key
    before = notices.of(work, chat, kind)
    fresh = [p for p in people if p not in before.waiting]
    if before.at is not None and work.now - before.at < MERGE:
        named = (*before.waiting, *fresh)[: custom.NAMED]
        more = before.more + len(before.waiting) + len(fresh) - len(named)
        waits = notices.Notice(chat, kind, before.number, before.stands, before.at, named, more)
        notices.keep(work, waits, before.at + MERGE)
        return
    _say(work, before, [*before.waiting, *fresh], before.more)


def due(work: Work, most: int = 50) -> bool:
    """Greet those who came within a minute of the last greeting; True when there may be more."""
    rows = work.sql.all(store.NOTICES_DUE, now=work.now, most=most)
    for row in rows:
        before = notices.of(work, row.chat_id, row.kind)
        if before.waiting and members.get(work, row.chat_id, KINDS[row.kind][0]):
            _say(work, before, list(before.waiting), before.more)
        else:
            notices.keep(
                work, notices.Notice(before.chat, before.kind, before.number, before.stands, before.at)
            )
    return len(rows) >= most


def _say(work: Work, before: notices.Notice, people: list[int], more: int) -> None:
    work.lang, work.zone = members.voice(work, before.chat, None)  # the event may be a private answer
    made = notices.next_(work, before, replace=bool(members.get(work, before.chat, CLEAN)))
    notices.keep(work, made)
    found = [_person(work, p) for p in people]
    how = {"ref": made.ref, "lifetime": GREETING_LIFE, "topic": members.action_topic(work, before.chat)}
    work.say(_greeting(work, before.chat, before.kind, found, more, **how))


def _person(work: Work, person: int) -> Person:
    known = work.cached("members.people").get(person)
    return known if isinstance(known, Person) else Person(person, members.name(work, person))


def _greeting(work: Work, chat: int, kind: str, people: list[Person], more: int, **how: Any) -> Send:
    title = members.title(work, chat)
    own = members.get(work, chat, KINDS[kind][1])
    why = f"{kind} of {len(people) + more}"
    if own:
        try:
            return _own(work, chat, kept(own), people, more, title, why, how)
        except Misfit as e:
            log.error("greeting.broken", chat=chat, kind=kind, error=e.what)
    names = [p.name for p in people][: custom.NAMED]
    data = {"names": names, "chatname": title, "more": more + len(people) - len(names)}
    return Send(chat=chat, template=f"entry/{kind}", data=data, why=why, **how)


def _own(
    work: Work, chat: int, draft: Draft, people: list[Person], more: int, title: str, why: str, how: Any
) -> Send:
    piece = work.rng.choice(draft.pieces)
    count: int | str = members.count_here(work, chat) if "count" in piece.text else ""
    limit = CAPTION_LIMIT if draft.media else TEXT_LIMIT
    made = custom.render(work, piece, custom.fillings(people, title, count, more), limit=limit)
    label = "群规" if work.lang == "zh" else "Rules"
    media: dict[str, Any] = {draft.media[0]: draft.media[1]} if draft.media else {}
    return Send(
        chat=chat,
        text=made.text,
        entities=made.entities,
        buttons=custom.keyboard(piece, Rules(chat), label),
        preview="preview" in draft.flags,
        why=why,
        **media,
        **how,
    )
