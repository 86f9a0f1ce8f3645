"""The card of a contest: one message for all entries, edited at most ten times a minute."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from groupbot.core.effects import Button, Edit, Rows
from groupbot.engine.cards import Card, Shown
from groupbot.engine.naming import SHOWN
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.contest import domain, store
from groupbot.features.contest.domain import Entry, Vote
from groupbot.features.members import service as members

A_ROW = 5  # buttons


def entries(work: Work, number: int) -> list[Entry]:
    """Those that stand, with their votes, in the order people entered."""
    votes = {int(r.entry_id): int(r.n) for r in work.sql.all(store.COUNTS, the_id=number)}
    return [
        Entry(int(r.id), int(r.n), int(r.person_id), r.words, votes.get(int(r.id), 0), r.message_id)
        for r in work.sql.all(store.ENTRIES, the_id=number)
        if r.out is None
    ]


def card(work: Work, row: Any) -> tuple[dict[str, Any], Rows]:
    """What the card says, and a button for each entry."""
    found = entries(work, row.id)
    over = row.state != "open"
    order = domain.ranked(found) if over else found
    data = {
        "number": row.id,
        "title": row.title,
        "state": row.state,
        "closes": row.closes_at,
        "prizes": list(row.prizes),
        "votes": sum(e.votes for e in found),
        "count": len(found),
        "lines": [
            {
                "n": e.n,
                "name": members.name(work, e.person),
                "words": e.words,
                "votes": e.votes,
                "link": _link(work, row.chat_id, e.message),
                "prize": row.prizes[i] if over and i < len(row.prizes) else 0,
            }
            for i, e in enumerate(order)
        ],
    }
    if over:
        return data, ()
    buttons = [Button(f"{e.n} {members.name(work, e.person)}"[:24], Vote(row.id, e.n)) for e in found]
    return data, tuple(tuple(buttons[i : i + A_ROW]) for i in range(0, len(buttons), A_ROW))


def show(work: Work) -> tuple[dict[str, Any], Rows]:
    """The open contest of this chat, or its last one.

    Raises:
        Refusal: there was none yet.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat) or work.sql.first(store.LAST_IN, chat=work.chat)
    if row is None:
        raise Refusal("contest/none")
    return card(work, row)


def redraw(work: Work, who: int) -> None:
    """Cards and results on which `who` stands show the name they have now."""
    for row in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        work.chat = row.chat_id
        number = int(row.id)
        CARD.draw(work, number)
        now = work.sql.first(store.ONE, the_id=number)
        if now.state == "closed":
            data, ref = card(work, now)[0], f"contest:{number}:result"
            work.say(Edit(chat=row.chat_id, template="contest/result", data=data, cause="contest", ref=ref))


def _link(work: Work, chat: int, message: int | None) -> str:
    """The address of an entry's photo; '' for words."""
    return members.link_to(work, chat, message) if message else ""


def _shown(work: Work, number: int) -> Shown | None:
    row = work.sql.first(store.ONE, the_id=number)
    return None if row is None else (row.chat_id, *card(work, row))


CARD = Card("contest", timedelta(seconds=6), _shown, store.DRAWN, store.STALE)
