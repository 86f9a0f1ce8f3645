"""/menu: the fixed entries of a group as buttons, in one message that can be pinned."""

from __future__ import annotations

from datetime import timedelta

from groupbot import Command, Refusal, Router, Send, Tap, Work, reply, sender_of
from groupbot.core.events import Message
from groupbot.features.links import service
from groupbot.features.links.domain import Run
from groupbot.features.members import service as members
from groupbot.features.shop import service as shop

router = Router("menu", about="Fixed entries in one message", needs={"pin"})
MONTH = timedelta(days=30)


@router.command(
    "menu", about="The fixed entries of this group", words=("菜单",),
    usage="/menu | /menu pin | /menu add LABEL ADDRESS or /COMMAND | /menu drop LABEL | /menu reach",
    example="/menu add Check in /checkin", admin_args=("pin", "add", "drop", "reach"), right="pin",
)  # fmt: skip
def menu(cmd: Command, work: Work) -> None:
    """Members get it for a minute; an administrator pins it for good, and puts entries in or takes them out.
    `reach` tells who of the group came by it, in private."""
    word, _, rest = cmd.args.strip().partition(" ")
    rest = rest.strip()
    match word.lower():
        case "pin":
            service.pin_menu(work, work.chat, cmd.message.topic, cmd.update_id)
        case "add" if rest:
            service.put_entry(work, work.chat, rest, sender_of(cmd))
            _shown(cmd, work)
        case "drop" if rest:
            service.drop_entry(work, work.chat, rest, sender_of(cmd))
            _shown(cmd, work)
        case "reach":
            _reach(cmd, work)
        case "":
            _shown(cmd, work)
        case _:
            raise Refusal("common/usage")


def _shown(cmd: Command, work: Work) -> None:
    rows = service.menu(work, work.chat)
    if not rows:
        raise Refusal("links/none")
    reply(work, cmd, "links/menu", buttons=rows)


def _reach(cmd: Command, work: Work) -> None:
    person = members.alone(work, sender_of(cmd))
    came = service.linked(work, work.chat)
    handed = shop.handed_since(work, work.chat, work.now - MONTH)
    data = service.reached(work, work.chat) | {
        "orders": len(handed),
        "theirs": sum(who in came for _, who, _ in handed),
    }
    work.say(Send(user=person, template="links/reach", data=data))
    if work.away is None:
        reply(work, cmd, "members/see_private")


@router.tap(Run)
def run(tap: Tap, work: Work) -> None:
    """A button of the menu does what its command of members does, said by whoever presses."""
    assert isinstance(tap.data, Run) and tap.sender is not None
    route = service.runs(work, work.chat, tap.data.command)
    if route is None:
        raise Refusal("links/gone_entry")
    members.needs(work, work.chat, *route.bot_right.split())
    said = Message(
        update_id=tap.update_id,
        chat=tap.chat,
        at=tap.at,
        sender=tap.sender,
        message_id=tap.message_id or 0,
        text=f"/{route.name}",
        topic=tap.topic,
    )
    cmd = Command(
        update_id=tap.update_id,
        chat=tap.chat,
        at=tap.at,
        sender=tap.sender,
        name=route.name,
        args="",
        message=said,
    )
    route.fn(cmd, work)
