"""/quiz: questions from the books, in Telegram's own quiz polls."""

from __future__ import annotations

from groupbot import Command, PollAnswer, Refusal, Router, Work, reply
from groupbot.features.quiz import service
from groupbot.features.quiz.domain import SETTINGS, parse

router = Router(
    "quiz",
    about="Quiz questions and seasons",
    keeps="who answered which question and whether it was right, for as long as the group uses points",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT, redraw=service.redraw)


@router.command(
    "quiz",
    about="Ask quiz questions",
    who="admin",
    right="info",
    usage="/quiz [BOOK [COUNT] [2m] | BOOK daily 20:00 [10m] | stop]",
    example="/quiz tea 5 1m",
    rare=True,
)
def quiz(cmd: Command, work: Work) -> None:
    """A round now, or a question a day; alone it lists the books and what is planned."""
    if not cmd.args.strip():
        reply(work, cmd, "quiz/status", lifetime=120, **service.status(work))
        return
    if cmd.args.strip().lower() in ("stop", "停"):
        service.stop(work)
        reply(work, cmd, "quiz/stopped")
        return
    order = parse(cmd.args)
    if order is None:
        raise Refusal("common/usage")
    done = service.begin(work, order, topic=cmd.message.topic)
    if order.daily:
        reply(work, cmd, "quiz/daily", **done)


@router.on(PollAnswer)
def answered(event: PollAnswer, work: Work) -> None:
    service.answered(work, event)


@router.every(seconds=2)
def go_on(work: Work) -> None:
    """Results first, then what is due."""
    service.close_due(work)


@router.every(seconds=3)
def ask(work: Work) -> None:
    service.ask_due(work)
