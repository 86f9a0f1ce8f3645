"""Answers on both databases: once each, whichever comes first, the vote or the receipt."""

import itertools
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from groupbot.core.effects import Poll, Send
from groupbot.core.events import Chat, Person, PollAnswer
from groupbot.engine import polls
from groupbot.engine.addresses import resolve
from groupbot.engine.content import Content
from groupbot.engine.outbox_table import outbox
from groupbot.engine.shipped import folder
from groupbot.engine.storage import Hot
from groupbot.engine.work import Work
from groupbot.engine.writer import Writer
from groupbot.features.ledger import service as ledger
from groupbot.features.ledger.store import account
from groupbot.features.quiz import service, store
from groupbot.features.quiz.domain import Order
from tests.features.coupons.test_machine import GROUP, arrive

_polls = itertools.count(1)


class Game:
    """A group with a quiz; answers by names of people (numbers)."""

    def __init__(self, writer: Writer, people: range) -> None:
        self.writer = writer
        self.content = Content([folder("content_templates")])
        for person in people:
            writer.write(arrive, person)
        writer.clock.shift(timedelta(days=2))

    def do(self, fn: object, *args: object) -> list[object]:
        """What was said."""

        def event(work: Work) -> list[object]:
            work.chat, work.content = resolve(work, GROUP).id, self.content
            work.step(lambda w: fn(w, *args))  # type: ignore[operator]
            for _, last in work.finals():
                last(work)
            return list(work.effects)

        return self.writer.write(event)

    def ask(self) -> Poll:
        said = self.do(lambda w: service.begin(w, Order("tea", 1, 60), topic=None))
        return next(e for e in said if isinstance(e, Poll))

    def receipt(self, poll: Poll, number: str) -> None:
        self.do(lambda w: polls.keep(w, number, poll.ref or "", ("o7", "o8", "o9")))

    def answer(self, number: str, person: int, place: int) -> None:
        def fn(work: Work) -> None:
            service.answered(
                work,
                PollAnswer(
                    at=work.now,
                    chat=Chat(person, "private"),
                    sender=Person(person, "P"),
                    poll=number,
                    options=(f"o{7 + place}",),
                ),
            )

        self.do(fn)

    def points(self, *people: int) -> list[int]:
        return self.writer.write(
            lambda w: [ledger.points_of(w, resolve(w, GROUP).id, person) for person in people]
        )


def test_the_first_right_answer_is_worth_more_and_each_counts_once(writer: Writer) -> None:
    game = Game(writer, range(1, 5))
    poll = game.ask()
    assert poll.right is not None
    right, wrong = poll.right, (poll.right + 1) % 3
    game.receipt(poll, "p1")
    for person, place in ((1, wrong), (2, right), (3, right), (3, right), (1, right), (99, right)):
        game.answer("p1", person, place)
    assert game.points(1, 2, 3, 4, 99) == [0, 5, 2, 0, 0]
    game.writer.clock.shift(timedelta(seconds=61))
    result = [e for e in game.do(service.close_due) if isinstance(e, Send)]
    assert [(r.data["answers"], r.data["right"], r.data["points"]) for r in result] == [(3, 2, 5)]
    assert game.do(service.close_due) == []
    game.answer("p1", 4, right)  # Telegram closes polls: what comes late was in time
    assert game.points(4) == [2]

    def season(work: Work) -> list[tuple[int, int, int]]:
        work.chat = resolve(work, GROUP).id
        return service.board(work, datetime.min.replace(year=2000, tzinfo=work.now.tzinfo), work.now)

    assert game.writer.write(season) == [(2, 1, 1), (3, 1, 0)]
    assert game.writer.write(ledger.recount).faults == ()


def test_votes_that_overtake_the_receipt_wait_for_it_in_their_order(writer: Writer) -> None:
    game = Game(writer, range(1, 4))
    poll = game.ask()
    assert poll.right is not None
    for person in (3, 1):
        game.answer("p2", person, poll.right)
    assert game.points(1, 3) == [0, 0]
    game.do(service.close_due)
    game.receipt(poll, "p2")
    game.do(service.close_due)
    game.do(service.close_due)
    assert game.points(1, 3) == [2, 5]


def test_votes_wait_while_the_books_are_closed_and_questions_close_all_the_same(writer: Writer) -> None:
    game = Game(writer, range(1, 4))
    poll = game.ask()
    assert poll.right is not None
    game.receipt(poll, "p1")
    game.answer("p1", 2, poll.right)
    spoil = sa.update(account).where(account.c.kind == "member").values
    writer.write(lambda w: w.sql.run(spoil(balance=6)))
    assert writer.write(ledger.reconcile).faults
    for person in (3, 1):
        game.answer("p1", person, poll.right)
    writer.clock.shift(timedelta(seconds=61))
    assert [e.data["answers"] for e in game.do(service.close_due) if isinstance(e, Send)] == [1]
    writer.clock.shift(timedelta(hours=9))
    game.do(service.close_due)
    writer.write(lambda w: w.sql.run(spoil(balance=5)))
    assert writer.write(ledger.reconcile).faults == ()
    game.do(service.close_due)
    assert game.points(1, 2, 3) == [2, 5, 2]


def test_more_votes_than_one_look_settles_are_not_forgotten(writer: Writer, monkeypatch: Any) -> None:
    game = Game(writer, range(1, 4))
    poll = game.ask()
    assert poll.right is not None
    for person in (3, 1):
        game.answer("p2", person, poll.right)
    game.receipt(poll, "p2")
    writer.clock.shift(timedelta(hours=2))
    one = store.WAITING.statement.limit(1)
    monkeypatch.setattr(store, "WAITING", Hot(lambda: one))
    for _ in range(2):
        game.do(service.close_due)
    assert game.points(1, 3) == [2, 5]


def test_a_vote_in_another_poll_is_forgotten(writer: Writer) -> None:
    game = Game(writer, range(1, 2))
    game.answer("p3", 1, 0)
    game.do(lambda w: polls.keep(w, "p4", "other:1", ("o7",)))
    game.answer("p4", 1, 0)
    game.writer.clock.shift(timedelta(hours=2))
    game.do(service.close_due)
    assert game.writer.write(lambda w: w.sql.all(store.WAITING, bot=w.bot_id)) == []


def test_a_question_has_its_result_unless_it_is_sure_that_nobody_saw_it(writer: Writer) -> None:
    game = Game(writer, range(1, 2))
    told = []
    for state in ("waiting", "sending", "unknown", "dead"):
        poll = game.ask()
        game.writer.write(
            lambda w, ref=poll.ref, state=state: w.sql.run(
                sa.update(outbox).where(outbox.c.ref == ref).values(state=state)
            )
        )
        game.writer.clock.shift(timedelta(seconds=61))
        told += [(state, e.ref) for e in game.do(service.close_due) if isinstance(e, Send)]
    assert told == [("sending", "quiz:2:result"), ("unknown", "quiz:3:result")]


def test_a_round_asks_one_after_another_and_ends(writer: Writer) -> None:
    game = Game(writer, range(0))
    asked = [
        e for e in game.do(lambda w: service.begin(w, Order("tea", 2, 30), topic=4)) if isinstance(e, Poll)
    ]
    for _ in range(8):
        game.writer.clock.shift(timedelta(seconds=10))
        game.do(service.close_due)
        asked += [e for e in game.do(service.ask_due) if isinstance(e, Poll)]
    assert [(p.ref, p.topic, p.seconds) for p in asked] == [("quiz:1", 4, 30), ("quiz:2", 4, 30)]
    assert asked[0].question != asked[1].question


def test_a_daily_question_comes_at_its_hour_and_not_hours_late(writer: Writer) -> None:
    game = Game(writer, range(0))  # 10:00 UTC, 18:00 in Shanghai
    game.do(lambda w: service.begin(w, Order("tea", 1, 600, "20:00"), topic=None))
    times = []
    for _ in range(30):
        game.writer.clock.shift(timedelta(hours=1))
        if any(isinstance(e, Poll) for e in game.do(service.ask_due)):
            times.append(game.writer.clock.now().hour)
        game.do(service.close_due)
    assert times == [12, 12]
    game.writer.clock.shift(timedelta(hours=23))
    assert [e for e in game.do(service.ask_due) if isinstance(e, Poll)] == []


def test_a_daily_question_outlives_a_broken_edit_of_its_book(writer: Writer, tmp_path: Path) -> None:
    game = Game(writer, range(1, 2))
    game.content = Content([tmp_path, folder("content_templates")])
    book = tmp_path / "quizzes" / "haw.yaml"
    book.parent.mkdir()
    good = "questions:\n- {ask: Red?, options: [Hawthorn, Plum], right: 1}\n"
    book.write_text(good, "utf-8")
    game.do(lambda w: service.begin(w, Order("haw", daily="20:00"), topic=None))
    asked = []
    bad = good.replace("right: 1", "right: 3")
    for text, known in ((bad, True), (bad, False), (good, False)):
        book.write_text(text, "utf-8")
        if not known:  # as after a restart
            game.do(lambda w: w.clear("quizzes.known"))
        (plan,) = writer.write(lambda w: w.sql.all(store.PLANS_DUE, now=w.now + timedelta(days=3)))
        writer.clock.shift(plan.due - writer.clock.now() + timedelta(minutes=1))
        game.do(service.close_due)
        asked.append(sum(isinstance(e, Poll) for e in game.do(service.ask_due)))
    assert asked == [1, 0, 1]
    game.writer.clock.shift(timedelta(hours=23, minutes=59))
    game.do(service.close_due)
    book.unlink()
    game.do(service.ask_due)
    assert writer.write(lambda w: w.sql.all(store.PLANS_DUE, now=w.now + timedelta(days=3))) == []
