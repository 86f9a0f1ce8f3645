"""Keeps people, memberships and standings up to date from events."""

from __future__ import annotations

from datetime import datetime, timedelta

from groupbot.core.effects import Ask
from groupbot.core.events import (
    ANONYMOUS_ADMIN,
    BotStanding,
    Event,
    Joined,
    JoinRequest,
    Left,
    Message,
    Person,
    PollAnswer,
    Reaction,
    Standing,
    Tap,
)
from groupbot.engine import keeping
from groupbot.engine.addresses import moved, place_of, set_state
from groupbot.engine.upgrades import basic
from groupbot.engine.work import Work
from groupbot.features.members import store
from groupbot.features.members.domain import ADMIN_STATUS, LinkedPost
from groupbot.features.members.service.people import is_known, standing
from groupbot.features.members.service.wishes import BLOCKED, wish

_IN = ("member", "administrator", "creator", "restricted")
ONE_JOIN = timedelta(seconds=60)  # within which two updates tell of the same join


def note_people(event: Event, work: Work) -> None:
    """Keep the people of an event, their membership and their standing up to date."""
    kind = type(event)
    if kind is Message:
        _spoke(work, event)  # type: ignore[arg-type]
    elif (kind is Tap or kind is Reaction) and event.sender is not None:
        _seen(work, event.sender, event.at)
        if event.chat.type != "private":
            _here(work, event.sender.id)
    elif isinstance(event, Joined):
        for person in event.people:
            _joined(work, event, person)
            known = standing(work, work.chat, person.id)
            if known is not None and known[0] in ("left", "kicked"):
                now = "restricted" if event.restricted else "member"
                _keep_standing(work, person.id, now, (), event.at)
    elif isinstance(event, Left):
        work.flush()  # the join may still be in the buffer
        if is_known(work, event.person.id) or not keeping.erased(work, [event.person.id]):
            _seen(work, event.person, event.at)  # to leave brings nobody back who had themselves forgotten
        work.sql.run(store.GONE, chat=work.chat, who=event.person.id, at=event.at, was_removed=event.removed)
        work.put("members.here", (work.chat, event.person.id), False)
        work.drop("members.joined", (work.chat, event.person.id))
        work.drop("members.new", work.chat)
        known = standing(work, work.chat, event.person.id)
        if event.banned or not (event.service and known is not None and known[0] == "kicked"):
            _keep_standing(work, event.person.id, "kicked" if event.banned else "left", (), event.at)
    elif isinstance(event, Standing):
        if event.status and not _overtaken(work, event):
            _seen(work, event.person, event.at)
            _keep_standing(work, event.person.id, event.status, tuple(sorted(event.rights)), work.now)
    elif isinstance(event, BotStanding):
        _bot_standing(work, event)
    elif isinstance(event, JoinRequest | PollAnswer) and event.sender is not None:
        _seen(work, event.sender, event.at)


def _spoke(work: Work, m: Message) -> None:
    sender = m.sender
    if sender is None or sender.id == ANONYMOUS_ADMIN or m.sender_chat is not None:
        if m.automatic_forward and m.sender_chat is not None:
            work.emit(LinkedPost(work.chat, m.message_id, m.sender_chat.id))
        return
    if m.chat.type == "private":
        if not work.cached("members.started").get(sender.id):
            row = (
                sender.id,
                sender.first_name,
                sender.last_name,
                sender.username,
                sender.language,
                False,
                m.at,
            )
            work.sql.run(store.KEEP_PERSON, **dict(zip(store.PEOPLE.names, row, strict=True)))
            work.sql.run(store.STARTED, the_id=sender.id, at=m.at)
            work.put("members.started", sender.id, True)
        return
    _seen(work, sender, m.at)
    if sender.is_bot:
        return
    _here(work, sender.id)


def _seen(work: Work, p: Person, at: datetime) -> None:
    # by their hash: to compare with the person as kept would fetch all their words from far memory
    if work.cached("members.known").get(p.id) != hash(p):
        work.add(store.PEOPLE, p.id, p.first_name, p.last_name, p.username, p.language, p.is_bot, at)
        work.put("members.people", p.id, p)
        work.put("members.known", p.id, hash(p))


def _here(work: Work, person: int) -> None:
    """Somebody acted here: if we never saw them join, they were here before us."""
    key = (work.chat, person)
    if work.cached("members.here").get(key):
        return
    work.add(store.BEFORE, work.chat, person)  # does nothing where an open membership stands
    work.put("members.here", key, True)


def _joined(work: Work, event: Joined, person: Person) -> None:
    _seen(work, person, event.at)
    if person.is_bot:
        return
    key = (work.chat, person.id)
    here = work.cached("members.here").get(key)
    if here is None:
        here = work.sql.first(store.HERE, chat=work.chat, who=person.id) is not None
    if here:  # the service message and the member update tell of the same join: one alone knows the link
        if event.link is not None and not event.service:
            work.flush()
            work.sql.run(
                store.LINKED, chat=work.chat, who=person.id, after=event.at - ONE_JOIN,
                before=event.at + ONE_JOIN, the_link=event.link.url, the_name=event.link.name,
                how="request" if event.request else "link",
            )  # fmt: skip
        return
    asked = event.request  # who let them in did not bring them
    by = event.sender.id if event.sender and event.sender.id != person.id and not asked else None
    link = event.link
    evidence = "request" if asked else "link" if link else "added" if by else "own"
    work.add(
        store.MEMBERS,
        work.chat,
        person.id,
        event.at,
        evidence,
        link.url if link else None,
        link.name if link else None,
        by,
    )
    work.put("members.here", key, True)
    work.put("members.joined", key, event.at)
    work.drop("members.new", work.chat)


def _keep_standing(work: Work, person: int, status: str, rights: tuple[str, ...], at: datetime) -> None:
    if (
        status not in (*ADMIN_STATUS, "kicked")
        and standing(work, work.chat, person) is None
        and work.event is not None
        and not isinstance(work.event, Standing)
    ):
        return  # ordinary members need no staff row
    work.sql.run(
        store.KEEP_STAFF,
        chat_id=work.chat,
        person_id=person,
        status=status,
        rights=list(rights),
        checked_at=at,
    )
    work.drop("members.staff", work.chat)


def _overtaken(work: Work, event: Standing) -> bool:
    """Is this the answer to a question older than what is known by now? An update has told more since."""
    known = standing(work, work.chat, event.person.id) if not event.update_id else None
    return known is not None and known[1] > event.at


def over(work: Work, e: BotStanding) -> bool:
    """Does this word of the bot's standing come late, or is it of the group from before its upgrade?"""
    if basic(e.chat.id) and moved(work, e.chat.id):
        return True
    newest = work.sql.value(store.STANDING_AT, chat=work.chat)
    return newest is not None and e.at < newest


def _bot_standing(work: Work, e: BotStanding) -> None:
    if e.chat.type == "private":  # its id is the person's: blocked the bot, or lets it write again
        here = e.status in _IN
        work.flush()  # the person may still be in the buffer
        work.sql.run(store.STARTED if here else store.STOPPED, the_id=e.chat.id, at=e.at)
        work.drop("members.started", e.chat.id)
        wish(work, e.chat.id, BLOCKED, not here)
        return
    if over(work, e):
        return
    if e.status in _IN:
        now = {"chat_id": work.chat, "added_at": e.at, "status": e.status, "rights": sorted(e.rights)}
        if _was_added(work, e):
            work.sql.run(store.NEW_PROFILE, added_by=e.sender.id if e.sender else None, **now)
        else:
            work.sql.run(store.STANDS, **now)
        set_state(work, work.chat, "active", back=e.was not in _IN)  # who adds it anew wants it to speak
        work.drop("members.groups", 0)
        work.say(Ask(chat=work.chat))
    else:
        set_state(work, work.chat, "kicked")
    work.sql.run(store.KEEP_STANDING_AT, chat=work.chat, at=e.at)
    work.drop("members.profile", work.chat)
    work.drop("members.own_rights", work.chat)


def _was_added(work: Work, e: BotStanding) -> bool:
    """Did somebody add the bot, rather than change what it may? An upgrade tells of the group's new id as if
    the bot had just come."""
    if e.was in _IN:
        return False
    known, here = work.sql.first(store.PROFILE, chat=work.chat), place_of(work, work.chat)
    there = here is not None and here.state in ("active", "limited")
    return known is None or known.added_by is None or not there
