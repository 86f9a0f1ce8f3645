"""Asking: a round now or a question a day; closing with the answer."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from msgspec.structs import asdict

from groupbot.core.effects import ClosePoll, Edit, Poll, Send
from groupbot.engine import polls
from groupbot.engine.naming import SHOWN
from groupbot.engine.words import zone
from groupbot.engine.work import Work
from groupbot.errors import Refusal
from groupbot.features.members import service as members
from groupbot.features.promos import service as promos
from groupbot.features.quiz import domain, store
from groupbot.features.quiz.domain import Order
from groupbot.features.quiz.service.answering import settle_waiting
from groupbot.features.quiz.service.books import KIND, book, books, broken

NAMED = 10  # of those who were right, in a result


def begin(work: Work, order: Order, *, topic: int | None) -> dict[str, Any]:
    """A round begins with its first question now; a daily question waits for its hour. A new plan takes the
    place of the last one.

    Raises:
        Refusal: no such book, or a question is open here.
    """
    made = book(work, order.book)
    due = work.now
    if order.daily:
        local = work.now.astimezone(zone(members.voice(work, work.chat, None)[1]))
        due = domain.next_daily(order.daily, local)
    elif work.sql.first(store.OPEN_IN, chat=work.chat) is not None:
        raise Refusal("quiz/open")
    left = 0 if order.daily else min(order.count, len(made.questions))
    work.sql.run(
        store.PLAN,
        chat_id=work.chat,
        topic=topic,
        book=made.name,
        seconds=order.seconds,
        daily=order.daily,
        left=left,
        due=due,
    )
    if not order.daily:
        _ask(work, work.sql.first(store.PLANNED, chat=work.chat))
    return {"title": made.title, "daily": order.daily, "count": left, "due": due}


def stop(work: Work) -> None:
    """No more questions come; the open one is taken back, and its answers stay worth what they were.

    Raises:
        Refusal: nothing is planned here.
    """
    row = work.sql.first(store.OPEN_IN, chat=work.chat)
    gone = work.sql.run(store.UNPLAN, chat=work.chat)
    if row is not None:
        _close(work, int(row.id))
    if not gone and row is None:
        raise Refusal("quiz/nothing")


def ask_due(work: Work) -> None:
    """Questions whose time has come. A daily one that is hours late waits for the next day."""
    promos.reread(work, KIND)
    for plan in work.sql.all(store.PLANS_DUE, now=work.now):
        if plan.daily and work.now - plan.due > domain.GRACE:
            _next(work, plan)
        elif work.sql.first(store.OPEN_IN, chat=plan.chat_id) is None:
            _ask(work, plan)


def close_due(work: Work) -> None:
    """Questions whose time is over, each as a step of its own."""
    settle_waiting(work)
    for row in work.sql.all(store.DUE, now=work.now):
        work.finally_(f"quiz:{row.id}", partial(_close, number=int(row.id)))


def status(work: Work) -> dict[str, Any]:
    """The books, and what is planned here."""
    plan = work.sql.first(store.PLANNED, chat=work.chat)
    shelf = [{"name": b.name, "title": b.title, "n": len(b.questions)} for b in books(work).values()]
    data = {"books": shelf, "book": "", "daily": "", "left": 0, "due": None}
    if plan is not None:
        data |= {"book": plan.book, "daily": plan.daily, "left": plan.left, "due": plan.due}
    return data


def _ask(work: Work, plan: Any) -> None:
    """The next question of a plan, its options in an order of their own."""
    try:
        made = book(work, plan.book)
    except Refusal:
        if broken(work, plan.book):  # until it is mended it asks nothing
            _next(work, plan)
        else:  # its file is gone
            work.sql.run(store.UNPLAN, chat=plan.chat_id)
        return
    asked = [int(r.n) for r in work.sql.all(store.ASKED, chat=plan.chat_id, the_book=plan.book)]
    n = domain.next_of(asked, len(made.questions))
    question = domain.shuffled(made.questions[n], work.rng)
    number = int(
        work.sql.returning(
            store.ASK,
            chat_id=plan.chat_id,
            topic=plan.topic,
            book=plan.book,
            n=n,
            asked=asdict(question),
            state="open",
            opened_at=work.now,
            closes_at=work.now + timedelta(seconds=plan.seconds),
        )[0].id
    )
    work.say(
        Poll(
            chat=plan.chat_id,
            question=question.ask,
            options=question.options,
            right=question.right,
            explanation=question.why,
            seconds=plan.seconds,
            topic=plan.topic,
            ref=f"quiz:{number}",
            not_after=work.now + timedelta(seconds=plan.seconds),
        )
    )
    _next(work, plan)


def _next(work: Work, plan: Any) -> None:
    """When the plan asks again; a round that is through is no plan any more."""
    if plan.daily:
        local = work.now.astimezone(zone(members.voice(work, plan.chat_id, None)[1]))
        due, left = domain.next_daily(plan.daily, local), 0
    else:
        due, left = work.now + timedelta(seconds=plan.seconds) + domain.REST, plan.left - 1
        if left <= 0:
            work.sql.run(store.UNPLAN, chat=plan.chat_id)
            return
    row = {n: getattr(plan, n) for n in ("chat_id", "topic", "book", "seconds", "daily")}
    work.sql.run(store.PLAN, **row, left=left, due=due)


def _close(work: Work, number: int) -> None:
    """Say the answer and who was right; nothing of one nobody saw. It counts as asked: Telegram may
    refuse it for ever."""
    row = work.sql.first(store.ONE, the_id=number)
    if row is None or not work.sql.run(store.STATE, the_id=number, becomes="closed"):
        return
    row = work.sql.first(store.ONE, the_id=number)
    work.say(ClosePoll(chat=row.chat_id, ref=f"quiz:{number}", cause="quiz"))
    if polls.lost(work, f"quiz:{number}"):
        return
    work.say(
        Send(
            chat=row.chat_id,
            template="quiz/result",
            data=_result(work, row),
            topic=row.topic,
            cause="quiz",
            ref=f"quiz:{number}:result",
        )
    )


def _result(work: Work, row: Any) -> dict[str, Any]:
    """What the result of a question shows."""
    rows = work.sql.all(store.RESULT, the_id=row.id)
    right = [r for r in rows if r.right]
    asked = row.asked
    return {
        "answer": asked["options"][asked["right"]],
        "why": asked["why"],
        "answers": len(rows),
        "right": len(right),
        "names": [members.name(work, r.person_id) for r in right[:NAMED]],
        "first": members.name(work, row.first) if row.first else "",
        "points": max((int(r.paid) for r in right), default=0),
    }


def redraw(work: Work, who: int) -> None:
    """Results on which `who` may stand show the name they have now."""
    for found in work.sql.all(store.SHOWING, who=who, since=work.now - SHOWN):
        row = work.sql.first(store.ONE, the_id=found.id)
        work.chat = row.chat_id
        data, ref = _result(work, row), f"quiz:{row.id}:result"
        work.say(Edit(chat=row.chat_id, template="quiz/result", data=data, cause="quiz", ref=ref))
