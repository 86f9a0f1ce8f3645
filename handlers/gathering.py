"""/event, /groupbuy and /preorder: who is in; /here: who came; /wall: their photos."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from groupbot import Answer, Command, Left, Refusal, Router, Send, Tap, Work, person_of, reply
from groupbot.features.gathering import service
from groupbot.features.gathering.domain import SETTINGS, Join, Leave, Remind
from groupbot.features.members import service as members
from groupbot.features.orders import service as orders
from groupbot.features.promos import service as promos
from groupbot.features.shop import service as shop

router = Router(
    "gathering",
    about="Events, group buys and pre-orders",
    keeps="who signed up for what and came, until /forget",
    settings=SETTINGS,
)


def _redraw(work: Work, who: int) -> None:
    service.redraw(work, who)
    service.redraw_recaps(work, who)


router.keeps_of(*service.KEPT, redraw=_redraw)


@router.command(
    "event",
    about="Announce an event people sign up for",
    who="admin",
    right="pin",
    usage="/event PLACES START TITLE (0 places: no limit)",
    example="/event 20 2d Tea tasting at the shop",
)
def event(cmd: Command, work: Work) -> None:
    """With places and a waiting list; the code to hang on site comes in private, and stands on the roster."""
    _open(cmd, work, "event")


@router.command(
    "groupbuy",
    about="Open a group buy",
    who="admin",
    right="pin",
    usage="/groupbuy PEOPLE TIME TITLE [| PEOPLE=PRICE ...]",
    example="/groupbuy 10 24h Hawthorn, 2 boxes | 10=59 | 20=55",
    aliases=("pintuan",),
)
def groupbuy(cmd: Command, work: Work) -> None:
    """It comes about when enough people are in; payment stays outside."""
    _open(cmd, work, "groupbuy")


@router.command(
    "preorder",
    about="Ask who would pre-order",
    who="admin",
    right="pin",
    usage="/preorder PEOPLE TIME TITLE [| PEOPLE=MORE ...]",
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
    right="pin",
    usage="/calloff NUMBER",
    example="/calloff 3",
    hidden=True,
)
def calloff(cmd: Command, work: Work) -> None:
    """By the number on its card."""
    service.drop(work, _number(cmd.args))


@router.command(
    "wall",
    about="Hang a photo of mine on the event's wall",
    usage="/wall under a photo or in reply to an own one · /wall back",
    example="/wall",
    words=("照片墙",),
    hidden=True,
)
def wall(cmd: Command, work: Work) -> None:
    """One's own photos only; `back` takes them all down."""
    person, message = person_of(cmd), cmd.message
    if person is None:
        raise Refusal("checkin/people_only")
    if cmd.args.strip().lower() in ("back", "取下"):
        reply(work, cmd, "gathering/hung", **service.take_down(work, person))
        return
    kind, photo = message.reply_media or ("", "")
    if message.kind == "photo" and message.traits is not None:
        photo = message.traits.file_id
    elif kind != "photo" or message.reply_person is None or message.reply_person.id != person:
        raise Refusal("common/usage")
    reply(work, cmd, "gathering/hung", **service.hang(work, person, photo))


@router.command(
    "recap",
    about="Tell the group how an event was, with photos of its wall",
    who="admin",
    right="pin",
    usage="/recap NUMBER",
    example="/recap 3",
    hidden=True,
)
def recap(cmd: Command, work: Work) -> None:
    """By the number on its card, once it is over."""
    service.recap(work, _number(cmd.args), topic=cmd.message.topic, update=cmd.update_id)


@router.command(
    "roster",
    about="Who is in an event or group buy, who came, who paid",
    who="admin",
    usage="/roster NUMBER",
    example="/roster 3",
    rare=True,
)
def roster(cmd: Command, work: Work) -> None:
    """In private: the list is no business of the group, nor is the code of an event."""
    data = service.roster(work, _number(cmd.args))
    work.say(Send(user=members.alone(work, person_of(cmd) or 0), template="gathering/roster", data=data))


@router.command(
    "paid",
    about="Write down who paid for a group buy, outside",
    who="admin",
    right="pin",
    usage="/paid NUMBER PLACES (of /roster: 1 3 5-8, all, off 3)",
    example="/paid 3 1 2 5-8",
    hidden=True,
)
def paid(cmd: Command, work: Work) -> None:
    """No money moves here; it is only known who has paid."""
    word, _, places = cmd.args.strip().partition(" ")
    reply(work, cmd, "gathering/paid", **service.paid(work, _number(word), places.strip()))


@router.command(
    "gatherings",
    about="How events and group buys went",
    who="admin",
    usage="/gatherings",
    rare=True,
)
def gatherings(cmd: Command, work: Work) -> None:
    """Of the last ninety days, in private."""
    data = service.report(work, _orders)
    work.say(Send(user=members.alone(work, person_of(cmd) or 0), template="gathering/report", data=data))


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


@router.tap(Remind)
def remind(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Remind) and tap.sender is not None
    done = service.remind(work, tap.data.number, tap.sender.id)
    work.say(Answer(query_id=tap.query_id, template="gathering/remind", data=done))


@router.on(Left)
def left(event: Left, work: Work) -> None:
    """Who leaves the group makes room for others."""
    service.gone(work, work.chat, event.person.id)


@router.every(seconds=5)
def close(work: Work) -> None:
    service.close_due(work)


@router.every(seconds=60)
def words(work: Work) -> bool:
    """Reminders, and a day after an event a word to who organised it."""
    service.private_due(work)
    service.tell_organisers(work)
    return service.lines_due(work, _room, _count)


def _orders(work: Work, chat: int, people: Collection[int], since: datetime, until: datetime) -> int:
    """With points and with money, as far as they are known."""
    return shop.ordered(work, chat, people, since, until) + orders.ordered(work, people, since, until)


def _room(work: Work, chat: int) -> bool:
    return promos.may_post(work, chat, "other") == ("", "")


def _count(work: Work, chat: int, by: str) -> None:
    promos.posted(work, chat, "other", by)


def _open(cmd: Command, work: Work, kind: str) -> None:
    plan = service.plan_of(work, kind, cmd.args)
    if plan is None:
        raise Refusal("common/usage")
    by = person_of(cmd) or 0
    service.open_(work, kind, plan, by=by, topic=cmd.message.topic)


def _number(word: str) -> int:
    """The number on a card."""
    word = word.strip().lstrip("#")
    if not (word.isascii() and word.isdigit()) or len(word) > 12:
        raise Refusal("common/usage")
    return int(word)
