"""/redpacket, /mypacket and the buttons under a packet."""

from __future__ import annotations

from msgspec.structs import replace

from groupbot import Command, Delete, Message, Refusal, Router, Tap, Work, reply
from groupbot.features.engagement import service as engagement
from groupbot.features.members import service as members
from groupbot.features.redpacket import service
from groupbot.features.redpacket.domain import (
    SETTINGS,
    Confirm,
    ConfirmOwn,
    Grab,
    Order,
    Result,
    Unread,
    parse,
)
from groupbot.features.redpacket.domain.effects import LEAST

EFFECTS = ("effects", "效果")
_UNREAD = {
    "": "redpacket/bad_number",
    "who": "redpacket/bad_who",
    "at": "redpacket/bad_time",
    "clean": "redpacket/bad_clean",
}
SHOWN = 5  # packets on the page of effects: it stays one message

router = Router(
    "redpacket",
    about="Red packets of points",
    keeps="who took how many points from which packet, for as long as the group uses points",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT, redraw=service.redraw)


@router.command(
    "redpacket",
    about="Send a red packet from the house wallet",
    who="admin",
    right="info",
    usage="/redpacket 100 5 [equal] [for] [phrase=WORDS [clean=yes]|secret=WORDS] [who=new|old|staff|all]"
    " [segment=WORDS] [at=20:00] [why=OCCASION|campaign=NAME] [WISH] | plan | effects",
    example="/redpacket 100 8 Happy New Year",
    words=("发红包",),
    aliases=("hongbao", "packet"),
)
def redpacket(cmd: Command, work: Work) -> None:
    """Points and shares; without them, what the house may still give."""
    if cmd.args in ("", "plan"):
        _plan(cmd, work)
        return
    if cmd.args.strip().lower() in EFFECTS:
        reply(work, cmd, "redpacket/effects", packets=service.effects(work, SHOWN), least=LEAST)
        return
    sender = 0 if cmd.message.anonymous or cmd.sender is None else cmd.sender.id
    _send(cmd, work, sender, company=True)


@router.command(
    "mypacket",
    about="Send a red packet of my own points",
    usage="/mypacket 50 5 [WISH]",
    example="/mypacket 50 5",
    hidden=True,
)
def mypacket(cmd: Command, work: Work) -> None:
    """A member's own packet, where the chat allows it."""
    if cmd.sender is None or cmd.message.anonymous:
        raise Refusal("redpacket/members_off")
    _send(cmd, work, cmd.sender.id, company=False)


@router.command("packets", about="Red packets here", words=("红包",))
def packets(cmd: Command, work: Work) -> None:
    """What members do with packets; staff see what the house may still give."""
    if cmd.message.anonymous or (cmd.sender and members.is_staff(work, work.chat, cmd.sender.id)):
        _plan(cmd, work)
        return
    reply(work, cmd, "redpacket/about", open=service.open_now(work))


@router.tap(Grab)
def grab(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Grab)
    engagement.speak_first(work, work.chat, tap.sender)
    service.grab(work, tap.data.packet, tap)


@router.tap(Result)
def result(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Result)
    service.show_result(work, tap.data.packet, tap)


@router.tap(Confirm, who="admin", right="info")
def confirm(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Confirm) and tap.sender is not None
    service.confirm(work, tap.data.packet, equal=tap.data.equal, sender=tap.sender.id)


@router.tap(ConfirmOwn)
def confirm_own(tap: Tap, work: Work) -> None:
    """Only for who drafted it: the service asks."""
    assert isinstance(tap.data, ConfirmOwn) and tap.sender is not None
    service.confirm(work, tap.data.packet, equal=tap.data.equal, sender=tap.sender.id)


@router.on(Message, idle="redpacket.phrases")
def spoken(message: Message, work: Work) -> None:
    """The passphrase of a packet, said in the group."""
    service.spoken(work, message, engagement.speak_first)


@router.every(seconds=2)
def expire(work: Work) -> None:
    service.expire_due(work)


@router.every(seconds=2)
def open_due(work: Work) -> None:
    """Packets planned for now."""
    service.open_due(work)


@router.every(seconds=600, reads=service.effect_step)
def measure(step: service.Step | None, work: Work) -> bool:
    """What followed packets of the house, a day and a week later."""
    return service.keep_effect(step, work)


def _send(cmd: Command, work: Work, sender: int, *, company: bool) -> None:
    order = _order(cmd)
    _, state = service.send(work, order, sender=sender, company=company, topic=cmd.message.topic)
    if order.say == "secret" and cmd.chat.type != "private":
        work.say(Delete(chat=work.chat, messages=(cmd.message.message_id,), why="it names a secret"))
    if state == "planned":
        reply(work, cmd, "redpacket/planned", total=order.total, n=order.n, at=order.at)


def _order(cmd: Command) -> Order:
    order = parse(cmd.args)
    if isinstance(order, Unread):
        if not order.word:
            raise Refusal("common/usage")
        raise Refusal(_UNREAD[order.option], **{"at" if order.option == "at" else "word": order.word[:20]})
    if order.whom:
        person = cmd.message.reply_person
        if person is None or person.is_bot:
            raise Refusal("redpacket/reply_to_whom")
        order = replace(order, whom=person.id)
    return order


def _plan(cmd: Command, work: Work) -> None:
    reply(work, cmd, "redpacket/plan", **service.plan(work))
