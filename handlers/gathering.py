"""/event, /groupbuy and /preorder: who is in; /here: who came."""

from __future__ import annotations

from groupbot import Answer, Command, Refusal, Router, Send, Tap, Work, person_of
from groupbot.features.gathering import service
from groupbot.features.gathering.domain import Join, Leave

router = Router(
    "gathering",
    about="Events, group buys and pre-orders",
    keeps="who signed up for what and came, for as long as the group is looked after",
    settings=(service.CAME,),
)
router.keeps_of(*service.KEPT, redraw=service.redraw)


@router.command(
    "event",
    about="Announce an event people sign up for",
    who="admin",
    usage="/event PLACES TIME TITLE (0 places: no limit)",
    example="/event 20 2d Tea tasting at the shop",
)
def event(cmd: Command, work: Work) -> None:
    """With places and a waiting list; the code to hang on site comes in private."""
    _open(cmd, work, "event")


@router.command(
    "groupbuy",
    about="Open a group buy",
    who="admin",
    usage="/groupbuy PEOPLE TIME TITLE",
    example="/groupbuy 10 24h Hawthorn, 2 boxes for 59",
    aliases=("pintuan",),
)
def groupbuy(cmd: Command, work: Work) -> None:
    """It comes about when enough people are in; payment stays outside."""
    _open(cmd, work, "groupbuy")


@router.command(
    "preorder",
    about="Ask who would pre-order",
    who="admin",
    usage="/preorder PEOPLE TIME TITLE",
    example="/preorder 30 7d Spring tea 2027",
    hidden=True,
)
def preorder(cmd: Command, work: Work) -> None:
    """A goal and a deadline; no money is held."""
    _open(cmd, work, "preorder")


@router.command("here", about="Say the code of an event on site", usage="/here CODE", example="/here 482113")
def here(cmd: Command, work: Work) -> None:
    """The code hangs on site; once."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("checkin/people_only")
    if not cmd.args.strip():
        raise Refusal("common/usage")
    done = service.came(work, cmd.args, cmd.sender.id)
    work.say(
        Send(
            chat=work.chat,
            template="gathering/came",
            data={"name": cmd.sender.name, **done},
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )


@router.command(
    "calloff",
    about="Call an event, group buy or pre-order off",
    who="admin",
    usage="/calloff NUMBER",
    example="/calloff 3",
    hidden=True,
)
def calloff(cmd: Command, work: Work) -> None:
    """By the number on its card."""
    word = cmd.args.strip().lstrip("#")
    if not (word.isascii() and word.isdigit()) or len(word) > 12:
        raise Refusal("common/usage")
    service.drop(work, int(word))


@router.tap(Join)
def join(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Join)
    if tap.sender is None or tap.sender.is_bot:
        raise Refusal("checkin/people_only")
    done = service.join(work, tap.data.number, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="gathering/joined", data=done))


@router.tap(Leave)
def leave(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Leave) and tap.sender is not None
    service.leave(work, tap.data.number, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="gathering/out"))


@router.every(seconds=5)
def close(work: Work) -> None:
    service.close_due(work)


def _open(cmd: Command, work: Work, kind: str) -> None:
    plan = service.plan_of(work, kind, cmd.args)
    if plan is None:
        raise Refusal("common/usage")
    by = person_of(cmd) or 0
    service.open_(work, kind, plan, by=by, topic=cmd.message.topic)
