"""Answers: kept as they come, booked once the poll is known, worth points once each.

A poll closes on Telegram's side, so what is delivered was in time however late it is read. A vote that is
read before the receipt of its poll waits in the table, and so does one while the books are closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from groupbot.core.events import PollAnswer
from groupbot.engine import polls
from groupbot.engine.work import Work
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.domain import issuer, member
from groupbot.features.members import service as members
from groupbot.features.quiz import domain, store

PREFIX = "quiz:"
NOBODYS = 0  # the question of an answer that counts for nothing
UNKNOWN = timedelta(hours=1)  # a vote in a poll of nobody's is forgotten


def answered(work: Work, event: PollAnswer) -> None:
    """Somebody answered; the first answer counts. Votes in other polls of the bot are none of ours."""
    if event.sender is None or event.sender.is_bot or not event.options:
        return
    posted = polls.of(work, event.poll)
    if posted is not None and not posted.ref.startswith(PREFIX):
        return
    new = work.sql.run(
        store.ANSWER,
        bot_id=work.bot_id,
        poll_id=event.poll,
        person_id=event.sender.id,
        option=event.options[0],
        at=event.at,
    )
    if new and posted is not None and not ledger.halted(work):
        row = work.sql.first(store.OF_POLL, bot=work.bot_id, poll=event.poll, person=event.sender.id)
        _settle(work, row, posted)


def settle_waiting(work: Work) -> None:
    """Answers that came before their poll's receipt or while the books were closed, in the order they
    came."""
    if ledger.halted(work):
        return
    rows = work.sql.all(store.WAITING, bot=work.bot_id)
    for row in rows:
        posted = polls.of(work, row.poll_id)
        if posted is not None:
            _settle(work, row, posted)
    if rows and rows[0].at < work.now - UNKNOWN:
        work.sql.run(store.FORGET, before=work.now - UNKNOWN, newest=rows[-1].id)


def _settle(work: Work, row: Any, posted: polls.Posted) -> None:
    """Right or not, and its points: only a member's, no staff's, and a newcomer's not yet."""
    ours = posted.ref.startswith(PREFIX) and row.option in posted.options
    question = work.sql.first(store.ONE, the_id=int(posted.ref.removeprefix(PREFIX))) if ours else None
    person = int(row.person_id)
    if question is None or not members.is_here(work, question.chat_id, person):  # polls may be forwarded
        work.sql.run(store.SETTLE, the_id=row.id, number=NOBODYS, is_right=False, points=0)
        return
    chat, right = question.chat_id, posted.options.index(row.option) == question.asked["right"]
    points = 0
    if right and not members.is_staff(work, chat, person) and not _new(work, chat, person):
        points = _worth(work, question, person)
    work.sql.run(store.SETTLE, the_id=row.id, number=question.id, is_right=right, points=points)
    work.emit(domain.Voted(chat, person, row.at, posted.ref))
    if points:
        ledger.transfer(
            work,
            f"quiz:{question.id}:{person}",
            "quiz",
            (issuer(chat), -points),
            (member(chat, person), points),
            ref=posted.ref,
            actor=person,
        )


def _worth(work: Work, question: Any, person: int) -> int:
    """Points of a right answer; more for the first."""
    points = int(members.get(work, question.chat_id, domain.RIGHT))
    if work.sql.run(store.FIRST, the_id=question.id, person=person):
        points += int(members.get(work, question.chat_id, domain.FIRST))
    return points


def _new(work: Work, chat: int, person: int) -> bool:
    tenure = timedelta(hours=members.get(work, chat, domain.TENURE))
    joined = members.joined_at(work, chat, person)
    return joined is not None and work.now < joined + tenure


def board(work: Work, since: datetime, until: datetime) -> list[tuple[int, int, int]]:
    """(person, right answers, of them first) in that time: a season is a view, nothing is reset. Without
    who had themselves forgotten, or asked to be on no list."""
    rows = work.sql.all(store.SEASON, chat=work.chat, since=since, until=until)
    return [
        (int(r.person_id), int(r.rights), int(r.firsts))
        for r in rows
        if r.rights and r.person_id > 0 and not members.opted_out(work, r.person_id)
    ]
