"""Once a day: which joins of the last two weeks look bought, and who of those before took part since."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.core.events import Person
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.engagement import store
from groupbot.features.engagement.domain import guard
from groupbot.features.members import service as members

SPAN = timedelta(days=14)
HIRED = "engagement.hired"


def look_for_hired(work: Work) -> bool:
    """One chat a step; True while more are to be looked at today."""
    name, today = "engagement.guard", work.now.date().isoformat()
    profile = members.next_group(work, name, lambda p: work.notes(name, p.chat).first(today))
    if profile is not None:
        _look(work, profile.chat)
    return profile is not None


def _look(work: Work, chat: int) -> None:
    since = work.now - SPAN
    friends = {int(p): int(by) for p, by in work.sql.plain(_BY_TOKEN.format(chat=chat))}
    came = [
        guard.Came(j.person_id, j.joined_at, _via(j, friends), _acted(work, chat, j.person_id, j.joined_at))
        for j in crowded(work, chat, since)
    ]
    found = guard.hired(came, work.now)
    at = {j.person: j.at for j in came}
    for row in work.sql.all(store.KNOWN_HIRED, chat=chat):
        if row.person_id not in found and _acted(work, chat, row.person_id, row.at):
            work.sql.run(store.DROP_HIRED, chat=chat, person=row.person_id)
    for person, crowd in found.items():
        work.sql.run(store.KEEP_HIRED, chat_id=chat, person_id=person, crowd=crowd, at=at[person])
    work.drop(HIRED, chat)


_BY_TOKEN = "SELECT person_id, by_id FROM v_referral WHERE chat_id = {chat} AND grade = 'token'"


def _via(join: Any, friends: dict[int, int]) -> str:
    """By which link or whose hand, or whose link to the bot; '' for none that is known."""
    if join.link:
        return str(join.link)
    by = join.added_by or friends.get(join.person_id)
    return f"by:{by}" if by else ""


def crowded(work: Work, chat: int, since: datetime) -> list[Any]:
    """The joins that stand in sixty seconds in which at least as many came as make a crowd."""
    joins = sorted(members.joins(work, chat, since), key=lambda j: j.joined_at)
    inside = {n for first, end in guard.spells([j.joined_at for j in joins]) for n in range(first, end)}
    return [joins[n] for n in sorted(inside)]


def took_part(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Has this person spoken or reacted in the chat since then? Presses do not count: they were asked for."""
    return work.sql.first(store.TOOK_PART, chat=chat, person=person, since=since) is not None


def _acted(work: Work, chat: int, person: int, since: datetime) -> bool:
    """Nothing is written down of who opted out: nobody can tell that they were silent."""
    return members.opted_out(work, person) or took_part(work, chat, person, since)


def speak_first(work: Work, chat: int, person: Person | None) -> None:
    """What a press or an asked word is given asks one word first of who came in a crowd that looks bought.

    Raises:
        Refusal: they said none since.
    """
    if person is not None and hired(work, chat, person.id):
        raise Refusal("engagement/speak_first")


def hired(work: Work, chat: int, person: int) -> bool:
    """Did they join in a crowd that looks bought, and say nothing since?"""
    known = work.cached(HIRED).get(chat)
    if known is None:
        known = frozenset(r.person_id for r in work.sql.all(store.KNOWN_HIRED, chat=chat))
        work.put(HIRED, chat, known)
    return person in known and not _acted(work, chat, person, work.now - SPAN)
