"""The list of a federation: who is on it and why; as a file; and what it becomes in each group.

At once in the groups where the person is, later in those they come to or write in. What the list did is a
case of that group, and one /unfban takes all of it back.
"""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from groupbot.core.effects import Ban, Button, Send
from groupbot.core.events import Joined, JoinRequest, Message
from groupbot.engine.outbox_table import outbox, posted
from groupbot.engine.storage import Begins
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.federation import store
from groupbot.features.federation.domain import (
    LISTED,
    NAME,
    QUIET,
    Act,
    Banned,
    Fed,
    Leave,
    csv_of,
    json_of,
    read_list,
)
from groupbot.features.federation.service.doors import by_list, decline
from groupbot.features.federation.service.feds import BANS, fed, followed, of_chat, tell
from groupbot.features.members import service as members
from groupbot.features.moderation.domain.acts import Acted
from groupbot.features.rules import service as rules
from groupbot.features.rules.domain.cases import Appeal
from groupbot.features.rules.service.removing import take_away

REF = "fed:"
KNOWN = 65_536  # people whose standing is remembered
SLICE = 50  # groups of one step
AGAIN = timedelta(seconds=10)  # what comes within it of somebody just removed is no second case


# --- the list
def put(work: Work, found: Fed, person: int, name: str, reason: str, by: int) -> bool:
    """Put somebody on the list; True when they were on it (the reason is the new one then).

    Raises:
        Refusal: no person, one who keeps the list, or no reason where one is asked for.
    """
    if person <= 0 or person == work.bot_id:
        raise Refusal("federation/person_only")
    if found.may(person):
        raise Refusal("federation/keeper", name=name)
    if found.reasons and not reason:
        raise Refusal("federation/why")
    before = work.sql.first(store.ONE, fed=found.id, who=person)
    work.sql.run(
        store.BAN,
        fed_id=found.id,
        person_id=person,
        name=name[:NAME],
        reason=reason,
        by_id=by,
        at=work.now,
    )
    work.drop(BANS, person)
    work.sql.run(store.TASK, fed_id=found.id, person_id=person, lift=False, by_id=by, after_id=0)
    tell(work, found, "banned", by, person=person, reason=reason)
    return before is not None


def lift(work: Work, found: Fed, person: int, name: str, by: int) -> None:
    """Take somebody off the list; what it did in the groups is taken back.

    Raises:
        Refusal: they are not on it.
    """
    if not work.sql.run(store.UNBAN, fed=found.id, who=person):
        raise Refusal("federation/not_listed", name=name)
    work.drop(BANS, person)
    work.sql.run(store.TASK, fed_id=found.id, person_id=person, lift=True, by_id=by, after_id=0)
    tell(work, found, "lifted", by, person=person)


def listed(work: Work, found: Fed, person: int) -> Banned | None:
    """What the list says of somebody."""
    r = work.sql.first(store.ONE, fed=found.id, who=person)
    return None if r is None else Banned(r.person_id, r.name, r.reason, r.by_id, r.at.date().isoformat())


def exported(work: Work, found: Fed, form: str) -> tuple[str, str, int]:
    """The list as a file: its name, its text, how many are on it."""
    rows = work.sql.all(store.LIST, fed=found.id, most=LISTED)
    bans = [Banned(r.person_id, r.name, r.reason, r.by_id, r.at.isoformat()) for r in rows]
    return f"{found.code}.{form}", (json_of if form == "json" else csv_of)(bans), len(bans)


def imported(work: Work, found: Fed, text: str, by: int) -> tuple[int, int]:
    """Put a file's people on the list: how many were read, how many lines were not. Those who are on it stay
    as they are; who keeps the list is left out; the groups meet them when they come or write.

    Raises:
        Refusal: nothing could be read.
    """
    rows, bad = read_list(text)
    rows = [r for r in rows if not found.may(r[0]) and r[0] != work.bot_id]
    if not rows:
        raise Refusal("federation/no_list")
    for person, name, reason in rows:
        work.add(store.BANS, found.id, person, name, reason, by, work.now)
    work.clear(BANS)
    tell(work, found, "imported", by, reason=str(len(rows)))
    return len(rows), bad


def erase(work: Work, person: int, to: int) -> bool:
    """Who has themselves forgotten stays on the lists they are on, without the name they had."""
    work.sql.run(store.NAMELESS, who=person)
    for table in (posted, outbox):  # what staff were asked about them is asked no more
        work.sql.run(sa.delete(table).where(*_asked_of(table, person)))
    return False


def _asked_of(table: sa.Table, person: int) -> list[sa.ColumnElement[bool]]:
    ref = table.c.ref
    return [Begins(ref, REF), ref.like(f"{REF}%:{person}:%")]


# --- in a group
def by_whom(work: Work, chat: int, person: int) -> Fed | None:
    """The federation by whose list somebody is not let in here. Two or three look-ups; one where the group
    is in none."""
    here = of_chat(work, chat)
    if here is None:
        return None
    known = work.cached(BANS)
    if person not in known:
        if len(known) >= KNOWN:
            work.clear(BANS)
        work.put(BANS, person, tuple(r.fed_id for r in work.sql.all(store.BANNED_IN, who=person)))
    lists: tuple[int, ...] = known[person]
    id_ = next((i for i in followed(work, here.id) if i in lists), 0) if lists else 0
    return fed(work, id_) if id_ else None


def met(work: Work, event: Message | Joined | JoinRequest) -> bool:
    """Somebody writes, comes or asks to come; True when the list turned them away."""
    if of_chat(work, work.chat) is None:
        return False
    people = event.people if isinstance(event, Joined) else (event.sender,) if event.sender else ()
    turned = False
    for person in people:
        found = by_whom(work, work.chat, person.id)
        if found is None or (isinstance(event, Message) and event.sender_chat is not None):
            continue
        if isinstance(event, JoinRequest):
            turned |= not _flagged(work, work.chat) and decline(work, person.id, found, event.query)
            continue
        message = event.message_id if isinstance(event, Message) else 0
        turned |= meet(work, work.chat, person.id, found, message)
    return turned


def _flagged(work: Work, chat: int) -> bool:
    """Does the list only tell a person here?"""
    return members.human_decides(work, chat) or bool(members.bot_lacks(work, chat, ("restrict",)))


def meet(work: Work, chat: int, person: int, found: Fed, message: int = 0, *, by: int = 0) -> bool:
    """What the list does to somebody in a group: nothing to administrators; a question to its staff where a
    person decides (unless one just did: `by`); else they go. True when they do."""
    row = work.sql.first(store.ONE, fed=found.id, who=person)
    if row is None or members.is_staff(work, chat, person) or person == work.bot_id:
        return False
    before = work.sql.first(store.DONE, chat=chat, who=person)
    if not by and before is not None and before.fed_id == found.id and _settled(work, before.case_id):
        return False
    if not by and before is not None and before.case_id > 0 and work.now - before.at < AGAIN:
        if message:  # the rest of an album, and what they said before the removal arrived
            take_away(work, chat, (message,), _why(found, row.reason))
        return True
    if not by and _flagged(work, chat):
        _ask(work, chat, found, row, message)
        return False
    ban = Ban(chat=chat, member=person, why=_why(found, row.reason))
    if by:
        reason = f"{found.name}: {row.reason}".removesuffix(": ")
        case = rules.by_hand(work, chat, "ban", person, by, reason=reason, message_id=message)
        work.emit(Acted(chat, "ban", by, person, case.reason, case.number))
        work.say(ban)
    else:
        case = by_list(work, chat, "ban", found, row, message)
        members.by_itself(work, ban)
    _did(work, chat, person, found.id, case.id)
    if message:
        take_away(work, chat, (message,), _why(found, row.reason))
    if members.reachable(work, person):
        data = {"fed": found.name, "reason": row.reason, "number": case.number}
        button = ((Button("appeal", Appeal(case.id)),),)
        work.say(Send(user=person, template="federation/told", data=data, buttons=button, why=case.why))
    if not members.get(work, chat, QUIET) and not members.noticed(work, chat):
        members.notice(work, chat)
        data, topic = {"fed": found.name}, members.action_topic(work, chat)
        work.say(Send(chat=chat, topic=topic, template="federation/notice", data=data, lifetime=60))
    return True


def _settled(work: Work, case: int) -> bool:
    """Do staff know, or did they let the person be or take the case back?"""
    return case <= 0 or work.sql.value(store.UNDONE, case=case) is not None


def _why(found: Fed, reason: str) -> str:
    return f"list of federation {found.name}{f': {reason}' if reason else ''}"


def _did(work: Work, chat: int, person: int, fed_id: int, case: int) -> None:
    work.sql.run(store.DID, chat_id=chat, person_id=person, fed_id=fed_id, case_id=case, at=work.now)


def _ask(work: Work, chat: int, found: Fed, row: object, message: int) -> None:
    """Staff are told once, with what is known, and decide."""
    person, name, reason = row.person_id, row.name, row.reason  # type: ignore[attr-defined]
    _did(work, chat, person, found.id, 0)
    known = members.name(work, person)
    for one in members.people_to_ask(work, chat):
        work.say(
            Send(
                user=one,
                template="federation/flag",
                data={
                    "fed": found.name,
                    "title": members.title(work, chat),
                    "name": known if known != "…" else name or str(person),
                    "reason": reason,
                },
                buttons=((Button("ban", Act(chat, person)), Button("let", Leave(chat, person))),),
                ref=f"{REF}{chat}:{person}:{one}",
                why=_why(found, reason),
            )
        )


def decided(work: Work, chat: int, person: int, by: int, *, ban: bool) -> str:
    """Staff decided about a flagged person; the person's name.

    Raises:
        Refusal: somebody else decided, the list no longer names them, or they are an administrator now.
    """
    before = work.sql.first(store.DONE, chat=chat, who=person)
    if before is not None and before.case_id:
        raise Refusal("common/old_button")
    found = by_whom(work, chat, person)
    if found is None:
        raise Refusal("federation/not_listed", name=members.name(work, person))
    if not ban:
        _did(work, chat, person, found.id, -1)
    elif not meet(work, chat, person, found, by=by):
        raise Refusal("moderation/not_admin", name=members.name(work, person))
    return members.name(work, person)


# --- carried into the groups
def carry(work: Work) -> bool:
    """One slice of the oldest change of a list; True when there is more to do."""
    row = next(iter(work.sql.all(store.TASKS)), None)
    if row is None:
        return False
    found = fed(work, row.fed_id)
    if row.lift:
        chats = work.sql.all(store.DONE_BY, fed=row.fed_id, who=row.person_id, after=row.after_id, most=SLICE)
        for c in chats:
            _take_back(work, c.chat_id, row.person_id, c.case_id, row.by_id)
    else:
        chats = work.sql.all(store.REACHED, fed=row.fed_id, after=row.after_id, most=SLICE)
        for c in chats:
            if found is not None and members.is_here(work, c.chat_id, row.person_id):
                meet(work, c.chat_id, row.person_id, found)
    if len(chats) < SLICE:
        work.sql.run(store.TASK_DONE, the_id=row.id)
    else:
        work.sql.run(store.TASK_AT, the_id=row.id, after=chats[-1].chat_id)
    return True


def _take_back(work: Work, chat: int, person: int, case: int, by: int) -> None:
    """What the list did here is undone; a ban by somebody else stands."""
    work.sql.run(store.FORGOTTEN, chat=chat, who=person)
    if case <= 0:
        return
    if work.sql.value(store.OTHER_BANS, chat=chat, who=person, case=case, now=work.now):
        rules.counts_no_more(work, case, by)
        return
    try:
        rules.undo(work, case, by)
    except Refusal:
        return  # the group took it back already
