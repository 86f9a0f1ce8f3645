"""Opening, entering and voting."""

from __future__ import annotations

from typing import Any

from groupbot.engine import naming
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.contest import domain, store
from groupbot.features.contest.domain import Agree, Order
from groupbot.features.contest.service.asking import ref
from groupbot.features.contest.service.cards import CARD
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import pot
from groupbot.features.members import service as members

ASKED = "contest.asked"  # who was nominated and asked: "asked" or "no", while the bot runs


def open_(work: Work, order: Order, *, by: int, topic: int | None) -> int:
    """Announce a contest; its number. The prizes leave the house wallet now.

    Raises:
        Refusal: one is open here, or the house has not so many points.
    """
    chat = work.chat
    if work.sql.first(store.OPEN_IN, chat=chat) is not None:
        raise Refusal("contest/open_already")
    wallet, needed = ledger.house_wallet(work, chat), sum(order.prizes)
    if ledger.balance(work, wallet) < needed:
        raise Refusal("redpacket/poor", balance=ledger.balance(work, wallet), needed=needed)
    number = int(
        work.sql.returning(
            store.NEW,
            chat_id=chat,
            topic=topic,
            title=order.title,
            prizes=list(order.prizes),
            by_id=by,
            state="open",
            opened_at=work.now,
            closes_at=(work.now + order.span).replace(microsecond=0),
        )[0].id
    )
    if needed:
        jar = pot(chat, domain.POTS + number)
        key = f"contest:{number}:aside"
        ledger.transfer(
            work, key, "contest", (wallet, -needed), (jar, needed), ref=f"contest:{number}", actor=by
        )
    CARD.say(work, number, topic)
    return number


def enter(work: Work, person: int, words: str, photo: int | None) -> dict[str, Any]:
    """An own photo, or a few words; once. Its number on the card.

    Raises:
        Refusal: no contest is open, entered before (or taken out by staff), no member, or it is full.
    """
    row = _open(work)
    if not members.is_here(work, work.chat, person):
        raise Refusal("contest/members_only", early=False)
    found = work.sql.all(store.ENTRIES, the_id=row.id)
    mine = next((e for e in found if e.person_id == person), None)
    if mine is not None:
        raise Refusal("contest/entered", n=mine.n, out=mine.out is not None)
    if len(found) >= domain.MOST:
        raise Refusal("contest/full", most=domain.MOST)
    n = len(found) + 1
    work.sql.run(
        store.ENTER,
        contest_id=row.id,
        n=n,
        person_id=person,
        words=words.strip()[: domain.WORDS],
        message_id=photo,
        at=work.now,
    )
    CARD.changed(work, row.id)
    return {"n": n, "title": row.title}


def nominate(work: Work, by: int, person: int, photo: int) -> dict[str, Any]:
    """Somebody names another member's photo; who is named is asked, once a contest, and is in only by their
    own yes. `photo` comes back as a button keeps it.

    Raises:
        Refusal: no contest is open, either is no member, entered already, asked already, or they said no.
    """
    row = _open(work)
    if not all(members.is_here(work, work.chat, p) for p in (by, person)):
        raise Refusal("contest/members_only", early=False)
    name, asked = members.name(work, person), work.cached(ASKED).get((row.id, person))
    if number_of(work, person) or asked:
        raise Refusal("contest/asked", name=name, refused=asked == "no")
    work.put(ASKED, (row.id, person), "asked")
    kept = members.for_button(work, work.chat, photo)
    naming.name(work, work.chat, ref(row.id, kept), (person, by))
    said = {"title": row.title, "name": name, "by": members.name(work, by)}
    return {"contest": row.id, "photo": kept, **said}


def agree(work: Work, given: Agree, person: int) -> dict[str, Any] | None:
    """The answer of who was nominated: in with the photo, or None for a no, which holds for this contest.

    Raises:
        Refusal: somebody else's press, or as for entering.
    """
    _open(work, given.contest)
    if person != given.person:
        raise Refusal("contest/not_you", name=members.name(work, given.person))
    if given.yes:
        return enter(work, person, "", members.of_button(work, work.chat, given.photo))
    work.put(ASKED, (given.contest, person), "no")
    return None


def vote(work: Work, number: int, n: int, person: int) -> dict[str, Any]:
    """One vote a member; pressing another entry moves it.

    Raises:
        Refusal: over, an own entry, taken out, or no member since before the announcement.
    """
    row = _open(work, number)
    found = next((e for e in work.sql.all(store.ENTRIES, the_id=number) if e.n == n), None)
    if found is None or found.out is not None:
        raise Refusal("contest/gone")
    if found.person_id == person:
        raise Refusal("contest/own")
    if not members.is_here(work, work.chat, person):
        raise Refusal("contest/members_only", early=False)
    if not domain.may_vote(members.joined_at(work, work.chat, person), row.opened_at):
        raise Refusal("contest/members_only", early=True)
    before = work.sql.value(store.MINE, the_id=number, person=person)
    if before != found.id:
        work.sql.run(store.VOTE, contest_id=number, person_id=person, entry_id=found.id, at=work.now)
        CARD.changed(work, number)
    return {
        "n": n,
        "name": members.name(work, found.person_id),
        "again": before == found.id,
        "moved": before is not None and before != found.id,
    }


def take_out(work: Work, n: int, *, person: int, staff: bool) -> None:
    """An entry is taken out, by its owner or by staff: its votes are free again.

    Raises:
        Refusal: no such entry, or somebody else's.
    """
    row = _open(work)
    found = next((e for e in work.sql.all(store.ENTRIES, the_id=row.id) if e.n == n), None)
    if found is None or found.out is not None or not (staff or found.person_id == person):
        raise Refusal("contest/gone")
    whose = "own" if found.person_id == person else "staff"
    work.sql.run(store.OUT, the_id=row.id, number=n, whose=whose)
    work.sql.run(store.UNVOTE, the_id=row.id, entry=found.id)
    CARD.draw(work, row.id)


def number_of(work: Work, person: int) -> int:
    """The number of this person's entry in the open contest; 0 without one."""
    found = work.sql.all(store.ENTRIES, the_id=_open(work).id)
    return next((int(e.n) for e in found if e.person_id == person), 0)


def _open(work: Work, number: int | None = None) -> Any:
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    if row is None or number not in (None, row.id):
        raise Refusal("common/old_button" if number else "contest/none_open")
    if row.closes_at <= work.now:
        raise Refusal("contest/over", title=row.title)
    return row
