"""The end: votes of who left do not count, prizes are paid once, what is left goes back to the house."""

from __future__ import annotations

from functools import partial

from groupbot.core.effects import Send
from groupbot.core.sheet import csv_text
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.contest import domain, store
from groupbot.features.contest.service.cards import CARD, card, entries
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import house, member, pot
from groupbot.features.members import service as members


def close_due(work: Work) -> None:
    """Contests whose time is over, each as a step of its own; and cards that lag."""
    for row in work.sql.all(store.DUE, now=work.now):
        work.finally_(f"contest.close:{row.id}", partial(close, number=int(row.id)))
    CARD.catch_up(work)


def close(work: Work, number: int) -> None:
    """Count, pay and say who won, once."""
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or not work.sql.run(store.STATE, the_id=number, becomes="closed"):
        return
    for r in work.sql.all(store.VOTES, the_id=number):
        if not members.is_here(work, row.chat_id, r.person_id):
            work.sql.run(store.GONE, the_id=number, person=r.person_id)
    order, paid = domain.ranked(entries(work, number)), 0
    for place, (won, points) in enumerate(zip(order, row.prizes, strict=False), 1):
        _pay(work, row.chat_id, number, f"place{place}", won.person, points)
        paid += points
    _pay(work, row.chat_id, number, "back", 0, sum(row.prizes) - paid)
    CARD.draw(work, number)
    data, _ = card(work, work.sql.first(store.ONE, the_id=number))
    work.say(
        Send(
            chat=row.chat_id,
            template="contest/result",
            data=data,
            topic=row.topic,
            cause="contest",
            ref=f"contest:{number}:result",
        )
    )


def open_here(work: Work) -> tuple[str, bool] | None:
    """The contest that is open here: its title, and whether its time is over, so that the result stands."""
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    return None if row is None else (str(row.title), row.closes_at <= work.now)


def drop(work: Work) -> str:
    """Called off by staff; the points go back. Its title.

    Raises:
        Refusal: none is open here, or its time is over: then the result stands.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    if row is None:
        raise Refusal("contest/none_open")
    if row.closes_at <= work.now:
        raise Refusal("contest/over", title=row.title)
    work.sql.run(store.STATE, the_id=row.id, becomes="dropped")
    _pay(work, row.chat_id, row.id, "back", 0, sum(row.prizes))
    CARD.draw(work, row.id)
    return str(row.title)


def audit(work: Work, *, to: int) -> None:
    """Every vote of the open or last contest as a file, to one administrator in private.

    Raises:
        Refusal: there was none, or the bot may not write to them yet.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat) or work.sql.first(store.LAST_IN, chat=work.chat)
    if row is None:
        raise Refusal("contest/none")
    members.alone(work, to)
    numbers = {int(e.id): e.n for e in work.sql.all(store.ENTRIES, the_id=row.id)}
    votes = work.sql.all(store.VOTES, the_id=row.id)
    text = csv_text(
        ("voter", "entry", "at"),
        ((r.person_id, numbers[int(r.entry_id)], r.at.isoformat()) for r in votes),
    )
    work.say(Send(user=to, text="CSV", document=f"contest-{row.id}.csv", content=text))


def _pay(work: Work, chat: int, number: int, what: str, person: int, points: int) -> None:
    if points <= 0:
        return
    to = member(chat, person) if person else house(chat)
    jar = pot(chat, domain.POTS + number)
    ledger.transfer(
        work, f"contest:{number}:{what}", "contest", (jar, -points), (to, points), ref=f"contest:{number}"
    )
