"""Notes and filters are said: by name, by button, at a trigger."""

from __future__ import annotations

import re
from typing import Any

import structlog
from msgspec import structs
from msgspec.structs import replace

from groupbot.core.effects import Button, Send
from groupbot.core.events import Message, Person
from groupbot.core.fillings import WORDLESS, Draft, Piece, kept, write
from groupbot.core.text import CAPTION_LIMIT, TEXT_LIMIT
from groupbot.engine import custom, naming
from groupbot.engine.work import Work
from groupbot.errors import Misfit, Refusal
from groupbot.features.members import service as members
from groupbot.features.notes import store
from groupbot.features.notes.domain.names import EVERY, PRIVATE, Open, id_of, name_of, payload
from groupbot.features.notes.service.books import Book, book

log = structlog.get_logger(__name__)
SAID = "note:"  # begins the name of what names somebody; then n or f, its number, the piece, the update
_PERSONAL = re.compile(r"\{[^{}]*\b(first|last|fullname|username|mention|id)\b")
_SAID = "notes.said"  # (chat, filter) → when it last answered, and whom
SAID_LIMIT = 4096
_GROUPS = ("group", "supergroup")


def heard(work: Work, event: Message) -> None:
    """A message that may ask for a note or hold a trigger. Where a chat wrote nothing down this is one
    look-up; what is late, automatic or a bot's is not answered."""
    found = book(work, work.chat)
    if found is None or event.chat.type not in _GROUPS or work.late:
        return
    if event.automatic_forward or event.sender is None or (event.sender.is_bot and not event.anonymous):
        return
    if event.text[:1] == "#" and not event.edited:
        id_ = found.notes.get(name_of(event.text), 0)
        if id_:
            _asked(work, event, id_, loud=False)
            return
    if found.triggers is not None and event.carriers:
        _filtered(work, event, found)


# --- notes
def get(work: Work, event: Message, name: str, *, source: bool = False) -> None:
    """`/get name`: the note, or with `source` as it was typed.

    Raises:
        Refusal: no such note, or it is for administrators.
    """
    found = book(work, work.chat)
    id_ = found.notes.get(name_of(name), 0) if found is not None else 0
    if not id_:
        raise Refusal("notes/unknown", name=name_of(name))
    _asked(work, event, id_, loud=True, source=source)


def _asked(work: Work, event: Message, id_: int, *, loud: bool, source: bool = False) -> None:
    row = work.sql.first(store.NOTE, the_id=id_)
    draft = kept(row.draft)
    if "admin" in draft.flags and not _staff(work, event):
        if loud:
            raise Refusal("notes/for_admins")
        return
    where: dict[str, Any] = {"reply_to": event.reply_to or event.message_id, "topic": event.topic}
    if source:
        work.say(
            Send(
                chat=work.chat,
                template="notes/source",
                data={
                    "name": row.name,
                    "source": write(draft),
                    "media": draft.media[0] if draft.media else "",
                },
                lifetime=300,
                **where,
            )
        )
        return
    sender = event.sender
    private = "private" in draft.flags or (
        "noprivate" not in draft.flags and bool(members.get(work, work.chat, PRIVATE))
    )
    if not private:
        _say(work, work.chat, draft, sender, f"n:{row.id}", chat=work.chat, **where)
    elif sender is not None and not event.anonymous and members.reachable(work, sender.id):
        _say(work, work.chat, draft, sender, "", user=sender.id)
    else:
        _offer(work, row.id, row.name, where)


def _offer(work: Work, id_: int, name: str, where: dict[str, Any]) -> None:
    """Who never started the bot opens a private note by a button."""
    url = f"https://t.me/{work.me.username}?start={payload(id_)}"
    work.say(
        Send(
            chat=work.chat,
            template="notes/private",
            data={"name": name},
            buttons=((Button("open", url=url),),),
            lifetime=60,
            **where,
        )
    )


def opened(work: Work, person: int, id_: int) -> None:
    """A note in private, to a member of its group alone.

    Raises:
        Refusal: no such note, not of a group of theirs, or for administrators.
        Unsure: Telegram alone knows whether they are in the group.
    """
    row, unknown = work.sql.first(store.NOTE, the_id=id_), Refusal("notes/unknown", name="")
    if row is None or not members.inside(work, row.chat_id, person, unknown):
        raise unknown
    draft = kept(row.draft)
    if "admin" in draft.flags and not members.is_staff(work, row.chat_id, person):
        raise Refusal("notes/for_admins")
    _say(work, row.chat_id, draft, _person(work, person), "", user=person)


def started(work: Work, person: int, payload_: str) -> None:
    """A start link of a note was followed."""
    id_ = id_of(payload_)
    if id_:
        opened(work, person, id_)


# --- filters
def _filtered(work: Work, event: Message, found: Book) -> None:
    assert found.triggers is not None
    for id_ in found.triggers.find(event.visible):
        if _rested(work, event, id_):
            row = work.sql.first(store.FILTER, the_id=id_, chat=work.chat)
            draft = kept(row.draft)
            if "admin" in draft.flags and not _staff(work, event):
                continue
            if "user" in draft.flags and _staff(work, event):
                continue
            known = work.cached(_SAID)
            if len(known) >= SAID_LIMIT:
                work.clear(_SAID)
            work.put(_SAID, (work.chat, id_), (work.now, event.message_id))
            answers = event.reply_to if "replytag" in draft.flags and event.reply_to else event.message_id
            where = {"chat": work.chat, "reply_to": answers, "topic": event.topic}
            _say(work, work.chat, draft, event.sender, f"f:{id_}", **where)
        return  # one message, one answer: not the next filter in its place


def _rested(work: Work, event: Message, id_: int) -> bool:
    """May this filter answer again? Not within the seconds of the chat, nor a message that is edited and no
    newer than the one it last answered, for that may have had its answer."""
    last = work.cached(_SAID).get((work.chat, id_))
    if last is None:
        return True
    if event.edited and event.message_id <= last[1]:
        return False
    every = max(0, int(members.get(work, work.chat, EVERY)))
    return bool((work.now - last[0]).total_seconds() >= every)


def _staff(work: Work, event: Message) -> bool:
    return event.anonymous or (
        event.sender is not None and members.is_staff(work, work.chat, event.sender.id)
    )


def _person(work: Work, person: int) -> Person:
    known = work.cached("members.people").get(person)
    return known if isinstance(known, Person) else Person(person, members.name(work, person))


# --- the message itself
def _say(work: Work, of: int, draft: Draft, who: Person | None, mark: str, **where: Any) -> None:
    """Say a draft of chat `of`; one that no longer renders is only logged. `mark` is what is said in the
    group, so that what names somebody is found again."""
    piece = work.rng.choice(draft.pieces)
    try:
        made = filled(work, of, draft, piece, who, **where)
    except Misfit as e:
        log.error("note.broken", chat=of, error=e.what)
        return
    if mark and who is not None and who.id > 0 and _PERSONAL.search(piece.text):
        update = work.event.update_id if work.event is not None else 0
        ref = f"{SAID}{mark}:{draft.pieces.index(piece)}:{update}"
        naming.name(work, of, ref, (who.id,))
        made = structs.replace(made, ref=ref)
    work.say(made)


def filled(work: Work, of: int, draft: Draft, piece: Piece, who: Person | None, **where: Any) -> Send:
    """A piece of a draft of chat `of`, as it is said to somebody.

    Raises:
        Misfit: it no longer renders.
    """
    count: int | str = members.count_here(work, of) if "count" in piece.text else ""
    data = custom.fillings([who] if who is not None else [], members.title(work, of), count)
    wordless = draft.media is not None and draft.media[0] in WORDLESS
    limit = CAPTION_LIMIT if draft.media else TEXT_LIMIT
    said = custom.render(work, piece if not wordless else Piece(""), data, limit=limit)
    media: dict[str, Any] = {draft.media[0]: draft.media[1]} if draft.media else {}
    return Send(
        text=said.text,
        entities=said.entities,
        buttons=_buttons(work, of, piece, private="user" in where),
        preview="preview" in draft.flags,
        protect="protect" in draft.flags,
        spoiler="mediaspoiler" in draft.flags,
        why="a note",
        **media,
        **where,
    )


def _buttons(work: Work, of: int, piece: Piece, *, private: bool) -> Any:
    """The buttons of a piece. Those to other notes open them in private: there by themselves, in the group
    as a link that leads there; those to `rules` show the rules there."""
    links, taps = [], {}
    found = book(work, of)
    for link in piece.links:
        target = link.target
        id_ = found.notes.get(name_of(target), 0) if target.startswith("#") and found is not None else 0
        if target.startswith("#") and id_:
            url = f"https://t.me/{work.me.username}?start={payload(id_)}"
            link = replace(link, target=url)
            if private:
                taps[url] = Open(id_)
        elif target == "rules":
            label = link.label or ("群规" if work.lang == "zh" else "Rules")
            link = replace(link, label=label, target=f"https://t.me/{work.me.username}?start=rules_{of}")
        links.append(link)
    rows = custom.keyboard(Piece("", tuple(links)))
    return tuple(tuple(Button(b.label, tap=taps[b.url]) if b.url in taps else b for b in row) for row in rows)
