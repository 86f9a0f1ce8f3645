"""/redpacket, /mypacket and the buttons under a packet."""

from __future__ import annotations

from groupbot import Command, Refusal, Router, Send, Tap, Work
from groupbot.features.members import service as members
from groupbot.features.redpacket import service
from groupbot.features.redpacket.domain import SETTINGS, Confirm, Grab, Order, Result, parse

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
    usage="/redpacket 100 5 [equal] [WISH]",
    example="/redpacket 100 8 Happy New Year",
    words=("发红包",),
    aliases=("hongbao",),
)
def redpacket(cmd: Command, work: Work) -> None:
    """Points and shares; without them, what the house may still give."""
    if cmd.args in ("", "plan"):
        _plan(cmd, work)
        return
    sender = 0 if cmd.message.anonymous or cmd.sender is None else cmd.sender.id
    service.send(work, _order(cmd), sender=sender, company=True, topic=cmd.message.topic)


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
    service.send(work, _order(cmd), sender=cmd.sender.id, company=False, topic=cmd.message.topic)


@router.command("packets", about="Red packets here", words=("红包",))
def packets(cmd: Command, work: Work) -> None:
    """What members do with packets; staff see what the house may still give."""
    if cmd.message.anonymous or (cmd.sender and members.is_staff(work, work.chat, cmd.sender.id)):
        _plan(cmd, work)
        return
    _reply(cmd, work, "redpacket/about", {"open": service.open_now(work)})


@router.tap(Grab)
def grab(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Grab)
    service.grab(work, tap.data.packet, tap)


@router.tap(Result)
def result(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Result)
    service.show_result(work, tap.data.packet, tap)


@router.tap(Confirm, who="admin")
def confirm(tap: Tap, work: Work) -> None:
    assert isinstance(tap.data, Confirm) and tap.sender is not None
    service.confirm(work, tap.data.packet, equal=tap.data.equal, sender=tap.sender.id)


@router.every(seconds=2)
def expire(work: Work) -> None:
    service.expire_due(work)


def _order(cmd: Command) -> Order:
    order = parse(cmd.args)
    if order == "":
        raise Refusal("common/usage")
    if isinstance(order, str):
        raise Refusal("redpacket/bad_number", word=order)
    return order


def _plan(cmd: Command, work: Work) -> None:
    _reply(cmd, work, "redpacket/plan", service.plan(work))


def _reply(cmd: Command, work: Work, template: str, data: dict[str, object]) -> None:
    work.say(
        Send(
            chat=work.chat,
            template=template,
            data=data,
            reply_to=cmd.message.message_id,
            topic=cmd.message.topic,
            lifetime=60,
        )
    )
