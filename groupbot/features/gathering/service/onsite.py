"""Who came, their photos, and the recap."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Edit, Send
from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.gathering import domain, store
from groupbot.features.gathering.domain import CAME
from groupbot.features.gathering.service.cards import of_chat, people
from groupbot.features.gathering.service.signing import ON_SITE
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members

BEFORE = timedelta(hours=6)  # so long before it begins its wall takes photos
WALL = timedelta(days=7)  # and so long after
EACH, ALL = 5, 100  # photos of one person, and of an event
ALBUM = 10  # photos Telegram takes in one message
RECAP = "gathering:recap:"  # begins the name of a recap; then its event, and the update it was asked in


def came(work: Work, code: str, person: int) -> dict[str, Any]:
    """Somebody says the code that hangs on site: they came, once, and get points for it.

    Raises:
        Refusal: no such code now, or they had not signed up.
    """
    row = work.sql.first(store.BY_CODE, chat=work.chat, the_code=code.strip()[:6], since=work.now - ON_SITE)
    if row is None:
        raise Refusal("gathering/no_code")
    if not work.sql.run(store.CAME, the_id=row.id, person=person, now=work.now):
        raise Refusal("gathering/not_expected", again=person in people(work, row.id))
    points = int(members.get(work, work.chat, CAME))
    if points > 0:
        key = f"gathering:{row.id}:{person}"
        chat = work.chat
        ledger.transfer(
            work, key, "gathering", (issuer(chat), -points), (member(chat, person), points), actor=person
        )
    return {"title": row.title, "points": points}


def hang(work: Work, person: int, photo: str) -> dict[str, Any]:
    """An own photo on the wall of the event that is on, or was this week; hanging it there is the consent.

    Raises:
        Refusal: no such event, not signed up for it, hangs there already, or the wall is full.
    """
    row = _wall_of(work)
    if person not in people(work, row.id):
        raise Refusal("gathering/not_expected", again=False)
    hung = work.sql.all(store.WALL, the_id=row.id)
    mine = [h.file_id for h in hung if h.person_id == person]
    if photo in mine:
        raise Refusal("gathering/hangs")
    if len(mine) >= EACH or len(hung) >= ALL:
        raise Refusal("gathering/wall_full", most=EACH)
    work.sql.run(store.HANG, gathering_id=row.id, person_id=person, file_id=photo, at=work.now)
    return {"title": row.title, "photos": len(hung) + 1, "down": False}


def take_down(work: Work, person: int) -> dict[str, Any]:
    """All of one's own photos off that wall.

    Raises:
        Refusal: no such event.
    """
    row = _wall_of(work)
    work.sql.run(store.TAKE_DOWN, the_id=row.id, person=person)
    return {"title": row.title, "photos": len(work.sql.all(store.WALL, the_id=row.id)), "down": True}


def _wall_of(work: Work) -> Any:
    row = work.sql.first(store.NEWEST, chat=work.chat, since=work.now - WALL, until=work.now + BEFORE)
    if row is None:
        raise Refusal("gathering/no_wall")
    return row


def recap(work: Work, number: int, *, topic: int | None, update: int = 0) -> None:
    """How an event was, with at most ten photos of the wall: said by staff, once they like it, and again in
    another `update`.

    Raises:
        Refusal: not of this chat, no event, or not over.
    """
    row = of_chat(work, number)
    if row.kind != "event" or row.state != "made":
        raise Refusal("gathering/no_recap")
    hung = [(h.person_id, h.file_id) for h in work.sql.all(store.WALL, the_id=number)]
    album = tuple(("photo", f) for f in domain.turns(hung, ALBUM))
    by = list(dict.fromkeys(p for p, _ in hung))[:ALBUM]
    ref = f"{RECAP}{number}:{update}"
    naming.name(work, work.chat, ref, by)
    one = album[0][1] if len(album) == 1 else None
    work.say(
        Send(
            chat=work.chat,
            template="gathering/recap",
            data=_recap(work, row, by),
            photo=one,
            album=album if len(album) > 1 else (),
            topic=topic,
            ref=ref,
        )
    )


def _recap(work: Work, row: Any, by: list[int]) -> dict[str, Any]:
    """What a recap tells: the figures of now, and whose photos it has."""
    return {**figures(work, row), "by": list(dict.fromkeys(members.name(work, p) for p in by))}


def redraw_recaps(work: Work, who: int) -> None:
    """Recaps that name `who` show the name they have now."""
    for chat, ref in naming.posts(work, who, RECAP):
        row = work.sql.first(store.ONE, the_id=int(ref.split(":")[2]))
        if row is not None:
            work.chat = chat
            data = _recap(work, row, naming.named(work, chat, ref))
            work.say(Edit(chat=chat, ref=ref, template="gathering/recap", data=data))


def figures(work: Work, row: Any) -> dict[str, Any]:
    """What is known of an event: who signed up, who came, photos."""
    rows = work.sql.all(store.PEOPLE, the_id=row.id)
    inside = rows[: row.places] if row.places else rows
    there = sum(r.came_at is not None for r in rows)
    return {
        "number": row.id,
        "title": row.title,
        "signed": len(inside),
        "came": there,
        "rate": domain.rate(there, len(inside)),
        "photos": len(work.sql.all(store.WALL, the_id=row.id)),
    }
