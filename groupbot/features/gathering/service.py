"""Opening a gathering, joining and leaving it, its end. No money is held: payment stays outside."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from groupbot.core.effects import Button, Rows, Send
from groupbot.engine.cards import Card, Shown
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, store
from groupbot.features.gathering.domain import Join, Leave, Plan
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members
from groupbot.features.members.domain import Setting

KEPT = store.KEPT

ON_SITE = timedelta(days=1)  # so long after its close a code counts
OPEN = 5  # at a time in one chat
CAME = Setting(
    "gathering.came", 5, "Points for coming to an event and saying its code there", unit="points", least=0
)
LISTED = 15
SHOWN = timedelta(days=30)  # how long a card of the past is worth an edit


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
        )[0].id
    )
    row = work.sql.first(store.ONE, the_id=number)
    data, buttons = _card(work, row)
    work.say(
        Send(
            chat=work.chat,
            template="gathering/card",
            data=data,
            buttons=buttons,
            ref=f"gathering:{number}",
            topic=topic,
        )
    )
    if kind == "event" and by and members.reachable(work, by):
        work.say(Send(user=by, template="gathering/code", data={"title": plan.title, "code": row.code}))
    return number


def join(work: Work, number: int, person: int) -> dict[str, Any]:
    """Join, once: place in the order, and whether one waits. A second press says the same.

    Raises:
        Refusal: over, or not of this chat.
    """
    row = _open(work, number)
    people = _people(work, number)
    if person not in people:
        work.sql.run(store.JOIN, gathering_id=number, person_id=person, at=work.now)
        people = [*people, person]
        CARD.changed(work, number)
    place = people.index(person) + 1
    waits = bool(row.places) and place > row.places
    return {
        "place": place - row.places if waits else place,
        "waits": waits,
        "least": row.least,
        "kind": row.kind,
    }


def leave(work: Work, number: int, person: int) -> None:
    """Not coming after all: the first who waits moves up and is told. Who organises is not asked.

    Raises:
        Refusal: over, or was not in.
    """
    row = _open(work, number)
    people = _people(work, number)
    if not work.sql.run(store.LEAVE, the_id=number, person=person, now=work.now):
        raise Refusal("gathering/not_in")
    if row.places and len(people) > row.places and people.index(person) < row.places:
        up = people[row.places]
        if members.reachable(work, up):
            work.say(Send(user=up, template="gathering/moved_up", data={"title": row.title}))
    CARD.changed(work, number)


def drop(work: Work, number: int) -> None:
    """Called off by staff.

    Raises:
        Refusal: over, or not of this chat.
    """
    _open(work, number)
    _end(work, number, "dropped")


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
    people = _people(work, number)
    _end(work, number, "made" if domain.came_about(len(people), row.least) else "failed")


def came(work: Work, code: str, person: int) -> dict[str, Any]:
    """Somebody says the code that hangs on site: they came, once, and get points for it.

    Raises:
        Refusal: no such code now, or they had not signed up.
    """
    row = work.sql.first(store.BY_CODE, chat=work.chat, the_code=code.strip()[:6], since=work.now - ON_SITE)
    if row is None:
        raise Refusal("gathering/no_code")
    if not work.sql.run(store.CAME, the_id=row.id, person=person, now=work.now):
        raise Refusal("gathering/not_expected", again=person in _people(work, row.id))
    points = int(members.get(work, work.chat, CAME))
    if points > 0:
        key = f"gathering:{row.id}:{person}"
        chat = work.chat
        ledger.transfer(
            work, key, "gathering", (issuer(chat), -points), (member(chat, person), points), actor=person
        )
    return {"title": row.title, "points": points}


def _card(work: Work, row: Any) -> tuple[dict[str, Any], Rows]:
    rows = work.sql.all(store.PEOPLE, the_id=row.id)
    inside, waiting = domain.seated([r.person_id for r in rows], row.places)
    data = {
        "kind": row.kind,
        "number": row.id,
        "title": row.title,
        "state": row.state,
        "least": row.least,
        "places": row.places,
        "joined": len(inside),
        "waiting": len(waiting),
        "came": sum(r.came_at is not None for r in rows),
        "closes": row.closes_at,
        "names": [members.name(work, p) for p in inside[:LISTED]],
        "more": max(0, len(inside) - LISTED),
        "leader": members.name(work, inside[0]) if inside and row.kind == "groupbuy" else "",
    }
    if row.state != "open":
        return data, ()
    return data, ((Button("join", Join(row.id)), Button("leave", Leave(row.id))),)


def _open(work: Work, number: int) -> Any:
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or row.chat_id != work.chat:
        raise Refusal("common/old_button")
    if row.state != "open" or row.closes_at <= work.now:
        raise Refusal("gathering/over", title=row.title)
    return row


def _people(work: Work, number: int) -> list[int]:
    return [r.person_id for r in work.sql.all(store.PEOPLE, the_id=number)]


def _end(work: Work, number: int, state: str) -> None:
    work.sql.run(store.STATE, the_id=number, becomes=state)
    CARD.at_end(work, number)


def redraw(work: Work, who: int) -> None:
    """Cards on which `who` stands show the name they have now."""
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id
        CARD.draw(work, row.id)


def _shown(work: Work, number: int) -> Shown | None:
    row = work.sql.first(store.ONE, the_id=number)
    return None if row is None else (row.chat_id, *_card(work, row))


CARD = Card("gathering", timedelta(seconds=5), _shown, store.DRAWN, store.STALE)
