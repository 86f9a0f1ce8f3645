"""Announcing, joining, leaving, and the end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from groupbot.core.effects import Send
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, store
from groupbot.features.gathering.domain import LINE, REMIND, Plan
from groupbot.features.gathering.service.cards import CARD, ladder, people, still_open
from groupbot.features.members import service as members

ON_SITE = timedelta(days=1)  # so long after its close a code counts
OPEN = 5  # at a time in one chat
TOLD = 200  # people told of an end in private, at most


def plan_of(work: Work, kind: str, args: str) -> Plan | None:
    """What an order asks for, on the group's wall clock."""
    return domain.parse(kind, args, work.now.astimezone(zone(members.voice(work, work.chat, None)[1])))


def open_(work: Work, kind: str, plan: Plan, *, by: int, topic: int | None) -> int:
    """Publish a gathering; its number.

    Raises:
        Refusal: too many are open here.
    """
    if int(work.sql.value(store.OPEN_IN, chat=work.chat)) >= OPEN:
        raise Refusal("gathering/too_many", most=OPEN)
    event = kind == "event"
    hours, line = int(members.get(work, work.chat, REMIND)), bool(members.get(work, work.chat, LINE))
    number = int(
        work.sql.returning(
            store.NEW,
            chat_id=work.chat,
            topic=topic,
            kind=kind,
            title=plan.title,
            least=plan.least,
            places=plan.places,
            by_id=by,
            code=f"{work.rng.randint(0, 999_999):06d}",
            state="open",
            opened_at=work.now,
            closes_at=plan.closes,
            ladder=[list(step) for step in plan.ladder],
            remind_at=_before(work, plan, hours) if event and hours else None,
            line_at=_before(work, plan, hours or REMIND.default) if event and line else None,
            after_at=plan.closes + ON_SITE if event else None,
        )[0].id
    )
    CARD.say(work, number, topic)
    if event and by and members.reachable(work, by):
        row = work.sql.first(store.ONE, the_id=number)
        work.say(Send(user=by, template="gathering/code", data={"title": plan.title, "code": row.code}))
    return number


def _before(work: Work, plan: Plan, hours: int) -> datetime | None:
    """When to remind of it; None where that is past already."""
    at = domain.remind_at(plan.closes, hours)
    return at.astimezone(UTC) if at > work.now else None


def join(work: Work, number: int, person: int) -> dict[str, Any]:
    """Join, once: place in the order, and whether one waits. A second press says the same.

    Raises:
        Refusal: over, or not of this chat.
    """
    row = still_open(work, number)
    all_ = people(work, number)
    if person not in all_:
        work.sql.run(store.JOIN, gathering_id=number, person_id=person, at=work.now)
        all_ = [*all_, person]
        if row.least and row.filled_at is None and len(all_) >= row.least:
            work.sql.run(store.FILLED, the_id=number, at=work.now)
        CARD.changed(work, number)
    place = all_.index(person) + 1
    waits = bool(row.places) and place > row.places
    now, then = domain.step_now(ladder(row), len(all_))
    return {
        "place": place - row.places if waits else place,
        "waits": waits,
        "least": row.least,
        "kind": row.kind,
        "price": now.price if now is not None else "",
        "next_price": then.price if then is not None else "",
        "next_people": then.people if then is not None else 0,
    }


def leave(work: Work, number: int, person: int) -> None:
    """Not coming after all: the first who waits moves up and is told; of a group buy the next in line leads.
    Who organises is not asked.

    Raises:
        Refusal: over, or was not in.
    """
    row = still_open(work, number)
    all_ = people(work, number)
    if not work.sql.run(store.LEAVE, the_id=number, person=person, now=work.now):
        raise Refusal("gathering/not_in")
    if row.places and len(all_) > row.places and all_.index(person) < row.places:
        _tell(work, all_[row.places], "gathering/moved_up", row)
    if row.kind == "groupbuy" and all_[0] == person and len(all_) > 1:
        _tell(work, all_[1], "gathering/leads", row)
    if row.filled_at is not None and len(all_) - 1 < row.least:
        work.sql.run(store.FILLED, the_id=number, at=None)
    CARD.changed(work, number)


def gone(work: Work, chat: int, person: int) -> None:
    """Who leaves the group is in nothing there any more."""
    for row in work.sql.all(store.SEATED, chat=chat, who=person):
        try:
            leave(work, row.id, person)
        except Refusal:  # it closes this very moment
            continue


def remind(work: Work, number: int, person: int) -> dict[str, Any]:
    """Ask to be reminded in private, or not any more.

    Raises:
        Refusal: over, not in it, too late to be reminded, or the bot may not write to them.
    """
    row = still_open(work, number)
    mine = next((r for r in work.sql.all(store.PEOPLE, the_id=number) if r.person_id == person), None)
    if mine is None:
        raise Refusal("gathering/not_in")
    if row.remind_at is None:
        raise Refusal("common/old_button")
    if not mine.remind:
        members.alone(work, person)
    work.sql.run(store.ASKED, the_id=number, person=person, on=not mine.remind)
    return {"on": not mine.remind, "at": row.remind_at}


def drop(work: Work, number: int) -> None:
    """Called off by staff: everybody who was in and can be written to is told.

    Raises:
        Refusal: over, or not of this chat.
    """
    row = still_open(work, number)
    _end(work, row, "dropped", people(work, number))


def open_here(work: Work) -> list[int]:
    """The gatherings of this chat that can be called off."""
    return [r.id for r in work.sql.all(store.OPEN_HERE, chat=work.chat) if r.closes_at > work.now]


def close_due(work: Work) -> None:
    """The ends of gatherings, each as a step of its own; and cards that lag."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.finally_(f"gathering.close:{row.id}", partial(close, number=row.id))
    CARD.catch_up(work)


def close(work: Work, number: int) -> None:
    """Its time has come: it came about or it did not, once."""
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.state != "open":
        return
    all_ = people(work, number)
    _end(work, row, "made" if domain.came_about(len(all_), row.least) else "failed", all_)


def _end(work: Work, row: Any, state: str, all_: list[int]) -> None:
    """Written down once, shown on the card, told to who was in (of an event only that it was called off)."""
    if not work.sql.run(store.STATE, the_id=row.id, becomes=state):
        return
    CARD.at_end(work, row.id)
    if state == "dropped":
        for done in (store.REMINDED, store.LINED, store.TOLD):
            work.sql.run(done, the_id=row.id)
    elif row.kind == "event":
        return
    before, work.chat = work.chat, row.chat_id
    now, _ = domain.step_now(ladder(row), len(all_))
    told = {
        "kind": row.kind,
        "state": state,
        "joined": len(all_),
        "least": row.least,
        "price": now.price if now is not None and state == "made" else "",
    }
    for person in all_[:TOLD]:
        _tell(work, person, "gathering/ended", row, **told)
    work.chat = before


def _tell(work: Work, person: int, template: str, row: Any, **data: Any) -> None:
    """In private, where that may be: they asked for it by joining."""
    if members.reachable(work, person):
        work.say(Send(user=person, template=template, data={"title": row.title, **data}))
