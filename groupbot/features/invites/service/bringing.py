"""Who brought a friend, on what evidence: a member's own link, else their hand, else their link to the bot
followed in the seven days before; else nobody. Nobody is guessed: a named link of somebody else's is no
evidence for them, nor are links to the bot of two members.

One row a person and group, for ever: who comes again is nobody's friend anew. Of who had themselves forgotten
only the seal of that says that they were ever here: they are nobody's friend either.
"""

from __future__ import annotations

from typing import Any

from groupbot.core.effects import Button, Send
from groupbot.core.events import Joined, Person
from groupbot.engine import keeping
from groupbot.engine.vault import key_of
from groupbot.engine.work import Work
from groupbot.features.invites import domain, store
from groupbot.features.invites.domain import ADDER, EXACT, HOLD, ON, TOKEN, Forged
from groupbot.features.members import service as members
from groupbot.features.members.domain import Started

Found = tuple[int, str]  # who brought them, and the grade of the evidence


def door(work: Work, invite: int) -> str:
    """A member's own link to the bot, which leads their friends on to the group; '' without a username."""
    name = work.me.username
    return f"https://t.me/{name}?start={domain.pack(key_of(work), invite)}" if name else ""


def followed(work: Work, started: Started) -> bool:
    """Somebody came to the bot by a member's own link: kept for seven days' evidence, and they are shown the
    way into the group. False: it is no such link."""
    if not started.payload.startswith(domain.MAKER):
        return False
    try:
        row = work.sql.first(store.ONE, the_id=domain.unpack(key_of(work), started.payload))
    except Forged:
        return False
    if row is None or not row.owner_id:
        return False
    if not row.url or row.off_at is not None or not members.get(work, row.chat_id, ON):
        work.say(Send(user=started.person, template="invites/door_shut", data=_of(work, row)))
        return True
    other = started.person != row.owner_id and not members.is_staff(work, row.chat_id, started.person)
    if other and not members.is_here(work, row.chat_id, started.person):  # who is here came in before
        work.sql.run(store.START, invite_id=row.id, person_id=started.person, at=work.now)
    buttons = ((Button("join", url=row.url),),)
    work.say(Send(user=started.person, template="invites/door", data=_of(work, row), buttons=buttons))
    return True


def _of(work: Work, row: Any) -> dict[str, Any]:
    return {"title": members.title(work, row.chat_id)}


def came(work: Work, event: Joined) -> None:
    """People joined: whose friends are they?"""
    if not members.get(work, work.chat, ON):
        return
    for person in event.people:
        if person.is_bot or members.is_staff(work, work.chat, person.id):
            continue
        before = work.sql.first(store.OF_PERSON, chat=work.chat, who=person.id)
        if before is not None:
            _told_again(work, event, person, before)
        elif members.stays(work, work.chat, person.id) == 1:  # was never here before
            found = _whose(work, event, person)
            if found is not None and not keeping.erased(work, [person.id]):
                by, grade = found
                due = domain.due_at(event.at, members.get(work, work.chat, HOLD))
                work.sql.run(
                    store.JOIN, chat_id=work.chat, person_id=person.id, by_id=by, grade=grade, at=event.at,
                    due=due, state="held", points=0,
                )  # fmt: skip


def _told_again(work: Work, event: Joined, person: Person, before: Any) -> None:
    """The service message and the member update tell of one join, in any order, and only one of them knows
    the link: it is the better evidence."""
    late = before.state != "held" or abs(event.at - before.at) > domain.ONE_JOIN
    if event.link is None or before.grade == EXACT or late:
        return
    found = _whose(work, event, person)
    if found is None:
        work.sql.run(store.WRONG, the_id=before.id)
    else:
        work.sql.run(store.BETTER, the_id=before.id, by=found[0], now_is=found[1])


def _whose(work: Work, event: Joined, person: Person) -> Found | None:
    came = members.way_in(work, work.chat, person.id)  # of both updates, as far as they came
    if came is None:
        return None
    if came.link:
        row = work.sql.first(store.BY_URL, the_url=came.link)
        if row is not None and row.chat_id == work.chat and row.owner_id:
            return _if_theirs(work, row.owner_id, EXACT, person)
        if row is not None or came.link_name:
            return None  # somebody else's link, and known whose
    elif came.added_by:
        return _if_theirs(work, came.added_by, ADDER, person)
    since = event.at - domain.TOKEN_LIFE
    until = event.at + domain.SECOND
    owners = work.sql.all(store.STARTS, chat=work.chat, who=person.id, since=since, until=until)
    return _if_theirs(work, owners[0].owner_id, TOKEN, person) if len(owners) == 1 else None


def _if_theirs(work: Work, by: int, grade: str, person: Person) -> Found | None:
    """Members bring friends; not themselves, not staff, not who left."""
    staff = members.is_staff(work, work.chat, by)
    return (by, grade) if by != person.id and not staff and members.is_here(work, work.chat, by) else None


def sweep(work: Work) -> None:
    """Forget after 180 days who came to the bot by whose link."""
    work.sql.run(store.OLD_STARTS, before=work.now - domain.STARTS_KEPT)
