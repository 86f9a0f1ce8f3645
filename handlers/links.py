"""Counted links, and /buy: the fixed entrances of a group."""

from __future__ import annotations

from groupbot import Command, Pin, Refusal, Router, Send, Work, reply
from groupbot.features.links import service
from groupbot.features.links.domain import SETTINGS
from groupbot.features.members.domain import Started

router = Router(
    "links",
    about="Fixed entrances and counted links",
    needs={"pin"},
    keeps="who came by which link out of which group, 180 days",
    settings=SETTINGS,
)
router.keeps_of(*service.KEPT)


@router.on(Started)
def started(event: Started, work: Work) -> None:
    service.came(work, event)


@router.command(
    "buy",
    about="Where to buy and whom to ask",
    words=("入口", "购买"),
    usage="/buy [pin]",
    example="/buy",
    admin_args={"pin": "pin"},
    rare=True,
)
def buy(cmd: Command, work: Work) -> None:
    """The entrances as buttons; `pin` by an admin posts them for good and pins them."""
    rows = service.buttons(work, work.chat)
    if not rows:
        raise Refusal("links/none")
    if cmd.args.strip().lower() != "pin":
        reply(work, cmd, "links/entrances", buttons=rows)
        return
    ref = f"links.entrances:{work.chat}:{cmd.update_id}"
    work.say(Send(chat=work.chat, template="links/entrances", buttons=rows, ref=ref))
    work.say(Pin(chat=work.chat, ref=ref))


@router.every(seconds=3600)
def sweep(work: Work) -> None:
    service.sweep(work)
