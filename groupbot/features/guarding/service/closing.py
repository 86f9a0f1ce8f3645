"""Night and lockdown: what everybody may do is kept, taken away, and given back as it was.

A row stands for a closed chat from the first question to Telegram until Telegram has confirmed the
old permissions: whatever stops in between is taken up by the heartbeat.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, structs

from groupbot.core.effects import Ask, Delete, Permit, Send
from groupbot.core.events import ChatFacts
from groupbot.core.spans import span
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.guarding import store
from groupbot.features.guarding.domain import acts
from groupbot.features.guarding.domain.closing import Hours, hours_of
from groupbot.features.guarding.domain.settings import NIGHT
from groupbot.features.guarding.service.records import lacks_right
from groupbot.features.members import service as members

ASK_AGAIN = timedelta(seconds=15)
OPENED_STAYS = 600  # seconds the line about opening stays
TELL_AFTER = 3  # attempts to give back after which a person is told


class Closure(Struct, frozen=True):
    """A closed chat. `before`: what everybody might do; None until Telegram has said it."""

    chat: int
    state: str
    before: tuple[str, ...] | None
    night: bool
    locked: bool
    until: datetime | None
    by: int | None
    at: datetime
    tries: int = 0


def _of(row: Any) -> Closure:
    before = None if row.before is None else tuple(row.before)
    return Closure(
        row.chat_id,
        row.state,
        before,
        bool(row.night),
        bool(row.locked),
        row.until,
        row.by_id,
        row.at,
        row.tries,
    )


def closure_of(work: Work, chat: int) -> Closure | None:
    """How a chat is closed, if it is."""
    row = work.sql.first(store.CLOSURE, chat=chat)
    return None if row is None else _of(row)


def _keep(work: Work, c: Closure, **change: Any) -> Closure:
    c = structs.replace(c, **{"at": work.now, **change})
    work.sql.run(
        store.KEEP_CLOSURE,
        chat_id=c.chat,
        state=c.state,
        before=None if c.before is None else list(c.before),
        night=c.night,
        locked=c.locked,
        until=c.until,
        by_id=c.by,
        at=c.at,
        tries=c.tries,
    )
    return c


def hours(work: Work, chat: int) -> Hours | None:
    """The closed hours set here."""
    return hours_of(str(members.get(work, chat, NIGHT)))


def now(work: Work, chat: int) -> dict[str, Any]:
    """How the chat stands: its closed hours, and whether it is locked."""
    c = closure_of(work, chat)
    night = hours(work, chat)
    return {
        "hours": night.said if night else "",
        "zone": members.voice(work, chat, None)[1],
        "night": c is not None and c.night,
        "locked": c is not None and c.locked,
        "until": c.until if c is not None and c.locked else None,
    }


def may_close(work: Work, chat: int, closes: object) -> None:
    """Can the bot keep hours here?

    Raises:
        Refusal: it cannot change what members may do.
    """
    if closes and lacks_right(work, chat):
        raise Refusal("guarding/no_right")


def set_night(work: Work, chat: int, text: str, by: int | None) -> None:
    """`23:00-07:00`, or '' for never (a night that is on ends).

    Raises:
        Refusal: no such hours, or the bot cannot change what members may do.
    """
    night = hours_of(text) if text else None
    if text and night is None:
        raise Refusal("common/usage")
    may_close(work, chat, night is not None)
    members.put(work, NIGHT, night.said if night else "", chat=chat, by=by)
    follow(work, chat, closure_of(work, chat))


def hours_changed(work: Work, chat: int, *, clock: bool = False) -> None:
    """Other hours, or (`clock`) another time zone, by whatever way: the notice tells the new end, of a night
    that goes on or, by the new clock, of a lockdown."""
    before = closure_of(work, chat)
    follow(work, chat, before)
    c = closure_of(work, chat)
    if c is None or c != before or c.state != "closed":
        return
    if (c.locked and c.until is not None) if clock else (c.night and not c.locked):
        _announce(work, c, first=False)


def lock(work: Work, chat: int, length: str, by: int | None) -> None:
    """Nobody but administrators writes, for so long or until `unlock`.

    Raises:
        Refusal: no such span, or the bot cannot change what members may do.
    """
    until = None
    if length:
        given = span(length)
        if given is None:
            raise Refusal("common/usage")
        until = work.now + given
    if lacks_right(work, chat):
        raise Refusal("guarding/no_right")
    _close(work, chat, locked=True, until=until, by=by)


def unlock(work: Work, chat: int) -> None:
    """The lockdown ends; at night the night goes on.

    Raises:
        Refusal: there is none.
    """
    c = closure_of(work, chat)
    if c is None or not c.locked:
        raise Refusal("guarding/not_locked")
    _open(work, c, locked=False, until=None)


def _close(work: Work, chat: int, **change: Any) -> None:
    c = closure_of(work, chat)
    if c is None:
        fresh = Closure(chat, "asking", None, False, False, None, None, work.now)
        _keep(work, fresh, **change)
        work.say(Ask(chat=chat, facts=True))
        return
    if c.state == "opening" and c.before is not None:
        c = structs.replace(c, state="closed", tries=0)
        work.say(Permit(chat=chat, can=(), why="closed again"))
    was = c.night or c.locked
    c = _keep(work, c, **change)
    if c.state == "closed":
        _announce(work, c, first=not was)


def _open(work: Work, c: Closure, **change: Any) -> None:
    """One reason to be closed is gone; with the last one the old permissions come back."""
    c = structs.replace(c, **change)
    if c.night or c.locked:
        c = _keep(work, c)
        if c.night and c.state == "closed":
            _announce(work, c, first=False)
        return
    if c.before is None:  # never came to closing
        work.sql.run(store.DROP_CLOSURE, chat=c.chat)
        return
    _keep(work, c, state="opening", tries=0)
    work.say(Permit(chat=c.chat, can=c.before, why="open again, as it was"))
    work.emit(acts.Turned(c.chat, "opened", 0))
    work.say(Delete(chat=c.chat, ref=f"closed:{c.chat}", why="open again"))
    topic = members.action_topic(work, c.chat)
    work.say(
        Send(chat=c.chat, topic=topic, template="guarding/opened", lifetime=OPENED_STAYS, why="open again")
    )


def _announce(work: Work, c: Closure, *, first: bool) -> None:
    if not first:
        work.say(Delete(chat=c.chat, ref=f"closed:{c.chat}", why="said anew"))
    night = hours(work, c.chat)
    work.say(
        Send(
            chat=c.chat,
            topic=members.action_topic(work, c.chat),
            template="guarding/closed",
            data={
                "locked": c.locked,
                "until": c.until,
                "end": f"{night.end:%H:%M}" if night is not None and c.night else "",
            },
            ref=f"closed:{c.chat}",
            why="closed",
        )
    )


def facts(work: Work, event: ChatFacts) -> None:
    """Telegram said what everybody may do: close, or see that all is as it was."""
    c = closure_of(work, work.chat)
    if c is None:
        return
    if c.state == "asking":
        c = _keep(work, c, state="closed", before=event.permissions)
        work.say(Permit(chat=c.chat, can=(), why="lockdown" if c.locked else "night"))
        _announce(work, c, first=True)
        night = hours(work, c.chat)
        said = night.said if night is not None and c.night else ""
        act, by = ("lockdown", c.by or 0) if c.locked else ("night", 0)
        work.emit(acts.Turned(c.chat, act, by, said))
    elif c.state == "opening":
        before = c.before or ()
        if set(event.permissions) == set(before) or event.permissions:
            # as it was, or somebody has chosen anew meanwhile: theirs counts
            work.sql.run(store.DROP_CLOSURE, chat=c.chat)
            return
        c = _keep(work, c, tries=c.tries + 1)
        work.say(Permit(chat=c.chat, can=before, why="open again, once more"))
        if c.tries == TELL_AFTER:
            _stuck(work, c)


def _stuck(work: Work, c: Closure) -> None:
    p = members.profile(work, c.chat)
    for person in members.people_to_ask(work, c.chat):
        work.say(
            Send(
                user=person,
                template="guarding/stuck",
                data={"title": p.title if p is not None else ""},
                why="the old permissions could not be given back",
            )
        )


def let_go(work: Work, chat: int) -> bool:
    """Whatever closed the chat is over: everybody may do again what they could before. True where it was."""
    c = closure_of(work, chat)
    if c is not None:
        _open(work, c, night=False, locked=False, until=None)
    return c is not None


def follow(work: Work, chat: int, c: Closure | None) -> None:
    """Bring a chat in step with its clock."""
    night = hours(work, chat)
    dark = night is not None and night.closed(work.now, zone(members.voice(work, chat, None)[1]))
    if dark and (c is None or not c.night):
        if not lacks_right(work, chat):
            _close(work, chat, night=True)
    elif not dark and c is not None and c.night:
        _open(work, c, night=False)


def watch(work: Work) -> None:
    """Heartbeat: nights begin and end, lockdowns end, unanswered questions are asked again."""
    closed = {row.chat_id: _of(row) for row in work.sql.all(store.CLOSURES)}
    for p in members.profiles(work):
        if not p.there:
            continue
        c = closed.get(p.chat)
        if c is None and not members.get(work, p.chat, NIGHT):
            continue
        follow(work, p.chat, c)
        c = closure_of(work, p.chat)
        if c is None:
            continue
        if c.locked and c.until is not None and c.until <= work.now:
            _open(work, c, locked=False, until=None)
        elif c.state in ("asking", "opening") and work.now - c.at >= ASK_AGAIN:
            work.say(Ask(chat=c.chat, facts=True))
